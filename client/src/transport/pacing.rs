//! Waiting before the vendor refuses.
//!
//! A reply says how many requests are left and when the count starts again. All clones of a client count down from there
//! together, and whoever finds nothing left waits for the reset instead of spending a request on a 429. After the reset
//! as many may go as the vendor allows in a minute, until a reply corrects the count.
//!
//! Not every operation of a vendor is limited, and the header alone says which: an operation whose last success came
//! without it is never held back.

use std::{
    collections::HashSet,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use http::StatusCode;

use super::receive::Received;
use crate::{
    operation::Operation,
    rate_limit::{self, RateLimit},
};

/// The span that `X-Rate-Limit-Limit` counts in.
const MINUTE: Duration = Duration::from_secs(60);

/// What the vendor last said of its limit, shared by the clones of a client.
#[derive(Debug, Default)]
pub(crate) struct Pacer {
    /// Whether the vendor ever spoke of a limit: most do not, and their calls take no lock.
    heard: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    window: Option<Window>,
    /// Ids of operations whose last success named no limit.
    unlimited: HashSet<&'static str>,
}

/// A span of time in which the vendor takes so many requests, on the client's clock.
#[derive(Clone, Copy, Debug)]
struct Window {
    /// The vendor's own name of the end, in UNIX seconds; `None` for a window that nobody stated.
    reset: Option<i64>,
    ends: Duration,
    /// Requests that may still be sent in it.
    left: u64,
    /// Requests that the next span begins with; `None` where the vendor did not say.
    limit: Option<u64>,
    /// Whether it stands for a 429. The reply to an earlier request that comes in late must not open it again.
    refused: bool,
}

impl Pacer {
    /// Counts one request that is about to be sent, and returns `None`. If the limit leaves no room for it, nothing is counted,
    /// and the result is how long it is until the limit is reset.
    pub fn take(&self, operation: &Operation, now: Duration) -> Option<Duration> {
        if !self.heard.load(Ordering::Acquire) {
            return None;
        }
        let mut state = self.state();
        if state.unlimited.contains(operation.id) {
            return None;
        }
        let window = state.window.as_mut()?;
        if now >= window.ends {
            match window.limit.filter(|limit| *limit > 0) {
                Some(limit) => {
                    *window = Window { ends: now + MINUTE, left: limit, limit: Some(limit), ..Window::unstated() };
                }
                None => {
                    state.window = None;
                    return None;
                }
            }
        }
        match window.left.checked_sub(1) {
            Some(left) => {
                window.left = left;
                None
            }
            None => Some(window.ends.saturating_sub(now)),
        }
    }

    /// How long it is until the limit leaves room for a request; `None` if it does now. Nothing is counted.
    pub fn closed_for(&self, operation: &Operation, now: Duration) -> Option<Duration> {
        if !self.heard.load(Ordering::Acquire) {
            return None;
        }
        let state = self.state();
        let window = state.window.filter(|window| window.left == 0 && now < window.ends)?;
        (!state.unlimited.contains(operation.id)).then(|| window.ends - now)
    }

    /// Takes over what a reply says of the limit.
    pub fn observe(&self, operation: &Operation, received: &Received, now: Duration, wall_clock: SystemTime) {
        let stated = RateLimit::from_headers(&received.headers);
        let refused = received.status == StatusCode::TOO_MANY_REQUESTS;
        if stated.is_none() && !refused && !self.heard.load(Ordering::Acquire) {
            return;
        }
        self.heard.store(true, Ordering::Release);
        let mut state = self.state();
        match stated {
            None if received.status.is_success() => {
                state.unlimited.insert(operation.id);
            }
            None if !refused => {}
            _ => {
                state.unlimited.remove(operation.id);
            }
        }
        let stated = stated.unwrap_or_default();
        if refused {
            let Some(wait) = rate_limit::retry_after(&received.headers, wall_clock) else { return };
            state.hold(Window { ends: now + wait, limit: stated.limit, refused: true, ..Window::unstated() });
        } else if let (Some(left), Some(wait)) =
            (stated.remaining, rate_limit::until_reset(&received.headers, wall_clock))
        {
            let window = Window { reset: stated.reset, ends: now + wait, left, limit: stated.limit, refused: false };
            state.count(window, now);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Lets nothing through until this window ends, after a 429. A present one that stands for a 429 too and ends later stays.
    fn hold(&mut self, window: Window) {
        let limit = window.limit.or(self.window.and_then(|present| present.limit));
        let longer = self.window.filter(|present| present.refused && present.ends > window.ends);
        self.window = Some(Window { limit, ..longer.unwrap_or(window) });
    }

    /// Takes over the count of a reply. Replies overtake each other, so of two about the same window the lower count holds, and
    /// one about an earlier window is passed over.
    fn count(&mut self, window: Window, now: Duration) {
        match &mut self.window {
            Some(present) if present.refused && now < present.ends => {}
            Some(present) if present.reset == window.reset && now < present.ends => {
                present.left = present.left.min(window.left);
            }
            Some(present) if present.reset > window.reset && now < present.ends => {}
            present => *present = Some(window),
        }
    }
}

impl Window {
    fn unstated() -> Self {
        Self { reset: None, ends: Duration::ZERO, left: 0, limit: None, refused: false }
    }
}

#[cfg(test)]
mod tests;
