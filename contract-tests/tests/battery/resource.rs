//! Items 34 to 41: requests to resources.

use std::sync::Arc;

use bytes::Bytes;
use cx_client::{ErrorKind, Upload, directly, wootric};
use cx_mock::{Answer, Exchange, FaultServer, Incoming, Step, issuer};
use serde_json::json;
use tokio::sync::Notify;

use crate::{
    item::{Item, item},
    rule::Rule,
    stage::{Stage, client_of, seen, token, token_requests},
    time::Time,
    verdict::{Verdict, ensure, equal, refused, succeeds},
};

pub const ITEMS: &[Item] = &[
    item!(item_34_sends_the_token_once_in_the_header, Rule::TokenInQueryToo),
    item!(item_35_replays_once_after_401, Rule::SecondReplay),
    item!(item_36_replays_once_after_a_401_that_names_no_error, Rule::SecondReplayWithoutError),
    item!(item_37_parses_challenges_by_grammar, Rule::ChallengeCutAtCommas),
    item!(item_38_exposes_the_scope_of_a_403_and_does_not_renew, Rule::ForbiddenRenewed),
    item!(item_39_does_not_renew_after_a_400, Rule::BadRequestRenewed),
    item!(item_40_replays_a_post_byte_for_byte_or_not_at_all, Rule::ReplayWithoutBody),
    item!(item_41_renews_once_for_late_refusals_of_one_token, Rule::LateRefusalRenewed),
];

const CHALLENGE: &str = "www-authenticate";

/// An end user with what does not survive a careless form.
fn end_user() -> wootric::types::builder::CreateEndUserRequest {
    wootric::types::CreateEndUserRequest::builder()
        .email("a+b@example.com".to_owned())
        .external_id("é %2B&=\u{1f600}\r\n".to_owned())
}

/// A file of mail addresses, in whatever form.
fn addresses(csv: Upload) -> wootric::types::builder::CreateEmailSurveyCsvRequest {
    wootric::types::CreateEmailSurveyCsvRequest::builder().csv(csv).subject("A + B & é".to_owned())
}

async fn item_34_sends_the_token_once_in_the_header() -> Verdict {
    let (wootric, directly) = (Stage::wootric(Time::hurried()).await, Stage::directly(Time::hurried()).await);
    let client = wootric.client::<wootric::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET);
    let client = client.build().unwrap();
    drop(client.list_end_users().per_page(5).send().await);
    drop(client.create_end_user().body(end_user()).send().await);
    drop(client.create_email_survey_csv().body(addresses(Upload::bytes("a.csv", "email\n"))).send().await);
    let mut exchanges = wootric.vendor.take_exchanges();

    let client =
        directly.client::<directly::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build();
    let client = client.unwrap();
    drop(client.list_questions().user_email("a@example.com").send().await);
    let question = directly::types::CreateQuestionRequest::builder().text("Why?").user_email("a@example.com");
    drop(client.create_question().body(question.user_name("A")).send().await);
    drop(client.core().sign_out().await);
    exchanges.extend(directly.vendor.take_exchanges());

    exchanges.retain(|one| one.operation() != Some("create_token"));
    equal(exchanges.len(), 6, "requests to resources")?;
    for Exchange { request, .. } in &exchanges {
        let what = format!("{} {}", request.method(), request.path());
        let headers = request.headers().iter().filter(|(name, _)| name == "authorization");
        let tokens: Vec<&str> = headers.filter_map(|(_, value)| value.strip_prefix("Bearer ")).collect();
        let [token] = tokens.as_slice() else {
            return equal(tokens.len(), 1, format!("tokens in the header of {what}"));
        };
        let elsewhere = request.headers().iter().filter(|(name, _)| name != "authorization");
        let mut places: Vec<String> = elsewhere.map(|(_, value)| value.clone()).collect();
        places.extend([request.path().to_owned(), request.query().to_owned()]);
        places.push(String::from_utf8_lossy(request.body()).into_owned());
        ensure(!places.iter().any(|place| place.contains(token)), format!("the token of {what} stands once"))?;
        let parameter = request.query_pairs().iter().any(|pair| pair.name == "access_token");
        ensure(!parameter, format!("{what} has no token in its query"))?;
    }
    Ok(())
}

async fn item_35_replays_once_after_401() -> Verdict {
    bounded(Some("Bearer error=\"invalid_token\"")).await
}

async fn item_36_replays_once_after_a_401_that_names_no_error() -> Verdict {
    for challenge in [None, Some("Bearer"), Some("Bearer realm=\"api\""), Some("Basic realm=\"api\""), Some("\"")] {
        bounded(challenge).await?;
        // The token was at fault: the replay succeeds.
        let stage = Stage::wootric(Time::hurried()).await;
        let client = stage.logged_in().await;
        stage.vendor.script("list_end_users", unauthorized(challenge));
        succeeds(client.list_end_users().send().await, "a call that is 401 once")?;
        let sent = [("list_end_users", 401), ("create_token", 200), ("list_end_users", 200)];
        equal(seen(&stage.vendor.take_exchanges()), sent, format!("what was sent for {challenge:?}"))?;
    }
    Ok(())
}

fn unauthorized(challenge: Option<&str>) -> Answer {
    let answer = Answer::value(401, json!({}));
    challenge.into_iter().fold(answer, |answer, challenge| answer.header(CHALLENGE, challenge))
}

/// A resource that always answers with 401: two calls and one token request.
async fn bounded(challenge: Option<&'static str>) -> Verdict {
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in().await;
    stage.vendor.on("list_end_users", move |_, _| Some(unauthorized(challenge)));
    let error =
        refused(client.list_end_users().send().await, ErrorKind::Authentication, "a call that is always 401")?;
    equal(error.status().map(|status| status.as_u16()), Some(401), "the status of the error")?;
    let sent = [("list_end_users", 401), ("create_token", 200), ("list_end_users", 401)];
    equal(seen(&stage.vendor.take_exchanges()), sent, format!("what was sent for {challenge:?}"))
}

async fn item_37_parses_challenges_by_grammar() -> Verdict {
    let (code, scope) = (Some("insufficient_scope"), Some("nps:read nps:write"));
    let cases: [(&[&str], _, _); 9] = [
        (&["Bearer error=\"insufficient_scope\", scope=\"nps:read nps:write\""], code, scope),
        (&["bEaReR ERROR = insufficient_scope ,Scope=\"nps:read nps:write\""], code, scope),
        (&["Basic realm=\"a, b\", Bearer error=\"insufficient_scope\""], code, None),
        (
            &["Bearer realm=\"x, error=no\", error=\"insufficient_scope\", Basic realm=\"y\", scope=\"no\""],
            code,
            None,
        ),
        (&["Basic realm=\"q\\\", Bearer error=no\", bearer scope=\"nps:read nps:write\""], None, scope),
        (&["Negotiate YWJj/+==, Bearer error=insufficient_scope"], code, None),
        (&[", ,Bearer realm=\"a,b\",,error=\"insufficient_scope\","], code, None),
        (&["Basic realm=\"x\", error=\"no\"", "Bearer error=\"insufficient_scope\""], code, None),
        (&["Digest error=\"no\", nonce=\"Bearer\""], None, None),
    ];
    for (challenges, code, scope) in cases {
        let stage = Stage::wootric(Time::hurried()).await;
        let client = stage.logged_in().await;
        let answer = Answer::value(403, json!({}));
        let answer = challenges.iter().fold(answer, |answer, challenge| answer.header(CHALLENGE, challenge));
        stage.vendor.script("list_end_users", answer);
        let error = refused(client.list_end_users().send().await, ErrorKind::Api, "a call that is 403")?;
        equal(error.challenge_error().as_deref(), code, format!("the code in {challenges:?}"))?;
        equal(error.required_scope().as_deref(), scope, format!("the scope in {challenges:?}"))?;
    }
    Ok(())
}

async fn item_38_exposes_the_scope_of_a_403_and_does_not_renew() -> Verdict {
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in().await;
    stage.vendor.on("list_end_users", |_, _| {
        let challenge = "Bearer error=\"insufficient_scope\", scope=\"read_account\"";
        Some(Answer::value(403, json!({})).header(CHALLENGE, challenge))
    });
    let error = refused(client.list_end_users().send().await, ErrorKind::Api, "a call that is 403")?;
    equal(error.required_scope().as_deref(), Some("read_account"), "the scope that was wanted")?;
    equal(error.challenge_error().as_deref(), Some("insufficient_scope"), "the code of the challenge")?;
    equal(seen(&stage.vendor.take_exchanges()), [("list_end_users", 403)], "what was sent")
}

async fn item_39_does_not_renew_after_a_400() -> Verdict {
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in().await;
    stage.vendor.on("list_end_users", |_, _| {
        Some(Answer::value(400, json!({})).header(CHALLENGE, "Bearer error=\"invalid_request\""))
    });
    refused(client.list_end_users().send().await, ErrorKind::Api, "a call that is 400")?;
    equal(seen(&stage.vendor.take_exchanges()), [("list_end_users", 400)], "what was sent")
}

async fn item_40_replays_a_post_byte_for_byte_or_not_at_all() -> Verdict {
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in().await;
    stage.vendor.script("create_end_user", unauthorized(None));
    let outcome = client.create_end_user().body(end_user()).send().await;
    twice("create_end_user", &stage.vendor.take_exchanges())?;
    succeeds(outcome, "a POST whose token was refused once")?;

    stage.vendor.script("create_email_survey_csv", unauthorized(None));
    let csv = Upload::bytes("a.csv", "email\na+b@example.com\n\u{e9}\0");
    let outcome = client.create_email_survey_csv().body(addresses(csv)).send().await;
    twice("create_email_survey_csv", &stage.vendor.take_exchanges())?;
    succeeds(outcome, "an upload whose token was refused once")?;

    stage.vendor.script("create_email_survey_csv", unauthorized(None));
    let csv = Upload::stream("a.csv", futures_util::stream::iter([Ok(Bytes::from_static(b"email\n"))]));
    let outcome = client.create_email_survey_csv().body(addresses(csv)).send().await;
    refused(outcome, ErrorKind::Authentication, "a stream whose token was refused")?;
    equal(seen(&stage.vendor.take_exchanges()), [("create_email_survey_csv", 401)], "what was sent of a stream")
}

/// A refused request, a token request, and the same request again. The boundary between parts is chosen anew.
fn twice(operation: &str, exchanges: &[Exchange]) -> Verdict {
    let bodies = exchanges.iter().filter(|one| one.operation() == Some(operation)).map(|one| body(&one.request));
    let bodies: Vec<Vec<u8>> = bodies.collect();
    let [first, second] = bodies.as_slice() else { return equal(bodies.len(), 2, format!("times {operation}")) };
    ensure(!first.is_empty(), format!("{operation} has a body"))?;
    ensure(first == second, format!("both bodies of {operation} are equal"))?;
    equal(token_requests(exchanges).len(), 1, "token requests")
}

fn body(request: &Incoming) -> Vec<u8> {
    let boundary = request.header("content-type").and_then(|value| value.split_once("boundary="));
    let Some((_, boundary)) = boundary else { return request.body().to_vec() };
    String::from_utf8_lossy(request.body()).replace(boundary, "boundary").into_bytes()
}

async fn item_41_renews_once_for_late_refusals_of_one_token() -> Verdict {
    let (gate, list) = (Arc::new(Notify::new()), Step::json(200, &json!([])));
    let named = |name: &str| {
        let mut reply = token();
        reply["access_token"] = json!(name);
        Step::json(200, &reply)
    };
    let refusal = Step::json(401, &json!({}));
    let steps =
        vec![named("one"), list.clone(), refusal.clone().held(&gate), refusal, named("two"), list.clone(), list];
    let server = FaultServer::start(steps).await.unwrap();
    let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried());
    let client = client.client_credentials("id", "secret").build().unwrap();
    client.list_end_users().send().await.unwrap();

    let late = tokio::spawn({
        let client = client.clone();
        async move { client.list_end_users().send().await }
    });
    while server.requests() < 3 {
        tokio::task::yield_now().await;
    }
    succeeds(client.list_end_users().send().await, "the call that is refused first")?;
    gate.notify_one();
    let outcome = late.await.unwrap();
    let paths: Vec<String> = server.take_requests().iter().map(|request| request.path().to_owned()).collect();
    let logins = paths.iter().filter(|path| *path == "/oauth/token").count();
    equal(logins, 2, "token requests, that of the login included")?;
    succeeds(outcome, "the call that is refused late")?;
    equal(paths.len(), 7, "requests")
}
