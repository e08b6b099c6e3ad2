//! What a call that succeeded brings.

use std::ops::Deref;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::rate_limit::RateLimit;

/// A success: the decoded value, and all that came with it. Dereferences to the value.
#[derive(Clone, Debug)]
pub struct Response<T> {
    value: T,
    meta: Meta,
}

/// What came with a value.
#[derive(Clone)]
pub(crate) struct Meta {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub attempts: u32,
}

impl std::fmt::Debug for Meta {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meta")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, meta: Meta) -> Self {
        Self { value, meta }
    }

    #[cfg(feature = "dynamic")]
    pub(crate) fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The value.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Status of the reply.
    pub fn status(&self) -> StatusCode {
        self.meta.status
    }

    /// Headers of the reply.
    pub fn headers(&self) -> &HeaderMap {
        &self.meta.headers
    }

    /// The body as it was received. It may hold personal data.
    pub fn raw(&self) -> &Bytes {
        &self.meta.body
    }

    /// How many times the request was sent.
    pub fn attempts(&self) -> u32 {
        self.meta.attempts
    }

    /// A poll that brought nothing new (status 304).
    pub fn is_not_modified(&self) -> bool {
        self.meta.status == StatusCode::NOT_MODIFIED
    }

    /// What the vendor says of its rate limit, where it says anything.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        RateLimit::from_headers(&self.meta.headers)
    }

    /// The same reply with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { value: change(self.value), meta: self.meta }
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: StatusCode) -> Response<i64> {
        let headers = [("x-rate-limit-remaining", "4")]
            .into_iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_static(value)))
            .collect();
        Response::new(7, Meta { status, headers, body: Bytes::from_static(b"pat@example.com"), attempts: 3 })
    }

    #[test]
    fn all_that_came_with_a_value_is_kept() {
        let reply = reply(StatusCode::CREATED).map(|value| value + 1);
        assert_eq!((reply.status(), reply.attempts()), (StatusCode::CREATED, 3));
        assert_eq!(reply.headers().len(), 1);
        assert_eq!(reply.rate_limit().unwrap().remaining, Some(4));
        assert_eq!(reply.raw().as_ref(), b"pat@example.com");
        assert_eq!((*reply, reply.into_inner()), (8, 8));
    }

    #[test]
    fn a_poll_without_news_is_told_from_other_successes() {
        assert!(reply(StatusCode::NOT_MODIFIED).is_not_modified());
        assert!(!reply(StatusCode::OK).is_not_modified());
    }

    #[test]
    fn debug_shows_the_size_of_the_body_alone() {
        let shown = format!("{:?}", reply(StatusCode::OK));
        assert!(shown.contains("status: 200, body_bytes: 15, attempts: 3"), "{shown}");
        assert!(!shown.contains("pat@"), "{shown}");
    }
}
