//! What may differ from call to call.

use std::time::Duration;

use http::{HeaderName, HeaderValue};

/// Deadline, retries, headers and media type of one call. What is not set is the client's own.
#[derive(Clone, Default)]
#[must_use = "options change nothing before a call is given them"]
pub struct CallOptions {
    pub(crate) deadline: Option<Duration>,
    pub(crate) attempts: Option<u32>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) media_type: Option<String>,
    pub(crate) pacing: Option<bool>,
}

impl CallOptions {
    /// The client's own settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything the call does, retries and token included, ends within this time. The client's own deadline is 60 s unless
    /// [`ClientBuilder::deadline`](crate::ClientBuilder::deadline) says otherwise.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// How many times a request that may be repeated is sent at most; with 1 it is never repeated.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.attempts = Some(attempts.max(1));
        self
    }

    /// Adds a header, in the place of the client's own of that name. Only `Authorization` stays the client's own, where the
    /// operation takes its token, and so does the `Content-Type` of a multipart body, which names its boundary.
    pub fn header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        // It may be a credential, so no `Debug` may show it, that of the HTTP library included.
        value.set_sensitive(true);
        self.headers.push((name, value));
        self
    }

    /// Whether the call waits while the vendor's limit is spent, rather than be refused; see
    /// [`ClientBuilder::pacing`](crate::ClientBuilder::pacing).
    pub fn pacing(mut self, on: bool) -> Self {
        self.pacing = Some(on);
        self
    }

    /// Sends the body as another of the media types that the operation documents for it. A media type with a schema of
    /// its own has a setter of its own in the builder; in a call by operation id, it says which of the bodies is given.
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }
}

impl std::fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallOptions")
            .field("deadline", &self.deadline)
            .field("attempts", &self.attempts)
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("media_type", &self.media_type)
            .field("pacing", &self.pacing)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_is_kept_beside_the_others_and_no_header_is_shown() {
        let header = |value| HeaderValue::from_static(value);
        let options = CallOptions::new()
            .media_type("text/csv")
            .pacing(false)
            .header(HeaderName::from_static("x-one"), header("canary-1"))
            .max_attempts(4)
            .header(HeaderName::from_static("x-two"), header("canary-2"))
            .deadline(Duration::from_secs(9));
        assert!(options.headers.iter().all(|(_, value)| value.is_sensitive()));
        assert_eq!(
            format!("{options:?}"),
            "CallOptions { deadline: Some(9s), attempts: Some(4), headers: [\"x-one\", \"x-two\"], \
             media_type: Some(\"text/csv\"), pacing: Some(false) }"
        );
        assert_eq!(CallOptions::new().max_attempts(0).attempts, Some(1));
    }
}
