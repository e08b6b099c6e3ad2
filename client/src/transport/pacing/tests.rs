//! Waiting for a vendor that says when.

use std::{ops::Range, time::UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::*;

const WALL: u64 = 1_537_999_950;

static LIST: Operation = Operation::made_up(Method::GET, "list", "/v1/things");
static OTHER: Operation = Operation::made_up(Method::GET, "other", "/v1/things");

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

#[test]
fn every_minute_after_the_reset_is_counted() {
    let rig = Rig::new();
    rig.hears(&LIST, &limits(0, 30), 0);
    for minute in [30, 90, 150] {
        rig.sends(0..100, minute);
        assert_eq!(rig.wait(&LIST, minute), Some(60));
    }
}

#[test]
fn a_limit_of_nothing_is_believed_until_its_reset_alone() {
    let rig = Rig::new();
    let stated = [("x-rate-limit-limit", 0), ("x-rate-limit-remaining", 0), ("x-rate-limit-reset", WALL + 30)];
    rig.hears(&LIST, &reply(200, &stated.map(|(name, value)| (name, value.to_string()))), 0);
    assert_eq!(rig.wait(&LIST, 29), Some(1));
    rig.sends(0..1000, 30);
}

#[test]
fn what_is_open_is_not_closed() {
    let rig = Rig::new();
    rig.hears(&LIST, &limits(1, 30), 0);
    assert_eq!(rig.0.closed_for(&LIST, Duration::from_secs(1)), None);
    rig.sends(0..1, 1);
    assert_eq!(rig.0.closed_for(&LIST, Duration::from_secs(29)), Some(Duration::from_secs(1)));
    assert_eq!(rig.0.closed_for(&LIST, Duration::from_secs(30)), None);
}

#[test]
fn only_a_success_says_that_an_operation_is_not_limited() {
    let rig = Rig::new();
    rig.hears(&LIST, &limits(0, 30), 0);
    rig.hears(&OTHER, &reply(500, &[]), 1);
    rig.hears(&OTHER, &reply(429, &[]), 1);
    assert_eq!(rig.wait(&OTHER, 1), Some(29));
    // And only a refusal takes it back.
    rig.hears(&OTHER, &reply(200, &[]), 2);
    rig.hears(&OTHER, &reply(500, &[]), 2);
    assert_eq!(rig.wait(&OTHER, 2), None);
    rig.hears(&OTHER, &reply(429, &[]), 3);
    assert_eq!(rig.wait(&OTHER, 3), Some(27));
}

#[test]
fn a_refusal_closes_what_was_open_and_keeps_its_limit() {
    let rig = Rig::new();
    rig.hears(&LIST, &limits(50, 30), 0);
    rig.hears(&LIST, &reply(429, &[("retry-after", "7".to_owned())]), 0);
    assert_eq!(rig.wait(&LIST, 6), Some(1));
    rig.sends(0..100, 7);
    assert_eq!(rig.wait(&LIST, 7), Some(60));
}

#[test]
fn after_a_refusal_the_limit_that_came_with_it_counts() {
    let rig = Rig::new();
    let stated = [("retry-after", "7".to_owned()), ("x-rate-limit-limit", "5".to_owned())];
    rig.hears(&LIST, &reply(429, &stated), 0);
    rig.sends(0..5, 7);
    assert_eq!(rig.wait(&LIST, 7), Some(60));
}

#[test]
fn at_the_end_of_a_window_a_reply_counts_again() {
    let rig = Rig::new();
    rig.hears(&LIST, &reply(429, &[("retry-after", "7".to_owned())]), 0);
    rig.hears(&LIST, &limits(0, 30), 7);
    assert_eq!(rig.wait(&LIST, 7), Some(23));
    // By the clock of the vendor, ten seconds behind, the window that is over here goes on, or an earlier one does.
    for reset in [30, 25] {
        let rig = Rig::new();
        rig.hears(&LIST, &limits(0, 30), 0);
        let mut late = limits(3, reset);
        let vendors_now = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(WALL + reset - 10));
        late.headers.insert(http::header::DATE, HeaderValue::from_str(&vendors_now).unwrap());
        rig.hears(&LIST, &late, 30);
        rig.sends(0..3, 30);
        assert_eq!(rig.wait(&LIST, 30), Some(10), "{reset}");
    }
}
