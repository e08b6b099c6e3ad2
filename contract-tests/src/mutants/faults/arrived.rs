//! Whether a request carries what the caller gave, and nothing else.

use cx_mock::{Verdict, form};
use cx_spec::{Location, Operation};
use serde_json::{Map, Value};

/// The first thing that the caller gave and the vendor did not get, or the other way round.
pub(super) fn difference(operation: &Operation, arguments: &Value, verdict: &Verdict) -> Option<String> {
    let arguments = arguments.as_object()?;
    parameters(operation, arguments, verdict).or_else(|| body(arguments.get("body"), verdict))
}

fn parameters(operation: &Operation, arguments: &Map<String, Value>, verdict: &Verdict) -> Option<String> {
    for parameter in &operation.parameters {
        let got = match parameter.location {
            Location::Path => &verdict.parameters.path,
            Location::Query => &verdict.parameters.query,
            Location::Header => &verdict.parameters.header,
            Location::Cookie => &verdict.parameters.cookie,
        };
        let got = got.get(&parameter.name).unwrap_or(&Value::Null);
        let given = given(&parameter.name, got, arguments);
        if !same(&without(&given, &[]), &without(got, &[])) {
            return Some(format!("parameter `{}` is not what the caller gave", parameter.name));
        }
    }
    None
}

/// The argument of a parameter; one that was given by its members is put together again.
fn given(name: &str, got: &Value, arguments: &Map<String, Value>) -> Value {
    if let Some(value) = arguments.get(name) {
        return value.clone();
    }
    let deep = arguments.iter().filter_map(|(key, value)| {
        let key = key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
        Some((key.to_owned(), value.clone()))
    });
    let mut members: Map<String, Value> = deep.collect();
    for key in got.as_object().into_iter().flat_map(Map::keys) {
        if let Some(value) = arguments.get(key) {
            members.insert(key.clone(), value.clone());
        }
    }
    if members.is_empty() { Value::Null } else { Value::Object(members) }
}

fn body(given: Option<&Value>, verdict: &Verdict) -> Option<String> {
    let nothing = Value::Null;
    let (given, got) = (given.unwrap_or(&nothing), verdict.body.as_ref().unwrap_or(&nothing));
    // A file does not come back as it was given; that it is one is the validator's to see.
    let files: Vec<&str> = verdict.files.iter().filter_map(|(pointer, _)| pointer.strip_prefix('/')).collect();
    let (given, got) = (without(given, &files), without(got, &files));
    (!same(&given, &got)).then(|| "the body is not what the caller gave".to_owned())
}

/// A value without some of its members, and without those that are nothing.
fn without(value: &Value, members: &[&str]) -> Value {
    match value {
        Value::Object(object) => {
            let kept = object.iter().filter(|(name, _)| !members.contains(&name.as_str()));
            let kept = kept.map(|(name, value)| (name.clone(), without(value, &[])));
            let kept: Map<String, Value> = kept.filter(|(_, value)| !value.is_null()).collect();
            if kept.is_empty() { Value::Null } else { Value::Object(kept) }
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| without(item, &[])).collect()),
        value => value.clone(),
    }
}

/// Equal by value; numbers and flags may stand for texts, on either side.
fn same(given: &Value, got: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    match (given, got) {
        (Value::Object(given), Value::Object(got)) => {
            given.len() == got.len()
                && given.iter().all(|(key, value)| got.get(key).is_some_and(|got| same(value, got)))
        }
        (Value::Array(given), Value::Array(got)) => {
            given.len() == got.len() && given.iter().zip(got).all(|(given, got)| same(given, got))
        }
        (Value::Number(given), Value::Number(got)) => given.as_f64() == got.as_f64(),
        _ => given == got || text(given).is_some_and(|given| Some(given) == text(got)),
    }
}

/// The texts of a query or an urlencoded form.
pub(super) fn texts(bytes: &[u8]) -> Vec<(String, String)> {
    let pairs = form::urlencoded(bytes).into_iter();
    pairs
        .filter_map(|pair| match pair.part {
            form::Part::Text(text) => Some((pair.name, text)),
            _ => None,
        })
        .collect()
}
