//! A text that must not be shown: a token, a password, a client secret.

use std::{convert::Infallible, fmt, str::FromStr};

use secrecy::{ExposeSecret, SecretString};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Unexpected, Visitor},
};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::twin::{self, Rule};

/// A secret text.
///
/// `Debug` masks it, there is no `Display`, the memory is overwritten when it is dropped, and comparing two secrets takes
/// as long for a near miss as for a far one (their lengths are not hidden). [`Secret::expose`] hands the text out.
///
/// `Serialize` writes the text itself, since a request has to carry it: do not serialize a `Secret` into a log.
///
/// ```
/// use cx_client::Secret;
///
/// let token = Secret::from("907c762e");
/// assert_eq!(format!("{token:?}"), "Secret(***)");
/// assert_eq!(token.expose(), "907c762e");
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The text. Keep it out of logs, errors and URLs.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

// The text is one of `secrecy`, which wipes it.
impl ZeroizeOnDrop for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if twin::broken(Rule::SecretInDebug) {
            return f.write_str(self.expose());
        }
        f.write_str("Secret(***)")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(SecretString::from(text))
    }
}

impl From<String> for Secret {
    /// Takes a copy of exactly the right size and overwrites the original: shrinking a `String` may leave its text behind.
    fn from(mut text: String) -> Self {
        let secret = Self::from(text.as_str());
        if !twin::broken(Rule::SecretNotWiped) {
            text.zeroize();
        }
        secret
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
    }
}

impl Eq for Secret {}

impl Serialize for Secret {
    /// Writes the text itself.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Secret;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<Secret, E> {
                Ok(Secret::from(text))
            }

            fn visit_string<E>(self, text: String) -> Result<Secret, E> {
                Ok(Secret::from(text))
            }

            // The messages that serde writes by itself quote the number, which may well be the secret.

            fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Secret, E> {
                Err(E::invalid_type(Unexpected::Other("a number"), &self))
            }

            fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Secret, E> {
                Err(E::invalid_type(Unexpected::Other("a number"), &self))
            }

            fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Secret, E> {
                Err(E::invalid_type(Unexpected::Other("a number"), &self))
            }

            fn visit_bytes<E: serde::de::Error>(self, _: &[u8]) -> Result<Secret, E> {
                Err(E::invalid_type(Unexpected::Other("bytes"), &self))
            }
        }

        // `deserialize_any`, because `deserialize_string` of serde_json quotes what else it finds.
        deserializer.deserialize_any(Text)
    }
}

/// Stands in `Debug` output for a value that is not to be shown. Generated code uses it.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Masked;

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_refused_without_being_quoted() {
        for json in ["8675309", "-8675309", "8675309.5", "[8675309]", "{\"a\":8675309}"] {
            let error = serde_json::from_str::<Secret>(json).unwrap_err().to_string();
            assert!(!error.contains("8675309"), "{error}");
            assert!(error.contains("expected a string"), "{error}");
            let value: serde_json::Value = serde_json::from_str(json).unwrap();
            let error = serde_json::from_value::<Secret>(value).unwrap_err().to_string();
            assert!(!error.contains("8675309"), "{error}");
        }
    }

    #[test]
    fn a_text_that_breaks_off_is_no_mismatch() {
        assert!(serde_json::from_str::<Secret>("\"canar").unwrap_err().is_eof());
        assert!(serde_json::from_str::<Secret>("\"canar\\y\"").unwrap_err().is_syntax());
    }

    #[test]
    fn secrets_of_different_length_differ() {
        assert_ne!(Secret::from("a"), Secret::from("ab"));
        assert_ne!(Secret::from(""), Secret::from("a"));
    }

    #[test]
    fn a_mask_shows_nothing() {
        assert_eq!(format!("{:?}", Some(Masked)), "Some(***)");
        assert_eq!(format!("{:?}", Some(Secret::from("canary"))), "Some(Secret(***))");
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out_and_is_never_shown(text in "[^*]{4,40}") {
            prop_assume!(!"Secret()".contains(&text));
            let secret = Secret::from(text.clone());
            prop_assert_eq!(secret.expose(), &text);
            prop_assert_eq!(&secret, &Secret::from_str(&text).unwrap());
            prop_assert_eq!(&secret.clone(), &secret);
            let debug = format!("{secret:?} {secret:#?}");
            prop_assert!(!debug.contains(&text));
            let json = serde_json::to_string(&secret).unwrap();
            prop_assert_eq!(&json, &serde_json::to_string(&text).unwrap());
            prop_assert_eq!(serde_json::from_str::<Secret>(&json).unwrap(), secret);
        }

        #[test]
        fn equality_is_that_of_the_texts(a in "[ab]{0,4}", b in "[ab]{0,4}") {
            prop_assert_eq!(Secret::from(a.as_str()) == Secret::from(b.as_str()), a == b);
        }
    }
}
