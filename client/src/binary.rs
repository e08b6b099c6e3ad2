//! Replies that are neither JSON nor text.

use std::{fmt, ops::Deref};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};

/// The bytes of a reply, such as a picture. In JSON they are a text in Base64 (RFC 4648 §4).
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Binary(Bytes);

impl Binary {
    /// The bytes, without a copy.
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl Deref for Binary {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Bytes> for Binary {
    fn from(bytes: Bytes) -> Self {
        Self(bytes)
    }
}

// Whatever the vendor sent may be personal: the size only.
impl fmt::Debug for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Binary({} bytes)", self.0.len())
    }
}

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BytesOrBase64;

        impl Visitor<'_> for BytesOrBase64 {
            type Value = Binary;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes, or a text in Base64")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Binary, E> {
                Ok(Binary(Bytes::copy_from_slice(bytes)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Binary, E> {
                STANDARD.decode(text).map(|bytes| Binary(bytes.into())).map_err(|_| E::custom("not Base64"))
            }
        }

        // Not `deserialize_bytes`, for which JSON would hand over the letters of a text.
        deserializer.deserialize_any(BytesOrBase64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_travel_through_json_as_base64() {
        let binary = Binary::from(Bytes::from_static(&[0, 159, 146, 150]));
        let json = serde_json::to_string(&binary).unwrap();
        assert_eq!(json, "\"AJ+Slg==\"");
        assert_eq!(serde_json::from_str::<Binary>(&json).unwrap(), binary);
        assert!(serde_json::from_str::<Binary>("\"?\"").is_err());
        let refused = serde_json::from_str::<Binary>("7").unwrap_err().to_string();
        assert!(refused.contains("expected bytes, or a text in Base64"), "{refused}");
    }

    #[test]
    fn the_bytes_are_had_as_they_came() {
        let bytes = Bytes::from_static(&[0, 159, 146, 150]);
        let deserializer = serde::de::value::BytesDeserializer::<de::value::Error>::new(&bytes);
        let binary = Binary::deserialize(deserializer).unwrap();
        assert_eq!(&*binary, &*bytes);
        assert_eq!(binary.into_bytes(), bytes);
    }

    #[test]
    fn debug_shows_the_size_only() {
        assert_eq!(format!("{:?}", Binary::from(Bytes::from_static(b"secret"))), "Binary(6 bytes)");
    }
}
