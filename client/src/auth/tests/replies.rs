//! What is made of a token reply.

use super::*;
use crate::auth::{reply::TokenResponse, token::Token};

const CANARY: &str = "canary-value";

fn read(body: &Value) -> Result<TokenResponse, Error> {
    TokenResponse::read(&reply(200, &body.to_string(), None))
}

fn with(name: &str, value: Value) -> Value {
    let mut body = json!({"access_token": CANARY, "token_type": "bearer"});
    body[name] = value;
    body
}

fn refused(result: Result<TokenResponse, Error>) -> Error {
    let error = result.err().unwrap();
    let shown = format!("{error} {error:?} {error:#?}");
    assert!(!shown.contains(CANARY), "{shown}");
    error
}

#[test]
fn a_token_type_is_read_without_regard_to_case() {
    for kind in ["bearer", "Bearer", "bEARER"] {
        assert!(read(&with("token_type", json!(kind))).is_ok());
    }
    for kind in [json!("mac"), json!("DPoP"), json!(""), json!(null), json!(1), json!(["bearer"])] {
        let error = refused(read(&with("token_type", kind)));
        assert_eq!((error.kind(), error.json_path()), (ErrorKind::Decode, Some("token_type")));
    }
    assert!(refused(read(&json!({"access_token": CANARY}))).is_decode());
}

#[test]
fn a_reply_without_a_token_that_can_be_sent_is_refused() {
    assert!(refused(read(&json!({"token_type": "bearer"}))).is_decode());
    for token in ["", "a\rb", "a\nb", "a\0b", "a b", "ä", "canary-value\n"] {
        let error = refused(read(&with("access_token", json!(token))));
        assert_eq!((error.kind(), error.json_path()), (ErrorKind::Decode, Some("access_token")));
    }
    for token in [json!(null), json!(7), json!([CANARY])] {
        assert!(refused(read(&with("access_token", token))).is_decode());
    }
}

#[test]
fn an_empty_refresh_token_counts_as_missing() {
    assert!(read(&with("refresh_token", json!("x"))).unwrap().refresh_token.is_some());
    for missing in [json!(""), json!(null), json!(7)] {
        assert!(read(&with("refresh_token", missing)).unwrap().refresh_token.is_none());
    }
}

#[test]
fn a_token_is_passed_on_unchanged() {
    let token = "aZ09-._~+/=".repeat(1490);
    let response = read(&with("access_token", json!(token))).unwrap();
    assert_eq!(response.access_token.expose(), token);
}

#[test]
fn a_lifetime_that_makes_no_sense_counts_as_missing() {
    let longest = Some(Duration::from_secs(u64::from(u32::MAX)));
    for (value, expected) in [
        (json!(3600), Some(Duration::from_secs(3600))),
        (json!("3600"), Some(Duration::from_secs(3600))),
        (json!(" 7200 "), Some(Duration::from_secs(7200))),
        (json!(1.5), Some(Duration::from_millis(1500))),
        (json!("3.6e3"), Some(Duration::from_secs(3600))),
        (json!(0), None),
        (json!(-1), None),
        (json!("-3600"), None),
        (json!(null), None),
        (json!("soon"), None),
        (json!("NaN"), None),
        (json!("-inf"), None),
        (json!(1e-12), None),
        (json!(true), None),
        (json!([3600]), None),
        (json!(9_223_372_036_854_775_808_u64), longest),
        (json!(u64::MAX), longest),
        (json!(1e300), longest),
        (json!("inf"), longest),
    ] {
        let response = read(&with("expires_in", value.clone())).unwrap();
        assert_eq!(response.expires_in, expected, "{value}");
    }
    assert_eq!(read(&with("scope", json!("public"))).unwrap().expires_in, None);
}

#[test]
fn unknown_members_are_ignored() {
    let mut body = pair(1);
    body["created_at"] = json!(1_650_000_000);
    body["user"] = json!({"email": "pat@example.com", "error": [1]});
    body["error"] = json!(null);
    let response = read(&body).unwrap();
    assert_eq!(response.refresh_token.unwrap().expose(), "refresh-1");
    assert_eq!(response.scope.as_deref(), Some("public"));
}

#[test]
fn a_success_that_is_not_a_token_is_refused() {
    for body in ["", "[]", "null", "\"canary-value\"", "{\"access_token\":\"canary-value\",", "<html>canary-value"] {
        let error = refused(TokenResponse::read(&reply(200, body, None)));
        assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(StatusCode::OK)), "{body}");
        assert!(error.body().unwrap().is_empty());
    }
    assert!(refused(TokenResponse::read(&reply(204, "", None))).is_decode());
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    assert!(refused(TokenResponse::read(&reply(200, &deep, None))).is_decode());
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_token_reply() {
    let body = format!("\u{feff}{}\r\n", with("scope", json!("public")));
    let response = TokenResponse::read(&reply(200, &body, None)).unwrap();
    assert_eq!((response.access_token.expose(), response.scope.as_deref()), (CANARY, Some("public")));
    let error = refused(TokenResponse::read(&reply(200, "\u{feff}", None)));
    assert!(error.to_string().starts_with("the token reply is empty"), "{error}");
    assert!(refused(TokenResponse::read(&reply(200, &format!("\u{feff}{body}"), None))).is_decode());
}

#[test]
fn a_success_of_another_media_type_is_refused() {
    let body = with("scope", json!("public")).to_string();
    for (kind, taken) in [
        ("application/json", true),
        ("APPLICATION/JSON;charset=UTF-8", true),
        ("application/vnd.example+json", true),
        ("text/html; charset=utf-8", false),
        ("application/jsonp", false),
        ("text/plain", false),
    ] {
        let mut reply = reply(200, &body, None);
        reply.headers.insert("content-type", HeaderValue::from_static(kind));
        assert_eq!(TokenResponse::read(&reply).is_ok(), taken, "{kind}");
    }
    let mut reply = reply(200, &body, None);
    reply.headers.clear();
    assert!(TokenResponse::read(&reply).is_ok());
}

#[test]
fn a_media_type_is_named_only_where_it_can_be_shown() {
    let long = format!("text/{}", "x".repeat(59));
    for (kind, named) in [
        ("Text/HTML; charset=utf-8", "text/html"),
        ("application/vnd.a_b-c", "application/vnd.a_b-c"),
        (long.as_str(), long.as_str()),
        (&format!("{long}x"), "of an unknown media type"),
        ("; charset=utf-8", "of an unknown media type"),
        ("text/a b", "of an unknown media type"),
        ("text/\u{9b}", "of an unknown media type"),
    ] {
        let mut reply = reply(200, CANARY, None);
        reply.headers.insert("content-type", HeaderValue::from_str(kind).unwrap());
        let shown = refused(TokenResponse::read(&reply)).to_string();
        let expected = format!("a token reply of 12 bytes is {named}, not JSON");
        assert!(shown.starts_with(&expected), "{kind}: {shown}");
    }
}

#[test]
fn a_refusal_says_what_the_vendor_did() {
    for (status, said) in [
        (302, "the vendor redirected the token request"),
        (400, "the vendor refused the token request"),
        (408, "the vendor did not take the token request now"),
        (429, "the vendor did not take the token request now"),
        (502, "the vendor failed to answer the token request"),
    ] {
        let error = refused(TokenResponse::read(&reply(status, "", None)));
        assert!(error.to_string().starts_with(said), "{status}: {error}");
    }
}

#[test]
fn a_code_has_at_most_64_characters() {
    for (length, shown) in [(1, true), (64, true), (65, false)] {
        let code = "x".repeat(length);
        let error = refused(TokenResponse::read(&reply(400, &json!({"error": code}).to_string(), None)));
        assert_eq!(error.oauth_error(), shown.then_some(code.as_str()));
    }
    let error = refused(TokenResponse::read(&reply(400, r#"{"error": ""}"#, None)));
    assert_eq!(error.oauth_error(), None);
}

#[test]
fn an_error_in_a_success_is_a_refusal() {
    let error = refused(read(&json!({"error": "invalid_scope", "error_description": CANARY})));
    assert_eq!((error.kind(), error.oauth_error()), (ErrorKind::Authentication, Some("invalid_scope")));
    assert!(!error.body().unwrap().is_empty());
    let error = refused(read(&with("error", json!("invalid_scope"))));
    assert!(error.body().unwrap().is_empty());
}

#[test]
fn a_refusal_keeps_status_and_code() {
    for (status, code) in [
        (400, "invalid_request"),
        (401, "invalid_client"),
        (400, "invalid_grant"),
        (400, "unauthorized_client"),
        (400, "unsupported_grant_type"),
        (400, "invalid_scope"),
        (403, "mfa_required"),
        (400, "slow_down"),
    ] {
        let body = json!({"error": code, "error_description": CANARY}).to_string();
        let error = refused(TokenResponse::read(&reply(status, &body, None)));
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(error.oauth_error(), Some(code));
    }
    for (status, body, kind) in [
        (404, r#"{"error": "No such account canary-value", "status": 404}"#, ErrorKind::Authentication),
        (400, r#"{"error": "a\u001b[31mb"}"#, ErrorKind::Authentication),
        (400, r#"{"error": {"code": "canary-value"}}"#, ErrorKind::Authentication),
        (429, "", ErrorKind::Api),
        (302, "", ErrorKind::Api),
        (502, "<html>canary-value", ErrorKind::Api),
    ] {
        let error = refused(TokenResponse::read(&reply(status, body, Some(7))));
        assert_eq!((error.kind(), error.oauth_error()), (kind, None), "{status}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    }
}

#[test]
fn a_token_is_renewed_early_by_a_margin_that_its_lifetime_caps() {
    let token = |lifetime: Option<f64>| Token {
        access_token: Secret::from("x"),
        refresh_token: None,
        scope: None,
        obtained_at: Duration::from_secs(100),
        expires_in: lifetime.map(Duration::from_secs_f64),
        age: Duration::ZERO,
    };
    for (lifetime, due, expired) in [(3600.0, 3640.0, 3700.0), (5.0, 104.5, 105.0), (300.0, 370.0, 400.0)] {
        let (token, seconds) = (token(Some(lifetime)), Duration::from_secs_f64);
        assert!(!token.due(seconds(due - 0.01)) && token.due(seconds(due)), "{lifetime}");
        assert!(!token.expired(seconds(expired - 0.01)) && token.expired(seconds(expired)), "{lifetime}");
    }
    assert!(!token(None).due(Duration::MAX) && !token(None).expired(Duration::MAX));
    let endless = Token { obtained_at: Duration::MAX, ..token(Some(10.0)) };
    assert!(endless.due(Duration::MAX));
}

#[test]
fn a_token_from_a_store_is_renewed_as_early_as_one_that_is_new() {
    // A lifetime of an hour, of which two minutes are left.
    let stored = json!({"access_token": "a", "obtained_at": 1_000, "expires_at": 4_600});
    let stored: StoredToken = serde_json::from_value(stored).unwrap();
    let now = Duration::from_secs(7);
    let token = Token::revive(stored, UNIX_EPOCH + Duration::from_secs(4_480), now);
    let after = |seconds| now + Duration::from_secs(seconds);
    assert!(!token.due(after(59)) && token.due(after(60)));
    assert!(!token.expired(after(119)) && token.expired(after(120)));

    // Of a short one the last tenth of the lifetime that it once had.
    let stored = json!({"access_token": "a", "obtained_at": 1_000, "expires_at": 1_100});
    let stored: StoredToken = serde_json::from_value(stored).unwrap();
    let token = Token::revive(stored, UNIX_EPOCH + Duration::from_secs(1_050), now);
    assert!(!token.due(after(39)) && token.due(after(40)));
}
