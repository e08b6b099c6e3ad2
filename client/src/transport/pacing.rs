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

/// A count that ends at some time of the client's clock.
#[derive(Clone, Copy, Debug)]
struct Window {
    /// The vendor's own name of the end, in UNIX seconds; `None` for a window that nobody stated.
    reset: Option<i64>,
    ends: Duration,
    left: u64,
    limit: Option<u64>,
    /// Set by a refusal: no late reply of an earlier request lifts it.
    refused: bool,
}

impl Pacer {
    /// Takes leave to send one request now; otherwise says how long nothing is left.
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
                    let next = Window { ends: now + MINUTE, left: limit, ..Window::unstated() };
                    *window = Window { limit: Some(limit), ..next };
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

    /// How long nothing is left, without taking anything.
    pub fn closed_for(&self, operation: &Operation, now: Duration) -> Option<Duration> {
        if !self.heard.load(Ordering::Acquire) {
            return None;
        }
        let state = self.state();
        let window = state.window.filter(|window| window.left == 0 && now < window.ends)?;
        (!state.unlimited.contains(operation.id)).then(|| window.ends - now)
    }

    /// Learns from a reply.
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
            let window = Window { reset: stated.reset, ends: now + wait, limit: stated.limit, ..Window::unstated() };
            state.hold(Window { refused: true, ..window });
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
    /// Nothing until the end of this window, or of the present one if that is later and as closed.
    fn hold(&mut self, window: Window) {
        let limit = window.limit.or(self.window.and_then(|present| present.limit));
        let longer = self.window.filter(|present| present.refused && present.ends > window.ends);
        self.window = Some(Window { limit, ..longer.unwrap_or(window) });
    }

    /// What a reply says, unless a later one said more: replies overtake each other.
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
mod tests {
    use std::{ops::Range, time::UNIX_EPOCH};

    use bytes::Bytes;
    use http::{HeaderMap, HeaderName, HeaderValue, Method};

    use super::*;
    use crate::operation::{Reply, Retry};

    const WALL: u64 = 1_537_999_950;

    const fn operation(id: &'static str) -> Operation {
        Operation {
            api: "vendor",
            id,
            method: Method::GET,
            path: "/v1/things",
            summary: "",
            tag: "",
            deprecated: false,
            retry: Retry::Safe,
            authenticated: false,
            parameters: &[],
            body: None,
            reply: Reply::Unknown,
            envelope: None,
            pagination: None,
            statuses: &["200"],
        }
    }

    static LIST: Operation = operation("list");
    static OTHER: Operation = operation("other");

    fn reply(status: u16, pairs: &[(&'static str, String)]) -> Received {
        let headers: HeaderMap = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect();
        Received { status: StatusCode::from_u16(status).unwrap(), headers, body: Bytes::new() }
    }

    fn limits(remaining: u64, reset_in: u64) -> Received {
        let reset = (WALL + reset_in).to_string();
        reply(
            200,
            &[
                ("x-rate-limit-limit", "100".to_owned()),
                ("x-rate-limit-remaining", remaining.to_string()),
                ("x-rate-limit-reset", reset),
            ],
        )
    }

    struct Rig(Pacer);

    impl Rig {
        fn new() -> Self {
            Self(Pacer::default())
        }

        /// The client's clock and the time of day run side by side.
        fn hears(&self, operation: &Operation, received: &Received, second: u64) {
            let wall = UNIX_EPOCH + Duration::from_secs(WALL + second);
            self.0.observe(operation, received, Duration::from_secs(second), wall);
        }

        fn wait(&self, operation: &Operation, second: u64) -> Option<u64> {
            self.0.take(operation, Duration::from_secs(second)).map(|wait| wait.as_secs())
        }

        fn sends(&self, range: Range<u64>, second: u64) {
            for _ in range {
                assert_eq!(self.wait(&LIST, second), None);
            }
        }
    }

    #[test]
    fn a_vendor_that_says_nothing_is_not_waited_for() {
        let rig = Rig::new();
        rig.hears(&LIST, &reply(200, &[]), 0);
        rig.sends(0..1000, 0);
        assert!(!rig.0.heard.load(Ordering::Relaxed));
    }

    #[test]
    fn what_is_left_is_sent_and_then_the_reset_is_waited_for() {
        let rig = Rig::new();
        rig.hears(&LIST, &limits(3, 30), 0);
        rig.sends(0..3, 1);
        assert_eq!(rig.wait(&LIST, 10), Some(20));
        assert_eq!(rig.0.closed_for(&LIST, Duration::from_secs(10)), Some(Duration::from_secs(20)));
        // Asking takes nothing, and a wait is no leave.
        assert_eq!(rig.wait(&LIST, 29), Some(1));
        assert_eq!(rig.wait(&LIST, 30), None);
    }

    #[test]
    fn after_the_reset_a_minutes_worth_may_go() {
        let rig = Rig::new();
        rig.hears(&LIST, &limits(0, 30), 0);
        rig.sends(0..100, 30);
        assert_eq!(rig.wait(&LIST, 31), Some(59));
        rig.hears(&LIST, &limits(7, 60), 32);
        rig.sends(0..7, 33);
        assert_eq!(rig.wait(&LIST, 33), Some(27));
    }

    #[test]
    fn replies_that_overtake_each_other_never_raise_the_count() {
        let rig = Rig::new();
        rig.hears(&LIST, &limits(0, 30), 1);
        rig.hears(&LIST, &limits(5, 30), 1);
        assert_eq!(rig.wait(&LIST, 2), Some(28));
        // The window before, heard late.
        rig.hears(&LIST, &limits(50, 20), 2);
        assert_eq!(rig.wait(&LIST, 2), Some(28));
        // The window after.
        rig.hears(&LIST, &limits(50, 90), 2);
        assert_eq!(rig.wait(&LIST, 2), None);
    }

    #[test]
    fn a_refusal_holds_all_back_until_its_end() {
        let rig = Rig::new();
        rig.hears(&LIST, &reply(429, &[("retry-after", "7".to_owned())]), 0);
        assert_eq!(rig.wait(&LIST, 0), Some(7));
        assert_eq!(rig.wait(&OTHER, 5), Some(2));
        rig.hears(&LIST, &limits(50, 30), 1);
        assert_eq!(rig.wait(&LIST, 6), Some(1));
        rig.hears(&LIST, &reply(429, &[("retry-after", "2".to_owned())]), 2);
        assert_eq!(rig.wait(&LIST, 6), Some(1));
        assert_eq!(rig.wait(&LIST, 7), None);
    }

    #[test]
    fn a_refusal_without_a_time_holds_nobody() {
        let rig = Rig::new();
        rig.hears(&LIST, &reply(429, &[]), 0);
        rig.sends(0..1000, 0);
    }

    #[test]
    fn an_operation_without_the_header_is_not_limited() {
        let rig = Rig::new();
        rig.hears(&LIST, &limits(0, 30), 0);
        assert_eq!(rig.wait(&OTHER, 1), Some(29));
        rig.hears(&OTHER, &reply(200, &[]), 1);
        assert_eq!(rig.wait(&OTHER, 1), None);
        assert_eq!(rig.0.closed_for(&OTHER, Duration::from_secs(1)), None);
        assert_eq!(rig.wait(&LIST, 1), Some(29));
        // It may become limited.
        rig.hears(&OTHER, &limits(0, 30), 2);
        assert_eq!(rig.wait(&OTHER, 2), Some(28));
    }

    #[test]
    fn a_reset_that_is_past_or_missing_or_far_is_no_reason_to_wait_long() {
        let rig = Rig::new();
        rig.hears(&LIST, &limits(0, 0), 5);
        rig.hears(&LIST, &reply(200, &[("x-rate-limit-remaining", "0".to_owned())]), 5);
        rig.sends(0..1000, 5);
        rig.hears(&LIST, &limits(0, 1_000_000), 5);
        assert_eq!(rig.wait(&LIST, 5), Some(120));
    }
}
