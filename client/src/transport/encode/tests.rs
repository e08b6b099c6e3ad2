//! What a request carries, by what its operation says of bodies and replies.

use http::Method;
use serde_json::json;

use super::*;
use crate::{
    client::CoreBuilder,
    operation::{File, Parameter, Shape},
    transport::tests::API,
};

const FORM: &str = "application/x-www-form-urlencoded";

const fn body(required: bool, media_types: &'static [&'static str]) -> Body {
    Body { required, media_types, indexed: false, indexed_members: &[], files: &[], alternatives: &[] }
}

fn operation(body: Option<Body>, reply: Reply) -> &'static Operation {
    let mut operation = Operation::made_up(Method::POST, "create", "/v1/things");
    operation.body = body;
    operation.reply = reply;
    operation.authenticated = true;
    Box::leak(Box::new(operation))
}

fn payload(json: &Value) -> Payload {
    Payload { json: Some(json.to_string().into()), ..Payload::none() }
}

fn outgoing(operation: &'static Operation, payload: Payload, options: &CallOptions) -> Result<Outgoing> {
    let core = CoreBuilder::new(&API).build().unwrap();
    let mut request = reqwest::Request::new(Method::POST, "http://127.0.0.1:9/v1/things".parse().unwrap());
    request.headers_mut().insert("x-cx-cookie-session", HeaderValue::from_static("a"));
    request.headers_mut().insert("x-cx-cookie-theme", HeaderValue::from_static("b"));
    Outgoing::new(&core, request, payload, operation, options)
}

/// What is written of a body: media type and text; `None` for no body.
fn written(row: Body, json: &Value, options: &CallOptions) -> Result<Option<(String, String)>> {
    let outgoing = outgoing(operation(Some(row), Reply::Empty), payload(json), options)?;
    Ok(match outgoing.body {
        Written::None => None,
        Written::Bytes { media_type, bytes } => {
            Some((media_type.to_str().unwrap().to_owned(), String::from_utf8(bytes.into()).unwrap()))
        }
        Written::Multipart { pairs, files } => Some(("multipart".to_owned(), format!("{pairs:?} {}", files.len()))),
    })
}

fn bytes(media_type: &str, text: &str) -> Option<(String, String)> {
    Some((media_type.to_owned(), text.to_owned()))
}

#[tokio::test]
async fn headers_say_what_is_taken_and_who_asks() {
    let json = Reply::Json { shape: Shape::Any, optional: false };
    for (reply, accept) in [
        (Reply::Empty, "*/*"),
        (Reply::Text, "*/*"),
        (Reply::Binary, "*/*"),
        (Reply::Unknown, "application/json"),
        (json, "application/json"),
    ] {
        let outgoing = outgoing(operation(None, reply), Payload::none(), &CallOptions::new()).unwrap();
        let headers = outgoing.request.headers();
        assert_eq!(headers[header::ACCEPT], accept);
        assert!(headers[header::USER_AGENT].to_str().unwrap().starts_with("cx-client/"));
        assert_eq!(headers[header::COOKIE], "session=a; theme=b");
        assert!(headers.keys().all(|name| !name.as_str().starts_with("x-cx-cookie")));
    }
}

#[tokio::test]
async fn a_cookie_has_its_name_in_the_case_of_the_document() {
    static PARAMETERS: [Parameter; 1] = [Parameter {
        name: "SESSION",
        location: Location::Cookie,
        required: true,
        kind: "string",
        description: "",
        delimiter: None,
        values: &[],
        secret: true,
        personal: false,
    }];
    let mut operation = Operation::made_up(Method::POST, "create", "/v1/things");
    operation.parameters = &PARAMETERS;
    let outgoing = outgoing(Box::leak(Box::new(operation)), Payload::none(), &CallOptions::new()).unwrap();
    assert_eq!(outgoing.request.headers()[header::COOKIE], "SESSION=a; theme=b");
}

#[tokio::test]
async fn a_cookie_that_would_be_two_is_refused() {
    let core = CoreBuilder::new(&API).build().unwrap();
    let mut request = reqwest::Request::new(Method::POST, "http://127.0.0.1:9/v1/things".parse().unwrap());
    request.headers_mut().insert("x-cx-cookie-theme", HeaderValue::from_static("dark; session=canary"));
    let operation = operation(None, Reply::Empty);
    let outgoing = Outgoing::new(&core, request, Payload::none(), operation, &CallOptions::new());
    let error = outgoing.err().unwrap();
    assert_eq!((error.kind(), error.operation().unwrap().id), (ErrorKind::InvalidRequest, "create"));
    assert!(error.to_string().contains("`theme`") && !error.to_string().contains("canary"), "{error}");
}

#[tokio::test]
async fn headers_of_the_caller_take_the_place_of_ours_but_for_the_token() {
    let value = |text| HeaderValue::from_static(text);
    let options = CallOptions::new()
        .header(header::ACCEPT, value("text/csv"))
        .header(header::ACCEPT, value("text/plain"))
        .header(header::AUTHORIZATION, value("Basic x"));
    let mut open = Operation::made_up(Method::POST, "create", "/v1/things");
    open.authenticated = false;
    let open: &'static Operation = Box::leak(Box::new(open));
    for (operation, authorization) in [(operation(None, Reply::Empty), None), (open, Some("Basic x"))] {
        let outgoing = outgoing(operation, Payload::none(), &options).unwrap();
        let headers = outgoing.request.headers();
        assert!(headers.get_all(header::ACCEPT).iter().eq(["text/csv", "text/plain"]));
        let given = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap());
        assert_eq!(given, authorization);
    }
}

#[tokio::test]
async fn a_content_type_of_the_caller_takes_the_place_of_ours_but_for_the_boundary() {
    let given = "application/json; charset=utf-8";
    let options = CallOptions::new().header(header::CONTENT_TYPE, HeaderValue::from_static(given));
    for (types, kept) in [(&["application/json"][..], true), (&[FORM], true), (&["multipart/form-data"], false)] {
        let operation = operation(Some(body(true, types)), Reply::Empty);
        let outgoing = outgoing(operation, payload(&json!({"a": "b"})), &options).unwrap();
        let request = outgoing.request(operation).await.unwrap();
        let sent = request.headers()[header::CONTENT_TYPE].to_str().unwrap();
        assert_eq!(sent == given, kept, "{sent}");
    }
}

#[tokio::test]
async fn a_body_is_written_in_the_notation_of_its_media_type() {
    let thing = json!({"a": "b c"});
    let usual = CallOptions::new();
    for (media_types, expected) in [
        (&["application/json"][..], bytes("application/json", r#"{"a":"b c"}"#)),
        (&["application/merge-patch+json"], bytes("application/merge-patch+json", r#"{"a":"b c"}"#)),
        (&["*/*"], bytes("application/json", r#"{"a":"b c"}"#)),
        (&[FORM], bytes(FORM, "a=b+c")),
        (&["multipart/form-data"], bytes("multipart", r#"[("a", "b c")] 0"#)),
    ] {
        assert_eq!(written(body(true, media_types), &thing, &usual).unwrap(), expected);
    }
    let text = json!("x,y");
    assert_eq!(written(body(true, &["text/csv"]), &text, &usual).unwrap(), bytes("text/csv", "x,y"));
    assert_eq!(
        written(body(true, &["application/json"]), &text, &usual).unwrap(),
        bytes("application/json", "\"x,y\"")
    );
    assert_eq!(written(body(true, &["*/*"]), &text, &usual).unwrap(), bytes("application/json", "\"x,y\""));
}

#[tokio::test]
async fn another_media_type_is_taken_if_the_operation_knows_it() {
    let row = || body(true, &["application/json", FORM]);
    let thing = json!({"a": 1});
    let form = CallOptions::new().media_type(FORM);
    assert_eq!(written(row(), &thing, &form).unwrap(), bytes(FORM, "a=1"));
    let error = written(row(), &thing, &CallOptions::new().media_type("text/csv")).unwrap_err();
    assert_eq!((error.kind(), error.operation().unwrap().id), (ErrorKind::InvalidRequest, "create"));
    assert!(
        error.to_string().contains("application/json, application/x-www-form-urlencoded, not as text/csv"),
        "{error}"
    );
}

#[tokio::test]
async fn a_body_with_nothing_in_it_is_sent_only_where_one_must_be() {
    let usual = CallOptions::new();
    for (media_type, json, text) in [(&["application/json"][..], json!(null), "null"), (&[FORM], json!({}), "")] {
        assert_eq!(written(body(false, media_type), &json, &usual).unwrap(), None);
        assert_eq!(written(body(true, media_type), &json, &usual).unwrap(), bytes(media_type[0], text));
    }
    let something = json!({"a": 1});
    assert_eq!(
        written(body(false, &["application/json"]), &something, &usual).unwrap(),
        bytes("application/json", r#"{"a":1}"#)
    );
    assert_eq!(written(body(false, &[FORM]), &something, &usual).unwrap(), bytes(FORM, "a=1"));
    let error = written(body(true, &[FORM]), &json!({"a": {"b": null}}), &usual).unwrap_err();
    assert_eq!((error.kind(), error.json_path()), (ErrorKind::InvalidRequest, Some("a.b")));
}

#[tokio::test]
async fn files_go_beside_the_other_members_with_the_limits_of_the_operation() {
    static FILES: [File; 1] = [File { name: "csv", max_bytes: Some(4) }];
    let row = Body { files: &FILES, ..body(false, &["multipart/form-data"]) };
    let operation = operation(Some(row), Reply::Empty);
    let sent = |file: Upload| {
        let payload = payload(&json!({"csv": "a name", "name": "n"})).with_file("csv", &file);
        outgoing(operation, payload, &CallOptions::new()).unwrap()
    };
    let one = sent(Upload::bytes("a.csv", "a,b"));
    assert!(one.can_repeat());
    let request = one.request(operation).await.unwrap();
    let media_type = request.headers()[header::CONTENT_TYPE].to_str().unwrap();
    assert!(media_type.starts_with("multipart/form-data; boundary="), "{media_type}");
    assert!(request.headers().contains_key(header::CONTENT_LENGTH));
    let error = sent(Upload::bytes("a.csv", "a,b,c")).request(operation).await.unwrap_err();
    assert_eq!((error.kind(), error.operation().unwrap().id), (ErrorKind::InvalidRequest, "create"));
    let Written::Multipart { pairs, .. } = one.body else { panic!("not multipart") };
    assert_eq!(pairs, [("name".to_owned(), "n".to_owned())]);

    let once = sent(Upload::stream("a.csv", futures_util::stream::empty()));
    assert!(!once.can_repeat());
}

#[tokio::test]
async fn names_of_parts_are_written_as_they_are() {
    let operation = operation(Some(body(true, &["multipart/form-data"])), Reply::Empty);
    let outgoing = outgoing(operation, payload(&json!({"full name": "Pat"})), &CallOptions::new()).unwrap();
    let body = outgoing.request(operation).await.unwrap().body_mut().take().unwrap();
    let bytes = axum::body::to_bytes(axum::body::Body::new(body), 64 * 1024).await.unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("name=\"full name\"\r\n"), "{text}");
}

#[tokio::test]
async fn a_request_can_be_made_again() {
    let operation = operation(Some(body(true, &["application/json"])), Reply::Empty);
    let outgoing = outgoing(operation, payload(&json!({"a": 1})), &CallOptions::new()).unwrap();
    assert!(outgoing.can_repeat());
    for _ in 0..2 {
        let request = outgoing.request(operation).await.unwrap();
        assert_eq!(request.headers()[header::CONTENT_TYPE], "application/json");
        assert_eq!(request.body().unwrap().as_bytes(), Some(br#"{"a":1}"#.as_slice()));
    }
}
