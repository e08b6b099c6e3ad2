//! The HTTP exchange of a token request, as the manager sees it.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::{env::BoxFuture, error::Error, secret::Secret};

/// The form of a token request, in order, without repetition and without empty values. Values are masked in `Debug`;
/// user names are among them.
pub(crate) type Pairs = Vec<(&'static str, Secret)>;

/// Sends one token request and reads the whole reply.
///
/// An implementation sends a POST with the pairs as a form and `Accept: application/json`, without an old token in the
/// `Authorization` header, follows no redirect and caps the body. It does not retry: the manager does, which knows what may be repeated.
/// Every status is an `Ok`. An error says by [`Error::was_sent`] whether the request may have reached the vendor.
pub(crate) trait Exchange: fmt::Debug + Send + Sync {
    /// Sends one request.
    fn exchange(&self, pairs: Pairs) -> BoxFuture<Result<ExchangeReply, Error>>;
}

/// The reply to a token request.
pub(crate) struct ExchangeReply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// How long the vendor asks to wait, read from the headers as for any other reply.
    pub(crate) retry_after: Option<Duration>,
}

impl fmt::Debug for ExchangeReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExchangeReply")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_reply_the_status_and_the_length_are_shown_and_no_token() {
        let body = Bytes::from_static(b"a token");
        let reply = ExchangeReply { status: StatusCode::OK, headers: HeaderMap::new(), body, retry_after: None };
        assert_eq!(format!("{reply:?}"), "ExchangeReply { status: 200, body_bytes: 7, .. }");
    }
}
