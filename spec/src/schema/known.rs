//! What has been compiled of one document.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use jsonschema::Validator;

use super::{Compiled, Reading, compile};
use crate::Api;

/// A schema, or what is wrong with it.
pub type Usable = Result<Compiled, String>;

/// The schemas of one document, compiled when they are first asked for, by whoever asks.
#[derive(Default)]
pub(crate) struct Known {
    requests: RwLock<HashMap<String, Arc<Usable>>>,
    replies: RwLock<HashMap<String, Arc<Usable>>>,
    /// By the rewritten schema: hundreds of places of a document say the same few things.
    validators: RwLock<HashMap<String, Validator>>,
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known").finish_non_exhaustive()
    }
}

impl Known {
    /// The validator of a rewritten schema, if there is one already.
    pub(super) fn validator(&self, rewritten: &str) -> Option<Validator> {
        self.validators.read().unwrap_or_else(PoisonError::into_inner).get(rewritten).cloned()
    }

    /// Keeps the validator of a rewritten schema.
    pub(super) fn keep(&self, rewritten: String, validator: Validator) {
        self.validators.write().unwrap_or_else(PoisonError::into_inner).insert(rewritten, validator);
    }

    fn read_as(&self, reading: Reading) -> &RwLock<HashMap<String, Arc<Usable>>> {
        match reading {
            Reading::Request => &self.requests,
            Reading::Reply => &self.replies,
        }
    }
}

impl Api {
    /// The schema at a pointer of the document. It is compiled when it is first asked for, and kept.
    pub fn compiled(&self, pointer: &str, reading: Reading) -> Arc<Usable> {
        let known = self.known.read_as(reading);
        if let Some(known) = known.read().unwrap_or_else(PoisonError::into_inner).get(pointer) {
            return Arc::clone(known);
        }
        let compiled = match self.document().at(pointer) {
            Some(node) => compile(self, pointer, node.value(), reading),
            None => Err(format!("the document has no schema at {pointer}")),
        };
        let compiled = Arc::new(compiled);
        known.write().unwrap_or_else(PoisonError::into_inner).insert(pointer.to_owned(), Arc::clone(&compiled));
        compiled
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Document;

    const DOCUMENT: &str = "
openapi: 3.0.3
info: {title: T, version: '1'}
paths: {}
components:
  schemas:
    Id: {type: integer, description: Of a thing.}
    Count: {type: integer, description: How many.}
    Name: {type: string}
    Token: {type: object, required: [secret], properties: {secret: {type: string, writeOnly: true}}}
    Broken: {type: string, pattern: (}
";

    fn api() -> Api {
        Api::index(Document::parse("t", "t.yaml", DOCUMENT).unwrap()).unwrap()
    }

    #[test]
    fn a_schema_is_compiled_once_for_each_way() {
        let api = api();
        let token = |reading| api.compiled("/components/schemas/Token", reading);
        assert!(Arc::ptr_eq(&token(Reading::Reply), &token(Reading::Reply)));
        let accepts = |usable: &Usable| usable.as_ref().unwrap().validator.is_valid(&json!({}));
        assert!(accepts(&token(Reading::Reply)) && !accepts(&token(Reading::Request)));
    }

    #[test]
    fn places_that_say_the_same_share_a_validator_and_keep_their_own_place() {
        let api = api();
        let origins: Vec<String> = ["Id", "Count", "Name"]
            .into_iter()
            .map(|name| {
                let usable = api.compiled(&format!("/components/schemas/{name}"), Reading::Reply);
                let compiled = usable.as_ref().as_ref().unwrap();
                assert_eq!(compiled.validator.is_valid(&json!(1)), name != "Name", "{name}");
                compiled.document_pointer("/allOf/0/type")
            })
            .collect();
        assert_eq!(api.known.validators.read().unwrap().len(), 2);
        let places = ["Id", "Count", "Name"].map(|name| format!("/components/schemas/{name}/type"));
        assert_eq!(origins, places);
    }

    #[test]
    fn what_cannot_be_used_says_so_each_time() {
        let api = api();
        for name in ["Broken", "Nowhere"] {
            let pointer = format!("/components/schemas/{name}");
            let said = || api.compiled(&pointer, Reading::Reply).as_ref().as_ref().err().cloned();
            assert!(said().is_some_and(|message| message.contains(name)), "{name}");
            assert_eq!(said(), said());
        }
    }
}
