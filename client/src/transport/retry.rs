//! When a request is sent again.
//!
//! A request is repeated only if that can do no harm: `x-retry` of its operation allows it, or it was never sent, or the
//! vendor says with 429 that it did nothing. Pauses are exponential with full jitter, as long as `Retry-After` asks, and
//! never reach past the deadline. A budget shared by all clones of a client keeps an outage from multiplying traffic.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use http::StatusCode;

use super::receive::Received;
use crate::{
    client::Core,
    env::jitter,
    error::{Error, ErrorKind, Result, Sent},
    operation::{Operation, Retry},
    options::CallOptions,
    rate_limit,
    twin::{self, Rule},
};

/// What one retry costs of the budget, and what one success gives back.
const RETRY_COST: i64 = 10;
const SUCCESS_GAIN: i64 = 1;
const BUDGET: i64 = 500;

/// Tokens that retries spend and successes earn; empty, nothing is repeated.
#[derive(Debug)]
pub(crate) struct RetryBudget(AtomicI64);

impl Default for RetryBudget {
    fn default() -> Self {
        Self(AtomicI64::new(BUDGET))
    }
}

impl RetryBudget {
    fn spend(&self) -> bool {
        let take = |left: i64| (left >= RETRY_COST).then(|| left - RETRY_COST);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    fn earn(&self) {
        // A full budget is not written to, so that successes do not contend for it.
        if self.0.load(Ordering::Relaxed) < BUDGET {
            self.0.fetch_add(SUCCESS_GAIN, Ordering::Relaxed);
        }
    }
}

/// The attempts of one call.
pub(crate) struct Schedule<'c> {
    core: &'c Core,
    retry: Retry,
    can_repeat: bool,
    put_off: bool,
    max_attempts: u32,
    deadline: Duration,
    operation: &'c Operation,
    pacing: bool,
}

impl<'c> Schedule<'c> {
    pub fn new(
        core: &'c Core,
        operation: &'c Operation,
        options: &CallOptions,
        deadline: Duration,
        can_repeat: bool,
    ) -> Self {
        let max_attempts = options.attempts.unwrap_or(core.limits().max_attempts);
        let pacing = options.pacing.unwrap_or(core.limits().pacing);
        Self { core, retry: operation.retry, can_repeat, put_off: false, max_attempts, deadline, operation, pacing }
    }

    /// Takes a 503 for what RFC 7009 §2.2.1 says it is: nothing was done, and the vendor wants to be asked again.
    pub fn with_put_off(mut self) -> Self {
        self.put_off = true;
        self
    }

    /// How long to wait before the next attempt; `None` if there is to be none.
    pub fn after(&self, outcome: &Result<Received>, sent: u32) -> Option<Duration> {
        if matches!(outcome, Ok(received) if received.status.is_success()) {
            self.core.budget().earn();
            return None;
        }
        let most = self.max_attempts + u32::from(twin::broken(Rule::AttemptTooMany));
        if sent >= most || !self.can_repeat || !self.may_repeat(outcome) {
            return None;
        }
        let environment = self.core.environment();
        let headers = match outcome {
            Ok(received) => Some(&received.headers),
            Err(error) => error.headers(),
        };
        let asked = headers.and_then(|headers| rate_limit::retry_after(headers, environment.wall_clock()));
        let pause = asked.unwrap_or_else(|| jitter(environment, self.core.limits().backoff(sent)));
        let now = environment.now();
        // A pause that ends while nothing is left would only be followed by another wait.
        let closed = self.pacing.then(|| self.core.pacer().closed_for(self.operation, now)).flatten();
        let pause = pause.max(closed.unwrap_or_default());
        let fits = now.saturating_add(pause) < self.deadline;
        (fits && self.core.budget().spend()).then_some(pause)
    }

    fn may_repeat(&self, outcome: &Result<Received>) -> bool {
        match outcome {
            Ok(received) => match received.status {
                StatusCode::TOO_MANY_REQUESTS => true,
                StatusCode::SERVICE_UNAVAILABLE if self.put_off => true,
                StatusCode::REQUEST_TIMEOUT => self.retry != Retry::Never,
                status => {
                    twin::broken(Rule::ClientErrorRetried)
                        || status.is_server_error()
                            && status != StatusCode::NOT_IMPLEMENTED
                            && self.retry != Retry::Never
                }
            },
            Err(error) => {
                let harmless = error.was_sent() == Sent::No || self.retry != Retry::Never;
                is_transient(error) && (harmless || twin::broken(Rule::AmbiguousRepeated))
            }
        }
    }
}

/// Whether another attempt can end otherwise.
fn is_transient(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Transport | ErrorKind::Timeout)
}

#[cfg(test)]
mod tests;
