//! The lines and samples of the Directly seed, and what its envelopes may look like.

use std::sync::Arc;

use cx_client::{
    ErrorKind,
    auth::{AuthorizationOptions, Credentials},
    directly::{self, types},
};
use cx_mock::{Answer, MockVendor, issuer};
use serde_json::{Value, json};

async fn vendor() -> MockVendor {
    let api = Arc::new(cx_spec::embedded("directly").unwrap());
    MockVendor::builder(api).record(100).start().await
}

fn client(vendor: &MockVendor) -> directly::Client {
    directly::Client::builder().base_url(vendor.base_url()).static_token(issuer::ACCESS_TOKEN).build().unwrap()
}

/// A client that holds a session of the code flow.
fn session(vendor: &MockVendor, scope: &str) -> directly::Client {
    let request = directly::Client::builder()
        .base_url(vendor.base_url())
        .authorization_request(AuthorizationOptions::new(issuer::CLIENT_ID).with_scope(scope))
        .unwrap();
    let callback = format!("/callback?code={}&state={}", issuer::CODE, request.state().unwrap().expose());
    let code = request.finish(&callback).unwrap();
    directly::Client::builder()
        .base_url(vendor.base_url())
        .authorization_code(code, issuer::CLIENT_SECRET)
        .build()
        .unwrap()
}

#[test]
fn the_seed_lists_these_parameters_and_statuses() {
    let api = cx_spec::embedded("directly").unwrap();
    let names = |id: &str| -> Vec<String> {
        api.operation(id).unwrap().parameters.iter().map(|one| one.name.clone()).collect()
    };
    let documented = |id: &str| -> Vec<String> {
        let operation = api.operation(id).unwrap();
        let replies = operation.replies.iter().filter(|reply| reply.confidence == cx_spec::Confidence::Documented);
        replies.map(|reply| reply.status.to_string()).collect()
    };
    assert_eq!(names("authorize"), ["client_id", "scope", "redirect_uri"]);
    assert_eq!(documented("authorize"), ["200", "404", "405", "500"]);
    assert_eq!(names("create_token"), [""; 0]);
    assert_eq!(documented("create_token"), ["201", "404", "405", "500"]);
    assert_eq!(names("logout"), [""; 0]);
    assert_eq!(documented("logout"), ["200", "401", "405", "500"]);
}

#[tokio::test]
async fn the_201_sample_of_the_seed_decodes() {
    let vendor = vendor().await;
    vendor.script("create_token", Answer::example(201, "seed_sample"));
    let body = json!({"grant_type": "authorization_code", "client_id": "a", "client_secret": "b", "code": "c"});
    let body: types::CreateTokenRequest = serde_json::from_value(body).unwrap();
    let token = client(&vendor).create_token().body(body).send().await.unwrap();
    assert_eq!(token.status().as_u16(), 201);
    assert_eq!(token.access_token.expose(), "907c762e069589c2cd2a229cdae7b8778caa9f07");
    assert_eq!(
        token.refresh_token.as_ref().map(|token| token.expose()),
        Some("43018382188f462f6b0e5784dd44c36f476ccce6")
    );
    assert_eq!((token.expires_in, token.scope.as_deref()), (Some(3600), Some("read write")));
    assert_eq!(token.token_type, "Bearer");
}

#[tokio::test]
async fn every_status_of_the_oauth_operations_that_is_no_success_is_a_typed_error() {
    let vendor = vendor().await;
    let client = client(&vendor);
    for status in [404, 405, 500] {
        vendor.script("authorize", Answer::status(status));
        let error = client.authorize().client_id("a").send().await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    }
    for status in [401, 405, 500] {
        vendor.script("logout", Answer::status(status));
        let error = client.logout().send().await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!(vendor.unused("logout"), 0);
    }
}

#[test]
fn the_authorization_url_carries_the_documented_parameters_and_a_state_of_our_own() {
    let builder = directly::Client::builder();
    let options = || AuthorizationOptions::new("example-client").with_scope("read write pat@example.com");
    let redirect = "https://example.com/callback";
    let request = builder.authorization_request(options().with_redirect_uri(redirect)).unwrap();
    let state = request.state().unwrap().expose().to_owned();
    assert!(state.len() >= 43, "a state of 256 bits");
    assert_eq!(
        request.url(),
        format!(
            "https://api.directly.com/oauth/auth?client_id=example-client&scope=read+write+pat%40example.com\
             &redirect_uri=https%3A%2F%2Fexample.com%2Fcallback&state={state}"
        )
    );
    let plain = builder.authorization_request(options().without_state()).unwrap();
    assert_eq!(
        plain.url(),
        "https://api.directly.com/oauth/auth?client_id=example-client&scope=read+write+pat%40example.com"
    );
}

#[test]
fn a_callback_with_a_wrong_or_missing_state_yields_no_code() {
    for callback in
        ["/callback?code=c", "/callback?code=c&state=guessed", "/callback?error=access_denied&state=guessed"]
    {
        let builder = directly::Client::builder();
        let request = builder.authorization_request(AuthorizationOptions::new("example-client")).unwrap();
        assert_eq!(request.finish(callback).unwrap_err().kind(), ErrorKind::Authentication, "{callback}");
    }
}

#[tokio::test]
async fn a_code_is_exchanged_and_the_session_refreshed_with_its_scope() {
    let clock = cx_mock::ManualClock::default();
    let api = Arc::new(cx_spec::embedded("directly").unwrap());
    let vendor = MockVendor::builder(api).clock(clock.clone()).record(100).start().await;
    let client = directly::Client::builder()
        .base_url(vendor.base_url())
        .environment(crate::environment::Still(clock.clone()).shared());
    let request =
        client.authorization_request(AuthorizationOptions::new(issuer::CLIENT_ID).with_scope("read write")).unwrap();
    let callback = format!("?code={}&state={}", issuer::CODE, request.state().unwrap().expose());
    let client =
        client.authorization_code(request.finish(&callback).unwrap(), issuer::CLIENT_SECRET).build().unwrap();

    client.list_questions().send().await.unwrap();
    clock.advance(std::time::Duration::from_secs(3600));
    client.list_questions().send().await.unwrap();

    let bodies: Vec<Value> = vendor
        .take_exchanges()
        .into_iter()
        .filter(|one| one.operation() == Some("create_token"))
        .filter_map(|one| one.verdict.body)
        .collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!((&bodies[0]["grant_type"], &bodies[0]["code"]), (&json!("authorization_code"), &json!("mock-code")));
    assert_eq!((&bodies[1]["grant_type"], &bodies[1]["scope"]), (&json!("refresh_token"), &json!("read write")));
    assert_eq!(bodies[1]["client_id"], "mock-client");
    vendor.assert_no_violations();
}

#[tokio::test]
async fn a_single_user_scope_is_not_refreshed() {
    let vendor = vendor().await;
    let credentials = Credentials::refresh_token(issuer::REFRESH_TOKEN)
        .with_client(issuer::CLIENT_ID, issuer::CLIENT_SECRET)
        .with_scope("read write pat@example.com");
    let built = directly::Client::builder().base_url(vendor.base_url()).refresh_token(credentials).build();
    let error = match built {
        Err(error) => error,
        Ok(client) => client.list_questions().send().await.unwrap_err(),
    };
    let text = format!("{error} {:?}", std::error::Error::source(&error).map(ToString::to_string));
    assert!(text.contains("scope"), "{text}");
    assert!(!text.contains("pat@example.com"), "{text}");
    assert_eq!(vendor.issuer().token_requests(), 0, "nothing was sent");
}

#[tokio::test]
async fn signing_out_tells_the_vendor_and_ends_the_session() {
    let vendor = vendor().await;
    let client = session(&vendor, "read write");
    client.list_questions().send().await.unwrap();
    assert_eq!(vendor.issuer().live_tokens(), 1);
    client.core().sign_out().await.unwrap();
    assert_eq!(vendor.issuer().live_tokens(), 0);
    let seen = vendor.take_exchanges();
    let logout = seen.last().unwrap();
    assert_eq!((logout.operation(), logout.reply.status), (Some("logout"), 200));
    assert!(logout.request.header("authorization").is_some_and(|value| value.starts_with("Bearer ")));
    assert_eq!(client.list_questions().send().await.unwrap_err().kind(), ErrorKind::Authentication);
    vendor.assert_no_violations();
}

#[tokio::test]
async fn all_forms_of_a_list_decode_to_the_same_value() {
    let vendor = vendor().await;
    let client = client(&vendor);
    let question = json!({"uuid": "87322703-0000-4000-8000-00000000abcd"});
    for body in [
        json!({"questions": [question]}),
        json!({"meta": {}, "questions": [question]}),
        json!({"meta": {}, "data": {"questions": [question]}}),
        json!({"meta": {}, "data": [question]}),
    ] {
        vendor.script("list_questions", Answer::value(200, body.clone()));
        let list = client.list_questions().send().await.unwrap_or_else(|error| panic!("{error}: {body}"));
        let list = list.into_inner().unwrap();
        let uuids: Vec<_> =
            list.questions.iter().flatten().map(|question| question.uuid.clone().unwrap_or_default()).collect();
        assert_eq!(uuids, ["87322703-0000-4000-8000-00000000abcd"], "{body}");
    }
}

#[tokio::test]
async fn both_forms_of_a_single_resource_decode_to_the_same_value() {
    let vendor = vendor().await;
    let client = client(&vendor);
    let question = json!({"uuid": "u-1", "languages": ["en"]});
    let mut seen = Vec::new();
    for body in [question.clone(), json!({"meta": {}, "data": question}), json!({"data": question})] {
        vendor.script("close_question", Answer::value(200, body));
        let request = types::CloseQuestionRequest::builder().user_email("pat@example.com").integration_token("token");
        let closed = client.close_question().uuid("u-1").body(request).send().await.unwrap();
        seen.push(closed.into_inner().data.unwrap());
    }
    assert_eq!(seen[0].uuid.as_deref(), Some("u-1"));
    assert!(seen.iter().all(|one| *one == seen[0]));
}

#[tokio::test]
async fn a_poll_that_finds_nothing_new_is_an_outcome() {
    let vendor = vendor().await;
    vendor.script("get_question", Answer::status(304));
    let poll = client(&vendor).get_question().uuid("u-1").send().await.unwrap();
    assert!(poll.is_not_modified());
    assert!(poll.into_inner().is_none());
}

#[tokio::test]
async fn an_error_keeps_its_message_and_correlation_id_whatever_its_shape() {
    let vendor = vendor().await;
    let client = client(&vendor);
    for (answer, message, correlation) in [
        (
            Answer::value(400, json!({"meta": {"correlationId": "3f1c9a52"}, "error": {"message": "no such thing"}})),
            Some("no such thing"),
            Some("3f1c9a52"),
        ),
        (Answer::value(400, json!({"error": "plain text"})), Some("plain text"), None),
        (Answer::raw(400, "<html><body>Bad gateway</body></html>").header("content-type", "text/html"), None, None),
        (Answer::raw(400, ""), None, None),
    ] {
        vendor.script("get_question", answer);
        let error = client.get_question().uuid("u-1").send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Api);
        assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
        assert_eq!(error.vendor_message().as_deref(), message);
        assert_eq!(error.request_id().as_deref(), correlation);
    }
}
