//! What becomes of a success, by what its operation says of replies.

use std::error::Error as _;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header::CONTENT_ENCODING};
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::{binary::Binary, operation::Envelope};

const OBJECT: Reply = Reply::Json { shape: Shape::Object, optional: false };
const LIST: Reply = Reply::Json { shape: Shape::Array, optional: false };
const MAYBE: Reply = Reply::Json { shape: Shape::Object, optional: true };

fn replying(reply: Reply) -> &'static Operation {
    let mut operation = Operation::made_up(Method::GET, "get", "/v1/thing");
    operation.reply = reply;
    Box::leak(Box::new(operation))
}

fn in_envelope(reply: Reply) -> &'static Operation {
    let mut operation = Operation::made_up(Method::GET, "get", "/v1/thing");
    operation.reply = reply;
    operation.envelope = Some(Envelope { data: "data", reserved: &["code"], items: None });
    Box::leak(Box::new(operation))
}

fn received(status: u16, body: &'static str) -> Received {
    let status = StatusCode::from_u16(status).unwrap();
    Received { status, headers: HeaderMap::new(), body: Bytes::from_static(body.as_bytes()) }
}

fn decoded<T: DeserializeOwned>(operation: &'static Operation, body: &'static str) -> Result<T> {
    success(&received(200, body), operation)
}

fn refused(operation: &'static Operation, body: &'static str) -> Error {
    let error = decoded::<Option<Thing>>(operation, body).unwrap_err();
    assert_eq!((error.is_decode(), error.operation().unwrap().id), (true, "get"));
    assert_eq!((error.status(), error.body().unwrap().as_ref()), (Some(StatusCode::OK), body.as_bytes()));
    error
}

#[derive(Debug, PartialEq, Deserialize)]
struct Thing {
    id: i64,
}

#[test]
fn json_has_the_shape_that_was_promised() {
    assert_eq!(decoded::<Thing>(replying(OBJECT), " {\"id\": 7}\n").unwrap(), Thing { id: 7 });
    assert_eq!(decoded::<Vec<Thing>>(replying(LIST), "[{\"id\": 7}]").unwrap(), [Thing { id: 7 }]);
    for (reply, body, message) in [
        (OBJECT, "[7]", "is a list where"),
        (LIST, "{\"id\": 7}", "is an object where"),
        (OBJECT, " ", "has no body where"),
    ] {
        let error = refused(replying(reply), body);
        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(error.json_path(), (body != " ").then_some("."));
    }
    let any = replying(Reply::Json { shape: Shape::Any, optional: false });
    assert_eq!(decoded::<Value>(any, "[7]").unwrap(), json!([7]));
    assert_eq!(decoded::<Value>(any, "{}").unwrap(), json!({}));
}

#[test]
fn a_byte_order_mark_is_no_part_of_json_and_stays_in_a_text() {
    assert_eq!(decoded::<Thing>(replying(OBJECT), "\u{feff}{\"id\": 7}").unwrap(), Thing { id: 7 });
    assert_eq!(decoded::<Vec<Thing>>(replying(LIST), "\u{feff} [{\"id\": 7}]\r\n").unwrap(), [Thing { id: 7 }]);
    assert_eq!(
        decoded::<Value>(in_envelope(OBJECT), "\u{feff}{\"data\": {\"id\": 7}}").unwrap()["data"],
        json!({"id": 7})
    );
    assert_eq!(decoded::<Option<Thing>>(replying(MAYBE), "\u{feff}").unwrap(), None);
    assert_eq!(decoded::<Option<Value>>(replying(Reply::Unknown), "\u{feff}[7]").unwrap(), Some(json!([7])));
    assert_eq!(decoded::<String>(replying(Reply::Text), "\u{feff}7").unwrap(), "\u{feff}7");
    refused(replying(OBJECT), "\u{feff}\u{feff}{\"id\": 7}");
}

#[test]
fn what_may_be_missing_is_nothing_in_each_of_its_spellings() {
    for body in ["", " \n", "null", "{}", "{ \n }"] {
        assert_eq!(decoded::<Option<Thing>>(replying(MAYBE), body).unwrap(), None, "{body:?}");
        assert_eq!(decoded::<Option<Thing>>(in_envelope(MAYBE), body).unwrap(), None, "{body:?}");
    }
    assert_eq!(decoded::<Option<Thing>>(replying(MAYBE), "{\"id\": 7}").unwrap(), Some(Thing { id: 7 }));
    refused(replying(OBJECT), "{}");
    refused(replying(MAYBE), "{7}");
    assert!(decoded::<Thing>(replying(MAYBE), "").unwrap_err().is_decode(), "a type that cannot be absent");
}

#[test]
fn an_envelope_is_there_for_the_type_whether_it_was_sent_or_not() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Enveloped {
        data: Option<Thing>,
    }
    let operation = in_envelope(OBJECT);
    for body in ["{\"data\": {\"id\": 7}, \"code\": 200}", "{\"id\": 7}"] {
        assert_eq!(decoded::<Enveloped>(operation, body).unwrap(), Enveloped { data: Some(Thing { id: 7 }) });
    }
    assert_eq!(decoded::<Enveloped>(operation, "").unwrap(), Enveloped { data: None });
    // By position it would pass for an envelope.
    let error = decoded::<Enveloped>(operation, "[{\"id\": 7}]").unwrap_err();
    assert!(error.to_string().contains("is a list where"), "{error}");
    assert_eq!(error.json_path(), Some("."));
    let error = decoded::<Enveloped>(operation, "{\"data\": {\"id\": \"pat@example.com\"}}").unwrap_err();
    assert_eq!(error.json_path(), Some("data.id"));
}

#[test]
fn other_replies_are_taken_as_they_are() {
    assert_eq!(decoded::<Option<Thing>>(replying(Reply::Empty), "<html>").unwrap(), None);
    assert_eq!(decoded::<Option<String>>(replying(Reply::Text), " 7\n").unwrap().unwrap(), " 7\n");
    let binary: Binary = decoded(replying(Reply::Binary), "\u{7f}PNG").unwrap();
    assert_eq!(&*binary, b"\x7fPNG");
    assert_eq!(decoded::<Option<Value>>(replying(Reply::Unknown), " {\"id\": 7} ").unwrap(), Some(json!({"id": 7})));
    assert_eq!(decoded::<Option<Value>>(replying(Reply::Unknown), "<html>").unwrap(), None);
}

#[test]
fn a_304_has_nothing_to_decode() {
    let reply = success::<Option<Thing>>(&received(304, "<html>"), replying(OBJECT));
    assert_eq!(reply.unwrap(), None);
}

#[test]
fn a_body_that_was_compressed_unasked_is_refused() {
    let encoded = |coding: &'static str, body, reply| {
        let mut received = received(200, body);
        received.headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
        success::<Option<Thing>>(&received, replying(reply))
    };
    let error = encoded("gzip", "{\"id\": 7}", OBJECT).unwrap_err();
    assert!(error.to_string().contains("content encoding"), "{error}");
    assert_eq!(encoded("Identity", "{\"id\": 7}", OBJECT).unwrap(), Some(Thing { id: 7 }));
    assert_eq!(encoded("gzip", "", MAYBE).unwrap(), None);
    assert_eq!(encoded("gzip", "{\"id\": 7}", Reply::Empty).unwrap(), None);
}

#[test]
fn an_error_says_where_it_is_and_not_what_stood_there() {
    for (body, message, path, cause) in [
        (
            "{\"id\": \"pat@example.com\"}",
            "not what the contract says",
            Some("id"),
            "another type or a missing member at line 1 column 24",
        ),
        ("{}", "not what the contract says", Some("."), "another type or a missing member at line 1 column 2"),
        ("{\"id\": 7", "is not JSON", None, "the text ends early at line 1 column 8"),
        ("{\"id\" 7}", "is not JSON", None, "not JSON at line 1 column 7"),
        ("{\"id\": 7} pat@example.com", "is not JSON", None, "not JSON at line 1 column 11"),
    ] {
        let error = refused(replying(OBJECT), body);
        assert!(error.to_string().contains(message), "{body}: {error}");
        assert_eq!(error.json_path(), path, "{body}");
        assert_eq!(error.source().unwrap().to_string(), cause, "{body}");
        assert!(!format!("{error:?} {error} {cause}").contains("pat@"), "{error:?}");
    }
    let error = decoded::<Option<Thing>>(replying(Reply::Text), "x").unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "another type or a missing member");
}
