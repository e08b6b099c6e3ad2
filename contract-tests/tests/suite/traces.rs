//! Spans and events of a call, under OpenTelemetry's names.

use std::sync::Arc;

use cx_client::{CallOptions, Core, auth::Credentials};
use cx_mock::{ClosedPort, FaultServer, Step};
use serde_json::json;

use crate::{
    capture::{Capture, Entry},
    support,
};

async fn client(steps: Vec<Step>, credentials: Credentials) -> (FaultServer, Core) {
    let server = FaultServer::start(steps).await.unwrap();
    let builder = support::builder(&support::subject("wootric"), &server.base_url(), &Arc::default());
    let core = builder.credentials(credentials).build().unwrap();
    (server, core)
}

async fn call(core: &Core, operation: &str) -> cx_client::Result<cx_client::dynamic::Reply> {
    let subject = support::subject("wootric");
    (subject.client.call)(core.clone(), operation, json!({"id": "1"}), CallOptions::new()).await
}

#[track_caller]
fn shows(span: &Entry, fields: &[(&str, &str)]) {
    for (name, value) in fields {
        assert_eq!(span.field(name), Some(*value), "{name} of {span:?}");
    }
}

#[tokio::test]
async fn a_call_is_a_span_and_each_request_a_client_span_inside() {
    let steps = vec![Step::json(503, &json!({})), Step::json(200, &json!({"id": 1}))];
    let (server, core) = client(steps, Credentials::fixed("a-token")).await;
    let capture = Capture::start();
    call(&core, "get_end_user").await.unwrap();
    let (calls, requests) = (capture.spans("call"), capture.spans("request"));
    assert_eq!((calls.len(), requests.len()), (1, 2));
    shows(&calls[0], &[("otel.name", "get_end_user"), ("otel.kind", "internal")]);
    shows(&calls[0], &[("cx.api", "wootric"), ("cx.operation", "get_end_user")]);
    assert_eq!((calls[0].field("error.type"), calls[0].field("otel.status_code")), (None, None));
    let port = server.address().port().to_string();
    for request in &requests {
        assert!(capture.holds(&calls[0], request));
        shows(
            request,
            &[
                ("otel.kind", "client"),
                ("otel.name", "GET /v1/end_users/{id}"),
                ("http.request.method", "GET"),
                ("url.template", "/v1/end_users/{id}"),
                ("url.scheme", "http"),
                ("server.address", "127.0.0.1"),
                ("server.port", &port),
            ],
        );
    }
    shows(
        &requests[0],
        &[("http.response.status_code", "503"), ("error.type", "503"), ("otel.status_code", "ERROR")],
    );
    assert_eq!(requests[0].field("http.request.resend_count"), None);
    shows(&requests[1], &[("http.response.status_code", "200"), ("http.request.resend_count", "1")]);
    assert_eq!((requests[1].field("error.type"), requests[1].field("otel.status_code")), (None, None));
    let events: Vec<_> = capture.entries().into_iter().filter(|one| one.field("pause_ms").is_some()).collect();
    assert_eq!(events.len(), 1);
    shows(&events[0], &[("pause_ms", "250")]);
    assert!(capture.holds(&calls[0], &events[0]));
}

#[tokio::test]
async fn an_error_names_its_type_on_both_spans() {
    for (step, status, of_request, of_call) in [
        (Step::json(404, &json!({})), Some("404"), Some("404"), "404"),
        (Step::json(401, &json!({})), Some("401"), Some("401"), "authentication"),
        (Step::reply(200, &[], "no JSON"), Some("200"), None, "decode"),
        (Step::cut_body("{}", 1), Some("200"), Some("transport"), "transport"),
        (Step::reset_before_headers(), None, Some("transport"), "transport"),
    ] {
        let (_server, core) = client(vec![step], Credentials::fixed("a-token")).await;
        let capture = Capture::start();
        call(&core, "get_end_user").await.unwrap_err();
        let (calls, requests) = (capture.spans("call"), capture.spans("request"));
        shows(&calls[0], &[("error.type", of_call), ("otel.status_code", "ERROR")]);
        for request in &requests {
            assert_eq!(request.field("http.response.status_code"), status, "{request:?}");
            assert_eq!(request.field("error.type"), of_request, "{request:?}");
        }
    }
}

#[tokio::test]
async fn a_token_request_is_a_client_span_too() {
    let token = json!({"access_token": "a", "token_type": "bearer", "expires_in": 7200});
    let steps = vec![Step::json(200, &token), Step::json(200, &json!({"id": 1}))];
    let (_server, core) = client(steps, Credentials::client_credentials("id", "secret")).await;
    let capture = Capture::start();
    call(&core, "get_end_user").await.unwrap();
    let names: Vec<_> =
        capture.spans("request").iter().map(|one| one.field("otel.name").unwrap().to_owned()).collect();
    assert_eq!(names, ["POST /oauth/token", "GET /v1/end_users/{id}"]);
}

#[tokio::test]
async fn a_request_that_never_left_has_no_status() {
    let port = ClosedPort::take().unwrap();
    let core = support::core(&support::subject("wootric"), &port.base_url().unwrap());
    let capture = Capture::start();
    call(&core, "get_end_user").await.unwrap_err();
    let requests = capture.spans("request");
    assert_eq!(requests.len(), 3);
    shows(&requests[2], &[("error.type", "transport"), ("http.request.resend_count", "2")]);
    assert_eq!(requests[2].field("http.response.status_code"), None);
}
