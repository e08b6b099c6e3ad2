//! What is not signed, or not as it came, is refused.

use cx_client::{
    IncomingError,
    wootric::webhooks::{Receiver, SIGNATURE_HEADER},
};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderValue;
use proptest::prelude::*;
use sha1::Sha1;

use super::{
    fixtures,
    wootric::{SECRET, signed},
};

fn receiver() -> Receiver {
    Receiver::new(SECRET).unwrap()
}

/// Every body of the facts with a right signature.
fn bodies() -> Vec<(String, String)> {
    let signed = fixtures("wootric-").into_iter().filter(|fixture| fixture.expect.signature_valid == Some(true));
    signed.map(|fixture| (fixture.content_type, fixture.body)).collect()
}

#[test]
fn no_byte_of_any_body_can_be_changed_left_out_or_added() {
    let receiver = receiver();
    let mut tried = 0;
    for (content_type, body) in bodies() {
        let headers = signed(&content_type, &body);
        assert!(receiver.verify(&headers, body.as_bytes()).is_ok());
        for at in 0..body.len() {
            let mut changed = body.clone().into_bytes();
            changed[at] ^= 1;
            let mut shorter = body.clone().into_bytes();
            shorter.remove(at);
            let mut longer = body.clone().into_bytes();
            longer.insert(at, b' ');
            for wrong in [changed, shorter, longer] {
                assert_eq!(receiver.receive(&headers, &wrong), Err(IncomingError::WrongSignature), "at {at}");
                tried += 1;
            }
        }
    }
    println!("{tried} bodies refused");
}

#[test]
fn a_secret_must_hold_something() {
    assert_eq!(Receiver::new("").unwrap_err().kind(), cx_client::ErrorKind::InvalidRequest);
}

#[test]
fn two_signatures_are_one_too_many() {
    let body = r#"{"decline":{"id":5}}"#;
    let mut headers = signed("application/json", body);
    headers.append(SIGNATURE_HEADER, HeaderValue::from_static("sha1=0e41784680ddc210560b4aadf06a8e33ea9eb1d4"));
    assert_eq!(receiver().receive(&headers, body.as_bytes()), Err(IncomingError::WrongSignature));
}

proptest! {
    #[test]
    fn a_body_changed_by_any_byte_is_refused(pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), by in 1u8..) {
        let all = bodies();
        let (content_type, body) = pick.get(&all);
        let headers = signed(content_type, body);
        let mut bytes = body.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= by;
        prop_assert_eq!(receiver().receive(&headers, &bytes), Err(IncomingError::WrongSignature));
    }

    #[test]
    fn a_signature_changed_in_any_digit_is_refused(body in any::<Vec<u8>>(), at in 0usize..40, by in 1u32..16) {
        let right = receiver().sign(&body);
        let mut digits: Vec<char> = right.chars().collect();
        let place = "sha1=".len() + at;
        digits[place] = char::from_digit((digits[place].to_digit(16).unwrap() + by) % 16, 16).unwrap();
        let wrong: String = digits.into_iter().collect();
        let mut headers = http::HeaderMap::new();
        headers.insert(SIGNATURE_HEADER, HeaderValue::from_str(&wrong).unwrap());
        prop_assert_eq!(receiver().verify(&headers, &body), Err(IncomingError::WrongSignature));
        headers.insert(SIGNATURE_HEADER, HeaderValue::from_str(&right).unwrap());
        prop_assert_eq!(receiver().verify(&headers, &body), Ok(()));
    }

    #[test]
    fn the_signature_is_that_of_another_hand(secret in ".{1,100}", body in any::<Vec<u8>>()) {
        let mut hash = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).unwrap();
        hash.update(&body);
        let hex: String = hash.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        prop_assert_eq!(Receiver::new(secret).unwrap().sign(&body), format!("sha1={hex}"));
    }

    #[test]
    fn any_header_is_refused_without_a_panic(header in any::<Vec<u8>>()) {
        let Ok(value) = HeaderValue::from_bytes(&header) else { return Ok(()) };
        let mut headers = http::HeaderMap::new();
        headers.insert(SIGNATURE_HEADER, value);
        prop_assert_eq!(receiver().verify(&headers, b"body"), Err(IncomingError::WrongSignature));
    }
}
