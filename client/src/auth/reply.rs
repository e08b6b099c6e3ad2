//! Reads the reply to a token request (RFC 6749 §5).
//!
//! Lenient where the RFC lets a client be, strict where a wrong guess would send a useless or dangerous token. No error
//! shows any part of a body, and one about a success does not even carry it, because it may hold tokens.

use std::time::Duration;

use bytes::Bytes;
use http::{StatusCode, header::CONTENT_TYPE};
use serde_json::{Map, Value};

use super::{bearer::header, exchange::ExchangeReply};
use crate::{
    error::{Error, ErrorKind},
    refusal::Refusal,
    secret::Secret,
    transport::json_text,
    twin::{self, Rule},
    vendor_message,
};

/// The longest lifetime that is believed: about 136 years. It keeps sums of times far from their end.
const LONGEST: u64 = u32::MAX as u64;

/// What a successful reply says.
pub(crate) struct TokenResponse {
    pub(crate) access_token: Secret,
    pub(crate) refresh_token: Option<Secret>,
    pub(crate) scope: Option<String>,
    /// Lifetime; `None` when the reply names none that makes sense.
    pub(crate) expires_in: Option<Duration>,
}

impl TokenResponse {
    /// Reads a reply, whatever its status.
    ///
    /// # Errors
    ///
    /// `Authentication` when the vendor refused (4xx but 408 and 429, or an `error` in a success), `Api` for any other
    /// error status, `Decode` for a success that is not a usable bearer token.
    pub(crate) fn read(reply: &ExchangeReply) -> Result<Self, Error> {
        if !reply.status.is_success() {
            return Err(refusal(reply));
        }
        let size = reply.body.len();
        let wrong = |message: String| undecodable(reply, message);
        if !is_json(reply) {
            let shown = |named: &String| (1..=64).contains(&named.len()) && named.bytes().all(is_plain);
            let named = essence(reply).filter(shown);
            let named = named.as_deref().unwrap_or("of an unknown media type");
            return Err(wrong(format!("a token reply of {size} bytes is {named}, not JSON")));
        }
        let json = json_text(&reply.body);
        if json.is_empty() {
            return Err(wrong("the token reply is empty".to_owned()));
        }
        let mut members = match serde_json::from_slice(json) {
            Ok(Value::Object(members)) => members,
            Ok(_) => return Err(wrong(format!("a token reply of {size} bytes is not an object"))),
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                let message = format!("a token reply of {size} bytes is not JSON at line {line}, column {column}");
                return Err(wrong(message));
            }
        };
        let is_known = |name: &String| {
            matches!(
                name.as_str(),
                "access_token" | "token_type" | "expires_in" | "refresh_token" | "scope" | "error"
            )
        };
        if twin::broken(Rule::UnknownTokenMemberRefused) && !members.keys().all(is_known) {
            return Err(wrong("the token reply has an unknown member".to_owned()));
        }
        let accused = members.get("error").is_some_and(|error| !error.is_null());
        if accused && !twin::broken(Rule::ErrorInSuccessIgnored) {
            return Err(refused_in_success(reply, &members));
        }
        let token_type = members.get("token_type").and_then(Value::as_str);
        if !token_type.map_or(twin::broken(Rule::TokenTypeOptional), is_bearer) {
            return Err(wrong("the token reply has no token_type that is known".to_owned()).with_path("token_type"));
        }
        let Some(access_token) = take_secret(&mut members, "access_token") else {
            return Err(wrong("the token reply has no access_token".to_owned()).with_path("access_token"));
        };
        if header(&access_token).is_err() {
            let message = "the token reply has an access_token that cannot be sent in a header".to_owned();
            return Err(wrong(message).with_path("access_token"));
        }
        Ok(Self {
            access_token,
            refresh_token: take_secret(&mut members, "refresh_token"),
            scope: members.get("scope").and_then(Value::as_str).filter(|scope| !scope.is_empty()).map(str::to_owned),
            expires_in: members
                .get("expires_in")
                .and_then(lifetime)
                .or_else(|| twin::broken(Rule::LifetimeRequired).then_some(Duration::ZERO)),
        })
    }
}

/// Whether a `token_type` is the one that is known; its case does not matter (RFC 6749 §5.1).
fn is_bearer(token_type: &str) -> bool {
    if twin::broken(Rule::TokenTypeByCase) {
        return token_type == "Bearer";
    }
    token_type.eq_ignore_ascii_case("bearer") || twin::broken(Rule::AnyTokenType)
}

/// A text member, moved out so that no copy of it stays behind. An empty one counts as missing.
fn take_secret(members: &mut Map<String, Value>, name: &str) -> Option<Secret> {
    match members.remove(name)? {
        Value::String(mut text) if !text.is_empty() => {
            if twin::broken(Rule::TokenTrimmed) {
                text.truncate(text.trim_end_matches('=').len());
            }
            if twin::broken(Rule::TokenCleaned) {
                text.retain(|character| !character.is_control());
            }
            Some(Secret::from(text))
        }
        _ => None,
    }
}

/// A lifetime in seconds, as a number or as text. One that is not positive makes no sense and counts as missing: taken at
/// its word it would have every call fetch a token.
fn lifetime(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    if twin::broken(Rule::LifetimeAtItsWord) {
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or_default());
    }
    if seconds.is_nan() || seconds <= 0.0 {
        return None;
    }
    let longest = Duration::from_secs(LONGEST);
    Some(Duration::try_from_secs_f64(seconds).map_or(longest, |lifetime| lifetime.min(longest)))
        .filter(|lifetime| !lifetime.is_zero())
}

/// `application/json`, `text/json` or a `+json` type. A reply that names no type is judged by its body.
fn is_json(reply: &ExchangeReply) -> bool {
    if twin::broken(Rule::AnyMediaType) {
        return true;
    }
    essence(reply).is_none_or(|essence| {
        matches!(essence.as_str(), "application/json" | "text/json") || essence.ends_with("+json")
    })
}

/// The media type of a reply in lower case, without its parameters; `None` if the reply names none.
fn essence(reply: &ExchangeReply) -> Option<String> {
    let value = reply.headers.get(CONTENT_TYPE)?.to_str().unwrap_or_default();
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// Whether a byte of a media type may be shown.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+' | b'-' | b'.' | b'_')
}

/// The error of a reply with an error status (RFC 6749 §5.2).
fn refusal(reply: &ExchangeReply) -> Error {
    let status = reply.status;
    let (kind, message) = match status {
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
            (ErrorKind::Api, "the vendor did not take the token request now")
        }
        status if status.is_client_error() => (ErrorKind::Authentication, "the vendor refused the token request"),
        status if status.is_redirection() => (ErrorKind::Api, "the vendor redirected the token request"),
        _ => (ErrorKind::Api, "the vendor failed to answer the token request"),
    };
    let code = vendor_message::oauth_code(&reply.body);
    let body = if twin::broken(Rule::ErrorDescriptionLost) { Bytes::new() } else { reply.body.clone() };
    let refusal = code.map(|code| Refusal::explained(code, &body));
    let error = Error::new(kind, message);
    let error = if twin::broken(Rule::BodyInChain) {
        error.with_cause(String::from_utf8_lossy(&reply.body).into_owned())
    } else {
        error
    };
    error.with_reply(status, reply.headers.clone(), body).with_retry_after(reply.retry_after).with_refusal(refusal)
}

fn refused_in_success(reply: &ExchangeReply, members: &Map<String, Value>) -> Error {
    // The body explains the error, unless it holds a token too.
    let body = if members.contains_key("access_token") || members.contains_key("refresh_token") {
        Bytes::new()
    } else {
        reply.body.clone()
    };
    let code = members.get("error").and_then(Value::as_str).and_then(vendor_message::code);
    let refusal = code.map(|code| Refusal::explained(code, &body));
    Error::new(ErrorKind::Authentication, "the vendor refused the token request with a success status")
        .with_reply(reply.status, reply.headers.clone(), body)
        .with_refusal(refusal)
}

fn undecodable(reply: &ExchangeReply, mut message: String) -> Error {
    if twin::broken(Rule::PayloadQuoted) {
        message.push_str(&String::from_utf8_lossy(&reply.body));
    }
    Error::new(ErrorKind::Decode, message).with_reply(reply.status, reply.headers.clone(), Bytes::new())
}
