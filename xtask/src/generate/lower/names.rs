//! Names that would collide in Rust.

use std::collections::BTreeSet;

use cx_spec::Api;
use serde_json::Value;

use super::View;
use crate::generate::names::snake_case;

/// Leaves out operations with two parameters that collapse to one Rust name, or one that takes the body's.
pub fn distinct_parameters(view: &mut View, api: &Api) {
    let mut clashes = Vec::new();
    for (id, value) in view.operations_mut() {
        let mut seen = BTreeSet::new();
        if value.get("requestBody").is_some() {
            seen.insert("body".to_owned());
        }
        for parameter in value.get("parameters").and_then(Value::as_array).into_iter().flatten() {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
            if !seen.insert(snake_case(name)) {
                clashes.push((id.clone(), name.to_owned()));
            }
        }
    }
    for (id, name) in clashes {
        if let Some(operation) = api.operation(&id) {
            view.leave_out(operation, format!("parameter `{name}` collapses to a Rust name that is taken"));
        }
    }
}
