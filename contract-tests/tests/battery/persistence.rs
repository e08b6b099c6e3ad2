//! Items 28 and 31 to 33: what is asked for again, when, and when not any more.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use cx_client::{ApiClient, ClientBuilder, ErrorKind, directly, wootric};
use cx_mock::{Answer, Clock, FaultServer, Step, issuer};
use serde_json::json;

use crate::{
    alarm::{Alarm, settled},
    stage::{AGES, Stage, client_of, field, grants, invalid_grant, members, token},
    time::Time,
    verdict::{Verdict, ensure, equal, refused, succeeds},
};

pub async fn item_28_drops_a_refused_refresh_token_and_logs_in_once() -> Verdict {
    // With credentials to log in with.
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in_by_kept_password().await;
    stage.time.advance(AGES);
    stage.vendor.script("create_token", invalid_grant());
    succeeds(client.list_end_users().send().await, "a call that leads to a login")?;
    let exchanges = stage.vendor.take_exchanges();
    equal(grants(&exchanges), ["refresh_token", "password"], "what a refused refresh leads to")?;
    let dropped: Vec<String> = exchanges.iter().filter_map(|one| field(one, "refresh_token")).collect();

    // The login is refused as well: once, and the dropped token is not sent again.
    stage.time.advance(AGES);
    stage.vendor.script("create_token", invalid_grant());
    stage.vendor.script("create_token", invalid_grant());
    let outcome = client.list_end_users().send().await;
    let error = refused(outcome, ErrorKind::Authentication, "a call whose login is refused")?;
    equal(error.oauth_error(), Some("invalid_grant"), "the code of the error")?;
    let mut exchanges = stage.vendor.take_exchanges();
    equal(grants(&exchanges), ["refresh_token", "password"], "what a second refusal leads to")?;
    stage.time.advance(AGES);
    succeeds(client.list_end_users().send().await, "a call after the refusals")?;
    exchanges.extend(stage.vendor.take_exchanges());
    equal(grants(&exchanges), ["refresh_token", "password", "password"], "what is left to try")?;
    let again = exchanges.iter().filter_map(|one| field(one, "refresh_token")).filter(|sent| dropped.contains(sent));
    equal(again.count(), 0, "refused refresh tokens that were sent again")?;

    // Without credentials the end is the end.
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in_by_password().await;
    stage.time.advance(AGES);
    stage.vendor.script("create_token", invalid_grant());
    for requests in [1, 0, 0] {
        let outcome = client.list_end_users().send().await;
        let error = refused(outcome, ErrorKind::Authentication, "a call of a session that has ended")?;
        equal(error.oauth_error(), Some("invalid_grant"), "the code of the error")?;
        equal(stage.vendor.take_exchanges().len(), requests, "requests of that call")?;
        stage.time.advance(AGES);
    }

    let stage = Stage::directly(Time::hurried()).await;
    let builder = stage.client::<directly::Client>();
    let client = builder.authorization_code(stage.code(), issuer::CLIENT_SECRET).build().unwrap();
    client.list_questions().send().await.unwrap();
    stage.time.advance(AGES);
    stage.vendor.script("create_token", invalid_grant());
    for _ in 0..2 {
        refused(client.list_questions().send().await, ErrorKind::Authentication, "a call of a code that is spent")?;
        stage.time.advance(AGES);
    }
    let all = grants(&stage.vendor.take_exchanges());
    equal(all, ["authorization_code", "refresh_token"], "what a session of a code asks for")
}

/// A vendor that answers token requests with these first, a client of it, and when the requests came.
async fn asked(answers: Vec<Answer>) -> (Stage, wootric::Client, Arc<Mutex<Vec<Duration>>>) {
    let stage = Stage::wootric(Time::hurried()).await;
    let (times, clock) = (Arc::<Mutex<Vec<Duration>>>::default(), stage.time.clock());
    let (seen, answers) = (Arc::clone(&times), Mutex::new(VecDeque::from(answers)));
    stage.vendor.on("create_token", move |_, _| {
        seen.lock().unwrap().push(clock.now());
        answers.lock().unwrap().pop_front()
    });
    let client =
        stage.client::<wootric::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build();
    (stage, client.unwrap(), times)
}

/// The times between requests.
fn pauses(times: &Mutex<Vec<Duration>>) -> Vec<Duration> {
    times.lock().unwrap().windows(2).map(|pair| pair[1] - pair[0]).collect()
}

const EPOCH: &str = "Thu, 01 Jan 1970 00:00:00 GMT";

pub async fn item_31_backs_off_as_the_vendor_asks() -> Verdict {
    let seconds = Duration::from_secs;
    let after = |status: u16, wait: &str| Answer::value(status, json!({})).header("retry-after", wait);
    for (answers, wanted) in [
        (vec![after(429, "7")], vec![seconds(7)]),
        (vec![after(503, "20")], vec![seconds(20)]),
        (vec![after(500, "3"), after(502, "11")], vec![seconds(3), seconds(11)]),
        // A date is read by the vendor's own clock.
        (vec![after(429, "Thu, 01 Jan 1970 00:00:09 GMT").header("date", EPOCH)], vec![seconds(9)]),
    ] {
        let (_stage, client, times) = asked(answers).await;
        succeeds(client.list_end_users().send().await, "a call whose login was put off")?;
        equal(pauses(&times), wanted, "pauses between token requests")?;
    }
    for status in [429, 500, 502, 503, 504] {
        let busy = || Answer::value(status, json!({}));
        let (_stage, client, times) = asked(vec![busy(), busy()]).await;
        succeeds(client.list_end_users().send().await, format!("a call after twice {status}"))?;
        let pauses = pauses(&times);
        equal(pauses.len(), 2, format!("pauses after twice {status}"))?;
        ensure(Duration::ZERO < pauses[0] && pauses[0] < pauses[1], format!("each pause after {status} is longer"))?;

        let (_stage, client, times) = asked(vec![busy(), busy(), busy(), busy()]).await;
        refused(client.list_end_users().send().await, ErrorKind::Api, format!("a call that is always {status}"))?;
        equal(times.lock().unwrap().len(), 3, format!("token requests that are always {status}"))?;
    }
    // A wait beyond any call: no repetition now, and none by other calls before it is over.
    for status in [429, 503] {
        let (stage, client, times) = asked(vec![after(status, "100")]).await;
        for left in [100, 67, 34] {
            let error = refused(client.list_end_users().send().await, ErrorKind::Api, "a call during a long wait")?;
            equal(error.retry_after(), Some(seconds(left)), "what is left of the wait that the vendor asks for")?;
            equal(times.lock().unwrap().len(), 1, "token requests before the wait is over")?;
            stage.time.advance(seconds(33));
        }
        stage.time.advance(seconds(1));
        succeeds(client.list_end_users().send().await, "a call after the wait")?;
        equal(pauses(&times), [seconds(100)], "pauses around a long wait")?;
    }
    Ok(())
}

/// A token response with a refresh token.
fn pair(refresh_token: &str) -> Step {
    let mut reply = token();
    reply["refresh_token"] = json!(refresh_token);
    Step::json(200, &reply)
}

/// What was asked for, and with which refresh token.
fn forms(server: &FaultServer) -> Vec<String> {
    let value = |fields: &[(String, String)], name: &str| {
        fields.iter().find(|(there, _)| there == name).map(|(_, value)| value.clone())
    };
    let requests = server.take_requests();
    let forms = requests.iter().map(members).map(|fields| {
        let grant = value(&fields, "grant_type").unwrap_or_default();
        value(&fields, "refresh_token").unwrap_or(grant)
    });
    forms.collect()
}

pub async fn item_32_resends_a_rotating_refresh_token_at_most_once() -> Verdict {
    for lost in [Step::reset_before_headers(), Step::close_before_headers(), Step::reset_in_body()] {
        let steps = vec![pair("first"), lost.clone(), lost.clone(), pair("second"), lost.clone(), pair("third")];
        let server = FaultServer::start(steps).await.unwrap();
        let time = Time::hurried();
        let client = client_of::<wootric::Client>(&server.base_url(), &time).password_kept("a-user", "a-password");
        let client = client.build().unwrap();
        client.core().granted_scope().await.unwrap();
        time.advance(AGES);
        succeeds(client.core().granted_scope().await, "a renewal whose answer is lost twice")?;
        equal(forms(&server), ["password", "first", "first", "password"], "what is sent when it is lost twice")?;
        time.advance(AGES);
        succeeds(client.core().granted_scope().await, "a renewal whose answer is lost once")?;
        equal(forms(&server), ["second", "second"], "what is sent when it is lost once")?;

        // Without credentials to log in with, and over several calls.
        let server = FaultServer::start(vec![pair("first"), lost]).await.unwrap();
        let client = client_of::<wootric::Client>(&server.base_url(), &time).password("a-user", "a-password");
        let client = client.build().unwrap();
        client.core().granted_scope().await.unwrap();
        // The first caller hears what happened; the session is over then, and whoever comes later is to sign in again.
        for kind in [ErrorKind::Transport, ErrorKind::Authentication, ErrorKind::Authentication] {
            time.advance(AGES);
            refused(client.core().granted_scope().await, kind, "a renewal whose answers are lost")?;
        }
        equal(forms(&server), ["password", "first", "first"], "what is sent over three calls")?;
    }
    Ok(())
}

/// Everything that a call does ends within this.
const DEADLINE: Duration = Duration::from_secs(60);
/// How long the answer of a renewal that its caller left is waited for.
const GRACE: Duration = Duration::from_secs(1);

/// The builder of a client whose deadlines a test lets pass.
fn timed<C: ApiClient>(server: &FaultServer, alarm: &Alarm) -> ClientBuilder<C> {
    ClientBuilder::new().base_url(server.base_url()).environment(Arc::new(alarm.clone()))
}

/// Waits for a server to have read so many requests.
async fn arrived(server: &FaultServer, requests: u64) {
    while server.requests() < requests {
        tokio::task::yield_now().await;
    }
}

pub async fn item_33_ends_in_time_and_survives_a_cancelled_caller() -> Verdict {
    // A server that takes the request and never answers.
    let (alarm, server) = (Alarm::default(), FaultServer::start(vec![Step::stall_before_headers()]).await.unwrap());
    let client = timed::<wootric::Client>(&server, &alarm).client_credentials("an-id", "a-secret").build().unwrap();
    let call = tokio::spawn(async move { client.list_end_users().send().await.map(drop) });
    arrived(&server, 1).await;
    alarm.advance(DEADLINE);
    settled().await;
    ensure(call.is_finished(), "a call ends with its deadline")?;
    refused(call.await.unwrap(), ErrorKind::Timeout, "a call of a vendor that never answers")?;

    // A login that its caller leaves.
    let steps = vec![Step::stall_before_headers(), pair("first")];
    let (alarm, server) = (Alarm::default(), FaultServer::start(steps).await.unwrap());
    let client = timed::<wootric::Client>(&server, &alarm).client_credentials("an-id", "a-secret").build().unwrap();
    let leaver = client.clone();
    let left = tokio::spawn(async move { leaver.core().granted_scope().await });
    arrived(&server, 1).await;
    left.abort();
    assert!(left.await.unwrap_err().is_cancelled());
    succeeds(client.core().granted_scope().await, "a login after one that was left")?;
    equal(server.requests(), 2, "token requests of both")?;

    // A refresh that its caller leaves: its answer is waited for a while, for the refresh token may be spent.
    let steps = vec![pair("first"), Step::stall_before_headers(), pair("second")];
    let (alarm, server) = (Alarm::default(), FaultServer::start(steps).await.unwrap());
    let client = timed::<wootric::Client>(&server, &alarm).password("a-user", "a-password").build().unwrap();
    client.core().granted_scope().await.unwrap();
    alarm.advance(AGES);
    let leaver = client.clone();
    let left = tokio::spawn(async move { leaver.core().granted_scope().await });
    arrived(&server, 2).await;
    left.abort();
    assert!(left.await.unwrap_err().is_cancelled());
    let next = tokio::spawn(async move { client.core().granted_scope().await });
    settled().await;
    alarm.advance(GRACE);
    succeeds(next.await.unwrap(), "a refresh after one that was left")?;
    equal(forms(&server), ["password", "first", "first"], "what was sent")
}
