//! A failure that many callers share.

use std::{error::Error as StdError, fmt, sync::Arc};

use crate::error::{Error, ErrorKind, Sent};

/// A failure that many callers share. Each gets an [`Error`] of its own that says the same and has the shared one as its
/// source.
#[derive(Clone, Debug)]
pub(crate) struct Failure(Arc<Error>);

impl Failure {
    pub(crate) fn new(error: Error) -> Self {
        Self(Arc::new(error))
    }

    /// The failure of whoever still waits when the session is ended.
    pub(crate) fn signed_out() -> Self {
        Self::new(Error::new(ErrorKind::Authentication, "the session was ended: sign in again"))
    }

    /// The failure where nothing is left to renew the session with.
    pub(crate) fn exhausted() -> Self {
        Self::new(exhausted())
    }

    /// The failure of whoever comes after this one, where nothing is left to try again with.
    pub(crate) fn lasting(&self) -> Self {
        if self.0.is_authentication() {
            return self.clone();
        }
        Self::new(exhausted().with_cause(Source(Arc::clone(&self.0))))
    }

    pub(crate) fn error(&self) -> &Error {
        &self.0
    }

    /// An error for one caller.
    pub(crate) fn to_error(&self) -> Error {
        let shared = &*self.0;
        let mut error = Error::new(shared.kind(), "no token could be had")
            .with_sent(shared.was_sent())
            .with_attempts(shared.attempts())
            .with_retry_after(shared.retry_after())
            .with_refusal(shared.refusal().cloned())
            .with_cause(Source(Arc::clone(&self.0)));
        if let (Some(status), Some(headers), Some(body)) = (shared.status(), shared.headers(), shared.body()) {
            error = error.with_reply(status, headers.clone(), body.clone());
        }
        if let Some(path) = shared.json_path() {
            error = error.with_path(path);
        }
        match shared.operation() {
            Some(operation) => error.with_operation(operation),
            None => error,
        }
    }

    /// Whether the answer, if there was one, is lost.
    pub(crate) fn answer_lost(&self) -> bool {
        matches!(self.0.kind(), ErrorKind::Transport | ErrorKind::Timeout) && self.0.was_sent() != Sent::No
    }

    /// Whether the request never left, for a reason that may pass.
    pub(crate) fn never_sent(&self) -> bool {
        matches!(self.0.kind(), ErrorKind::Transport | ErrorKind::Timeout) && self.0.was_sent() == Sent::No
    }
}

fn exhausted() -> Error {
    Error::new(ErrorKind::Authentication, "nothing is left to renew the session with: sign in again")
}

/// The shared error as the source of another.
#[derive(Debug)]
struct Source(Arc<Error>);

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl StdError for Source {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_counts_as_lost_or_unsent() {
        for (kind, sent, lost, unsent) in [
            (ErrorKind::Transport, Sent::Unknown, true, false),
            (ErrorKind::Transport, Sent::No, false, true),
            (ErrorKind::Timeout, Sent::Unknown, true, false),
            (ErrorKind::Timeout, Sent::No, false, true),
            (ErrorKind::Store, Sent::No, false, false),
            (ErrorKind::Store, Sent::Unknown, false, false),
        ] {
            let failure = Failure::new(Error::new(kind, "failed").with_sent(sent));
            assert_eq!((failure.answer_lost(), failure.never_sent()), (lost, unsent), "{kind:?} {sent:?}");
        }
    }

    #[test]
    fn each_caller_is_told_which_member_is_wrong() {
        let shared = Error::new(ErrorKind::Decode, "the token reply has no access_token").with_path("access_token");
        assert_eq!(Failure::new(shared).to_error().json_path(), Some("access_token"));
    }

    #[test]
    fn each_caller_gets_the_whole_chain() {
        let shared = Error::new(ErrorKind::Store, "the store failed").with_cause(std::io::Error::other("disk full"));
        let error = Failure::new(shared).to_error();
        let source = error.source().unwrap();
        assert!(source.to_string().contains("the store failed"), "{source}");
        assert_eq!(source.source().unwrap().to_string(), "disk full");
    }
}
