//! What the client made of a reply, against what was sent.

use std::borrow::Cow;

use cx_client::{Error, ErrorKind, dynamic::Reply};
use cx_mock::Outgoing;
use cx_spec::{Operation, media_type};
use http::HeaderMap;
use serde_json::Value;

use crate::{
    cases::{Case, Expected},
    compare::{self, missing},
};

/// Of a call that brought a reply. `body` is what the vendor sent, byte by byte.
pub(super) fn success(case: &Case, operation: &Operation, body: &[u8], reply: &Reply) -> Vec<String> {
    let mut problems = Vec::new();
    if let Expected::ReplyRefused(pointer) = &case.expected {
        problems.push(format!("a reply without {pointer}, which the document requires, was taken"));
        return problems;
    }
    if reply.status.as_u16() != case.status {
        problems.push(format!("status {} came back as {}", case.status, reply.status.as_u16()));
    }
    if !case.documented.is_success() && case.status != 304 {
        problems.push(format!("status {} was taken for a success", case.status));
    }
    if reply.body != arrives(case, body) {
        problems.push("the reply lost its body".to_owned());
    }
    let sent = case.reply.as_ref().filter(|_| case.status != 304).map_or(&Value::Null, |reply| &reply.value);
    if !is_json(case) {
        // A text has a type; what a file is read as, no document says.
        if sent.is_string() && reply.typed.is_string() && *sent != reply.typed {
            problems.push("the typed reply changed the text".to_owned());
        }
        return problems;
    }
    if let Some(pointer) = missing(sent, reply.raw.as_ref().unwrap_or(&Value::Null)) {
        problems.push(format!("the raw reply lost {pointer}"));
    }
    let expected = match &operation.envelope {
        Some(envelope) => Cow::Owned(compare::canonical(sent.clone(), envelope)),
        None => Cow::Borrowed(sent),
    };
    if let Some(pointer) = missing(&expected, &reply.typed) {
        problems.push(format!("the typed reply lost or changed {pointer}"));
    }
    if let Some(pointer) = missing(&reply.typed, &expected) {
        problems.push(format!("the typed reply has {pointer}, which nobody sent"));
    }
    problems
}

/// Of a call that ended in an error. `body` is what the vendor sent, byte by byte.
pub(super) fn error(case: &Case, operation: &Operation, body: &[u8], error: &Error) -> Vec<String> {
    let mut problems = Vec::new();
    if let Expected::ReplyRefused(pointer) = &case.expected {
        let status = error.status().map(|status| status.as_u16());
        if error.kind() != ErrorKind::Decode || status != Some(case.status) {
            problems.push(format!("a reply without {pointer} ended in an error of another kind: {error}"));
        }
        return problems;
    }
    if case.documented.is_success() || case.status == 304 {
        problems.push(format!("status {} ended in an error: {error}", case.status));
        return problems;
    }
    if error.status().map(|status| status.as_u16()) != Some(case.status) {
        problems.push(format!("status {} ended in an error of another kind: {error}", case.status));
    }
    let expected = if case.status == 401 { ErrorKind::Authentication } else { ErrorKind::Api };
    if error.kind() != expected {
        problems.push(format!("an error of kind {:?} where {expected:?} was due", error.kind()));
    }
    if error.body().is_none_or(|own| own != arrives(case, body)) {
        problems.push("the error lost its body".to_owned());
    }
    if error.operation().map(|row| row.id) != Some(operation.id.as_str()) {
        problems.push("the error does not name its operation".to_owned());
    }
    problems
}

/// Of the headers that the vendor sent, each that the caller does not get as it was.
pub(super) fn headers(sent: &Outgoing, got: &HeaderMap) -> Vec<String> {
    let comes =
        |name: &str, value: &str| got.get_all(name).iter().any(|own| own.as_bytes() == value.trim().as_bytes());
    let lost = sent.headers.iter().filter(|(name, value)| !comes(name, value));
    lost.map(|(name, _)| format!("the reply lost its header `{name}`")).collect()
}

/// What of a body comes through: some statuses have none (RFC 9110 §15.3.5 and §15.4.5).
fn arrives<'b>(case: &Case, body: &'b [u8]) -> &'b [u8] {
    if matches!(case.status, 204 | 304) { &[] } else { body }
}

fn is_json(case: &Case) -> bool {
    case.reply.as_ref().is_none_or(|reply| media_type::is_json(&reply.media_type))
}
