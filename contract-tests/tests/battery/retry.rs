//! Items 52 to 56: retry and rate limits.

use std::time::Duration;

use cx_client::{CallOptions, ErrorKind, Sent, env::Environment, wootric};
use cx_mock::{FaultServer, Step};
use serde_json::json;
use tokio::net::TcpSocket;

use crate::{
    item::{Item, item},
    rule::Rule,
    stage::client_of,
    time::Time,
    timers::Timers,
    verdict::{Verdict, ensure, equal, refused, succeeds},
};

pub const ITEMS: &[Item] = &[
    item!(item_52_reads_retry_after_and_caps_it, Rule::WaitUncapped),
    item!(item_53_repeats_no_post_after_an_ambiguous_failure, Rule::AmbiguousRepeated),
    item!(item_54_bounds_attempts_time_and_budget_of_retries, Rule::AttemptTooMany),
    item!(item_55_retries_of_client_errors_408_and_429_alone, Rule::ClientErrorRetried),
    item!(item_56_tells_never_sent_from_unknown, Rule::RefusalAmbiguous),
];

/// Longer than any wait that a client may make.
const HOURS: Duration = Duration::from_secs(10_000);

/// A client whose waits pass at once and are remembered, and whose deadlines are far.
fn patient(server: &FaultServer, timers: &Timers) -> wootric::Client {
    let builder = client_of::<wootric::Client>(&server.base_url(), &Time::still()).environment(timers.environment());
    builder.deadline(HOURS).attempt_deadline(HOURS).static_token("a-token").build().unwrap()
}

async fn item_52_reads_retry_after_and_caps_it() -> Verdict {
    // What is waited where the header is ignored: half of the first pause, because every random number is one half.
    const OWN: f64 = 0.25;
    let cases = [
        ("7", 7.0),
        ("0", 0.0),
        (" 7 ", 7.0),
        ("Sun, 06 Nov 1994 08:50:07 GMT", 30.0),
        ("Sunday, 06-Nov-94 08:50:07 GMT", 30.0),
        ("Sun Nov  6 08:50:07 1994", 30.0),
        ("119", 119.0),
        ("121", 120.0),
        ("3600", 120.0),
        ("Sun, 06 Nov 1994 10:49:37 GMT", 120.0),
        ("99999999999999999999999999", 120.0),
        ("Sun, 06 Nov 1994 08:49:07 GMT", OWN),
        ("Thu, 01 Jan 1970 00:00:00 GMT", OWN),
        ("soon", OWN),
        ("-5", OWN),
        ("1.5", OWN),
        ("0x10", OWN),
        ("", OWN),
    ];
    for status in [429, 503] {
        for (value, seconds) in cases {
            let busy = Step::reply(status, &[("content-type", "application/json"), ("retry-after", value)], "{}");
            let server = FaultServer::start(vec![busy, Step::json(200, &json!([]))]).await.unwrap();
            let timers = Timers::hurried_below(HOURS);
            let outcome = patient(&server, &timers).list_end_users().send().await;
            let wait = timers.take_hurried();
            equal(wait, [Duration::from_secs_f64(seconds)], format!("the waits for `{value}` with {status}"))?;
            succeeds(outcome, format!("a call put off with {status} and `{value}`"))?;
            equal(server.requests(), 2, "requests")?;
        }
    }
    // A wait beyond the deadline is left to the caller.
    let busy = Step::reply(429, &[("retry-after", "90")], "{}");
    let server = FaultServer::start(vec![busy]).await.unwrap();
    let options = CallOptions::new().deadline(Duration::from_secs(60));
    let timers = Timers::new();
    let outcome = patient(&server, &timers).list_end_users().with_options(options).send().await;
    let error = refused(outcome, ErrorKind::Api, "a call put off beyond its deadline")?;
    equal(error.retry_after(), Some(Duration::from_secs(90)), "the wait that the caller is told")?;
    equal(server.requests(), 1, "requests of a call put off beyond its deadline")
}

/// A call that creates something, which must not happen twice.
async fn create(client: &wootric::Client) -> cx_client::Result<cx_client::Response<wootric::types::EndUser>> {
    client.create_end_user().body_map(|body| body.email("a@example.com".to_owned())).send().await
}

async fn item_53_repeats_no_post_after_an_ambiguous_failure() -> Verdict {
    let faults = [
        ("a reset before the reply", Step::reset_before_headers()),
        ("a connection that closes", Step::close_before_headers()),
        ("a reset after the head", Step::reset_after_headers()),
        ("a reset in the body", Step::reset_in_body()),
        ("half a body", Step::cut_body("{\"id\": 1}", 5)),
        ("no HTTP", Step::nothing().send("what?\r\n\r\n").close()),
    ];
    for (what, fault) in faults {
        let server = FaultServer::start(vec![fault, Step::json(201, &json!({"id": 1}))]).await.unwrap();
        let outcome = create(&patient(&server, &Timers::hurried_below(HOURS))).await;
        equal(server.requests(), 1, format!("POST requests for {what}"))?;
        let error = refused(outcome, ErrorKind::Transport, format!("a POST answered with {what}"))?;
        ensure(error.was_sent() != Sent::No, format!("a POST answered with {what} counts as sent"))?;
    }
    for status in [500, 502, 503, 504, 408] {
        let server = FaultServer::start(vec![Step::json(status, &json!({}))]).await.unwrap();
        let outcome = create(&patient(&server, &Timers::hurried_below(HOURS))).await;
        equal(server.requests(), 1, format!("POST requests for {status}"))?;
        refused(outcome, ErrorKind::Api, format!("a POST answered with {status}"))?;
    }
    Ok(())
}

async fn item_54_bounds_attempts_time_and_budget_of_retries() -> Verdict {
    let down = |seconds: &str| Step::reply(503, &[("retry-after", seconds)], "{}");
    for fault in [Step::json(503, &json!({})), Step::reset_before_headers(), Step::cut_body("[]", 1)] {
        let server = FaultServer::start(vec![fault]).await.unwrap();
        let timers = Timers::hurried_below(HOURS);
        ensure(patient(&server, &timers).list_end_users().send().await.is_err(), "a call that always fails fails")?;
        equal(server.requests(), 3, "attempts by default")?;
        equal(timers.take_hurried(), [250, 500].map(Duration::from_millis), "the pauses between them")?;
    }
    // Jitter: the pause is a random part of a bound that doubles.
    for part in [0.0, 0.999] {
        let server = FaultServer::start(vec![Step::json(503, &json!({}))]).await.unwrap();
        let timers = Timers::hurried_below(HOURS);
        timers.set_random(part);
        refused(patient(&server, &timers).list_end_users().send().await, ErrorKind::Api, "a call")?;
        let pauses = [0.5, 1.0].map(|bound: f64| Duration::from_secs_f64(bound * part));
        equal(timers.take_hurried(), pauses, format!("the pauses where chance says {part}"))?;
    }
    // Total time: of two waits of 40 s only one fits into 60 s.
    let server = FaultServer::start(vec![down("40")]).await.unwrap();
    let timers = Timers::hurried_below(Duration::from_secs(50));
    let options = CallOptions::new().deadline(Duration::from_secs(60)).max_attempts(10);
    let outcome = patient(&server, &timers).list_end_users().with_options(options).send().await;
    refused(outcome, ErrorKind::Api, "a call with a deadline")?;
    equal(server.requests(), 2, "attempts within the deadline")?;
    ensure(timers.now() <= Duration::from_secs(60), "the call ended before its deadline")?;
    // Budget: in an outage the calls of a client soon stop to be repeated.
    let server = FaultServer::start(vec![down("0")]).await.unwrap();
    let client = patient(&server, &Timers::hurried_below(HOURS));
    for _ in 0..100 {
        refused(client.list_end_users().send().await, ErrorKind::Api, "a call in an outage")?;
    }
    ensure(server.requests() <= 150, format!("{} requests for a hundred calls in an outage", server.requests()))
}

async fn item_55_retries_of_client_errors_408_and_429_alone() -> Verdict {
    for (status, requests) in [(400, 1), (403, 1), (404, 1), (405, 1), (409, 1), (422, 1), (408, 3), (429, 3)] {
        let server = FaultServer::start(vec![Step::json(status, &json!({"error": "no"}))]).await.unwrap();
        let client =
            client_of::<wootric::Client>(&server.base_url(), &Time::hurried()).static_token("a-token").build();
        let outcome = client.unwrap().list_end_users().send().await;
        refused(outcome, ErrorKind::Api, format!("a call answered with {status}"))?;
        equal(server.requests(), requests, format!("requests answered with {status}"))?;
    }
    Ok(())
}

async fn item_56_tells_never_sent_from_unknown() -> Verdict {
    // Bound, so that nobody else takes the port, but not listening: connections are refused.
    let nobody = TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = format!("http://{}", nobody.local_addr().unwrap());
    let client = client_of::<wootric::Client>(&address, &Time::hurried()).static_token("a-token").build().unwrap();
    let error = refused(create(&client).await, ErrorKind::Transport, "a POST to nobody")?;
    equal(error.was_sent(), Sent::No, "whether a refused connection carried the request")?;
    // What was never sent may be sent again, even a POST.
    equal(error.attempts(), 3, "attempts to reach nobody")?;

    let server = FaultServer::start(vec![Step::reset_before_headers()]).await.unwrap();
    let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried()).static_token("a-token").build();
    let error = refused(create(&client.unwrap()).await, ErrorKind::Transport, "a POST that is reset")?;
    equal(error.was_sent(), Sent::Unknown, "whether a reset connection carried the request")?;
    equal(error.attempts(), 1, "attempts of a POST that is reset")
}
