//! The authorization request and its callback.

use std::collections::HashSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use url::Url;

use super::*;

fn request(options: AuthorizationOptions) -> AuthorizationRequest {
    let origin = Url::parse("https://api.example.com").unwrap();
    AuthorizationRequest::new(&origin, &DIRECTLY, options).unwrap()
}

fn options() -> AuthorizationOptions {
    AuthorizationOptions::new("the client")
}

#[test]
fn the_address_carries_what_was_asked_for() {
    let asked = options().with_scope("read write").with_redirect_uri("https://callback.example.com/x?y=1");
    let asked = request(asked.without_state());
    assert_eq!(
        asked.url(),
        "https://api.example.com/oauth/auth?client_id=the+client&scope=read+write\
         &redirect_uri=https%3A%2F%2Fcallback.example.com%2Fx%3Fy%3D1"
    );
    assert!(asked.state().is_none());
    assert_eq!(request(options().without_state()).url(), "https://api.example.com/oauth/auth?client_id=the+client");
}

#[test]
fn an_address_with_a_path_keeps_it() {
    let proxy = Url::parse("https://proxy.example.com/vendor").unwrap();
    let asked = AuthorizationRequest::new(&proxy, &DIRECTLY, options().without_state()).unwrap();
    assert_eq!(asked.url(), "https://proxy.example.com/vendor/oauth/auth?client_id=the+client");
}

#[test]
fn every_request_has_a_state_of_its_own() {
    let states: HashSet<String> = (0..100).map(|_| request(options()).state().unwrap().expose().to_owned()).collect();
    assert_eq!(states.len(), 100);
    assert!(states.iter().all(|state| state.len() == 43));
    let asked = request(options());
    assert!(asked.url().ends_with(&format!("&state={}", asked.state().unwrap().expose())));
    assert!(!format!("{asked:?}").contains(asked.state().unwrap().expose()));
}

#[test]
fn a_request_that_cannot_work_is_refused() {
    let origin = Url::parse("https://api.example.com").unwrap();
    for (oauth, options) in [
        (&WOOTRIC, options()),
        (&DIRECTLY, AuthorizationOptions::new("")),
        (&DIRECTLY, options().with_scope("")),
        (&DIRECTLY, options().with_redirect_uri("/callback")),
    ] {
        let error = AuthorizationRequest::new(&origin, oauth, options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}

#[test]
fn a_callback_is_taken_whole_or_in_part() {
    for form in ["https://callback.example.com/x?", "/x?", "?"] {
        let asked = request(options());
        let state = asked.state().unwrap().expose().to_owned();
        let callback = format!("{form}unknown=1&code=a%2Bb&state={state}&iss=x#code=other");
        assert!(asked.is_answered_by(&callback));
        let code = asked.finish(&callback).unwrap();
        let Credentials::AuthorizationCode { code, client_id, .. } = code.into_credentials("the-secret") else {
            unreachable!("a code makes credentials of a code");
        };
        assert_eq!((code.expose(), client_id.as_str()), ("a+b", "the client"));
    }
    assert!(request(options().without_state()).finish("?code=x").is_ok());
}

#[test]
fn a_callback_of_another_request_is_refused() {
    for callback in ["?code=x", "?code=x&state=", "?code=x&state=other", "?code=x&state=STATE&state=STATE", ""] {
        let asked = request(options());
        let callback = callback.replace("STATE", asked.state().unwrap().expose());
        assert!(!asked.is_answered_by(&callback), "{callback}");
        let error = asked.finish(&callback).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication, "{callback}");
        assert!(error.to_string().contains("state"), "{error}");
    }
}

#[test]
fn a_callback_without_a_code_is_refused() {
    for (callback, code) in [
        ("?error=access_denied&error_description=no", Some("access_denied")),
        ("?error=access_denied&code=x", Some("access_denied")),
        ("?error=%1b%5b31m", None),
        ("?code=", None),
        ("?code=x&code=y", None),
        ("?other=1", None),
    ] {
        let error = request(options().without_state()).finish(callback).unwrap_err();
        assert_eq!((error.kind(), error.oauth_error()), (ErrorKind::Authentication, code), "{callback}");
    }
}

#[test]
fn a_request_outlives_a_process() {
    let asked = request(options().with_scope("read write"));
    let kept = serde_json::to_string(&asked).unwrap();
    let again: AuthorizationRequest = serde_json::from_str(&kept).unwrap();
    let state = again.state().unwrap().expose().to_owned();
    assert!(again.finish(&format!("?code=x&state={state}")).is_ok());
}

#[test]
fn an_issuer_that_was_demanded_is_checked() {
    let asked = || request(options().without_state().with_issuer("https://id.example.com"));
    assert!(asked().finish("?code=x&iss=https%3A%2F%2Fid.example.com").is_ok());
    for callback in ["?code=x", "?code=x&iss=", "?code=x&iss=https%3A%2F%2Fid.example.com%2F"] {
        let error = asked().finish(callback).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication, "{callback}");
        assert!(error.to_string().contains("iss"), "{error}");
    }
}

#[test]
fn a_challenge_is_the_digest_of_what_goes_with_the_code() {
    let asked = request(options().without_state().with_pkce());
    let query: HashMap<_, _> = Url::parse(asked.url()).unwrap().query_pairs().into_owned().collect();
    assert_eq!(query["code_challenge_method"], "S256");
    let credentials = asked.finish("?code=x").unwrap().into_credentials("the-secret");
    let Credentials::AuthorizationCode { code_verifier: Some(verifier), .. } = credentials else {
        unreachable!("a challenge has a verifier");
    };
    assert_eq!(verifier.expose().len(), 43);
    assert_eq!(query["code_challenge"], URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose())));
}

#[test]
fn debug_shows_what_kind_of_request_it_is_and_no_more() {
    let asked = options().with_scope("read pat@example.com").with_pkce();
    assert_eq!(format!("{asked:?}"), "AuthorizationOptions { state: true, pkce: true, .. }");
    let asked = request(options().without_state());
    assert_eq!(format!("{asked:?}"), "AuthorizationRequest { state: false, .. }");
    assert_eq!(format!("{:?}", asked.finish("?code=x").unwrap()), "AuthorizationCode { .. }");
}
