//! One flat schema out of references and `allOf`.

use cx_spec::Api;
use serde_json::{Map, Value, json};

use crate::schema::Reading;

/// The document that references lead into, and the way that values travel.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub api: &'a Api,
    pub way: Reading,
}

/// A schema without `$ref` and `allOf` at its top; members and branches are still as they were.
pub(super) type Flat = Map<String, Value>;

/// Resolves a schema as far as its own level goes. `seen` gathers the references on the way.
pub(super) fn flatten(scope: Scope<'_>, schema: &Value, seen: &mut Vec<String>) -> Flat {
    let from = seen.len();
    let mut flat = flatten_to(scope.api, schema, seen, from);
    one_way(&mut flat, scope.way);
    flat
}

/// Takes out the members that only travel the other way.
fn one_way(flat: &mut Flat, way: Reading) {
    let Some(Value::Object(properties)) = flat.get_mut("properties") else { return };
    let gone: Vec<String> =
        properties.iter().filter(|(_, schema)| way.leaves_out(schema)).map(|(name, _)| name.clone()).collect();
    if gone.is_empty() {
        return;
    }
    properties.retain(|name, _| !gone.contains(name));
    if let Some(Value::Array(required)) = flat.get_mut("required") {
        required.retain(|name| !gone.iter().any(|gone| name == gone));
    }
}

/// `from` is where in `seen` the references of this schema begin.
fn flatten_to(api: &Api, schema: &Value, seen: &mut Vec<String>, from: usize) -> Flat {
    let Some(members) = schema.as_object() else { return Flat::new() };
    if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
        // What was laid over the schema once changes nothing the second time, and may lead back here.
        if seen.iter().skip(from).any(|known| known == reference) {
            return Flat::new();
        }
        seen.push(reference.to_owned());
        let target = reference.strip_prefix('#').and_then(|pointer| api.document().at(pointer));
        return target.map_or_else(Flat::new, |node| flatten_to(api, node.value(), seen, from));
    }
    let mut flat = members.clone();
    let parts = flat.shift_remove("allOf");
    let nullable = flat.shift_remove("nullable");
    let alone = flat.is_empty();
    for (index, part) in parts.as_ref().and_then(Value::as_array).into_iter().flatten().enumerate() {
        let part = flatten_to(api, part, seen, from);
        if alone && index == 0 {
            flat = part;
        } else {
            merge(&mut flat, part);
        }
    }
    match nullable {
        // Beside `allOf`, the flag of the whole counts; those of its parts cannot widen it, though here they are
        // rather kept from narrowing it, as the validator has it.
        Some(nullable) => {
            flat.insert("nullable".to_owned(), nullable);
        }
        None if parts.is_some() && !alone => {
            flat.shift_remove("nullable");
        }
        None => {}
    }
    flat
}

/// Lays one schema over another: a value of the result keeps both, as far as keywords can say so.
pub(super) fn merge(flat: &mut Flat, other: Flat) {
    for (keyword, theirs) in other {
        let Some(ours) = flat.get_mut(&keyword) else {
            flat.insert(keyword, theirs);
            continue;
        };
        match keyword.as_str() {
            "properties" => merge_properties(ours, theirs),
            "required" => merge_lists(ours, theirs),
            "enum" => {
                if let (Value::Array(ours), Value::Array(theirs)) = (ours, theirs) {
                    ours.retain(|value| theirs.contains(value));
                }
            }
            "minimum" | "minLength" | "minItems" | "minProperties" => tighten(ours, theirs, |a, b| b > a),
            "maximum" | "maxLength" | "maxItems" | "maxProperties" => tighten(ours, theirs, |a, b| b < a),
            "exclusiveMinimum" | "exclusiveMaximum" | "uniqueItems" => {
                *ours = json!(ours.as_bool().unwrap_or(false) || theirs.as_bool().unwrap_or(false));
            }
            "nullable" => *ours = json!(ours.as_bool().unwrap_or(false) && theirs.as_bool().unwrap_or(false)),
            "items" => {
                let both = json!({"allOf": [ours.clone(), theirs]});
                *ours = both;
            }
            // Both cannot be said in one keyword; the filter at the end sees to the other.
            _ => {}
        }
    }
}

fn merge_properties(ours: &mut Value, theirs: Value) {
    let (Value::Object(ours), Value::Object(theirs)) = (ours, theirs) else { return };
    for (name, schema) in theirs {
        match ours.get_mut(&name) {
            Some(own) => {
                let both = json!({"allOf": [own.clone(), schema]});
                *own = both;
            }
            None => {
                ours.insert(name, schema);
            }
        }
    }
}

fn merge_lists(ours: &mut Value, theirs: Value) {
    let (Value::Array(ours), Value::Array(theirs)) = (ours, theirs) else { return };
    for value in theirs {
        if !ours.contains(&value) {
            ours.push(value);
        }
    }
}

fn tighten(ours: &mut Value, theirs: Value, tighter: fn(f64, f64) -> bool) {
    if let (Some(a), Some(b)) = (ours.as_f64(), theirs.as_f64())
        && tighter(a, b)
    {
        *ours = theirs;
    }
}

/// A number under a keyword.
pub(super) fn count(flat: &Flat, keyword: &str) -> Option<usize> {
    flat.get(keyword).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok())
}

/// The names under `required`.
pub(super) fn required(flat: &Flat) -> Vec<String> {
    let names = flat.get("required").and_then(Value::as_array).into_iter().flatten();
    names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// `type`, or what members and items say.
pub(super) fn kind(flat: &Flat) -> Option<&str> {
    flat.get("type").and_then(Value::as_str).or_else(|| {
        if flat.contains_key("properties") || flat.contains_key("additionalProperties") {
            Some("object")
        } else if flat.contains_key("items") {
            Some("array")
        } else {
            None
        }
    })
}

/// Whether `null` is a value of the schema.
pub(super) fn is_nullable(flat: &Flat) -> bool {
    flat.get("nullable").and_then(Value::as_bool).unwrap_or(false)
}

/// The branches of `oneOf` or `anyOf`, each laid over what stands beside them.
pub(super) fn branches(scope: Scope<'_>, flat: &Flat, seen: &mut Vec<String>) -> Vec<Flat> {
    let Some(branches) = flat.get("oneOf").or_else(|| flat.get("anyOf")).and_then(Value::as_array) else {
        return Vec::new();
    };
    let mut base = flat.clone();
    let discriminator = base.shift_remove("discriminator");
    for keyword in ["oneOf", "anyOf", "nullable"] {
        base.shift_remove(keyword);
    }
    branches
        .iter()
        .map(|branch| {
            let mut merged = flatten(scope, branch, seen);
            merge(&mut merged, base.clone());
            if let Some(tag) = discriminator.as_ref().and_then(|discriminator| tag(discriminator, branch)) {
                merge(&mut merged, tag);
            }
            merged
        })
        .collect()
}

/// What a discriminator asks of a branch: the member that names it, by its key in `mapping` or by the schema's own name.
fn tag(discriminator: &Value, branch: &Value) -> Option<Flat> {
    let property = discriminator.get("propertyName")?.as_str()?;
    let reference = branch.get("$ref")?.as_str()?;
    let name = reference.rsplit('/').next().unwrap_or(reference);
    let is_meant = |target: &Value| target.as_str().is_some_and(|target| target == reference || target == name);
    let mapped = discriminator
        .get("mapping")
        .and_then(Value::as_object)
        .and_then(|mapping| mapping.iter().find(|(_, target)| is_meant(target)).map(|(key, _)| key.as_str()));
    let schema = json!({
        "required": [property],
        "properties": {property: {"type": "string", "enum": [mapped.unwrap_or(name)]}},
    });
    schema.as_object().cloned()
}
