//! Items 72 and 73: how much, and how long.

use std::time::Duration;

use cx_client::{CallOptions, ErrorKind, env::Environment, wootric};
use cx_mock::{FaultServer, Step};
use serde_json::json;
use tokio::net::{TcpSocket, TcpStream};

use crate::{
    item::{Item, item},
    rule::Rule,
    stage::{client_of, token},
    time::Time,
    timers::Timers,
    verdict::{Verdict, ensure, equal, refused},
};

pub const ITEMS: &[Item] = &[
    item!(item_72_caps_bodies, Rule::BodyWithoutCap),
    item!(item_73_times_out_whatever_stalls, Rule::AttemptWithoutDeadline),
];

const MIB: usize = 1024 * 1024;

/// A good reply of so many bytes, blanks for the most part.
fn padded(text: String, bytes: usize) -> String {
    let blanks = bytes.saturating_sub(text.len());
    text + &" ".repeat(blanks)
}

/// The same in one chunk, without its length.
fn chunked(body: &str) -> Step {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    Step::nothing().send(format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len()))
}

async fn item_72_caps_bodies() -> Verdict {
    let json = [("content-type", "application/json")];
    // The lower cap is that of the token endpoint; the reply would do for a resource.
    let login = padded(token().to_string(), MIB);
    for step in
        [Step::reply(200, &json, login.clone()), chunked(&login), Step::big_unannounced_body(200 * MIB as u64)]
    {
        let server = FaultServer::start(vec![step, Step::json(200, &json!([]))]).await.unwrap();
        let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried());
        let outcome = client.client_credentials("id", "secret").build().unwrap().list_end_users().send().await;
        refused(outcome, ErrorKind::Decode, "a login with a huge reply")?;
    }
    let list = padded("[]".to_owned(), 17 * MIB);
    for step in [Step::reply(200, &json, list.clone()), chunked(&list), Step::gzip(list)] {
        let server = FaultServer::start(vec![step]).await.unwrap();
        let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried()).static_token("a-token");
        let outcome = client.build().unwrap().list_end_users().send().await;
        let error = refused(outcome, ErrorKind::Decode, "a call with a huge reply")?;
        ensure(error.body().is_some_and(|body| body.len() <= 16 * MIB), "what was kept is within the cap")?;
    }
    Ok(())
}

/// Lets time pass until a call has ended in a timeout; when that was.
async fn ended(timers: &Timers, client: wootric::Client, attempts: u32, what: &str) -> Verdict<Duration> {
    let options = CallOptions::new().max_attempts(attempts);
    let call = tokio::spawn(async move { client.list_end_users().with_options(options).send().await });
    while !call.is_finished() {
        ensure(timers.now() < Duration::from_secs(3600), format!("{what} ends within an hour"))?;
        // Time enough to act between two ticks, wherever the call is.
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        timers.advance(Duration::from_secs(1));
    }
    refused(call.await.unwrap(), ErrorKind::Timeout, what)?;
    Ok(timers.now())
}

async fn item_73_times_out_whatever_stalls() -> Verdict {
    let seconds = Duration::from_secs;
    let attempt = seconds(29)..=seconds(32);
    let total = seconds(59)..=seconds(62);
    let stalls = [
        ("a call without a first byte", Step::stall_before_headers()),
        ("a call without a body", Step::stall_after_headers()),
        ("a call that idles in the body", Step::stall_in_body()),
        ("a call that idles in the head", Step::nothing().send("HTTP/1.1 200 OK\r\ncontent-le").stall()),
    ];
    for (what, step) in stalls {
        let server = FaultServer::start(vec![step.clone()]).await.unwrap();
        let client = |timers: &Timers| {
            client_of::<wootric::Client>(&server.base_url(), &Time::still()).environment(timers.environment())
        };
        let timers = Timers::new();
        let end = ended(&timers, client(&timers).static_token("a-token").build().unwrap(), 1, what).await?;
        ensure(attempt.contains(&end), format!("{what} ends with its attempt, not at {} s", end.as_secs()))?;
        // Ten attempts would take five minutes; the call as a whole has one.
        let timers = Timers::new();
        let end = ended(&timers, client(&timers).static_token("a-token").build().unwrap(), 10, what).await?;
        ensure(total.contains(&end), format!("{what} ends with the call, not at {} s", end.as_secs()))?;
        // A login is part of the call.
        let timers = Timers::new();
        let login = client(&timers).client_credentials("id", "secret").build().unwrap();
        let end = ended(&timers, login, 1, what).await?;
        ensure(end <= *total.end(), format!("{what} ends with the call, not at {} s", end.as_secs()))?;
    }
    // A server that takes no connection: its queue is full.
    let full = TcpSocket::new_v4().unwrap();
    full.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = full.listen(0).unwrap();
    let address = full.local_addr().unwrap();
    let _queued = TcpStream::connect(address).await.unwrap();
    let timers = Timers::new();
    let builder = client_of::<wootric::Client>(&format!("http://{address}"), &Time::still());
    let client = builder.environment(timers.environment()).static_token("a-token").build().unwrap();
    let end = ended(&timers, client, 1, "a call that does not connect").await?;
    ensure(attempt.contains(&end), format!("a call that does not connect ends at {} s", end.as_secs()))?;
    // A whole page of silence is no reply either: the status has come, and is not taken for one.
    let server = FaultServer::start(vec![Step::stall_after_headers()]).await.unwrap();
    let timers = Timers::new();
    let builder = client_of::<wootric::Client>(&server.base_url(), &Time::still()).environment(timers.environment());
    let client = builder.attempt_deadline(seconds(5)).deadline(seconds(7)).static_token("a-token").build().unwrap();
    let end = ended(&timers, client, 3, "a call with deadlines of its own").await?;
    equal(end.as_secs() >= 6 && end.as_secs() <= 9, true, "whether deadlines can be set")
}
