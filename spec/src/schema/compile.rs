//! One schema compiled.

use std::{collections::BTreeMap, fmt};

use jsonschema::{Draft, Validator};
use serde_json::Value;

use super::{
    Reading, formats,
    rewrite::{self, Rewritten},
};
use crate::Api;

/// A compiled schema.
pub struct Compiled {
    /// Judges values.
    pub validator: Validator,
    /// Pointer in the rewritten schema → pointer in the document, for each schema object.
    origins: BTreeMap<String, String>,
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compiled").finish_non_exhaustive()
    }
}

impl Compiled {
    /// The pointer in the document of a pointer in the rewritten schema: the longest known beginning, and the rest.
    pub fn document_pointer(&self, rewritten: &str) -> String {
        document_pointer(rewritten, &self.origins)
    }

    /// Where the schema object at a pointer of the rewritten schema came from, if there is one.
    pub fn origin(&self, rewritten: &str) -> Option<&str> {
        self.origins.get(rewritten).map(String::as_str)
    }
}

/// Compiles a schema that stands at `pointer` of the document, or anywhere else if that is empty. What says the same as one
/// that was compiled before shares its validator; [`Api::compiled`] keeps the schemas of the document itself.
///
/// # Errors
/// What is wrong with the schema, and where.
pub fn compile(api: &Api, pointer: &str, schema: &Value, reading: Reading) -> Result<Compiled, String> {
    let Rewritten { schema, origins } = rewrite::rewrite(api, pointer, schema, reading)?;
    let text = schema.to_string();
    if let Some(validator) = api.known.validator(&text) {
        return Ok(Compiled { validator, origins });
    }
    let options = formats::register(jsonschema::options().with_draft(Draft::Draft4)).should_validate_formats(true);
    match options.build(&schema) {
        Ok(validator) => {
            api.known.keep(text, validator.clone());
            Ok(Compiled { validator, origins })
        }
        Err(error) => {
            // What is judged here is the schema itself, so the place in it is that of an instance.
            let place = match error.instance_path().as_str() {
                "" => pointer.to_owned(),
                path => document_pointer(path, &origins),
            };
            Err(format!("the schema at {place} cannot be used: {error}"))
        }
    }
}

fn document_pointer(rewritten: &str, origins: &BTreeMap<String, String>) -> String {
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
