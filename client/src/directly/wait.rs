//! Pauses between polls.

use std::time::Duration;

use crate::env::{Environment, jitter};

/// How often to ask for news, and how long. The vendor documents no interval.
///
/// The first pause is the shortest; each is twice the one before, up to the longest. A random part of up to a half is
/// taken off, so that many conversations do not ask at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backoff {
    /// The first pause. 2 s.
    pub first: Duration,
    /// The longest pause. 60 s.
    pub longest: Duration,
    /// When to give up, counted from the start of the wait. 10 minutes.
    pub deadline: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(2), longest: Duration::from_secs(60), deadline: Duration::from_secs(600) }
    }
}

impl Backoff {
    /// The usual pauses, with another deadline.
    pub fn until(deadline: Duration) -> Self {
        Self { deadline, ..Self::default() }
    }

    /// Sets the first and the longest pause.
    #[must_use]
    pub fn with_pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.first = first;
        self.longest = longest;
        self
    }

    /// The pause after so many polls without news.
    pub(super) fn pause(&self, polls: u32, environment: &dyn Environment) -> Duration {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(polls.saturating_sub(1)));
        let full = doubled.min(self.longest.max(self.first));
        full - jitter(environment, full / 2)
    }
}
