//! What the caller got, against what the fixture says.

use std::collections::BTreeSet;

use contract_tests::apis::Subject;
use cx_client::{Error, ErrorKind, dynamic::Reply};
use serde_json::{Map, Value, json};

use crate::fixture::{Fixture, Kind};

pub(crate) fn judge_outcome(subject: &Subject, fixture: &Fixture, result: Result<Reply, Error>) -> Vec<String> {
    let outcome = &fixture.outcome;
    match (outcome.kind, result) {
        (Kind::Ok, Ok(reply)) => judge_reply(subject, fixture, &reply),
        (Kind::Error, Err(error)) => judge_error(fixture, &error),
        (Kind::Ok, Err(error)) => vec![format!("ended in an error: {error} ({error:?})")],
        (Kind::Error, Ok(reply)) => vec![format!("status {} was taken for a success", reply.status)],
    }
}

pub(crate) fn judge_reply(subject: &Subject, fixture: &Fixture, reply: &Reply) -> Vec<String> {
    let outcome = &fixture.outcome;
    let mut problems = Vec::new();
    if reply.status.as_u16() != outcome.status {
        problems.push(format!("the status is {}, not {}", reply.status, outcome.status));
    }
    if let Some(sent) = &fixture.reply.json
        && reply.raw.as_ref() != Some(sent)
    {
        problems.push("the raw reply is not what was sent".to_owned());
    }
    for (name, value) in &fixture.reply.headers {
        if reply.headers.get(name).and_then(|value| value.to_str().ok()) != value.as_str() {
            problems.push(format!("the header {name} was lost"));
        }
    }
    if outcome.not_modified && (reply.status != 304 || !reply.typed.is_null()) {
        problems.push("a poll that brought nothing new is not told as such".to_owned());
    }
    if outcome.absent {
        let envelope = subject.api.operation(&fixture.operation).and_then(|operation| operation.envelope.as_ref());
        let payload = envelope.map_or(Some(&reply.typed), |envelope| reply.typed.get(&envelope.data));
        if payload.is_some_and(|payload| !is_nothing(payload)) {
            problems.push(format!("a payload out of nothing: {payload:?}"));
        }
    }
    problems.extend(contained(&outcome.contains, &reply.typed));
    problems
}

pub(crate) fn judge_error(fixture: &Fixture, error: &Error) -> Vec<String> {
    let outcome = &fixture.outcome;
    let mut problems = Vec::new();
    if error.status().map(|status| status.as_u16()) != Some(outcome.status) {
        problems.push(format!("the status is {:?}, not {}", error.status(), outcome.status));
    }
    let expected = if outcome.status == 401 { ErrorKind::Authentication } else { ErrorKind::Api };
    if error.kind() != expected {
        problems.push(format!("the error is of kind {:?}, not {expected:?}", error.kind()));
    }
    if outcome.message.is_some() && error.vendor_message() != outcome.message {
        problems.push(format!("the message is {:?}, not {:?}", error.vendor_message(), outcome.message));
    }
    let body = error.body().map(|body| body.as_ref()).unwrap_or_default();
    let sent = match (&fixture.reply.json, &fixture.reply.text) {
        (Some(json), _) => json.to_string(),
        (None, text) => text.clone().unwrap_or_default(),
    };
    if body != sent.as_bytes() {
        problems.push("the error lost its body".to_owned());
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    problems.extend(contained(&outcome.contains, &body));
    problems
}

pub(crate) fn contained(expected: &Map<String, Value>, actual: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    for (pointer, expected) in expected {
        let actual = actual.pointer(pointer).unwrap_or(&Value::Null);
        if !same_value(expected, actual, Nulls::AreAbsent) {
            problems.push(format!("{pointer} is {actual}, not {expected}"));
        }
    }
    problems
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    AreAbsent,
    Differ,
}

/// Equality by value: `1` is `1.0`, and in a reply `"1"`, and what is null may be missing there.
pub(crate) fn same_value(expected: &Value, actual: &Value, nulls: Nulls) -> bool {
    match (expected, actual) {
        (Value::Object(left), Value::Object(right)) => {
            let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            names.into_iter().all(|name| match (left.get(name), right.get(name), nulls) {
                (Some(left), Some(right), _) => same_value(left, right, nulls),
                (Some(one), None, Nulls::AreAbsent) | (None, Some(one), Nulls::AreAbsent) => one.is_null(),
                _ => false,
            })
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same_value(left, right, nulls))
        }
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Number(number), Value::String(text)) | (Value::String(text), Value::Number(number))
            if nulls == Nulls::AreAbsent =>
        {
            text.parse() == Ok(number.as_f64().unwrap())
        }
        (left, right) => left == right,
    }
}

pub(crate) fn is_nothing(value: &Value) -> bool {
    *value == Value::Null || *value == json!({})
}
