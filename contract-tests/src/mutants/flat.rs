//! A schema with its references followed and its `allOf` merged.

use cx_spec::Api;
use serde_json::{Map, Value};

/// References and `allOf` that nest deeper are cut off.
const DEEPEST: usize = 16;

/// Everything that is said about one value, in one object. Of a keyword that is given twice the first counts; properties
/// and required members add up.
pub(super) fn flat(api: &Api, schema: &Value) -> Map<String, Value> {
    let mut merged = Map::new();
    merge(api, schema, &mut merged, 0);
    merged
}

/// `type`, or what the other keywords say it is.
pub(super) fn kind(flat: &Map<String, Value>) -> Option<&str> {
    match flat.get("type").and_then(Value::as_str) {
        Some(kind) => Some(kind),
        None if flat.contains_key("properties") || flat.contains_key("additionalProperties") => Some("object"),
        None if flat.contains_key("items") => Some("array"),
        None => None,
    }
}

/// The component that a schema is, or that it wraps with a description.
pub(super) fn component(schema: &Value) -> Option<&str> {
    let wrapped = schema.get("allOf").and_then(Value::as_array).filter(|parts| parts.len() == 1);
    wrapped.and_then(|parts| parts.first()).unwrap_or(schema).get("$ref").and_then(Value::as_str)
}

/// The names of required members.
pub(super) fn required(schema: &Map<String, Value>) -> Vec<&str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn merge(api: &Api, schema: &Value, merged: &mut Map<String, Value>, depth: usize) {
    let Some(schema) = schema.as_object().filter(|_| depth < DEEPEST) else { return };
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let target = reference.strip_prefix('#').and_then(|pointer| api.document().at(pointer));
        target.into_iter().for_each(|target| merge(api, target.value(), merged, depth + 1));
        return;
    }
    for (keyword, value) in schema {
        match (keyword.as_str(), value, merged.get_mut(keyword)) {
            ("allOf", Value::Array(parts), _) => parts.iter().for_each(|part| merge(api, part, merged, depth + 1)),
            ("properties", Value::Object(new), Some(Value::Object(known))) => {
                for (name, schema) in new {
                    known.entry(name).or_insert_with(|| schema.clone());
                }
            }
            ("required", Value::Array(new), Some(Value::Array(known))) => known.extend(new.iter().cloned()),
            (_, _, Some(_)) => {}
            (_, _, None) => drop(merged.insert(keyword.clone(), value.clone())),
        }
    }
}
