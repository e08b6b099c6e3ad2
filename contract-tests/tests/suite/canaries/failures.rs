//! Ways to fail, and what the errors of them show.

use std::sync::Arc;

use cx_client::{CallOptions, ErrorKind, auth::Credentials, wootric};
use cx_mock::{FaultServer, Step};
use serde_json::json;

use super::{EMAIL, chain, debug, hidden, sessions::sessions};
use crate::support;

/// One way to fail, with canaries in all that comes back.
pub fn failures() -> Vec<(&'static str, Step)> {
    let headers = [("content-type", "application/json"), ("x-mail", EMAIL), ("set-cookie", "id=canary")];
    let error =
        json!({"error": "refused", "error_description": "canary", "errors": [{"message": "canary"}]}).to_string();
    vec![
        ("401", Step::reply(401, &headers, error.clone())),
        ("404", Step::reply(404, &headers, error.clone())),
        ("429", Step::reply(429, &headers, error.clone())),
        ("500", Step::reply(500, &headers, error)),
        ("307", Step::redirect(307, "https://canary.example/canary?access_token=canary")),
        ("another type", Step::reply(200, &headers, r#"{"id":{"canary":"canary"},"questions":"canary"}"#)),
        ("another type in a list", Step::reply(200, &headers, r#"[{"id":"canary"}]"#)),
        ("no JSON", Step::reply(200, &headers, "canary <html>")),
        ("an open end", Step::reply(200, &headers, r#"{"email":"canary"#)),
        ("a cut body", Step::cut_body(r#"{"email":"canary.pat@example.com"}"#, 30)),
        ("a reset", Step::reset_before_headers()),
        ("no HTTP", Step::nothing().send("canary canary\r\n\r\n").close()),
    ]
}

#[tokio::test]
async fn errors_of_calls_show_neither_arguments_nor_replies_nor_tokens() {
    for (name, step) in failures() {
        for (api, operation, arguments) in [
            ("wootric", "get_end_user", json!({"id": EMAIL, "lookup_by_email": true})),
            ("wootric", "list_end_users", json!({"email": EMAIL})),
            ("wootric", "create_end_user", json!({"body": {"email": EMAIL, "properties": {"plan": "canary"}}})),
            ("directly", "get_question", json!({"uuid": "canary-uuid"})),
            (
                "directly",
                "create_question",
                json!({"body": {"userEmail": EMAIL, "userName": "canary", "text": "canary"}}),
            ),
        ] {
            for in_query in [false, true] {
                let server = FaultServer::start(vec![step.clone()]).await.unwrap();
                let subject = support::subject(api);
                let core = support::builder(&subject, &server.base_url(), &Arc::default())
                    .credentials(Credentials::fixed("canary-token"))
                    .token_in_query(in_query)
                    .build()
                    .unwrap();
                let call = (subject.client.call)(core, operation, arguments.clone(), CallOptions::new());
                match call.await {
                    Err(error) => hidden(&chain(&error)),
                    // Some replies are none of this operation's failures.
                    Ok(reply) => {
                        assert!(name.starts_with("another type"), "{name} is no failure of {operation}");
                        hidden(&debug(&reply));
                    }
                }
                assert!(server.requests() > 0, "{name} {operation}");
            }
        }
    }
}

#[tokio::test]
async fn errors_of_a_vendor_that_is_not_there_show_no_url() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/canary-path", listener.local_addr().unwrap());
    drop(listener);
    let subject = support::subject("wootric");
    for (credentials, kind) in [
        (Credentials::fixed("canary-token"), ErrorKind::Transport),
        (Credentials::password(EMAIL, "canary-password"), ErrorKind::Transport),
    ] {
        let core = support::builder(&subject, &url, &Arc::default())
            .credentials(credentials)
            .token_query("account_token", "canary-account-token")
            .token_in_query(true)
            .build()
            .unwrap();
        let arguments = json!({"id": EMAIL, "lookup_by_email": true});
        let error = (subject.client.call)(core, "get_end_user", arguments, CallOptions::new()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error:?}");
        hidden(&chain(&error));
    }
}

#[tokio::test]
async fn errors_of_token_requests_show_neither_credentials_nor_tokens() {
    let refused = json!({"error": "invalid_grant", "error_description": "canary", "password": "canary"});
    let mut steps = failures();
    steps.push(("400", Step::json(400, &refused)));
    steps.push(("another kind of token", Step::json(200, &json!({"access_token": "canary", "token_type": "mac"}))));
    steps.push(("a token in another type", Step::json(200, &json!({"access_token": ["canary"]}))));
    for (name, step) in &steps {
        for (api, credentials) in sessions() {
            let server = FaultServer::start(vec![step.clone()]).await.unwrap();
            let subject = support::subject(api);
            let core = support::builder(&subject, &server.base_url(), &Arc::default())
                .credentials(credentials)
                .build()
                .unwrap();
            let operation = if api == "wootric" { "list_end_users" } else { "list_questions" };
            let call = (subject.client.call)(core.clone(), operation, json!({}), CallOptions::new());
            let error = call.await.unwrap_err();
            hidden(&chain(&error));
            hidden(&debug(&core));
            assert!(server.requests() > 0, "{name} {api}");
        }
    }
}

#[tokio::test]
async fn errors_of_arguments_show_no_value() {
    let server = FaultServer::start(vec![Step::ok()]).await.unwrap();
    let subject = support::subject("wootric");
    let core = support::core(&subject, &server.base_url());
    for (operation, arguments) in [
        ("list_end_users", json!({"page": EMAIL})),
        ("list_end_users", json!({"email": {"a": EMAIL}})),
        ("list_end_users", json!(EMAIL)),
        ("list_end_users", json!({"unknown": EMAIL})),
        ("create_end_user", json!({"body": EMAIL})),
        ("create_end_user", json!({"body": {"last_surveyed": EMAIL}})),
        ("create_end_user", json!({"body": {"email": {"a": EMAIL}}})),
        ("create_end_user", json!({"body": {"unknown": EMAIL}})),
        ("create_token", json!({"body": {"grant_type": "password", "username": EMAIL}})),
        ("create_token", json!({"body": {"grant_type": "password", "username": 1, "password": ["canary"]}})),
    ] {
        let error = (subject.client.call)(core.clone(), operation, arguments, CallOptions::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error:?}");
        hidden(&chain(&error));
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn errors_of_building_a_client_show_no_secret_of_its_address() {
    for url in [
        "https://pat:canary@example.com",
        "https://canary@example.com",
        "https://example.com/?key=canary",
        "https://example.com/#canary",
        "http://canary.example.com",
        "canary",
        "ftp://canary",
        "https://[canary",
    ] {
        hidden(&chain(&wootric::Client::builder().base_url(url).build().unwrap_err()));
    }
    hidden(&chain(&wootric::Client::builder().user_agent("canary\n").build().unwrap_err()));
}
