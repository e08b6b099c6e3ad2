//! Parameters that are no plain values.

use cx_spec::{Api, Location, Operation, Parameter};
use serde_json::{Value, json};

use super::{COOKIE_HEADER, Unsupported, View, parameters_of, set};

/// Deeper branches are not looked into: a schema may be made of itself, by more ways than anyone could follow.
const DEEPEST: usize = 4;

/// What a parameter is, once references are followed.
enum Kind {
    /// Written as it is.
    Scalar,
    /// Written as a text, since nothing is known of it.
    Unknown,
    /// A list of scalars.
    List,
    /// An object, or a list of them.
    Nested,
}

/// Writes lists outside the query as one text, and takes out parameters that hold objects: an optional one goes alone,
/// a required one takes its operation with it.
pub fn plain_parameters(view: &mut View, api: &Api) {
    let components = view.clone();
    let (mut gone, mut lost) = (Vec::new(), Vec::new());
    for (id, value) in view.operations_mut() {
        let Some(operation) = api.operation(&id) else { continue };
        let Some(parameters) = value.get_mut("parameters").and_then(Value::as_array_mut) else { continue };
        parameters.retain_mut(|parameter| {
            let schema = parameter.get("schema").map(|schema| components.resolved(schema));
            let in_query = parameter.get("in").and_then(Value::as_str) == Some("query");
            match schema.map_or(Kind::Unknown, |schema| kind(schema, &components)) {
                Kind::Scalar => return true,
                Kind::List if in_query => return true,
                Kind::List | Kind::Unknown => {
                    // A secret stays one: the pass that reads the mark comes later.
                    set(parameter, "schema", json!({"type": "string"}));
                    return true;
                }
                Kind::Nested => {}
            }
            let (name, pointer) = named(operation, parameter);
            let reason = format!("parameter `{name}` holds an object, for which its place has no notation");
            match parameter.get("required").and_then(Value::as_bool) {
                Some(true) => lost.push((id.clone(), reason)),
                _ => gone.push(Unsupported::left_out(pointer, reason)),
            }
            false
        });
    }
    view.unsupported.extend(gone);
    for (id, reason) in lost {
        if let Some(operation) = api.operation(&id) {
            view.leave_out(operation, reason);
        }
    }
}

/// Outside the body there is no word for null: a parameter is a value, or it is left out.
pub fn no_null_parameters(view: &mut View, _api: &Api) {
    for (_, operation) in view.operations_mut() {
        for parameter in parameters_of(operation) {
            if let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) {
                schema.remove("nullable");
            }
        }
    }
}

fn kind(schema: &Value, components: &View) -> Kind {
    match schema.get("type").and_then(Value::as_str) {
        Some("object") => Kind::Nested,
        Some("array") => {
            let items = schema.get("items").map(|items| components.resolved(items));
            match items.map(|items| kind(items, components)) {
                Some(Kind::Nested | Kind::List) => Kind::Nested,
                _ => Kind::List,
            }
        }
        Some(_) => Kind::Scalar,
        None if is_object(schema, components, 0) => Kind::Nested,
        None => Kind::Unknown,
    }
}

/// Whether a schema is an object, whoever says so: it, a part of its `allOf`, or all of its alternatives.
fn is_object(schema: &Value, components: &View, depth: usize) -> bool {
    let inner = |one: &Value| depth < DEEPEST && is_object(components.resolved(one), components, depth + 1);
    let branches = |key: &str| schema.get(key).and_then(Value::as_array);
    schema.get("type").and_then(Value::as_str) == Some("object")
        || schema.get("properties").is_some()
        || branches("allOf").is_some_and(|all| all.iter().any(inner))
        || ["oneOf", "anyOf"].into_iter().filter_map(branches).any(|all| !all.is_empty() && all.iter().all(inner))
}

/// Name and pointer of a parameter of the view in the document.
fn named<'o>(operation: &'o Operation, parameter: &'o Value) -> (&'o str, &'o str) {
    let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
    let name = name.strip_prefix(COOKIE_HEADER).unwrap_or(name);
    let is_own = |one: &&Parameter| {
        one.name == name || (one.location == Location::Query && name.starts_with(&format!("{}[", one.name)))
    };
    let pointer =
        operation.parameters.iter().find(is_own).map_or(operation.place.pointer.as_str(), |one| &one.pointer);
    (name, pointer)
}
