//! One error for everything that can go wrong with a call.
//!
//! It is opaque, so that it can grow: ask it with [`Error::kind`] and the accessors. Neither `Display` nor `Debug` shows a
//! body, a query or a header value, because those may hold secrets and personal data; the accessors hand them out.

use std::{borrow::Cow, error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::{
    challenge,
    operation::Operation,
    rate_limit::RateLimit,
    refusal::Refusal,
    shown,
    twin::{self, Rule},
    vendor_message,
};

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Cause = Box<dyn StdError + Send + Sync>;

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request cannot be sent as it is: a missing argument, a value that cannot be written, an unusable address.
    InvalidRequest,
    /// No token could be had, or the vendor refused the one it got.
    Authentication,
    /// The vendor answered with an error status.
    Api,
    /// The vendor's rate limit is used up and resets only after the deadline, so the request was not sent, or not once
    /// more. [`Error::retry_after`] says how long to wait.
    RateLimited,
    /// The request or its reply did not get through. See [`Error::was_sent`].
    Transport,
    /// A deadline passed.
    Timeout,
    /// The reply arrived but is not what the contract says.
    Decode,
    /// A store for tokens failed.
    Store,
    /// A list goes on, or may go on, where the vendor shows no more of it. Nothing that came before is wrong.
    Truncated,
}

impl ErrorKind {
    /// The kind in one lower-case word, for logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::Authentication => "authentication",
            Self::Api => "api",
            Self::RateLimited => "rate_limited",
            Self::Transport => "transport",
            Self::Timeout => "timeout",
            Self::Decode => "decode",
            Self::Store => "store",
            Self::Truncated => "truncated",
        }
    }
}

/// Whether a request may have reached the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sent {
    /// It did not.
    No,
    /// Nobody can tell.
    Unknown,
    /// It did: there is a reply.
    Yes,
}

/// A call that failed.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    operation: Option<&'static Operation>,
    sent: Sent,
    attempts: u32,
    reply: Option<Reply>,
    path: Option<String>,
    retry_after: Option<Duration>,
    refusal: Option<Refusal>,
    cause: Option<Cause>,
}

/// What came back, as far as it was read.
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Error {
    /// A new error. `message` is a lower-case fragment and never holds anything the vendor or the caller wrote.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            operation: None,
            sent: Sent::No,
            attempts: 0,
            reply: None,
            path: None,
            retry_after: None,
            refusal: None,
            cause: None,
        }))
    }

    pub(crate) fn with_operation(mut self, operation: &'static Operation) -> Self {
        self.0.operation.get_or_insert(operation);
        self
    }

    pub(crate) fn with_cause(mut self, cause: impl Into<Cause>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    pub(crate) fn with_sent(mut self, sent: Sent) -> Self {
        self.0.sent = sent;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_reply(mut self, status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        self.0.sent = Sent::Yes;
        self.0.reply = Some(Reply { status, headers, body });
        self
    }

    pub(crate) fn with_path(mut self, path: impl Into<String>) -> Self {
        self.0.path = Some(path.into());
        self
    }

    pub(crate) fn with_retry_after(mut self, after: Option<Duration>) -> Self {
        self.0.retry_after = after;
        self
    }

    pub(crate) fn with_refusal(mut self, refusal: Option<Refusal>) -> Self {
        self.0.refusal = refusal;
        self
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Status of the reply, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.reply.as_ref().map(|reply| reply.status)
    }

    /// Headers of the reply, if there was one.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.reply.as_ref().map(|reply| &reply.headers)
    }

    /// Body of the reply, as far as it came and the limit for bodies let it be read. It may hold personal data. The
    /// token of the request, where an error status sends it back, is `***`.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.reply.as_ref().map(|reply| &reply.body)
    }

    /// The operation that failed; `None` for a failure outside any.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// How many times the request was sent. It is 0 for a call that failed because no token could be fetched, however often
    /// the token request was sent: that count is in the [`source`](StdError::source) of this error.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether the request may have reached the vendor, on any of the attempts. It is [`Sent::No`] for a call that failed
    /// because no token could be fetched. Operation, status and body of such an error are those of the token request.
    pub fn was_sent(&self) -> Sent {
        self.0.sent
    }

    /// What the vendor says went wrong, read tolerantly from the body, control characters taken out, at most 1,000
    /// characters. It is the vendor's text and may hold personal data.
    pub fn vendor_message(&self) -> Option<String> {
        vendor_message::message(self.body()?)
    }

    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        self.0.refusal.as_ref()
    }

    /// The OAuth error code (RFC 6749 §5.2), such as `invalid_grant`, of a refused token request. Where a call failed
    /// because its token could not be renewed, it is the code of that refusal, and the reply is that of the call.
    pub fn oauth_error(&self) -> Option<&str> {
        self.refusal().map(Refusal::code)
    }

    /// What the vendor says about an OAuth error (`error_description` of RFC 6749 §5.2), control characters taken out, at
    /// most 1,000 characters. It is the vendor's text and may hold personal data.
    pub fn oauth_error_description(&self) -> Option<&str> {
        self.refusal()?.description()
    }

    /// The page that the vendor names for an OAuth error (`error_uri` of RFC 6749 §5.2), if it is a web address.
    pub fn oauth_error_uri(&self) -> Option<&str> {
        self.refusal()?.uri()
    }

    /// The beginning of the body, whatever it is: at most 200 characters of it, on one line, control characters escaped.
    /// It is for a page of a proxy or a server that fell over, where [`Self::vendor_message`] finds nothing, and may hold
    /// personal data.
    pub fn body_excerpt(&self) -> Option<String> {
        vendor_message::excerpt(self.body()?)
    }

    /// Why the vendor refused the token (RFC 6750 §3.1), such as `insufficient_scope`: the error code of the `Bearer`
    /// challenge.
    pub fn challenge_error(&self) -> Option<String> {
        challenge::bearer_parameter(self.headers()?, "error")
    }

    /// Scope that the request would have needed, space-separated, where the `Bearer` challenge names it (RFC 6750 §3).
    pub fn required_scope(&self) -> Option<String> {
        challenge::bearer_parameter(self.headers()?, "scope")
    }

    /// The id under which the vendor knows the request: `meta.correlationId` of the body, or a request-id header.
    pub fn request_id(&self) -> Option<String> {
        let reply = self.0.reply.as_ref()?;
        vendor_message::correlation_id(&reply.body).or_else(|| {
            ["x-request-id", "x-correlation-id"]
                .iter()
                .find_map(|name| Some(reply.headers.get(*name)?.to_str().ok()?.to_owned()))
        })
    }

    /// Where in the reply the first mismatch lies, such as `[3].score`; of a body that was refused before it was sent, the
    /// member that cannot be written. Names in it may be whatever the vendor or the caller wrote; `Display` and
    /// `Debug` show 200 characters of it, on one line.
    pub fn json_path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// How long the vendor asks to wait, from `Retry-After` or a rate-limit header; 120 seconds if it asks for more.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What the vendor says of its rate limit, where it says anything.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.headers().and_then(RateLimit::from_headers)
    }

    /// Status 404 of the call. A token server that answers so says nothing of what was asked for: that is
    /// [`is_authentication`](Self::is_authentication).
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::Api && self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Status 429, or a limit that was known to be spent before anything was sent.
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS) || self.kind() == ErrorKind::RateLimited
    }

    /// A deadline passed.
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
    }

    /// No token could be had, or the vendor refused the one it got.
    pub fn is_authentication(&self) -> bool {
        self.kind() == ErrorKind::Authentication
    }

    /// The reply arrived but is not what the contract says.
    pub fn is_decode(&self) -> bool {
        self.kind() == ErrorKind::Decode
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { operation, message, reply, path, attempts, .. } = &*self.0;
        if let Some(operation) = operation {
            write!(f, "{} {}: ", operation.api, operation.id)?;
        }
        f.write_str(message)?;
        if let Some(reply) = reply {
            write!(f, " (status {}, body of {} bytes)", reply.status.as_u16(), reply.body.len())?;
            if twin::broken(Rule::BodyInDisplay) {
                write!(f, " {}", String::from_utf8_lossy(&reply.body))?;
            }
        }
        if let Some(code) = self.oauth_error() {
            write!(f, " [{code}]")?;
        }
        if let Some(path) = path {
            write!(f, " at {}", shown::path(path))?;
        }
        if *attempts > 1 {
            write!(f, " after {attempts} attempts")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("message", &inner.message)
            .field("operation", &inner.operation.map(|operation| operation.id))
            .field("status", &self.status())
            .field("body_bytes", &self.body().map(Bytes::len))
            .field("json_path", &inner.path.as_deref().map(shown::path))
            .field("sent", &inner.sent)
            .field("attempts", &inner.attempts)
            .field("retry_after", &inner.retry_after)
            .field("oauth_error", &self.oauth_error())
            .field("cause", &inner.cause)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests;
