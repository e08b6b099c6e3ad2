//! Decoding of plain values that a vendor sometimes sends as another JSON type: `"12"` for 12, `1.0` for 1, 7 for `"7"`.
//!
//! Generated types use these functions with `#[serde(deserialize_with = "…")]` (and `default` on the optional ones). They
//! read the value directly, without an intermediate tree. A value that does not fit is an error which does not quote it,
//! because it may be a secret or personal.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Unexpected, Visitor, value::MapAccessDeserializer},
};
use serde_json::Number;

/// An integer: also `1.0` and `"12"`.
pub fn i64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    deserializer.deserialize_any(Integer)
}

/// An integer as [`i64()`] reads it; `null` and an empty string are `None`.
pub fn option_i64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    deserializer.deserialize_any(Optional { inner: Integer, empty_is_none: true })
}

/// A number: also an integer and `"1.5"`.
pub fn f64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    deserializer.deserialize_any(Float)
}

/// A number as [`f64()`] reads it; `null` and an empty string are `None`.
pub fn option_f64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    deserializer.deserialize_any(Optional { inner: Float, empty_is_none: true })
}

/// A string: also a number or a boolean, written as JSON writes it.
pub fn string<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer.deserialize_any(Text)
}

/// A string as [`string`] reads it; `null` is `None`, an empty string is an empty string.
pub fn option_string<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    deserializer.deserialize_any(Optional { inner: Text, empty_is_none: false })
}

/// Texts by name, each as [`string`] reads it.
pub fn string_map<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    BTreeMap::<String, Lenient>::deserialize(deserializer).map(plain)
}

/// Texts by name as [`string_map`] reads them; `null` is `None`.
pub fn option_string_map<'de, D>(deserializer: D) -> Result<Option<BTreeMap<String, String>>, D::Error>
where
    D: Deserializer<'de>,
{
    Option::<BTreeMap<String, Lenient>>::deserialize(deserializer).map(|map| map.map(plain))
}

/// A list of texts, each as [`string`] reads it.
pub fn string_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Vec::<Lenient>::deserialize(deserializer).map(items)
}

/// A list of texts as [`string_list`] reads it; `null` is `None`.
pub fn option_string_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    Option::<Vec<Lenient>>::deserialize(deserializer).map(|list| list.map(items))
}

#[derive(Deserialize)]
struct Lenient(#[serde(deserialize_with = "string")] String);

fn items(list: Vec<Lenient>) -> Vec<String> {
    list.into_iter().map(|Lenient(text)| text).collect()
}

fn plain(map: BTreeMap<String, Lenient>) -> BTreeMap<String, String> {
    map.into_iter().map(|(name, Lenient(text))| (name, text)).collect()
}

/// A boolean: also `"true"` and `"false"`.
pub fn bool<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    deserializer.deserialize_any(Boolean)
}

/// A boolean as [`bool()`] reads it; `null` is `None`.
pub fn option_bool<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    deserializer.deserialize_any(Optional { inner: Boolean, empty_is_none: false })
}

const NUMBER: Unexpected<'static> = Unexpected::Other("a number");
const FRACTION: Unexpected<'static> = Unexpected::Other("a number with a fraction or out of range");
const NOT_NUMERIC: Unexpected<'static> = Unexpected::Other("text that is not such a number");

/// A number of JSON's own notation, so neither `inf` nor `NaN` nor `0x1`.
fn float_of(text: &str) -> Option<f64> {
    let text = text.trim_ascii();
    let number = text.parse().ok().filter(|number: &f64| number.is_finite())?;
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')).then_some(number)
}

fn integer_of(number: f64) -> Option<i64> {
    // 2^63 is a float, the largest i64 is not.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (number.fract() == 0.0 && (-LIMIT..LIMIT).contains(&number)).then_some(number as i64)
}

/// A number as serde_json hands it over under its feature `arbitrary_precision`, which another crate may turn on.
fn number_of<'de, A: MapAccess<'de>>(map: A) -> Result<Number, A::Error> {
    Number::deserialize(MapAccessDeserializer::new(map))
}

struct Integer;

impl<'de> Visitor<'de> for Integer {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_i64<E>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        i64::try_from(number).map_err(|_| E::invalid_value(FRACTION, &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<i64, E> {
        integer_of(number).ok_or_else(|| E::invalid_value(FRACTION, &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<i64, E> {
        let text = text.trim_ascii();
        text.parse().ok().or_else(|| integer_of(float_of(text)?)).ok_or_else(|| E::invalid_value(NOT_NUMERIC, &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<i64, A::Error> {
        let number = number_of(map)?;
        number
            .as_i64()
            .or_else(|| integer_of(number.as_f64()?))
            .ok_or_else(|| A::Error::invalid_value(FRACTION, &self))
    }
}

struct Float;

impl<'de> Visitor<'de> for Float {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_i64<E>(self, number: i64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_u64<E>(self, number: u64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_f64<E>(self, number: f64) -> Result<f64, E> {
        Ok(number)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
        float_of(text).ok_or_else(|| E::invalid_value(NOT_NUMERIC, &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<f64, A::Error> {
        number_of(map)?.as_f64().ok_or_else(|| A::Error::invalid_value(FRACTION, &self))
    }
}

struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_bool<E>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_i64<E>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_u64<E>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<String, E> {
        let number = Number::from_f64(number);
        number.map(|number| number.to_string()).ok_or_else(|| E::invalid_value(FRACTION, &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<String, A::Error> {
        number_of(map).map(|number| number.to_string())
    }
}

struct Boolean;

impl Visitor<'_> for Boolean {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a boolean")
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(E::invalid_value(Unexpected::Other("text that is neither true nor false"), &self)),
        }
    }

    // The messages that serde writes by itself quote the number.

    fn visit_i64<E: Error>(self, _: i64) -> Result<bool, E> {
        Err(E::invalid_type(NUMBER, &self))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<bool, E> {
        Err(E::invalid_type(NUMBER, &self))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<bool, E> {
        Err(E::invalid_type(NUMBER, &self))
    }
}

struct Optional<V> {
    inner: V,
    empty_is_none: bool,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Optional<V> {
    type Value = Option<V::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)?;
        f.write_str(" or null")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        self.inner.visit_bool(value).map(Some)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        self.inner.visit_i64(number).map(Some)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        self.inner.visit_u64(number).map(Some)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        self.inner.visit_f64(number).map(Some)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if self.empty_is_none && text.trim_ascii().is_empty() {
            return Ok(None);
        }
        self.inner.visit_str(text).map(Some)
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        if self.empty_is_none && text.trim_ascii().is_empty() {
            return Ok(None);
        }
        self.inner.visit_string(text).map(Some)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        self.inner.visit_map(map).map(Some)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
