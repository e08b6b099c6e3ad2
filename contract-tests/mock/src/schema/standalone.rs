//! A compiled schema on its own.

use cx_spec::{
    Api,
    schema::{self, Compiled, Reading},
};
use serde_json::Value;

/// A compiled schema for those who outlive the document.
#[derive(Debug)]
pub(crate) struct Standalone(Compiled);

impl Standalone {
    /// None if the schema cannot be used.
    pub(crate) fn new(api: &Api, schema: &Value, reading: Reading) -> Option<Self> {
        schema::compile(api, "", schema, reading).ok().map(Self)
    }

    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.0.validator.is_valid(value)
    }
}
