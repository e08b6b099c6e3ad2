//! What an error says, and what it asks of whoever prints it.

use http::{HeaderName, HeaderValue, Method};

use super::*;

static LIST: Operation = Operation::made_up(Method::GET, "list", "/v1/things");
static OTHER: Operation = Operation::made_up(Method::GET, "other", "/v1/things");

fn failed(kind: ErrorKind) -> Error {
    Error::new(kind, "it failed")
}

fn replied(status: u16, headers: &[(&'static str, &'static str)], body: &'static str) -> Error {
    let headers = headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect();
    failed(ErrorKind::Api).with_reply(
        StatusCode::from_u16(status).unwrap(),
        headers,
        Bytes::from_static(body.as_bytes()),
    )
}

#[test]
fn an_error_without_a_reply_says_nothing_of_one() {
    let error = failed(ErrorKind::Transport);
    assert_eq!((error.status(), error.headers(), error.body()), (None, None, None));
    assert_eq!((error.vendor_message(), error.body_excerpt(), error.request_id()), (None, None, None));
    assert_eq!((error.challenge_error(), error.required_scope(), error.rate_limit()), (None, None, None));
    assert_eq!((error.oauth_error(), error.oauth_error_description(), error.oauth_error_uri()), (None, None, None));
    assert!(error.operation().is_none() && error.source().is_none());
    assert_eq!((error.json_path(), error.retry_after()), (None, None));
    assert_eq!((error.attempts(), error.was_sent()), (0, Sent::No));
    assert_eq!(error.to_string(), "it failed");
}

#[test]
fn a_reply_is_kept_whole_and_read_on_demand() {
    let headers = [
        ("www-authenticate", r#"Bearer error="insufficient_scope", scope="read""#),
        ("x-rate-limit-remaining", "3"),
        ("x-request-id", "r-1"),
    ];
    let error = replied(403, &headers, r#"{"message":"No access"}"#);
    assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
    assert_eq!(error.headers().map(HeaderMap::len), Some(3));
    assert_eq!(error.body().map(|body| &body[..]), Some(&br#"{"message":"No access"}"#[..]));
    assert_eq!(error.was_sent(), Sent::Yes);
    assert_eq!(error.vendor_message().as_deref(), Some("No access"));
    assert_eq!(error.body_excerpt().as_deref(), Some(r#"{"message":"No access"}"#));
    assert_eq!(error.challenge_error().as_deref(), Some("insufficient_scope"));
    assert_eq!(error.required_scope().as_deref(), Some("read"));
    assert_eq!(error.rate_limit().and_then(|limit| limit.remaining), Some(3));
    assert_eq!(error.request_id().as_deref(), Some("r-1"));
}

#[test]
fn the_id_in_the_body_comes_before_that_of_a_header() {
    let headers = [("x-correlation-id", "c-1")];
    assert_eq!(replied(500, &headers, "").request_id().as_deref(), Some("c-1"));
    let body = r#"{"meta":{"correlationId":"m-1"}}"#;
    assert_eq!(replied(500, &headers, body).request_id().as_deref(), Some("m-1"));
}

#[test]
fn a_refusal_is_told_by_code_text_and_page() {
    let body = br#"{"error_description":"It is spent","error_uri":"https://example.com/e"}"#;
    let refusal = Refusal::explained("invalid_grant".to_owned(), body);
    let error = failed(ErrorKind::Authentication).with_refusal(Some(refusal));
    assert_eq!(error.oauth_error(), Some("invalid_grant"));
    assert_eq!(error.oauth_error_description(), Some("It is spent"));
    assert_eq!(error.oauth_error_uri(), Some("https://example.com/e"));
    assert_eq!(error.to_string(), "it failed [invalid_grant]");
}

#[test]
fn a_line_names_all_that_is_known_and_nothing_of_the_body() {
    let error = replied(422, &[], "a body with a name in it").with_operation(&LIST).with_path("[3].score");
    let line = "vendor list: it failed (status 422, body of 24 bytes) at [3].score";
    assert_eq!(error.to_string(), line);
    // One attempt is what everybody expects.
    let error = error.with_attempts(1);
    assert_eq!((error.attempts(), error.to_string().as_str()), (1, line));
    let error = error.with_attempts(2);
    assert_eq!((error.attempts(), error.to_string()), (2, format!("{line} after 2 attempts")));
    assert_eq!(error.operation().map(|operation| operation.id), Some("list"));
    assert_eq!(error.json_path(), Some("[3].score"));
    let debug = format!("{error:?}");
    for known in ["Api", "it failed", "list", "422", "24", "[3].score", "Yes", "attempts: 2"] {
        assert!(debug.contains(known), "{known}: {debug}");
    }
    assert!(!debug.contains("a name in it"), "{debug}");
}

#[test]
fn a_path_cannot_pass_for_another_line() {
    let error = failed(ErrorKind::Decode).with_path("properties.a\nERROR all is lost");
    assert_eq!(error.to_string(), "it failed at properties.a\\nERROR all is lost");
    assert_eq!(error.json_path(), Some("properties.a\nERROR all is lost"));
}

#[test]
fn a_path_of_any_length_is_shown_in_part_and_kept_whole() {
    let error = failed(ErrorKind::Decode).with_path("x".repeat(100_000));
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(shown.contains(&"x".repeat(200)) && shown.len() < 1_000, "{} bytes", shown.len());
    }
    assert_eq!(error.json_path().map(str::len), Some(100_000));
}

#[test]
fn the_first_operation_that_is_named_stays() {
    let error = failed(ErrorKind::Decode).with_operation(&LIST).with_operation(&OTHER);
    assert_eq!(error.operation().map(|operation| operation.id), Some("list"));
}

#[test]
fn a_cause_is_the_source() {
    let error = failed(ErrorKind::Transport).with_cause("the network is down").with_sent(Sent::Unknown);
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("the network is down"));
    assert_eq!(error.was_sent(), Sent::Unknown);
    let wait = Some(Duration::from_secs(7));
    assert_eq!(error.with_retry_after(wait).retry_after(), wait);
}

#[test]
fn every_question_is_answered_by_status_or_kind() {
    let answers = |error: &Error| {
        [
            error.is_not_found(),
            error.is_rate_limited(),
            error.is_timeout(),
            error.is_authentication(),
            error.is_decode(),
        ]
    };
    for (error, yes) in [
        (replied(404, &[], ""), Some(0)),
        (replied(429, &[], ""), Some(1)),
        (failed(ErrorKind::RateLimited), Some(1)),
        (failed(ErrorKind::Timeout), Some(2)),
        (failed(ErrorKind::Authentication), Some(3)),
        (failed(ErrorKind::Decode), Some(4)),
        (replied(500, &[], ""), None),
        (failed(ErrorKind::Store), None),
    ] {
        let expected: [bool; 5] = std::array::from_fn(|question| yes == Some(question));
        assert_eq!(answers(&error), expected, "{error:?}");
    }
}

#[test]
fn kinds_have_names_for_metrics() {
    for (kind, name) in [
        (ErrorKind::InvalidRequest, "invalid_request"),
        (ErrorKind::Authentication, "authentication"),
        (ErrorKind::Api, "api"),
        (ErrorKind::RateLimited, "rate_limited"),
        (ErrorKind::Transport, "transport"),
        (ErrorKind::Timeout, "timeout"),
        (ErrorKind::Decode, "decode"),
        (ErrorKind::Store, "store"),
        (ErrorKind::Truncated, "truncated"),
    ] {
        assert_eq!((kind.name(), failed(kind).kind()), (name, kind));
    }
}
