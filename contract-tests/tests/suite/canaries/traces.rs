//! What the client and the crates under it trace and log at their finest level, while calls succeed, fail and renew.

use std::sync::Arc;

use cx_client::{CallOptions, CoreBuilder, auth::Credentials};
use cx_mock::{FaultServer, Step};
use serde_json::json;

use super::{EMAIL, chain, failures, hidden, sessions};
use crate::{
    capture::Capture,
    faults,
    support::{self, Patient},
};

#[allow(dead_code, reason = "the battery, whose file it is, uses the rest of it")]
#[path = "../../battery/redirects/tls.rs"]
mod tls;

/// Shows nothing, though it shows something of each layer.
#[track_caller]
fn quiet(capture: &Capture) {
    let text = capture.text();
    for layer in ["cx_client", "hyper_util", "reqwest"] {
        assert!(text.contains(layer), "{layer} said nothing");
    }
    hidden(&text);
}

#[tokio::test]
async fn sessions_are_traced_without_credentials_and_tokens() {
    let capture = Capture::start();
    for in_query in [false, true] {
        for (api, credentials) in sessions::sessions() {
            let (_, shown) = sessions::session(api, credentials, in_query).await;
            hidden(&shown);
        }
    }
    quiet(&capture);
    assert!(capture.spans("request").len() > 30);
}

#[tokio::test]
async fn failures_are_traced_without_what_was_sent_and_what_came() {
    let capture = Capture::start();
    let mut failed = 0;
    for (_, step) in failures::failures() {
        let server = FaultServer::start(vec![step]).await.unwrap();
        let subject = support::subject("wootric");
        let core = support::builder(&subject, &server.base_url(), &Arc::default())
            .credentials(Credentials::fixed("canary-token"))
            .token_in_query(true)
            .build()
            .unwrap();
        let options = CallOptions::new()
            .header(http::HeaderName::from_static("x-key"), http::HeaderValue::from_static("canary-header"));
        let arguments = json!({"id": EMAIL, "lookup_by_email": true});
        let outcome = (subject.client.call)(core, "get_end_user", arguments, options).await;
        failed += usize::from(outcome.inspect_err(|error| hidden(&chain(error))).is_err());
    }
    assert!(failed > 8, "{failed}");
    quiet(&capture);
}

#[tokio::test]
async fn every_fault_of_the_wire_is_reported_and_traced_without_canaries() {
    let capture = Capture::start();
    let mut failed = 0;
    for (fault, class) in faults::quick_pairs() {
        let outcome = faults::planted(&fault, class).await;
        failed += usize::from(outcome.inspect_err(|error| hidden(&chain(error))).is_err());
    }
    assert!(failed > 100, "{failed}");
    quiet(&capture);
}

#[tokio::test]
async fn a_handshake_that_fails_is_traced_without_canaries() {
    let server = FaultServer::start(Vec::new()).await.unwrap();
    let subject = support::subject("wootric");
    let url = server.base_url().replace("http:", "https:");
    let core = support::builder(&subject, &format!("{url}/canary-path"), &Arc::default())
        .credentials(Credentials::password(EMAIL, "canary-password"))
        .token_query("account_token", "canary-account-token")
        .build()
        .unwrap();
    let capture = Capture::start();
    let error = (subject.client.call)(core, "list_end_users", json!({}), CallOptions::new()).await.unwrap_err();
    hidden(&chain(&error));
    quiet(&capture);
}

/// rustls logs by itself, the handshake byte by byte; reqwest and hyper trace and log what they send through it.
#[tokio::test]
async fn what_goes_through_tls_is_logged_without_canaries() {
    let authority = tls::Authority::new().unwrap();
    let token =
        json!({"access_token": "canary-token", "token_type": "bearer", "refresh_token": "canary-refresh-token"});
    let users = json!([{"id": 1, "email": EMAIL}]);
    let server = FaultServer::start(vec![Step::json(200, &token), Step::json(200, &users)]).await.unwrap();
    let front = tls::Front::start(authority.good().unwrap(), server.address()).await;
    let subject = support::subject("wootric");
    // With an HTTP client of its own, which knows the authority.
    let core = CoreBuilder::new(subject.client.api)
        .base_url(front.base_url())
        .environment(Arc::<Patient>::default())
        .credentials(Credentials::password(EMAIL, "canary-password"))
        .token_query("account_token", "canary-account-token")
        .root_certificate(authority.der())
        .build()
        .unwrap();
    let capture = Capture::start();
    let reply = (subject.client.call)(core, "list_end_users", json!({}), CallOptions::new()).await.unwrap();
    assert_eq!(reply.raw, Some(users));
    let text = capture.text();
    for layer in ["rustls::client", "hyper_util", "reqwest"] {
        assert!(text.contains(layer), "{layer} said nothing");
    }
    quiet(&capture);
}
