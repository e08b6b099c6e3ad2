//! Another type in the place of one.

use cx_spec::Api;
use serde_json::{Value, json};

use crate::mutants::flat::{flat, kind};

/// A schema of another type; none for a schema without one.
pub(super) fn other_type(api: &Api, schema: &Value) -> Option<Value> {
    let flat = flat(api, schema);
    match kind(&flat)? {
        "string" => Some(json!({"type": "integer"})),
        "integer" | "number" => Some(json!({"type": "boolean"})),
        "boolean" => Some(json!({"type": "integer"})),
        "array" => Some(json!({"type": "boolean"})),
        "object" => Some(json!({"type": "string"})),
        _ => None,
    }
}

/// `type` of a schema through its references.
pub(super) fn kind_of(api: &Api, schema: &Value) -> Option<String> {
    kind(&flat(api, schema)).map(str::to_owned)
}
