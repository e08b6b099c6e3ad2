//! How far a call has come, for the error of a limit that ends it.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use super::receive::Received;
use crate::{
    error::{Error, ErrorKind, Result, Sent},
    operation::Operation,
};

/// Requests sent so far, and how the last of them failed.
#[derive(Debug, Default)]
pub(super) struct Progress {
    sent: AtomicU32,
    /// Whether any of them may have reached the vendor.
    arrived: AtomicBool,
    last: Mutex<Option<Error>>,
}

impl Progress {
    /// Counts a request that is about to be sent, and gives the count.
    pub fn sending(&self) -> u32 {
        self.sent.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Notes whether the last request may have reached the vendor.
    pub fn ended(&self, outcome: &Result<Received>) {
        if outcome.as_ref().err().is_none_or(|error| error.was_sent() != Sent::No) {
            self.arrived.store(true, Ordering::Relaxed);
        }
    }

    /// The error of the last request, as the error of the whole call. Where the last request was never sent but one before it
    /// may have arrived, nobody can tell whether the call did.
    pub fn of_call(&self, error: Error) -> Error {
        let stayed = error.was_sent() == Sent::No && self.arrived.load(Ordering::Relaxed);
        if stayed { error.with_sent(Sent::Unknown) } else { error }
    }

    /// Keeps how the last request failed.
    pub fn failed(&self, error: Option<Error>) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    /// The deadline passed.
    pub fn cut_off(&self, operation: &'static Operation) -> Error {
        self.end(Error::new(ErrorKind::Timeout, "the deadline passed"), operation)
    }

    /// The vendor's limit is spent for longer than the deadline lets anybody wait.
    pub fn out_of_budget(&self, operation: &'static Operation, wait: Duration) -> Error {
        let message = "the vendor's rate limit is spent, and its reset is later than the deadline";
        self.end(Error::new(ErrorKind::RateLimited, message), operation).with_retry_after(Some(wait))
    }

    fn end(&self, error: Error, operation: &'static Operation) -> Error {
        let attempts = self.sent.load(Ordering::Relaxed);
        let sent = if attempts == 0 { Sent::No } else { Sent::Unknown };
        let error = error.with_operation(operation).with_attempts(attempts).with_sent(sent);
        match self.last.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(cause) => error.with_cause(cause),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use http::Method;

    use super::*;

    static LIST: Operation = Operation::made_up(Method::GET, "list", "/v1/things");

    #[test]
    fn a_call_that_is_cut_off_says_how_far_it_came() {
        let progress = Progress::default();
        let error = progress.cut_off(&LIST);
        assert_eq!((error.kind(), error.was_sent(), error.attempts()), (ErrorKind::Timeout, Sent::No, 0));
        assert!(error.source().is_none());

        assert_eq!((progress.sending(), progress.sending()), (1, 2));
        progress.failed(Some(Error::new(ErrorKind::Transport, "the first one broke off")));
        let error = progress.out_of_budget(&LIST, Duration::from_secs(9));
        assert_eq!((error.kind(), error.was_sent(), error.attempts()), (ErrorKind::RateLimited, Sent::Unknown, 2));
        assert_eq!((error.retry_after(), error.operation().unwrap().id), (Some(Duration::from_secs(9)), "list"));
        assert!(error.source().unwrap().to_string().contains("the first one broke off"));

        progress.failed(None);
        assert!(progress.cut_off(&LIST).source().is_none());
    }

    #[test]
    fn a_call_stayed_here_only_if_each_of_its_requests_did() {
        let failed = |sent| Error::new(ErrorKind::Transport, "it failed").with_sent(sent);
        for (first, sent) in [(Sent::No, Sent::No), (Sent::Unknown, Sent::Unknown), (Sent::Yes, Sent::Unknown)] {
            let progress = Progress::default();
            progress.ended(&Err(failed(first)));
            progress.ended(&Err(failed(Sent::No)));
            assert_eq!(progress.of_call(failed(Sent::No)).was_sent(), sent, "{first:?}");
            assert_eq!(progress.of_call(failed(Sent::Yes)).was_sent(), Sent::Yes, "{first:?}");
        }
    }
}
