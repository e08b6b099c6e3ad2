//! A reader that takes no member it does not know, for the twin that reads so.

use serde::{
    Deserializer,
    de::{DeserializeOwned, Error as _, Visitor},
    forward_to_deserialize_any,
};
use serde_json::{Error, Value};

/// The value of a text whose outermost object has no member that its type does not know.
pub(crate) fn strict<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    T::deserialize(Strict(serde_json::from_slice(body)?))
}

struct Strict(Value);

impl<'de> Deserializer<'de> for Strict {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let known = |member: &String| fields.contains(&member.as_str());
        if self.0.as_object().is_some_and(|members| !members.keys().all(known)) {
            return Err(Error::custom("a member that is not known"));
        }
        self.0.deserialize_struct(name, fields, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
