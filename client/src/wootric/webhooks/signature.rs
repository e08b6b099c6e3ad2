//! The signature: `sha1=` and the HMAC-SHA1 of the raw body (RFC 2104) in hex.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::{
    error::{Error, ErrorKind, Result},
    secret::Secret,
};

/// What stands before the hex digits.
const PREFIX: &str = "sha1=";

/// Bytes of a SHA-1.
const LENGTH: usize = 20;

/// A keyed hash, ready for bodies.
#[derive(Clone)]
pub(super) struct Key(Hmac<Sha1>);

impl Key {
    /// # Errors
    /// An empty secret: anybody could sign with it.
    pub fn new(secret: &Secret) -> Result<Self> {
        let refuse = || Error::new(ErrorKind::InvalidRequest, "the webhook secret is empty");
        let secret = secret.expose().as_bytes();
        if secret.is_empty() {
            return Err(refuse());
        }
        Hmac::new_from_slice(secret).map(Self).map_err(|_| refuse())
    }

    /// Whether a header's value signs a body. The comparison takes as long for a near miss as for a far one.
    pub fn verifies(&self, header: &[u8], body: &[u8]) -> bool {
        let Some(claimed) = header.strip_prefix(PREFIX.as_bytes()).and_then(unhex) else { return false };
        self.hash(body).verify_slice(&claimed).is_ok()
    }

    /// The header's value for a body.
    pub fn sign(&self, body: &[u8]) -> String {
        let mut header = String::from(PREFIX);
        for byte in self.hash(body).finalize().into_bytes() {
            for digit in [byte >> 4, byte & 15] {
                header.extend(char::from_digit(digit.into(), 16));
            }
        }
        header
    }

    fn hash(&self, body: &[u8]) -> Hmac<Sha1> {
        let mut hash = self.0.clone();
        hash.update(body);
        hash
    }
}

/// Exactly as many hex digits as a SHA-1 has, in either case.
fn unhex(text: &[u8]) -> Option<[u8; LENGTH]> {
    let (pairs, rest) = text.as_chunks::<2>();
    if pairs.len() != LENGTH || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; LENGTH];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let digit = |digit: &u8| char::from(*digit).to_digit(16);
        *byte = u8::try_from(digit(high)? * 16 + digit(low)?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(secret: &str) -> Key {
        Key::new(&secret.into()).unwrap()
    }

    #[test]
    fn the_hash_is_that_of_rfc_2202() {
        let header = key("Jefe").sign(b"what do ya want for nothing?");
        assert_eq!(header, "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    }

    #[test]
    fn an_empty_secret_is_refused() {
        assert!(Key::new(&"".into()).is_err());
    }

    #[test]
    fn only_forty_hex_digits_after_the_prefix_can_be_right() {
        let key = key("s");
        let right = key.sign(b"body");
        assert!(key.verifies(right.as_bytes(), b"body"));
        assert!(key.verifies(right.to_uppercase().replace("SHA1", "sha1").as_bytes(), b"body"));
        let digits = right.trim_start_matches("sha1=");
        for wrong in [
            String::new(),
            "sha1=".to_owned(),
            digits.to_owned(),
            format!("sha256={digits}"),
            format!("sha1={digits}00"),
            format!("sha1={}", &digits[1..]),
            format!("sha1={}", &digits[2..]),
            format!("sha1= {}", &digits[1..]),
            format!("sha1=g{}", &digits[1..]),
            format!("sha1={}é", &digits[2..]),
        ] {
            assert!(!key.verifies(wrong.as_bytes(), b"body"), "{wrong}");
        }
    }
}
