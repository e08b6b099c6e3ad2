//! The documents of this crate, compiled in.

use crate::{
    api::Api,
    document::Document,
    error::{Place, SpecError},
};

include!(concat!(env!("OUT_DIR"), "/documents.rs"));

/// The index of one embedded document.
///
/// # Errors
/// A name that is not in [`NAMES`], or a document that does not load (its tests would have failed first).
pub fn embedded(name: &str) -> Result<Api, SpecError> {
    let (name, file, text) = DOCUMENTS.iter().find(|(known, ..)| *known == name).ok_or_else(|| {
        let place = Place { file: format!("spec/{name}.yaml"), line: 0, column: 0, pointer: String::new() };
        SpecError::new(place, format!("no such document; there are {}", NAMES.join(", ")))
    })?;
    Api::index(Document::parse(name, file, text)?)
}

/// All embedded documents, in the order of [`NAMES`].
///
/// # Errors
/// As [`embedded`].
pub fn embedded_all() -> Result<Vec<Api>, SpecError> {
    NAMES.iter().map(|name| embedded(name)).collect()
}
