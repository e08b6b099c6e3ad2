//! Bodies of any bytes, posted by a vendor.
//!
//! The first byte chooses the media type, the rest is the body.
#![no_main]

use std::sync::LazyLock;

use cx_client::{IncomingError, directly, wootric::webhooks::{Receiver, SIGNATURE_HEADER}};
use http::{HeaderMap, HeaderName, HeaderValue, header::CONTENT_TYPE};
use libfuzzer_sys::fuzz_target;

static RECEIVER: LazyLock<Receiver> = LazyLock::new(|| Receiver::new("example-webhook-secret").unwrap());

fuzz_target!(|data: &[u8]| {
    let [choice, body @ ..] = data else { return };
    let _ = directly::push::decode(body).map(|event| event.author());
    let media_type = match choice % 2 {
        0 => "application/x-www-form-urlencoded",
        _ => "application/json; charset=utf-8",
    };
    let headers = signed(media_type, body);
    // What is signed is decoded, or refused for what it says.
    match RECEIVER.receive(&headers, body) {
        Ok(webhook) => drop(format!("{:?}", webhook.event())),
        Err(error) => {
            assert!(!matches!(error, IncomingError::Unsigned | IncomingError::WrongSignature), "{error}");
            assert!(error.status().is_client_error(), "{error}");
        }
    }
    let mut other = body.to_vec();
    other.push(b' ');
    assert_eq!(RECEIVER.verify(&headers, &other), Err(IncomingError::WrongSignature));
});

fn signed(media_type: &'static str, body: &[u8]) -> HeaderMap {
    let signature = HeaderValue::from_str(&RECEIVER.sign(body)).unwrap();
    let name = HeaderName::from_static(SIGNATURE_HEADER);
    HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type)), (name, signature)])
}
