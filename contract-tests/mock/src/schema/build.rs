//! One schema compiled.

use std::collections::BTreeMap;

use cx_spec::Api;
use jsonschema::{Draft, Validator};
use serde_json::Value;

use super::{
    compiled::Reading,
    formats,
    rewrite::{self, Rewritten},
};

/// A compiled schema on its own, for those who outlive the document.
#[cfg(feature = "proptest")]
#[derive(Debug)]
pub(crate) struct Standalone(Validator);

#[cfg(feature = "proptest")]
impl Standalone {
    /// None if the schema cannot be used.
    pub(crate) fn new(api: &Api, schema: &Value, reading: Reading) -> Option<Self> {
        build(api, "", schema, reading).ok().map(|(validator, _)| Self(validator))
    }

    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.0.is_valid(value)
    }
}

/// Compiles a schema. Beside the validator comes the way back from its pointers to those of the document.
///
/// # Errors
/// What is wrong with the schema, and where.
pub(super) fn build(
    api: &Api,
    pointer: &str,
    schema: &Value,
    reading: Reading,
) -> Result<(Validator, BTreeMap<String, String>), String> {
    let Rewritten { schema, origins } = rewrite::rewrite(api, pointer, schema, reading)?;
    let options = formats::register(jsonschema::options().with_draft(Draft::Draft4)).should_validate_formats(true);
    let validator = options.build(&schema).map_err(|error| {
        let place = document_pointer(error.schema_path().as_str(), &origins);
        format!("the schema at {place} cannot be used: {error}")
    })?;
    Ok((validator, origins))
}

/// The pointer in the document of a pointer in the rewritten schema: the longest known beginning, and the rest.
pub(super) fn document_pointer(rewritten: &str, origins: &BTreeMap<String, String>) -> String {
    let mut known = rewritten;
    loop {
        if let Some(origin) = origins.get(known) {
            return format!("{origin}{}", rewritten.get(known.len()..).unwrap_or_default());
        }
        match known.rfind('/').and_then(|cut| known.get(..cut)) {
            Some(shorter) => known = shorter,
            None => return rewritten.to_owned(),
        }
    }
}
