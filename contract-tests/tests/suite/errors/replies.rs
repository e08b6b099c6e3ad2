//! Error replies of the vendors, in every shape that is known: status, headers, body, message and ids are kept.

use cx_client::{ErrorKind, Sent};
use cx_mock::Step;
use serde_json::{Value, json};

use super::{HTML, JSON, QUESTION, Rig};

/// API, operation and arguments of a call.
type Call = (&'static str, &'static str, Value);

/// One reply of a vendor to a call and the error it is to end in.
struct Row {
    call: Call,
    status: u16,
    content_type: &'static str,
    body: &'static str,
    kind: ErrorKind,
    message: Option<&'static str>,
    oauth_error: Option<&'static str>,
    request_id: &'static str,
}

impl Row {
    /// JSON that says nothing known, until told otherwise.
    fn new(call: Call, status: u16, body: &'static str) -> Self {
        Self {
            call,
            status,
            content_type: JSON,
            body,
            kind: ErrorKind::Api,
            message: None,
            oauth_error: None,
            request_id: "from-the-header",
        }
    }

    fn content_type(self, content_type: &'static str) -> Self {
        Self { content_type, ..self }
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
        let (api, id, arguments) = self.call;
        let rig = Rig::new(api, vec![Step::reply(self.status, &headers, self.body)]).await;
        let error = rig.error(id, arguments).await;
        let shown = format!("{api} {id} {}: {error:?}", self.body);
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
        assert_eq!((operation.api, operation.id), (api, id), "{shown}");
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
    Row::new(("wootric", "get_end_user", json!({"id": "99"})), 404, not_found)
        .message("The record could not be found")
        .hold()
        .await;
    Row::new(("wootric", "list_end_users", json!({"page": 31})), 400, page)
        .message("page does not have a valid value")
        .hold()
        .await;
}

#[tokio::test]
async fn wootrics_plain_error_e2_keeps_its_text() {
    for status in [400, 422] {
        let arguments = json!({"body": {"email": "a@example.com"}});
        let body = r#"{"error":"Email has already been taken"}"#;
        Row::new(("wootric", "create_end_user", arguments), status, body)
            .message("Email has already been taken")
            .hold()
            .await;
    }
}

#[tokio::test]
async fn wootrics_error_with_a_numeric_status_e3_keeps_its_text() {
    Row::new(password_grant(), 404, r#"{"error":"Not found","status":404}"#).message("Not found").hold().await;
}

#[tokio::test]
async fn wootrics_oauth_error_e4_keeps_code_and_description() {
    let body = r#"{"error":"invalid_grant","error_description":"The provided authorization grant is invalid"}"#;
    Row::new(password_grant(), 400, body)
        .message("The provided authorization grant is invalid")
        .oauth_error("invalid_grant")
        .hold()
        .await;
    let body = r#"{"error":"invalid_client","error_description":"Client authentication failed"}"#;
    Row::new(password_grant(), 401, body)
        .kind(ErrorKind::Authentication)
        .message("Client authentication failed")
        .oauth_error("invalid_client")
        .hold()
        .await;
}

#[tokio::test]
async fn wootric_cxis_message_e5_is_kept() {
    let body = r#"{"message":"Account not onboarded"}"#;
    Row::new(("wootric-cxi", "list_projects", json!({})), 424, body).message("Account not onboarded").hold().await;
}

#[tokio::test]
async fn a_proxys_html_is_an_error_without_a_message() {
    let body = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    for call in [end_users(), question()] {
        Row::new(call, 502, body).content_type(HTML).hold().await;
    }
}

#[tokio::test]
async fn an_empty_body_is_an_error_without_a_message() {
    for call in [end_users(), question()] {
        Row::new(call.clone(), 401, "").kind(ErrorKind::Authentication).hold().await;
        Row::new(call, 500, "").hold().await;
    }
}

#[tokio::test]
async fn directlys_envelope_keeps_message_and_correlation_id_with_and_without_data() {
    for body in [
        r#"{"meta":{"correlationId":"3f1c9a52"},"error":{"message":"error message"}}"#,
        r#"{"meta":{"correlationId":"3f1c9a52"},"data":null,"error":{"message":"error message"}}"#,
        r#"{"meta":{"correlationId":"3f1c9a52"},"data":{},"error":{"message":"error message"}}"#,
    ] {
        Row::new(question(), 404, body).message("error message").request_id("3f1c9a52").hold().await;
    }
}

#[tokio::test]
async fn directlys_error_may_be_a_bare_text_or_say_nothing() {
    let row = |status, body| Row::new(question(), status, body);
    row(403, r#"{"meta":{},"error":"Not allowed"}"#).message("Not allowed").hold().await;
    row(403, r#"{"error":"Not allowed"}"#).message("Not allowed").hold().await;
    row(400, r#"{"meta":{"correlationId":"3f1c9a52"},"error":{"code":17}}"#).request_id("3f1c9a52").hold().await;
    row(500, "{}").hold().await;
    row(500, "null").hold().await;
    row(500, "out of order").message("out of order").hold().await;
}

fn end_users() -> Call {
    ("wootric", "list_end_users", json!({}))
}

fn question() -> Call {
    ("directly", "get_question", json!({"uuid": QUESTION}))
}

fn password_grant() -> Call {
    let body = json!({"grant_type": "password", "username": "owner@example.com", "password": "example-password"});
    ("wootric", "create_token", json!({"body": body}))
}
