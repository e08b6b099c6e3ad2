//! Whether a request carries what the caller gave, and nothing else.

use std::collections::BTreeSet;

use cx_mock::{Incoming, Verdict};
use cx_spec::{Location, Operation, media_type::is_json};
use serde_json::{Map, Value};

use crate::compare::{unsent, unsent_json};

/// What the caller gave and the vendor did not get, or the other way round. Of most of it a vendor would not complain.
pub(crate) fn differences(
    operation: &Operation,
    arguments: &Value,
    request: &Incoming,
    verdict: &Verdict,
) -> Vec<String> {
    let nothing = Map::new();
    let arguments = arguments.as_object().unwrap_or(&nothing);
    let mut differences = lost(arguments, request, verdict);
    differences.extend(parameters(operation, arguments, verdict));
    differences.extend(body(arguments.get("body"), request, verdict));
    differences
}

/// Arguments of which the request has not even the name.
fn lost(arguments: &Map<String, Value>, request: &Incoming, verdict: &Verdict) -> Vec<String> {
    let query: BTreeSet<String> = request.query_pairs().into_iter().map(|pair| pair.name).collect();
    let parameters = &verdict.parameters;
    let elsewhere = [&parameters.path, &parameters.header, &parameters.cookie];
    let is_sent = |name: &String| query.contains(name) || elsewhere.iter().any(|part| part.contains_key(name));
    let lost = arguments.keys().filter(|name| *name != "body" && !is_sent(name));
    lost.map(|name| format!("parameter `{name}` was given and is not sent")).collect()
}

fn parameters(operation: &Operation, arguments: &Map<String, Value>, verdict: &Verdict) -> Vec<String> {
    let mut differences = Vec::new();
    for parameter in &operation.parameters {
        let got = match parameter.location {
            Location::Path => &verdict.parameters.path,
            Location::Query => &verdict.parameters.query,
            Location::Header => &verdict.parameters.header,
            Location::Cookie => &verdict.parameters.cookie,
        };
        let got = got.get(&parameter.name).unwrap_or(&Value::Null);
        let given = given(&parameter.name, got, arguments);
        if unsent(&given, got, &[]).or_else(|| unsent(got, &given, &[])).is_some() {
            differences.push(format!("parameter `{}` is not sent as it was given", parameter.name));
        }
    }
    differences
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

fn body(given: Option<&Value>, request: &Incoming, verdict: &Verdict) -> Option<String> {
    let nothing = Value::Null;
    let (given, got) = (given.unwrap_or(&nothing), verdict.body.as_ref().unwrap_or(&nothing));
    // A file does not come back as it was given; that it is one is the validator's to see.
    let files: Vec<&str> = verdict.files.iter().map(|(pointer, _)| pointer.as_str()).collect();
    let tells_types = request.header("content-type").is_some_and(is_json);
    let missing = |one: &Value, other: &Value| {
        if tells_types { unsent_json(one, other) } else { unsent(one, other, &files) }
    };
    let lost = missing(given, got).map(|pointer| format!("{pointer} of the body was given and is not sent so"));
    lost.or_else(|| missing(got, given).map(|pointer| format!("{pointer} of the body is sent and nobody gave it")))
}
