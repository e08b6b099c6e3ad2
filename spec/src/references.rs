//! References in a URI fragment are percent-encoded (RFC 6901 §6); whoever follows them expects a JSON pointer.

use std::collections::HashMap;

use serde_json::Value;

/// Decodes the references that lead nowhere as they are written and somewhere when they are decoded.
pub(crate) fn decode(root: &mut Value) {
    let mut decoded = HashMap::new();
    find(root, root, &mut decoded);
    if !decoded.is_empty() {
        replace(root, &decoded);
    }
}

fn find(root: &Value, value: &Value, decoded: &mut HashMap<String, String>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str)
                && let Some(pointer) = reference.strip_prefix('#').filter(|pointer| pointer.contains('%'))
                && root.pointer(pointer).is_none()
                && let Some(pointer) = percent_decoded(pointer).filter(|pointer| root.pointer(pointer).is_some())
            {
                decoded.insert(reference.to_owned(), format!("#{pointer}"));
            }
            members.values().for_each(|member| find(root, member, decoded));
        }
        Value::Array(items) => items.iter().for_each(|item| find(root, item, decoded)),
        _ => {}
    }
}

fn replace(value: &mut Value, decoded: &HashMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member.as_str().filter(|_| key == "$ref").and_then(|reference| decoded.get(reference)) {
                    Some(pointer) => *member = pointer.clone().into(),
                    None => replace(member, decoded),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, decoded)),
        _ => {}
    }
}

/// The text behind `%41` and the like; none where it is not UTF-8 or a `%` has no two digits behind it.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(digit()? * 16 + digit()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reference_is_decoded_where_that_leads_somewhere() {
        let mut document = json!({
            "a b": 1, "é": 2, "c%20d": 3, "/{id}": {"get": 4},
            "refs": [
                {"$ref": "#/a%20b"}, {"$ref": "#/%C3%A9"}, {"$ref": "#/c%20d"}, {"$ref": "#/~1%7Bid%7D/get"},
                {"$ref": "#/no%20where"}, {"$ref": "#/%4"}, {"$ref": "other.yaml#/a%20b"},
            ],
        });
        decode(&mut document);
        let references: Vec<_> =
            document["refs"].as_array().unwrap().iter().map(|one| one["$ref"].as_str().unwrap()).collect();
        assert_eq!(
            references,
            ["#/a b", "#/é", "#/c%20d", "#/~1{id}/get", "#/no%20where", "#/%4", "other.yaml#/a%20b"]
        );
    }
}
