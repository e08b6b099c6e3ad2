//! From the bytes of a success to a typed value.

use serde::de::{DeserializeOwned, value::BytesDeserializer};
use serde_json::Value;

use super::receive::Received;
use crate::{
    envelope,
    error::{Error, ErrorKind, Result},
    operation::{Operation, Reply, Shape},
    twin::{self, Rule},
};

/// Decodes a success as its operation says.
pub(crate) fn success<T: DeserializeOwned>(received: &Received, operation: &'static Operation) -> Result<T> {
    let fail = |message: &'static str| received.error(ErrorKind::Decode, message, operation);
    let body = json_text(&received.body);
    if operation.reply != Reply::Empty && is_encoded(received) {
        return Err(fail("the reply came in a content encoding that was not asked for"));
    }
    match operation.reply {
        _ if received.status == http::StatusCode::NOT_MODIFIED => absent(fail),
        Reply::Empty => absent(fail),
        Reply::Text => from_value(Value::String(String::from_utf8_lossy(&received.body).into_owned()), fail),
        Reply::Binary => {
            let bytes = BytesDeserializer::<serde_json::Error>::new(&received.body);
            T::deserialize(bytes)
                .map_err(|cause| fail("the type does not take bytes").with_cause(Mismatch::of(&cause)))
        }
        Reply::Unknown => serde_json::from_slice(body).or_else(|_| absent(fail)),
        Reply::Json { optional: true, .. } if is_absent(body) && operation.envelope.is_none() => absent(fail),
        Reply::Json { shape, optional } => {
            if let Some(row) = &operation.envelope {
                if optional && is_absent(body) {
                    return absent(fail);
                }
                if body.is_empty() {
                    return from_value(envelope::canonical(Value::Null, row), fail);
                }
                check_shape(body, shape, fail)?;
                return from_value(envelope::canonical(read(body, fail)?, row), fail);
            }
            check_shape(body, shape, fail)?;
            if twin::broken(Rule::UnknownMemberRefused) {
                return twin::strict(body).map_err(|_| fail("the reply has a member that is not known"));
            }
            read(body, fail)
        }
    }
}

/// Whether a body is compressed. No encoding is ever asked for, so that the limit for bodies bounds what is held.
fn is_encoded(received: &Received) -> bool {
    let encoding = received.headers.get(http::header::CONTENT_ENCODING).map(http::HeaderValue::as_bytes);
    !received.body.is_empty() && encoding.is_some_and(|name| !name.eq_ignore_ascii_case(b"identity"))
}

/// No body, `null` or `{}`.
fn is_absent(body: &[u8]) -> bool {
    match body {
        b"" | b"null" => true,
        [b'{', inner @ .., b'}'] => inner.iter().all(u8::is_ascii_whitespace),
        _ => false,
    }
}

/// The JSON of a body: without a byte order mark, which whoever reads JSON may pass over (RFC 8259 §8.1), and without the
/// white space around it.
pub(crate) fn json_text(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii()
}

/// serde reads a list into a struct by position, so the outermost value is looked at first.
fn check_shape(body: &[u8], shape: Shape, fail: impl Fn(&'static str) -> Error) -> Result<()> {
    match (shape, body.first()) {
        (_, None) => Err(fail("the reply has no body where the contract wants one")),
        (Shape::Object, Some(b'[')) => {
            Err(fail("the reply is a list where the contract wants an object").with_path("."))
        }
        (Shape::Array, Some(b'{')) => {
            Err(fail("the reply is an object where the contract wants a list").with_path("."))
        }
        _ => Ok(()),
    }
}

fn read<T: DeserializeOwned>(body: &[u8], fail: impl Fn(&'static str) -> Error) -> Result<T> {
    match serde_json::from_slice(body) {
        Ok(value) => Ok(value),
        // The path costs, so it is looked for only when it is needed.
        Err(first) => {
            assert!(!twin::broken(Rule::OddJsonPanics), "a reply that is not JSON");
            let again: Result<T, _> =
                serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(body));
            Err(match again {
                // The value at the beginning decodes, so what is wrong is the text behind it.
                Ok(_) => fail("the reply is not JSON").with_cause(Mismatch::of(&first)),
                Err(error) => {
                    let path = error.path().to_string();
                    let inner = error.into_inner();
                    let failed = match inner.classify() {
                        serde_json::error::Category::Data => {
                            fail("the reply is not what the contract says").with_path(path)
                        }
                        // Text that is not JSON has no path; line and column of the cause say where it breaks off.
                        _ => fail("the reply is not JSON"),
                    };
                    failed.with_cause(Mismatch::of(&inner))
                }
            })
        }
    }
}

fn from_value<T: DeserializeOwned>(value: Value, fail: impl Fn(&'static str) -> Error) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error: serde_path_to_error::Error<serde_json::Error>| {
        let path = error.path().to_string();
        fail("the reply is not what the contract says").with_path(path).with_cause(Mismatch::of(error.inner()))
    })
}

/// A success without payload.
fn absent<T: DeserializeOwned>(fail: impl Fn(&'static str) -> Error) -> Result<T> {
    serde_json::from_value(Value::Null).map_err(|_| fail("the reply has no body where the contract wants one"))
}

/// Where a reply and its type part, without the value that stood there: serde's own text would quote it.
#[derive(Debug)]
struct Mismatch {
    category: &'static str,
    line: usize,
    column: usize,
}

impl Mismatch {
    fn of(error: &serde_json::Error) -> Self {
        let category = match error.classify() {
            serde_json::error::Category::Io => "reading failed",
            serde_json::error::Category::Syntax => "not JSON",
            serde_json::error::Category::Data => "another type or a missing member",
            serde_json::error::Category::Eof => "the text ends early",
        };
        Self { category, line: error.line(), column: error.column() }
    }
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.category)?;
        if self.line > 0 {
            write!(f, " at line {} column {}", self.line, self.column)?;
        }
        Ok(())
    }
}

impl std::error::Error for Mismatch {}

#[cfg(test)]
mod tests;
