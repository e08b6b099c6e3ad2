//! Names that would collide in Rust.

use std::collections::BTreeSet;

use cx_spec::Api;
use heck::ToSnakeCase;
use serde_json::Value;

use super::{COOKIE_HEADER, View};

/// Names that every builder has for itself.
const RESERVED: &[&str] = &["call_options", "client", "new", "send", "with_options"];

/// Leaves out operations with two parameters that collapse to one Rust name, or one that takes the body's.
pub fn distinct_parameters(view: &mut View, api: &Api) {
    let mut clashes = Vec::new();
    for (id, value) in view.operations_mut() {
        let mut seen: BTreeSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
        if value.get("requestBody").is_some() {
            seen.insert("body".to_owned());
        }
        let parameters = value.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let mut names = parameters.filter_map(|parameter| parameter.get("name").and_then(Value::as_str));
        if let Some(name) =
            names.find(|name| !seen.insert(rust_name(name.strip_prefix(COOKIE_HEADER).unwrap_or(name))))
        {
            clashes.push((id, name.to_owned()));
        }
    }
    for (id, name) in clashes {
        if let Some(operation) = api.operation(&id) {
            view.leave_out(operation, format!("parameter `{name}` collapses to a Rust name that is taken"));
        }
    }
}

/// The Rust name that a wire name collapses to, as progenitor and typify write it.
pub fn rust_name(name: &str) -> String {
    let name = match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => name.replace('\'', "").replace(|c: char| !(c == '_' || c.is_alphanumeric()), "-").to_snake_case(),
    };
    let name = match name.chars().next() {
        None => "x".to_owned(),
        Some(first) if first.is_alphabetic() || first == '_' => name,
        Some(_) => format!("_{name}"),
    };
    if syn::parse_str::<syn::Ident>(&name).is_ok() { name } else { format!("{name}_") }
}
