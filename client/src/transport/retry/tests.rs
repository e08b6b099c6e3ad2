//! What is repeated, how often, and after how long.

use std::{
    sync::{Arc, OnceLock},
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header::RETRY_AFTER};

use super::*;
use crate::{
    client::{CoreBuilder, http_client},
    env::{BoxFuture, Environment},
    operation::Api,
};

const DEADLINE: Duration = Duration::from_secs(60);

static API: Api = Api::made_up();

static SAFE: Operation = operation(Retry::Safe);
static NEVER: Operation = operation(Retry::Never);

const fn operation(retry: Retry) -> Operation {
    let mut operation = Operation::made_up(Method::GET, "list", "/v1/things");
    operation.retry = retry;
    operation
}

/// A clock that stands still, and a die that always shows one half.
#[derive(Debug)]
struct Still;

impl Environment for Still {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn wall_clock(&self) -> SystemTime {
        UNIX_EPOCH
    }

    fn sleep(&self, _: Duration) -> BoxFuture<()> {
        Box::pin(std::future::pending())
    }

    fn random(&self) -> f64 {
        0.5
    }
}

fn core() -> Core {
    // One for all: setting up TLS takes longer than all else.
    static HTTP: OnceLock<reqwest::Client> = OnceLock::new();
    let http = HTTP.get_or_init(|| http_client(true, &[]).unwrap()).clone();
    CoreBuilder::new(&API).http_client(http).environment(Arc::new(Still)).build().unwrap()
}

fn replied(status: u16) -> Result<Received> {
    let status = StatusCode::from_u16(status).unwrap();
    Ok(Received { status, headers: HeaderMap::new(), body: Bytes::new() })
}

fn refused(wait: &'static str) -> Result<Received> {
    let mut received = replied(429)?;
    received.headers.insert(RETRY_AFTER, HeaderValue::from_static(wait));
    Ok(received)
}

fn failed(kind: ErrorKind, sent: Sent) -> Result<Received> {
    Err(Error::new(kind, "the attempt failed").with_sent(sent))
}

/// The pause after the first attempt of a call.
fn pause(operation: &Operation, outcome: &Result<Received>) -> Option<Duration> {
    Schedule::new(&core(), operation, &CallOptions::new(), DEADLINE, true).after(outcome, 1)
}

/// Whether the first attempt is followed by another, for an operation that may be repeated and for one that may not.
fn repeated(outcome: &Result<Received>) -> (bool, bool) {
    (pause(&SAFE, outcome).is_some(), pause(&NEVER, outcome).is_some())
}

#[test]
fn the_status_and_the_operation_say_whether_a_request_is_repeated() {
    for (status, expected) in [
        (200, (false, false)),
        (400, (false, false)),
        (404, (false, false)),
        (408, (true, false)),
        (429, (true, true)),
        (500, (true, false)),
        (501, (false, false)),
        (503, (true, false)),
        (599, (true, false)),
    ] {
        assert_eq!(repeated(&replied(status)), expected, "{status}");
    }
}

#[test]
fn a_request_that_never_left_is_repeated_whatever_it_does() {
    for kind in [ErrorKind::Transport, ErrorKind::Timeout] {
        assert_eq!(repeated(&failed(kind, Sent::No)), (true, true), "{kind:?}");
        assert_eq!(repeated(&failed(kind, Sent::Unknown)), (true, false), "{kind:?}");
        assert_eq!(repeated(&failed(kind, Sent::Yes)), (true, false), "{kind:?}");
    }
    // Another attempt would end likewise.
    for kind in [ErrorKind::InvalidRequest, ErrorKind::Authentication, ErrorKind::Decode] {
        assert_eq!(repeated(&failed(kind, Sent::No)), (false, false), "{kind:?}");
    }
}

#[test]
fn a_503_says_that_nothing_was_done_only_where_the_standard_says_so() {
    let core = core();
    let schedule = || Schedule::new(&core, &NEVER, &CallOptions::new(), DEADLINE, true);
    assert!(schedule().with_put_off().after(&replied(503), 1).is_some());
    assert!(schedule().with_put_off().after(&replied(500), 1).is_none());
    assert!(schedule().after(&replied(503), 1).is_none());
}

#[test]
fn no_more_attempts_are_made_than_were_allowed() {
    let core = core();
    let options = CallOptions::new().max_attempts(2);
    let schedule = Schedule::new(&core, &SAFE, &options, DEADLINE, true);
    assert!(schedule.after(&replied(500), 1).is_some());
    assert!(schedule.after(&replied(500), 2).is_none());
    assert!(schedule.after(&replied(500), 3).is_none());
}

#[test]
fn a_body_that_is_gone_is_not_sent_again() {
    let core = core();
    let schedule = Schedule::new(&core, &SAFE, &CallOptions::new(), DEADLINE, false);
    assert!(schedule.after(&replied(500), 1).is_none());
}

#[test]
fn pauses_double_and_give_way_to_what_the_vendor_asks() {
    let core = core();
    let schedule = Schedule::new(&core, &SAFE, &CallOptions::new(), DEADLINE, true);
    // Half of what they may be at most: 500 and 1,000 milliseconds.
    assert_eq!(schedule.after(&replied(500), 1), Some(Duration::from_millis(250)));
    assert_eq!(schedule.after(&replied(500), 2), Some(Duration::from_millis(500)));
    assert_eq!(schedule.after(&refused("7"), 1), Some(Duration::from_secs(7)));
}

#[test]
fn a_pause_ends_before_the_deadline() {
    assert_eq!(pause(&SAFE, &refused("59")), Some(Duration::from_secs(59)));
    assert_eq!(pause(&SAFE, &refused("60")), None);
    assert_eq!(pause(&SAFE, &refused("61")), None);
}

#[test]
fn a_pause_that_does_not_fit_costs_nothing() {
    let core = core();
    let schedule = Schedule::new(&core, &SAFE, &CallOptions::new(), DEADLINE, true);
    assert_eq!(schedule.after(&refused("60"), 1), None);
    assert_eq!(core.budget().0.load(Ordering::Relaxed), BUDGET);
    assert!(schedule.after(&replied(500), 1).is_some());
    assert_eq!(core.budget().0.load(Ordering::Relaxed), BUDGET - RETRY_COST);
}

#[test]
fn an_outage_uses_the_budget_up_and_successes_earn_it_back() {
    let core = core();
    let schedule = Schedule::new(&core, &SAFE, &CallOptions::new(), DEADLINE, true);
    for _ in 0..BUDGET / RETRY_COST {
        assert!(schedule.after(&replied(500), 1).is_some());
    }
    assert!(schedule.after(&replied(500), 1).is_none());
    for _ in 0..RETRY_COST - 1 {
        assert!(schedule.after(&replied(200), 1).is_none());
    }
    assert!(schedule.after(&replied(500), 1).is_none());
    schedule.after(&replied(200), 1);
    assert!(schedule.after(&replied(500), 1).is_some());
    assert!(schedule.after(&replied(500), 1).is_none());
}

#[test]
fn a_full_budget_does_not_grow() {
    let budget = RetryBudget::default();
    budget.earn();
    assert_eq!(budget.0.load(Ordering::Relaxed), BUDGET);
    assert!(budget.spend());
    for _ in 0..2 * RETRY_COST {
        budget.earn();
    }
    assert_eq!(budget.0.load(Ordering::Relaxed), BUDGET);
}
