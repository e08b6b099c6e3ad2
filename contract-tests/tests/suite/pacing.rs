//! The vendor's limit is kept before the vendor has to say so.

use std::{sync::Arc, time::Duration};

use cx_client::{CallOptions, Core, Error, ErrorKind, Sent, wootric};
use cx_mock::{FaultServer, Step};
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{self, Patient};

/// A reply that leaves so many requests until so many seconds from now.
fn leaves(remaining: u64, seconds: u64) -> Step {
    limited(200, remaining, seconds)
}

fn limited(status: u16, remaining: u64, seconds: u64) -> Step {
    let (remaining, reset) = (remaining.to_string(), (Patient::NOW + seconds).to_string());
    let headers = [
        ("content-type", "application/json"),
        ("x-rate-limit-limit", "100"),
        ("x-rate-limit-remaining", &*remaining),
        ("x-rate-limit-reset", &*reset),
    ];
    Step::reply(status, &headers, "[]")
}

/// A server with a script, and a client of it.
struct Rig {
    server: FaultServer,
    surroundings: Arc<Patient>,
    core: Core,
}

impl Rig {
    async fn new(steps: Vec<Step>, pacing: bool) -> Self {
        let (server, surroundings) = (FaultServer::start(steps).await.unwrap(), Arc::new(Patient::default()));
        let builder = support::builder(&support::subject("wootric"), &server.base_url(), &surroundings);
        let core = builder.pacing(pacing).build().unwrap();
        Self { server, surroundings, core }
    }

    async fn call(&self, operation: &str, options: CallOptions) -> Result<(), Error> {
        call(self.core.clone(), operation, options).await
    }

    fn pauses(&self) -> Vec<u64> {
        self.surroundings.pauses().iter().map(Duration::as_secs).collect()
    }
}

async fn call(core: Core, operation: &str, options: CallOptions) -> Result<(), Error> {
    (support::subject("wootric").client.call)(core, operation, json!({}), options).await.map(drop)
}

const LIST: &str = "list_end_users";

#[tokio::test]
async fn a_call_that_would_be_refused_waits_for_the_reset() {
    let rig = Rig::new(vec![leaves(1, 9)], true).await;
    for pauses in [&[][..], &[], &[9], &[9]] {
        rig.call(LIST, CallOptions::new()).await.unwrap();
        assert_eq!(rig.pauses(), pauses);
    }
    assert_eq!(rig.server.requests(), 4);
}

#[tokio::test]
async fn clones_share_what_is_left_and_clients_do_not() {
    let rig = Rig::new(vec![leaves(0, 9)], true).await;
    call(rig.core.clone(), LIST, CallOptions::new()).await.unwrap();
    call(rig.core.clone(), LIST, CallOptions::new()).await.unwrap();
    assert_eq!(rig.pauses(), [9]);
    let other = support::builder(&support::subject("wootric"), &rig.server.base_url(), &rig.surroundings);
    call(other.build().unwrap(), LIST, CallOptions::new()).await.unwrap();
    assert_eq!(rig.pauses(), [9]);
}

#[tokio::test]
async fn tasks_beside_each_other_send_no_more_than_is_left() {
    let rig = Rig::new(vec![leaves(4, 9)], true).await;
    rig.call(LIST, CallOptions::new()).await.unwrap();
    let calls = join_all((0..10).map(|_| rig.call(LIST, CallOptions::new()))).await;
    assert!(calls.iter().all(Result::is_ok));
    assert_eq!(rig.server.requests(), 11);
    // Four had leave; the clock of these surroundings moves by the first wait, which opens the way for the others.
    assert_eq!(rig.pauses().first(), Some(&9));
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_an_error_that_says_so_and_nothing_is_sent() {
    let rig = Rig::new(vec![leaves(0, 90)], true).await;
    rig.call(LIST, CallOptions::new()).await.unwrap();
    let error = rig.call(LIST, CallOptions::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent(), error.attempts()), (ErrorKind::RateLimited, Sent::No, 0));
    assert!(error.is_rate_limited() && !error.is_timeout());
    assert_eq!((error.retry_after(), error.status()), (Some(Duration::from_secs(90)), None));
    assert_eq!(error.operation().unwrap().id, LIST);
    let shown = "wootric list_end_users: the vendor's rate limit is spent, and its reset is later than the deadline";
    assert_eq!(error.to_string(), shown);
    assert_eq!((rig.server.requests(), rig.pauses().len()), (1, 0));
    // A call with more time waits; one that does not care is sent.
    rig.call(LIST, CallOptions::new().pacing(false)).await.unwrap();
    assert_eq!(rig.server.requests(), 2);
}

#[tokio::test]
async fn pacing_can_be_switched_off_for_a_client_and_on_for_a_call() {
    let rig = Rig::new(vec![leaves(0, 9)], false).await;
    for _ in 0..3 {
        rig.call(LIST, CallOptions::new()).await.unwrap();
    }
    assert_eq!((rig.server.requests(), rig.pauses().len()), (3, 0));
    rig.call(LIST, CallOptions::new().pacing(true)).await.unwrap();
    assert_eq!(rig.pauses(), [9]);
}

#[tokio::test]
async fn an_operation_that_names_no_limit_is_not_held_back() {
    let rig = Rig::new(vec![Step::json(200, &json!([])), leaves(0, 9), Step::json(200, &json!([]))], true).await;
    // The vendor has to have spoken of a limit before its silence means anything.
    rig.call("list_segments", CallOptions::new()).await.unwrap();
    rig.call(LIST, CallOptions::new()).await.unwrap();
    rig.call("list_segments", CallOptions::new()).await.unwrap();
    assert_eq!(rig.pauses(), [9]);
    let rig = Rig::new(vec![leaves(1, 9), Step::json(200, &json!([])), leaves(0, 9)], true).await;
    rig.call(LIST, CallOptions::new()).await.unwrap();
    for _ in 0..3 {
        rig.call("list_segments", CallOptions::new().pacing(true)).await.unwrap();
    }
    assert!(rig.server.requests() == 4);
}

#[tokio::test]
async fn a_refusal_holds_back_those_who_come_after() {
    let rig = Rig::new(vec![limited(429, 0, 9), leaves(50, 60)], true).await;
    let once = CallOptions::new().max_attempts(1);
    let error = rig.call(LIST, once.clone()).await.unwrap_err();
    let limit = error.rate_limit().unwrap();
    assert_eq!((limit.limit, limit.remaining, limit.reset), (Some(100), Some(0), Some(1_600_000_009)));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(9)));
    rig.call(LIST, once).await.unwrap();
    assert_eq!(rig.pauses(), [9]);
}

#[tokio::test]
async fn a_retry_waits_once_not_twice() {
    let rig = Rig::new(vec![limited(503, 0, 9), leaves(50, 60)], true).await;
    rig.call(LIST, CallOptions::new()).await.unwrap();
    assert_eq!((rig.pauses(), rig.server.requests()), (vec![9], 2));
}

#[tokio::test]
async fn what_the_vendor_says_is_there_to_read_with_every_success() {
    let server = FaultServer::start(vec![leaves(97, 9), Step::json(200, &json!([]))]).await.unwrap();
    let client = wootric::Client::builder().base_url(server.base_url()).static_token("a-token").build().unwrap();
    let limit = client.list_end_users().send().await.unwrap().rate_limit().unwrap();
    assert_eq!((limit.limit, limit.remaining, limit.reset), (Some(100), Some(97), Some(1_600_000_009)));
    assert_eq!(client.list_end_users().send().await.unwrap().rate_limit(), None);
}
