//! What a call ends in when it does not succeed, and how often it is tried before.

use std::{sync::Arc, time::Duration};

use contract_tests::{
    apis::Subject,
    arguments::{self, Breadth},
};
use cx_client::{CallOptions, Core, Error, ErrorKind, Result, Sent, dynamic::Reply, operation::Retry};
use cx_mock::{FaultServer, Step};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{self, Patient};

/// A server with a script, and a client of it.
struct Rig {
    subject: Subject,
    server: FaultServer,
    surroundings: Arc<Patient>,
    core: Core,
}

impl Rig {
    async fn new(api: &str, steps: Vec<Step>) -> Self {
        let (subject, server) = (support::subject(api), FaultServer::start(steps).await.unwrap());
        let surroundings = Arc::new(Patient::default());
        let core = support::builder(&subject, &server.base_url(), &surroundings).build().unwrap();
        Self { subject, server, surroundings, core }
    }

    async fn call(&self, operation: &str, arguments: Value, options: CallOptions) -> Result<Reply> {
        (self.subject.client.call)(self.core.clone(), operation, arguments, options).await
    }

    /// A call that is tried once and fails.
    async fn error(&self, operation: &str, arguments: Value) -> Error {
        self.call(operation, arguments, once()).await.unwrap_err()
    }
}

fn once() -> CallOptions {
    CallOptions::new().max_attempts(1)
}

const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html";
const QUESTION: &str = "87322703-0000-4000-8000-00000000abcd";

/// One reply of a vendor and the error it is to end in.
struct Row {
    api: &'static str,
    operation: &'static str,
    arguments: Value,
    status: u16,
    content_type: &'static str,
    body: &'static str,
    kind: ErrorKind,
    message: Option<&'static str>,
    oauth_error: Option<&'static str>,
    request_id: &'static str,
}

impl Row {
    fn new(
        api: &'static str,
        operation: &'static str,
        arguments: Value,
        status: u16,
        content_type: &'static str,
        body: &'static str,
    ) -> Self {
        let (kind, request_id) = (ErrorKind::Api, "from-the-header");
        Self {
            api,
            operation,
            arguments,
            status,
            content_type,
            body,
            kind,
            message: None,
            oauth_error: None,
            request_id,
        }
    }

    fn kind(self, kind: ErrorKind) -> Self {
        Self { kind, ..self }
    }

    fn message(self, message: &'static str) -> Self {
        Self { message: Some(message), ..self }
    }

    fn oauth_error(self, code: &'static str) -> Self {
        Self { oauth_error: Some(code), ..self }
    }

    fn request_id(self, id: &'static str) -> Self {
        Self { request_id: id, ..self }
    }

    /// Has the reply and holds everything about the error against the row.
    async fn hold(self) {
        let headers = [("content-type", self.content_type), ("x-request-id", "from-the-header"), ("x-kept", "yes")];
        let rig = Rig::new(self.api, vec![Step::reply(self.status, &headers, self.body)]).await;
        let error = rig.error(self.operation, self.arguments).await;
        let shown = format!("{} {} {}: {error:?}", self.api, self.operation, self.body);
        assert_eq!(error.kind(), self.kind, "{shown}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(self.status), "{shown}");
        let headers = error.headers().unwrap();
        assert_eq!(headers["content-type"], self.content_type, "{shown}");
        assert_eq!(headers["x-kept"], "yes", "{shown}");
        assert_eq!(error.body().unwrap(), self.body, "{shown}");
        assert_eq!(error.vendor_message().as_deref(), self.message, "{shown}");
        assert_eq!(error.oauth_error(), self.oauth_error, "{shown}");
        assert_eq!(error.request_id().as_deref(), Some(self.request_id), "{shown}");
        let operation = error.operation().unwrap();
        assert_eq!((operation.api, operation.id), (self.api, self.operation), "{shown}");
        assert_eq!((error.was_sent(), error.attempts()), (Sent::Yes, 1), "{shown}");
        assert_eq!(error.json_path(), None, "{shown}");
        assert_eq!(rig.server.requests(), 1, "{shown}");
        // What the vendor wrote may be personal: it is had by asking, not by printing.
        let printed = format!("{error} {error:?} {error:#?}");
        assert!(self.message.is_none_or(|message| !printed.contains(message)), "{printed}");
    }
}

#[tokio::test]
async fn wootrics_list_of_errors_e1_keeps_its_first_message() {
    let not_found = r#"{"type":"error_list","errors":[{"status":"record_not_found","message":"The record could not be found","field":null}]}"#;
    let page = r#"{"errors":[{"status":"invalid","message":"page does not have a valid value","field":"page"}]}"#;
    Row::new("wootric", "get_end_user", json!({"id": "99"}), 404, JSON, not_found)
        .message("The record could not be found")
        .hold()
        .await;
    Row::new("wootric", "list_end_users", json!({"page": 31}), 400, JSON, page)
        .message("page does not have a valid value")
        .hold()
        .await;
}

#[tokio::test]
async fn wootrics_plain_error_e2_keeps_its_text() {
    for status in [400, 422] {
        let arguments = json!({"body": {"email": "a@example.com"}});
        let body = r#"{"error":"Email has already been taken"}"#;
        Row::new("wootric", "create_end_user", arguments, status, JSON, body)
            .message("Email has already been taken")
            .hold()
            .await;
    }
}

#[tokio::test]
async fn wootrics_error_with_a_numeric_status_e3_keeps_its_text() {
    Row::new("wootric", "create_token", password_grant(), 404, JSON, r#"{"error":"Not found","status":404}"#)
        .message("Not found")
        .hold()
        .await;
}

#[tokio::test]
async fn wootrics_oauth_error_e4_keeps_code_and_description() {
    let body = r#"{"error":"invalid_grant","error_description":"The provided authorization grant is invalid"}"#;
    Row::new("wootric", "create_token", password_grant(), 400, JSON, body)
        .message("The provided authorization grant is invalid")
        .oauth_error("invalid_grant")
        .hold()
        .await;
    let body = r#"{"error":"invalid_client","error_description":"Client authentication failed"}"#;
    Row::new("wootric", "create_token", password_grant(), 401, JSON, body)
        .kind(ErrorKind::Authentication)
        .message("Client authentication failed")
        .oauth_error("invalid_client")
        .hold()
        .await;
}

#[tokio::test]
async fn wootric_cxis_message_e5_is_kept() {
    let body = r#"{"message":"Account not onboarded"}"#;
    Row::new("wootric-cxi", "list_projects", json!({}), 424, JSON, body)
        .message("Account not onboarded")
        .hold()
        .await;
}

#[tokio::test]
async fn a_proxys_html_is_an_error_without_a_message() {
    let body = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    Row::new("wootric", "list_end_users", json!({}), 502, HTML, body).hold().await;
    Row::new("directly", "get_question", json!({"uuid": QUESTION}), 502, HTML, body).hold().await;
}

#[tokio::test]
async fn an_empty_body_is_an_error_without_a_message() {
    for (api, operation, arguments) in
        [("wootric", "list_end_users", json!({})), ("directly", "get_question", json!({"uuid": QUESTION}))]
    {
        Row::new(api, operation, arguments.clone(), 401, JSON, "").kind(ErrorKind::Authentication).hold().await;
        Row::new(api, operation, arguments, 500, JSON, "").hold().await;
    }
}

#[tokio::test]
async fn directlys_envelope_keeps_message_and_correlation_id_with_and_without_data() {
    for body in [
        r#"{"meta":{"correlationId":"3f1c9a52"},"error":{"message":"error message"}}"#,
        r#"{"meta":{"correlationId":"3f1c9a52"},"data":null,"error":{"message":"error message"}}"#,
        r#"{"meta":{"correlationId":"3f1c9a52"},"data":{},"error":{"message":"error message"}}"#,
    ] {
        Row::new("directly", "get_question", json!({"uuid": QUESTION}), 404, JSON, body)
            .message("error message")
            .request_id("3f1c9a52")
            .hold()
            .await;
    }
}

#[tokio::test]
async fn directlys_error_may_be_a_bare_text_or_say_nothing() {
    let row = |status, body| Row::new("directly", "get_question", json!({"uuid": QUESTION}), status, JSON, body);
    row(403, r#"{"meta":{},"error":"Not allowed"}"#).message("Not allowed").hold().await;
    row(403, r#"{"error":"Not allowed"}"#).message("Not allowed").hold().await;
    row(400, r#"{"meta":{"correlationId":"3f1c9a52"},"error":{"code":17}}"#).request_id("3f1c9a52").hold().await;
    row(500, "{}").hold().await;
    row(500, "null").hold().await;
    row(500, "out of order").message("out of order").hold().await;
}

fn password_grant() -> Value {
    json!({"body": {"grant_type": "password", "username": "owner@example.com", "password": "example-password"}})
}

#[tokio::test]
async fn a_body_that_ends_early_is_a_transport_error_that_keeps_what_came() {
    let body = r#"[{"id":1,"email":"a@example.com"}]"#;
    let rig = Rig::new("wootric", vec![Step::cut_body(body, 20)]).await;
    let error = rig.error("list_end_users", json!({})).await;
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.headers().unwrap()["content-type"], "application/json");
    assert_eq!(error.body().unwrap(), &body[..20]);
    assert_eq!(error.operation().unwrap().id, "list_end_users");
    assert_eq!((error.was_sent(), error.attempts()), (Sent::Yes, 1));
    assert_eq!(error.vendor_message(), None);
}

#[tokio::test]
async fn a_success_of_another_type_names_the_place_and_keeps_the_reply() {
    for (api, operation, arguments, body, path) in [
        ("wootric", "list_end_users", json!({}), r#"[{"id":1},{"id":{"a":1}}]"#, "[1].id"),
        ("wootric", "get_end_user", json!({"id": "1"}), r#"{"id":1,"settings":"none"}"#, "settings"),
        ("wootric", "list_end_users", json!({}), r#"{"id":1}"#, "."),
        ("wootric", "get_end_user", json!({"id": "1"}), r#"[{"id":1}]"#, "."),
        ("wootric-cxi", "list_projects", json!({}), r#"[{"id":1},{"id":[2]}]"#, "[1].id"),
        ("directly", "get_question", json!({"uuid": QUESTION}), r#"{"data":{"uuid":{"a":1}}}"#, "data.uuid"),
        ("directly", "list_questions", json!({}), r#"{"questions":[{"uuid":"q"},7]}"#, "questions[1]"),
    ] {
        let rig = Rig::new(api, vec![Step::reply(200, &[("content-type", JSON), ("x-kept", "yes")], body)]).await;
        // Not decoding is not worth another attempt, however many there may be.
        let error = rig.call(operation, arguments, CallOptions::new().max_attempts(5)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}: {error:?}");
        assert_eq!(error.json_path(), Some(path), "{body}: {error:?}");
        assert_eq!(error.status().unwrap(), 200, "{body}");
        assert_eq!(error.headers().unwrap()["x-kept"], "yes", "{body}");
        assert_eq!(error.body().unwrap(), body);
        assert_eq!(error.operation().map(|one| (one.api, one.id)), Some((api, operation)), "{body}");
        assert_eq!((error.was_sent(), error.attempts()), (Sent::Yes, 1), "{body}");
        assert_eq!(rig.server.requests(), 1, "{body}");
    }
}

#[tokio::test]
async fn a_success_that_is_no_json_is_a_decode_error_that_keeps_the_reply() {
    for body in ["<html>Log in</html>", "", r#"[{"id":1}"#, r#"[{"id":1}] and more"#] {
        let rig = Rig::new("wootric", vec![Step::reply(200, &[("content-type", HTML)], body)]).await;
        let error = rig.error("list_end_users", json!({})).await;
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}: {error:?}");
        assert_eq!(error.status().unwrap(), 200, "{body}");
        assert_eq!(error.headers().unwrap()["content-type"], HTML, "{body}");
        assert_eq!(error.body().unwrap(), body);
        assert_eq!(error.operation().unwrap().id, "list_end_users", "{body}");
        assert_eq!((error.was_sent(), error.attempts()), (Sent::Yes, 1), "{body}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_cut_there_whether_its_length_is_announced_or_not() {
    const LIMIT: usize = 100_000;
    for step in [Step::big_body(2_000_000), Step::big_unannounced_body(2_000_000)] {
        let (subject, server) = (support::subject("wootric"), FaultServer::start(vec![step]).await.unwrap());
        let builder = support::builder(&subject, &server.base_url(), &Arc::default()).max_body_bytes(LIMIT);
        let call = (subject.client.call)(builder.build().unwrap(), "list_end_users", json!({}), CallOptions::new());
        let error = call.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.status().unwrap(), 200);
        assert_eq!(error.headers().unwrap()["content-type"], "application/json");
        assert_eq!(error.body().unwrap().len(), LIMIT);
        assert_eq!(error.operation().unwrap().id, "list_end_users");
        assert_eq!((error.was_sent(), error.attempts()), (Sent::Yes, 1));
    }
}

#[tokio::test]
async fn a_body_of_just_the_limit_is_read() {
    let body = r#"[{"id":1}]"#;
    for (limit, decodes) in [(body.len(), true), (body.len() - 1, false)] {
        let step = Step::reply(200, &[("content-type", JSON)], body);
        let (subject, server) = (support::subject("wootric"), FaultServer::start(vec![step]).await.unwrap());
        let builder = support::builder(&subject, &server.base_url(), &Arc::default()).max_body_bytes(limit);
        let call = (subject.client.call)(builder.build().unwrap(), "list_end_users", json!({}), once());
        assert_eq!(call.await.is_ok(), decodes, "{limit}");
    }
}

#[tokio::test]
async fn a_redirect_is_an_error_and_the_other_server_sees_nothing() {
    for status in [301, 302, 303, 307, 308] {
        let other = FaultServer::start(Vec::new()).await.unwrap();
        let location = format!("{}/v1/end_users", other.base_url());
        let rig = Rig::new("wootric", vec![Step::redirect(status, &location)]).await;
        for (operation, arguments) in
            [("list_end_users", json!({})), ("create_end_user", json!({"body": {"email": "a@example.com"}}))]
        {
            let error = rig.error(operation, arguments).await;
            assert_eq!(error.kind(), ErrorKind::Api, "{status}");
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
            assert_eq!(error.headers().unwrap()["location"], location.as_str(), "{status}");
            assert_eq!(error.operation().unwrap().id, operation, "{status}");
            assert_eq!((error.was_sent(), error.attempts()), (Sent::Yes, 1), "{status}");
        }
        assert_eq!(rig.server.requests(), 2, "{status}");
        assert_eq!(other.connections(), 0, "{status}");
    }
}

#[tokio::test]
async fn a_connection_that_is_refused_carried_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let subject = support::subject("wootric");
    let core = support::core(&subject, &url);
    let error = (subject.client.call)(core, "list_end_users", json!({}), once()).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent(), error.attempts()), (ErrorKind::Transport, Sent::No, 1));
    assert!(error.status().is_none() && error.headers().is_none() && error.body().is_none());
    assert_eq!(error.operation().unwrap().id, "list_end_users");
}

#[tokio::test]
async fn nobody_knows_whether_a_request_took_effect_when_the_connection_breaks_after_it() {
    for step in [Step::reset_before_headers(), Step::close_before_headers()] {
        let rig = Rig::new("wootric", vec![step]).await;
        let error = rig.error("list_end_users", json!({})).await;
        assert_eq!((error.kind(), error.was_sent(), error.attempts()), (ErrorKind::Transport, Sent::Unknown, 1));
        assert!(error.status().is_none() && error.body().is_none());
        assert_eq!(error.operation().unwrap().id, "list_end_users");
    }
}

#[tokio::test]
async fn what_the_caller_did_wrong_is_refused_before_anything_is_sent() {
    let rig = Rig::new("wootric", vec![Step::ok()]).await;
    for (operation, arguments) in [
        ("no_such_operation", json!({})),
        ("list_end_users", json!([])),
        ("list_end_users", json!({"page": "two"})),
        ("list_end_users", json!({"no_such_parameter": 1})),
        ("get_end_user", json!({})),
        ("create_end_user", json!({"body": {"no_such_member": 1}})),
    ] {
        let error = rig.error(operation, arguments).await;
        let facts = (error.kind(), error.was_sent(), error.attempts());
        assert_eq!(facts, (ErrorKind::InvalidRequest, Sent::No, 0), "{operation}: {error:?}");
    }
    assert_eq!(rig.server.connections(), 0);
}

#[tokio::test]
async fn a_safe_request_is_tried_as_often_as_it_may_be() {
    for step in [
        Step::json(503, &json!({"error": "unavailable"})),
        Step::json(500, &json!({})),
        Step::json(408, &json!({})),
        Step::reset_before_headers(),
        Step::cut_body("[]", 1),
    ] {
        for attempts in [1_u32, 3, 5] {
            let rig = Rig::new("wootric", vec![step.clone()]).await;
            let options = CallOptions::new().max_attempts(attempts);
            let error = rig.call("list_end_users", json!({}), options).await.unwrap_err();
            assert_eq!(error.attempts(), attempts, "{step:?}: {error:?}");
            assert_eq!(rig.server.requests(), u64::from(attempts), "{step:?}");
            // Full jitter: half of 0.5 s, 1 s, 2 s and so on by the surroundings' dice.
            let pauses: Vec<Duration> = (0..attempts - 1).map(|retry| Duration::from_millis(250 << retry)).collect();
            assert_eq!(rig.surroundings.pauses(), pauses, "{step:?}");
        }
    }
}

#[tokio::test]
async fn the_clients_own_limit_of_attempts_holds_where_a_call_names_none() {
    let rig = Rig::new("wootric", vec![Step::json(503, &json!({}))]).await;
    let error = rig.call("list_end_users", json!({}), CallOptions::new()).await.unwrap_err();
    assert_eq!((error.attempts(), rig.server.requests()), (3, 3));
}

#[tokio::test]
async fn a_failure_that_passes_ends_in_the_reply() {
    let list = json!([{"id": 1}]);
    let steps = vec![Step::json(503, &json!({})), Step::reset_before_headers(), Step::json(200, &list)];
    let rig = Rig::new("wootric", steps).await;
    let reply = rig.call("list_end_users", json!({}), CallOptions::new().max_attempts(5)).await.unwrap();
    assert_eq!(reply.raw, Some(list));
    assert_eq!(rig.server.requests(), 3);
    assert_eq!(rig.surroundings.pauses().len(), 2);
}

#[tokio::test]
async fn a_status_that_stays_is_not_tried_again() {
    for status in [400, 403, 404, 409, 422, 423, 424, 501] {
        let rig = Rig::new("wootric", vec![Step::json(status, &json!({}))]).await;
        let error = rig.call("list_end_users", json!({}), CallOptions::new().max_attempts(5)).await.unwrap_err();
        assert_eq!((error.attempts(), rig.server.requests()), (1, 1), "{status}");
    }
}

#[tokio::test]
async fn a_request_with_an_effect_each_time_is_sent_once() {
    let mut checked = 0;
    for subject in support::subjects() {
        let never = subject.client.api.operations.iter().filter(|operation| operation.retry == Retry::Never);
        for row in never {
            for step in [Step::json(503, &json!({})), Step::reset_before_headers()] {
                let rig = Rig::new(subject.name(), vec![step]).await;
                let documented = subject.api.operation(row.id).unwrap();
                let body = documented.sent_media().and_then(|media| media.examples.first());
                let arguments = arguments::example(documented, Breadth::Required, body.map(|one| &one.value));
                let options = CallOptions::new().max_attempts(5);
                let error = rig.call(row.id, arguments, options).await.unwrap_err();
                assert_eq!((error.attempts(), rig.server.requests()), (1, 1), "{}: {error:?}", row.id);
                assert!(rig.surroundings.pauses().is_empty(), "{}", row.id);
                checked += 1;
            }
        }
    }
    assert!(checked > 0);
}

#[tokio::test]
async fn a_request_that_never_left_is_tried_again_whatever_it_does() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (subject, surroundings) = (support::subject("wootric"), Arc::new(Patient::default()));
    let core = support::builder(&subject, &url, &surroundings).build().unwrap();
    let arguments = json!({"body": {"email": "a@example.com"}});
    let error = (subject.client.call)(core, "create_end_user", arguments, CallOptions::new()).await.unwrap_err();
    assert_eq!((error.was_sent(), error.attempts()), (Sent::No, 3));
    assert_eq!(surroundings.pauses().len(), 2);
}

#[tokio::test]
async fn retry_after_is_waited_for_before_a_limited_request_goes_out_again() {
    let limited = || Step::reply(429, &[("retry-after", "7")], "");
    for (operation, arguments, reply) in [
        ("list_end_users", json!({}), json!([])),
        // The vendor says that it did nothing, so even this may go out again.
        ("create_end_user", json!({"body": {"email": "a@example.com"}}), json!({"id": 1})),
    ] {
        let rig = Rig::new("wootric", vec![limited(), Step::json(200, &reply)]).await;
        let reply = rig.call(operation, arguments, CallOptions::new()).await.unwrap();
        assert_eq!(reply.status, 200);
        assert_eq!(rig.server.requests(), 2);
        assert_eq!(rig.surroundings.pauses(), [Duration::from_secs(7)]);
    }
}

#[tokio::test]
async fn the_reset_of_a_rate_limit_is_waited_for_where_there_is_no_retry_after() {
    let reset = (Patient::NOW + 9).to_string();
    let headers = [("x-rate-limit-limit", "100"), ("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", &*reset)];
    let rig = Rig::new("wootric", vec![Step::reply(429, &headers, ""), Step::json(200, &json!([]))]).await;
    rig.call("list_end_users", json!({}), CallOptions::new()).await.unwrap();
    assert_eq!(rig.surroundings.pauses(), [Duration::from_secs(9)]);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_handed_to_the_caller() {
    let rig = Rig::new("wootric", vec![Step::reply(429, &[("retry-after", "90")], "")]).await;
    let error = rig.call("list_end_users", json!({}), CallOptions::new()).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(90)));
    assert_eq!((error.attempts(), rig.server.requests()), (1, 1));
    assert!(rig.surroundings.pauses().is_empty());
}

#[tokio::test]
async fn a_poll_that_brings_nothing_new_is_an_outcome() {
    for (operation, arguments) in [("get_question", json!({"uuid": QUESTION})), ("list_questions", json!({}))] {
        let rig = Rig::new("directly", vec![Step::reply(304, &[("x-kept", "yes")], "")]).await;
        let reply = rig.call(operation, arguments, CallOptions::new()).await.unwrap();
        assert_eq!(reply.status, 304);
        assert_eq!(reply.headers["x-kept"], "yes");
        assert_eq!((reply.typed, reply.raw), (Value::Null, None));
        assert_eq!(rig.server.requests(), 1);
    }
}

#[tokio::test]
async fn a_304_that_no_document_knows_is_an_error() {
    let rig = Rig::new("wootric", vec![Step::reply(304, &[], "")]).await;
    let error = rig.error("list_end_users", json!({})).await;
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Api, 304));
    assert_eq!(rig.server.requests(), 1);
}
