//! What a vendor posts to us: limits, errors and decoding that webhooks of all vendors share.

use std::fmt;

use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::shown;

/// Largest body of a webhook in bytes, unless told otherwise: 1 MiB. Real ones have a few kilobytes.
pub(crate) const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Why a webhook was not taken. It shows nothing of the body, which may hold personal data.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IncomingError {
    /// The body is larger than the limit.
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// There is no signature.
    Unsigned,
    /// There is a signature, but not one of this body under this secret. A malformed one counts as wrong.
    WrongSignature,
    /// The content type is missing, or none that the vendor sends.
    UnknownContentType,
    /// The body is not what its content type says.
    Malformed,
    /// The body can be read, but is no event of this vendor.
    NoEvent {
        /// Where the first mismatch lies, such as `response.id`; `.` is the body itself.
        path: String,
    },
}

impl IncomingError {
    /// The status to answer with. A sender may repeat what was refused with a 5xx, so none is.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unsigned | Self::WrongSignature => StatusCode::UNAUTHORIZED,
            Self::UnknownContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::NoEvent { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

impl fmt::Display for IncomingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit } => write!(f, "the webhook is larger than {limit} bytes"),
            Self::Unsigned => f.write_str("the webhook is not signed"),
            Self::WrongSignature => f.write_str("the signature is not that of the webhook"),
            Self::UnknownContentType => f.write_str("the content type is none of a webhook"),
            Self::Malformed => f.write_str("the webhook is not what its content type says"),
            Self::NoEvent { path } => write!(f, "the webhook is no event: mismatch at {}", shown::path(path)),
        }
    }
}

// The sender chooses the names in a path, and their length.
impl fmt::Debug for IncomingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit } => f.debug_struct("TooLarge").field("limit", limit).finish(),
            Self::Unsigned => f.write_str("Unsigned"),
            Self::WrongSignature => f.write_str("WrongSignature"),
            Self::UnknownContentType => f.write_str("UnknownContentType"),
            Self::Malformed => f.write_str("Malformed"),
            Self::NoEvent { path } => f.debug_struct("NoEvent").field("path", &shown::path(path)).finish(),
        }
    }
}

impl std::error::Error for IncomingError {}

pub(crate) fn within(limit: usize, body: &[u8]) -> Result<(), IncomingError> {
    if body.len() > limit { Err(IncomingError::TooLarge { limit }) } else { Ok(()) }
}

pub(crate) fn json(body: &[u8]) -> Result<Value, IncomingError> {
    serde_json::from_slice(body).map_err(|_| IncomingError::Malformed)
}

/// serde reads a list into a struct by position, so only an object gets as far as that.
pub(crate) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, IncomingError> {
    if !value.is_object() {
        return Err(IncomingError::NoEvent { path: ".".to_owned() });
    }
    serde_path_to_error::deserialize(value).map_err(|error| IncomingError::NoEvent { path: error.path().to_string() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_may_be_as_large_as_the_limit_and_no_larger() {
        assert_eq!(MAX_BODY_BYTES, 1_048_576);
        assert_eq!(within(3, b"abc"), Ok(()));
        assert_eq!(within(3, b"ab"), Ok(()));
        assert_eq!(within(3, b"abcd"), Err(IncomingError::TooLarge { limit: 3 }));
    }

    #[test]
    fn a_body_is_read_or_refused_for_what_it_is() {
        assert_eq!(json(b"[1]"), Ok(json!([1])));
        assert_eq!(json(b"[1"), Err(IncomingError::Malformed));

        #[derive(Debug, PartialEq, serde::Deserialize)]
        struct Event {
            id: i64,
        }
        assert_eq!(typed::<Event>(json!({"id": 7})), Ok(Event { id: 7 }));
        let mismatch = |value| match typed::<Event>(value) {
            Err(IncomingError::NoEvent { path }) => path,
            other => panic!("{other:?}"),
        };
        assert_eq!(mismatch(json!([7])), ".");
        assert_eq!(mismatch(json!({"id": "seven"})), "id");
    }

    #[test]
    fn each_refusal_has_a_status_that_is_no_5xx_and_a_text_of_its_own() {
        let refusals = [
            (IncomingError::TooLarge { limit: 9 }, 413, "larger than 9 bytes"),
            (IncomingError::Unsigned, 401, "not signed"),
            (IncomingError::WrongSignature, 401, "not that of the webhook"),
            (IncomingError::UnknownContentType, 415, "content type"),
            (IncomingError::Malformed, 400, "not what its content type says"),
            (IncomingError::NoEvent { path: "response.id".to_owned() }, 422, "at response.id"),
            (IncomingError::NoEvent { path: "a\nb".to_owned() }, 422, "at a\\nb"),
        ];
        for (refusal, status, text) in refusals {
            assert_eq!(refusal.status().as_u16(), status);
            assert!(refusal.to_string().contains(text), "{refusal}");
        }
    }

    #[test]
    fn whoever_sends_a_long_name_does_not_fill_a_log_with_it() {
        let refusal = IncomingError::NoEvent { path: "a".repeat(10_000) };
        assert!(refusal.to_string().len() < 300, "{refusal}");
        assert!(format!("{refusal:?}").len() < 300, "{refusal:?}");
        assert_eq!(format!("{:?}", IncomingError::TooLarge { limit: 9 }), "TooLarge { limit: 9 }");
        let short = IncomingError::NoEvent { path: "response.id".to_owned() };
        assert_eq!(format!("{short:?}"), "NoEvent { path: \"response.id\" }");
    }
}
