//! Names that would collide in Rust.

use std::collections::BTreeSet;

use cx_spec::Api;
use serde_json::Value;

use super::{COOKIE_HEADER, View};
use crate::generate::names::argument_name;

/// Names that every builder has for itself.
const RESERVED: &[&str] = &["call_options", "client", "new", "send", "with_options"];

/// Names that a builder has beside those where there is more than one body to choose from.
const WITH_OTHER_BODIES: &[&str] = &["other_body", "payload"];

/// Leaves out operations with two parameters that collapse to one Rust name, or one that takes the body's.
pub fn distinct_parameters(view: &mut View, api: &Api) {
    let mut clashes = Vec::new();
    let others: Vec<_> = view.alternatives.iter().map(|other| (other.operation.clone(), other.setter())).collect();
    for (id, value) in view.operations_mut() {
        let mut seen: BTreeSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
        if value.get("requestBody").is_some() {
            seen.extend(["body", "body_map"].map(str::to_owned));
        }
        for (_, setter) in others.iter().filter(|(operation, _)| *operation == id) {
            seen.extend(WITH_OTHER_BODIES.iter().map(|name| (*name).to_owned()));
            seen.insert(setter.clone());
        }
        let parameters = value.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let mut names = parameters.filter_map(|parameter| parameter.get("name").and_then(Value::as_str));
        if let Some(name) =
            names.find(|name| !seen.insert(argument_name(name.strip_prefix(COOKIE_HEADER).unwrap_or(name))))
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
