//! Parameters that progenitor refuses.

use cx_spec::{Api, Location, Parameter};
use serde_json::{Value, json};

use super::{Unsupported, View, is_true, parameters_of, set};

/// Headers that OpenAPI has ignored among the parameters: body, reply and security say what is in them.
const NO_PARAMETERS: [&str; 3] = ["accept", "authorization", "content-type"];

/// The header under which the view carries a cookie; the transport turns it into one.
pub const COOKIE_HEADER: &str = "x-cx-cookie-";

/// Writes objects in the query as one parameter a member, with the literal name that travels.
pub fn flatten_queries(view: &mut View, api: &Api) {
    let components = view.clone();
    for (id, value) in view.operations_mut() {
        let Some(operation) = api.operation(&id) else { continue };
        let mut flat = Vec::new();
        let parameters = value.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
        for (parameter, facts) in parameters.into_iter().zip(&operation.parameters) {
            let schema = components.resolved(&facts.schema);
            let members = schema.get("properties").and_then(Value::as_object);
            match members {
                Some(members) if facts.location == Location::Query && names_members(facts) => {
                    let required: Vec<&str> = schema
                        .get("required")
                        .and_then(Value::as_array)
                        .into_iter()
                        .flatten()
                        .filter_map(Value::as_str)
                        .collect();
                    for (key, member) in members {
                        // A member is as secret as the object, and may be so alone.
                        let own = components.resolved(member);
                        flat.push(json!({
                            "name": if facts.style == "deepObject" { format!("{}[{key}]", facts.name) } else { key.clone() },
                            "in": "query",
                            "required": facts.required && required.contains(&key.as_str()),
                            "description": member.get("description").and_then(Value::as_str).unwrap_or(&facts.description),
                            "schema": member,
                            "x-secret": facts.secret || is_true(own, "x-secret"),
                            "x-personal": facts.personal || is_true(own, "x-personal"),
                        }));
                    }
                }
                _ => flat.push(scalar_or_list(parameter, schema, facts)),
            }
        }
        set(value, "parameters", flat);
    }
}

/// Whether an object travels as one parameter a member. Otherwise it is one text, for which nothing here has a notation.
fn names_members(parameter: &Parameter) -> bool {
    parameter.style == "deepObject" || (parameter.style == "form" && parameter.explode)
}

/// What stands between the items of a list that is not repeated as keys.
pub fn delimiter(parameter: &Parameter) -> Option<char> {
    match (parameter.style.as_str(), parameter.explode) {
        ("form" | "spaceDelimited" | "pipeDelimited", true) => None,
        ("spaceDelimited", false) => Some(' '),
        ("pipeDelimited", false) => Some('|'),
        _ => Some(','),
    }
}

/// A list that is not repeated as keys is joined by the caller: progenitor would repeat it all the same.
fn scalar_or_list(mut parameter: Value, schema: &Value, facts: &Parameter) -> Value {
    let is_list = schema.get("type").and_then(Value::as_str) == Some("array");
    if is_list && delimiter(facts).is_some() {
        set(&mut parameter, "schema", json!({"type": "string"}));
    }
    if let Some(members) = parameter.as_object_mut() {
        members.remove("style");
        members.remove("explode");
    }
    parameter
}

/// Takes out headers that are the transport's: a value of the caller's would be overwritten, or belie the body.
pub fn headers_of_ours(view: &mut View, api: &Api) {
    let mut gone = Vec::new();
    for (id, value) in view.operations_mut() {
        let Some(operation) = api.operation(&id) else { continue };
        for parameter in operation.parameters.iter().filter(|one| is_header_of_ours(&one.name, one.location)) {
            let reason = format!("OpenAPI has a header parameter `{}` ignored", parameter.name);
            gone.push(Unsupported::left_out(&parameter.pointer, reason));
        }
        if let Some(parameters) = value.get_mut("parameters").and_then(Value::as_array_mut) {
            parameters.retain(|parameter| {
                let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
                text("in") != "header" || !is_header_of_ours(text("name"), Location::Header)
            });
        }
    }
    view.unsupported.extend(gone);
}

fn is_header_of_ours(name: &str, location: Location) -> bool {
    location == Location::Header && NO_PARAMETERS.iter().any(|one| name.eq_ignore_ascii_case(one))
}

/// Carries cookies under a header name of ours.
pub fn cookies_as_headers(view: &mut View, _api: &Api) {
    for (_, value) in view.operations_mut() {
        for parameter in parameters_of(value) {
            if parameter.get("in").and_then(Value::as_str) == Some("cookie") {
                let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
                set(parameter, "in", "header");
                set(parameter, "name", format!("{COOKIE_HEADER}{name}"));
            }
        }
    }
}
