//! JSON that no [`Value`] can hold as it is.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use crate::transport::json_text;

/// What is nested deeper is kept as text: whoever reads a [`Value`] that was written again goes a little deeper.
const DEEPEST: usize = 100;

/// A body in which every value that no [`Value`] can hold is a text, as it is written: a number beyond `f64`, a text with
/// half of a surrogate pair. `None` for what is not JSON, or not UTF-8.
pub(super) fn read(body: &[u8]) -> Option<Value> {
    let written: &RawValue = serde_json::from_slice(json_text(body)).ok()?;
    Some(kept(written.get(), DEEPEST))
}

fn kept(written: &str, depth: usize) -> Value {
    let inside = depth.checked_sub(1);
    let value = match (written.as_bytes().first(), inside) {
        (Some(b'{'), Some(inside)) => serde_json::from_str::<Members<'_>>(written).ok().map(|Members(members)| {
            Value::Object(members.into_iter().map(|(name, member)| (name, kept(member.get(), inside))).collect())
        }),
        (Some(b'['), Some(inside)) => serde_json::from_str::<Vec<&RawValue>>(written)
            .ok()
            .map(|items| Value::Array(items.into_iter().map(|item| kept(item.get(), inside)).collect())),
        (Some(b'{' | b'['), None) => None,
        _ => serde_json::from_str(written).ok(),
    };
    value.unwrap_or_else(|| Value::String(without_quotes(written).to_owned()))
}

fn without_quotes(written: &str) -> &str {
    written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(written)
}

/// The members of an object, as they are written.
struct Members<'de>(Vec<(String, &'de RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

/// Reads them in their order.
struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_no_value_can_hold_is_a_text_as_it_is_written() {
        for (written, expected) in [
            ("1e400", json!("1e400")),
            ("-1.50E+999", json!("-1.50E+999")),
            (r#""caf\ud83d""#, json!(r"caf\ud83d")),
            (r#""say \"\ud83d\" ""#, json!(r#"say \"\ud83d\" "#)),
            // No text stands for a name, so the whole of it does.
            (r#"{"\ud83d":1}"#, json!(r#"{"\ud83d":1}"#)),
        ] {
            assert_eq!(serde_json::from_str::<Value>(written).ok(), None, "{written}");
            assert_eq!(read(written.as_bytes()), Some(expected), "{written}");
        }
    }

    #[test]
    fn all_else_is_what_it_would_be_alone() {
        let body = "\u{feff}[ {\"id\": 1, \"text\": \"a\\n\\u00e9\\ud83d\\ude00\", \"odd\": [1e400 , {\"n\" : 1e-2}]},\r\n\
                    null, {}, [], true ]\n";
        let expected = json!([{"id": 1, "text": "a\né😀", "odd": ["1e400", {"n": 0.01}]}, null, {}, [], true]);
        assert_eq!(read(body.as_bytes()), Some(expected));
    }

    #[test]
    fn what_is_nested_too_deeply_is_a_text() {
        let nested = |depth: usize| format!("{}1e400{}", "[".repeat(depth), "]".repeat(depth));
        let written = |value: Value| serde_json::to_string(&value).unwrap();
        assert_eq!(written(read(nested(DEEPEST).as_bytes()).unwrap()), nested(DEEPEST).replace("1e400", "\"1e400\""));
        let deeper = written(read(nested(100_000).as_bytes()).unwrap());
        assert!(deeper.starts_with(&format!("{}\"[[", "[".repeat(DEEPEST))), "{}", &deeper[..200]);
        assert!(serde_json::from_str::<Value>(&deeper).is_ok());
    }

    #[test]
    fn what_is_no_json_is_nothing() {
        for body in [&b""[..], b"[1e400", b"<html>", b"1e400 1e400", b"[\"caf\xe9\"]"] {
            assert_eq!(read(body), None, "{body:?}");
        }
    }
}
