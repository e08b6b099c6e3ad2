//! Names that would collide in Rust.

use std::collections::{BTreeMap, BTreeSet};

use cx_spec::{Api, pointer::escape};
use serde_json::Value;

use super::{COOKIE_HEADER, Unsupported, View};
use crate::generate::names::{self, argument_name, pascal_case};

/// Names that every builder has for itself.
const RESERVED: &[&str] = &["call_options", "client", "new", "send", "with_options"];

/// Names that a builder has beside those where there is more than one body to choose from.
const WITH_OTHER_BODIES: &[&str] = &["other_body", "payload"];

/// Leaves out operations whose id is not the name of a method, or makes the same builder as that of another.
pub fn named_operations(view: &mut View, api: &Api) {
    let mut builders: BTreeMap<String, &str> = BTreeMap::new();
    for operation in &api.operations {
        let id = operation.id.as_str();
        let method = argument_name(id);
        let builder = pascal_case(id);
        let reason = if method != id {
            format!("`operationId: {id}` is no name of a method: write `{method}`")
        } else if names::RESERVED.contains(&id) {
            format!("`operationId: {id}` is a name of the runtime's")
        } else if let Some(first) = builders.get(&builder) {
            format!("`operationId: {id}` has the builder `{builder}`, as `{first}` has")
        } else {
            builders.insert(builder, id);
            continue;
        };
        view.leave_out(operation, reason);
    }
}

/// Reports component schemas that are one type.
pub fn named_schemas(view: &mut View, _api: &Api) {
    let mut types: BTreeMap<String, String> = BTreeMap::new();
    for name in view.schema_names() {
        let own = pascal_case(&name);
        if let Some(first) = types.get(&own) {
            let pointer = format!("/components/schemas/{}", escape(&name));
            let reason = format!("`{name}` and `{first}` are one type in Rust");
            view.unsupported.push(Unsupported::left_out(pointer, reason));
        } else {
            types.insert(own, name);
        }
    }
}

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
