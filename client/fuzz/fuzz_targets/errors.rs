//! Error replies of any bytes: what an error says of them can be printed and has an end.
//!
//! The first byte chooses the status, the first line is the challenge, the rest is the body.
#![no_main]

use cx_client::{Error, fuzzing};
use http::{HeaderMap, HeaderValue, header::WWW_AUTHENTICATE};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [choice, rest @ ..] = data else { return };
    let at = rest.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (challenge, body) = rest.split_at(at);
    let mut headers = HeaderMap::new();
    if let Ok(challenge) = HeaderValue::from_bytes(challenge) {
        headers.insert(WWW_AUTHENTICATE, challenge);
    }
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let status = [200, 400, 401, 403, 404, 422, 429, 500][usize::from(*choice) % 8];
    of(&fuzzing::error(status, headers.clone(), body));
    if let Some(error) = fuzzing::token(status, headers, body) {
        of(&error);
    }
});

fn of(error: &Error) {
    printable(error.vendor_message().as_deref(), 1_000);
    printable(error.oauth_error(), 64);
    printable(error.oauth_error_description(), 1_000);
    printable(error.oauth_error_uri(), 2_000);
    // Escaped characters are longer than the characters.
    printable(error.body_excerpt().as_deref(), 200 * "\\u{10ffff}".len());
    printable(error.request_id().as_deref(), usize::MAX);
    let _ = (error.challenge_error(), error.required_scope());
    printable(Some(format!("{error} {error:?}").as_str()), usize::MAX);
}

/// No control character, which could pass for something else in a terminal, and an end.
fn printable(text: Option<&str>, most: usize) {
    let text = text.unwrap_or_default();
    assert!(!text.chars().any(char::is_control), "{text:?}");
    assert!(text.chars().count() <= most, "{} characters", text.chars().count());
}
