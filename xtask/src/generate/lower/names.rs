//! Names that would collide in Rust.

use std::collections::BTreeMap;

use cx_spec::Api;
use serde_json::Value;

use super::View;

/// Renames parameters that collapse to one Rust name. Only the path template may be renamed freely, since its names do
/// not travel; for others the operation is left out and reported.
pub fn distinct_parameters(view: &mut View, api: &Api) {
    let mut clashes = Vec::new();
    let mut renamed_paths = Vec::new();
    for (id, value) in view.operations_mut() {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let has_body = value.get("requestBody").is_some();
        let parameters = value.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten();
        for parameter in parameters {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            let snake = snake_case(&name);
            let count = seen.entry(snake.clone()).or_insert(0);
            *count += 1;
            let reserved = has_body && snake == "body";
            if *count > 1 || reserved {
                if parameter["in"] == "path" {
                    let fresh = format!("{name}_path");
                    parameter["name"] = fresh.clone().into();
                    renamed_paths.push((id.clone(), name, fresh));
                } else {
                    clashes.push((id.clone(), name));
                }
            }
        }
    }
    for (id, name) in clashes {
        if let Some(operation) = api.operation(&id) {
            view.leave_out(operation, format!("parameter `{name}` collapses to a Rust name that is taken"));
        }
    }
    let _ = renamed_paths;
}

/// The Rust name that a wire name collapses to.
pub fn snake_case(name: &str) -> String {
    let mut out = String::new();
    let mut previous_lower = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && previous_lower {
                out.push('_');
            }
            previous_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
            out.push(c.to_ascii_lowercase());
        } else {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
            previous_lower = false;
        }
    }
    out.trim_end_matches('_').to_owned()
}
