//! What a call ends in when it does not succeed.

mod attempts;
mod replies;

use std::sync::Arc;

use contract_tests::apis::Subject;
use cx_client::{CallOptions, Core, Error, ErrorKind, Result, Sent, dynamic::Reply};
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

#[tokio::test]
async fn a_byte_order_mark_before_a_success_is_no_part_of_it() {
    for (api, operation, list) in [
        ("wootric", "list_end_users", json!([{"id": 1}])),
        ("directly", "list_questions", json!({"questions": [{"uuid": "q-7"}]})),
    ] {
        let body = format!("\u{feff}{list}\r\n");
        let rig = Rig::new(api, vec![Step::reply(200, &[("content-type", JSON)], body.as_str())]).await;
        let reply = rig.call(operation, json!({}), CallOptions::new()).await.unwrap();
        assert_eq!(reply.raw, Some(list), "{operation}");
        assert_eq!(reply.body, body.as_bytes(), "{operation}");
    }
}
