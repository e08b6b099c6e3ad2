//! Members of JSON requests for which left out, null and a value are three different things.
//!
//! What a reply carries stays an `Option`, because there nobody cares to tell absent from null. So a component that
//! both a JSON request and anything else refers to becomes two: the request gets a copy of its own, `TreeInput` beside
//! `Tree`. Components that only JSON requests reach, or that lead to no such member, stay one.

use std::collections::{BTreeMap, BTreeSet};

use cx_spec::Api;
use serde_json::{Value, json};

use super::{View, is_true, view::COMPONENTS, walk};
use crate::generate::reply;

/// Marks the description of such a member; the syntax-tree pass takes it out again.
pub const PATCH_MARK: &str = "\u{2060}patch\u{2060}";

/// Marks members that are optional and nullable, in all that JSON requests are made of.
pub fn tri_state(view: &mut View, api: &Api) {
    let requests = json_requests(view, api);
    let mut written = BTreeSet::new();
    for (id, value) in view.clone().operations_mut() {
        if requests.contains(&id) {
            written.extend(value.get("requestBody").map(references).unwrap_or_default());
        }
    }
    written.extend(json_alternatives(view).into_iter().flat_map(|other| other.component));
    let written = closure(view, written);
    let touched: BTreeSet<String> = written
        .into_iter()
        .filter(|name| {
            let reached = closure(view, BTreeSet::from([name.clone()]));
            reached.iter().filter_map(|name| view.schema(name)).any(|schema| has_tri_state(view, schema))
        })
        .collect();
    let shared: BTreeSet<String> = read_elsewhere(view).intersection(&touched).cloned().collect();
    let copies = copy(view, &shared);

    let nullable = view.clone();
    let mut bend = |schema: &mut Value| {
        redirect(schema, &copies);
        walk(schema, &mut |schema| mark(&nullable, schema));
    };
    for (name, schema) in view.schemas_mut() {
        if (touched.contains(&name) && !shared.contains(&name)) || copies.values().any(|copy| *copy == name) {
            bend(schema);
        }
    }
    for (id, value) in view.operations_mut() {
        if let (true, Some(body)) = (requests.contains(&id), value.pointer_mut("/requestBody/content")) {
            for (_, media) in body.as_object_mut().into_iter().flatten() {
                media.get_mut("schema").into_iter().for_each(&mut bend);
            }
        }
    }
    for other in &mut view.alternatives {
        if let (true, Some(name)) = (reply::is_json(&other.media_type), &mut other.component)
            && let Some(copy) = copies.get(name)
        {
            name.clone_from(copy);
        }
    }
}

/// Operations whose request type is written as JSON, always or where the caller asks for it.
fn json_requests(view: &mut View, api: &Api) -> BTreeSet<String> {
    let is_json = |id: &String| {
        let Some(operation) = api.operation(id) else { return false };
        let Some((body, sent)) = operation.body.as_ref().zip(operation.sent_media()) else { return false };
        body.media.iter().any(|media| media.schema == sent.schema && reply::is_json(&media.media_type))
    };
    view.operations_mut().into_iter().map(|(id, _)| id).filter(is_json).collect()
}

fn json_alternatives(view: &View) -> Vec<super::Alternative> {
    view.alternatives.iter().filter(|other| reply::is_json(&other.media_type)).cloned().collect()
}

/// Components that replies reach, or that no request does: types that something is decoded into.
fn read_elsewhere(view: &View) -> BTreeSet<String> {
    let mut view = view.clone();
    let (mut requests, mut read) = (BTreeSet::new(), BTreeSet::new());
    for (_, value) in view.operations_mut() {
        requests.extend(value.get("requestBody").map(references).unwrap_or_default());
        read.extend(value.get("responses").map(references).unwrap_or_default());
    }
    requests.extend(view.alternatives.iter().filter_map(|other| other.component.clone()));
    let sent = closure(&view, requests);
    read.extend(view.schemas_mut().into_iter().map(|(name, _)| name).filter(|name| !sent.contains(name)));
    closure(&view, read)
}

/// Copies components; gives the name of each copy.
fn copy(view: &mut View, names: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut copies = BTreeMap::new();
    for name in names {
        let Some(schema) = view.schema(name).cloned() else { continue };
        let copy = view.free_name(&format!("{name}Input"));
        view.add_schema(&copy, schema);
        copies.insert(name.clone(), copy);
    }
    copies
}

/// Names of the components that a value refers to.
fn references(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member.as_str().and_then(|text| text.strip_prefix(COMPONENTS)) {
                    Some(name) if key == "$ref" => drop(found.insert(name.to_owned())),
                    _ => found.extend(references(member)),
                }
            }
        }
        Value::Array(items) => found.extend(items.iter().flat_map(references)),
        _ => {}
    }
    found
}

/// Components that can be reached from some, themselves included.
fn closure(view: &View, from: BTreeSet<String>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<String> = from.into_iter().collect();
    while let Some(name) = open.pop() {
        if let (false, Some(schema)) = (reached.contains(&name), view.schema(&name)) {
            open.extend(references(schema));
            reached.insert(name);
        }
    }
    reached
}

/// Lets references point to the copies.
fn redirect(schema: &mut Value, copies: &BTreeMap<String, String>) {
    match schema {
        Value::Object(members) => {
            for (key, member) in members {
                let copy =
                    member.as_str().and_then(|text| text.strip_prefix(COMPONENTS)).and_then(|name| copies.get(name));
                match copy {
                    Some(copy) if key == "$ref" => *member = Value::String(format!("{COMPONENTS}{copy}")),
                    _ => redirect(member, copies),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redirect(item, copies)),
        _ => {}
    }
}

fn has_tri_state(view: &View, schema: &Value) -> bool {
    let mut found = false;
    // The walk changes nothing here; it is the one that knows where schemas stand in a schema.
    walk(&mut schema.clone(), &mut |schema| {
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        found |=
            properties.into_iter().any(|(name, member)| !is_required(schema, name) && admits_null(view, member, 0));
    });
    found
}

fn mark(view: &View, schema: &mut Value) {
    let outer = schema.clone();
    for (name, member) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        if is_required(&outer, name) || !admits_null(view, member, 0) {
            continue;
        }
        if member.get("$ref").is_some() {
            *member = json!({"allOf": [member.clone()]});
        }
        let text = member.get("description").and_then(Value::as_str).unwrap_or_default();
        let marked = format!("{text}{PATCH_MARK}");
        super::set(member, "description", marked);
    }
}

fn is_required(schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|one| one == name))
}

/// Whether null keeps a schema.
fn admits_null(view: &View, schema: &Value, depth: usize) -> bool {
    // A circle of references says nothing about null.
    if depth > 16 {
        return false;
    }
    if is_true(schema, "nullable") {
        return true;
    }
    let admits = |branch: &Value| admits_null(view, branch, depth + 1);
    if schema.get("$ref").is_some() {
        return view.target(schema).is_some_and(admits);
    }
    let branches = |key: &str| schema.get(key).and_then(Value::as_array);
    match (branches("allOf"), branches("oneOf")) {
        (Some(all), _) => all.iter().all(admits),
        (None, Some(one)) => one.iter().any(admits),
        // A schema that says nothing of its type takes any value.
        (None, None) => !["type", "enum", "properties", "items", "additionalProperties", "not"]
            .iter()
            .any(|key| schema.get(key).is_some()),
    }
}
