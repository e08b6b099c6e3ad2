//! Equality of replies: null and absent are one thing, and so are `1` and `1.0`.

use cx_spec::{Envelope, EnvelopeKind, pointer::escape};
use serde_json::{Map, Number, Value};

/// The JSON pointer of the first member of `expected` that `actual` does not have; `None` if it has all.
///
/// Members of `actual` that are not in `expected` are no difference: the types write nothing that is absent, and a
/// comparison the other way round is made by swapping the two.
pub fn missing(expected: &Value, actual: &Value) -> Option<String> {
    fn at(expected: &Value, actual: &Value, place: &Place<'_>) -> Option<String> {
        match (expected, actual) {
            (expected, actual) if is_nothing(expected) && is_nothing(actual) => None,
            (Value::Object(expected), Value::Object(actual)) => expected.iter().find_map(|(key, value)| {
                at(value, actual.get(key).unwrap_or(&Value::Null), &Place::Member(place, key))
            }),
            (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => expected
                .iter()
                .zip(actual)
                .enumerate()
                .find_map(|(index, (expected, actual))| at(expected, actual, &Place::Item(place, index))),
            (Value::Number(expected), Value::Number(actual)) if is_same(expected, actual) => None,
            (expected, actual) if expected == actual => None,
            _ => Some(place.named()),
        }
    }
    at(expected, actual, &Place::Top)
}

/// The JSON pointer of the first member that a caller gave and a request does not carry, as the vendor decodes it.
///
/// A form knows texts only, so a number may have become one where no schema says otherwise; of a file, at one of the
/// pointers in `files`, a vendor keeps no more than that it was there.
pub fn unsent(given: &Value, sent: &Value, files: &[&str]) -> Option<String> {
    fn at(given: &Value, sent: &Value, files: &[&str], place: &Place<'_>) -> Option<String> {
        if !files.is_empty() && files.contains(&place.pointer().as_str()) {
            return None;
        }
        match (given, sent) {
            (given, sent) if is_nothing(given) && is_nothing(sent) => None,
            (Value::Object(given), Value::Object(sent)) => given.iter().find_map(|(key, value)| {
                at(value, sent.get(key).unwrap_or(&Value::Null), files, &Place::Member(place, key))
            }),
            (Value::Array(given), Value::Array(sent)) if given.len() == sent.len() => {
                let pairs = given.iter().zip(sent).enumerate();
                pairs
                    .into_iter()
                    .find_map(|(index, (given, sent))| at(given, sent, files, &Place::Item(place, index)))
            }
            (Value::Number(given), Value::Number(sent)) if is_same(given, sent) => None,
            (scalar @ (Value::Number(_) | Value::Bool(_)), Value::String(text))
            | (Value::String(text), scalar @ (Value::Number(_) | Value::Bool(_)))
                if as_text(scalar) == *text =>
            {
                None
            }
            (given, sent) if given == sent => None,
            _ => Some(place.named()),
        }
    }
    at(given, sent, files, &Place::Top)
}

/// As [`unsent`], of a body of JSON. It tells null from absent and a number from its text: what a caller clears has to
/// arrive as null.
pub fn unsent_json(given: &Value, sent: &Value) -> Option<String> {
    fn at(given: &Value, sent: &Value, place: &Place<'_>) -> Option<String> {
        match (given, sent) {
            (Value::Object(given), Value::Object(sent)) => given.iter().find_map(|(key, value)| {
                let place = Place::Member(place, key);
                sent.get(key).map_or_else(|| Some(place.named()), |sent| at(value, sent, &place))
            }),
            (Value::Array(given), Value::Array(sent)) if given.len() == sent.len() => {
                let pairs = given.iter().zip(sent).enumerate();
                pairs.into_iter().find_map(|(index, (given, sent))| at(given, sent, &Place::Item(place, index)))
            }
            (Value::Number(given), Value::Number(sent)) if is_same(given, sent) => None,
            (given, sent) if given == sent => None,
            _ => Some(place.named()),
        }
    }
    // A body without members is as good as none.
    let is_empty = |body: &Value| body.is_null() || body.as_object().is_some_and(Map::is_empty);
    if is_empty(given) && is_empty(sent) { None } else { at(given, sent, &Place::Top) }
}

/// A place in a value. Thousands are gone through and hardly one is named, so its pointer is made only then.
enum Place<'p> {
    Top,
    Member(&'p Place<'p>, &'p str),
    Item(&'p Place<'p>, usize),
}

impl Place<'_> {
    /// Its JSON pointer.
    fn pointer(&self) -> String {
        match self {
            Self::Top => String::new(),
            Self::Member(above, key) => format!("{}/{}", above.pointer(), escape(key)),
            Self::Item(above, index) => format!("{}/{index}", above.pointer()),
        }
    }

    /// Its pointer for people, who would miss an empty one.
    fn named(&self) -> String {
        let pointer = self.pointer();
        if pointer.is_empty() { "/".to_owned() } else { pointer }
    }
}

/// Whole numbers by all their digits: as floats, the ids next to a large one are the same.
fn is_same(one: &Number, other: &Number) -> bool {
    match (one.as_i64(), other.as_i64()) {
        (Some(one), Some(other)) => one == other,
        _ => one.as_f64() == other.as_f64(),
    }
}

/// A scalar as a form writes it.
fn as_text(scalar: &Value) -> String {
    scalar.to_string()
}

/// Null, and an object without a member that is something.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.values().all(is_nothing),
        _ => false,
    }
}

/// A wrapped reply without members that are neither the envelope's nor the payload: whether those are part of the payload
/// is more than the documents say.
pub fn of_envelope(mut body: Value, envelope: &Envelope) -> Value {
    if let Some(members) = body.as_object_mut() {
        members.retain(|key, _| {
            *key == envelope.data || envelope.reserved.contains(key) || envelope.items.as_ref() == Some(key)
        });
    }
    body
}

/// The form of a wrapped reply in which all accepted forms are one, as `spec/README.md` says.
///
/// Written from that text, apart from the client's own code, so that the one can show the other wrong.
pub fn canonical(body: Value, envelope: &Envelope) -> Value {
    let Value::Object(mut members) = body else {
        return if body.is_null() { Value::Object(Map::new()) } else { body };
    };
    let payload = members.get(&envelope.data).cloned();
    match (envelope.kind, &envelope.items) {
        (EnvelopeKind::List, Some(items)) => {
            if members.get(items).is_none_or(Value::is_null) {
                let found = match payload {
                    Some(Value::Array(list)) => Some(Value::Array(list)),
                    Some(Value::Object(inner)) => inner.get(items).cloned(),
                    _ => None,
                };
                if let Some(found) = found {
                    members.remove(&envelope.data);
                    members.insert(items.clone(), found);
                }
            }
            Value::Object(members)
        }
        _ => {
            let wrapped = payload.is_some_and(|payload| payload.is_object());
            let bare = members.keys().any(|key| !envelope.reserved.contains(key));
            if wrapped || !bare {
                return Value::Object(members);
            }
            let (mut outer, resource): (Map<_, _>, Map<_, _>) =
                members.into_iter().partition(|(key, _)| envelope.reserved.contains(key));
            outer.insert(envelope.data.clone(), Value::Object(resource));
            Value::Object(outer)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_and_absent_are_one_and_so_are_forms_of_a_number() {
        assert_eq!(missing(&json!({"a": 1, "b": null, "c": {"d": null}}), &json!({"a": 1.0})), None);
    }

    #[test]
    fn a_large_id_is_not_the_one_before_it() {
        let id = |id: i64| json!({"id": id});
        assert_eq!(missing(&id(9_007_199_254_740_993), &id(9_007_199_254_740_992)), Some("/id".into()));
        assert_eq!(unsent(&id(9_007_199_254_740_993), &id(9_007_199_254_740_992), &[]), Some("/id".into()));
    }

    #[test]
    fn in_json_null_is_not_absent_and_a_number_is_no_text() {
        let cleared = json!({"a": {"b": null}});
        assert_eq!(unsent(&cleared, &json!({"a": {}}), &[]), None);
        assert_eq!(unsent_json(&cleared, &json!({"a": {}})), Some("/a/b".into()));
        assert_eq!(unsent_json(&json!([{"a": 1}]), &json!([{"a": "1"}])), Some("/0/a".into()));
        assert_eq!(unsent_json(&json!({"a": 1, "b": [null]}), &json!({"a": 1.0, "b": [null], "c": null})), None);
        assert_eq!(unsent_json(&json!({}), &Value::Null), None);
    }

    #[test]
    fn a_difference_is_named_by_pointer() {
        assert_eq!(missing(&json!({"a": [{"b/c": 1}]}), &json!({"a": [{"b/c": 2}]})), Some("/a/0/b~1c".into()));
        assert_eq!(missing(&json!({"a": [1, 2]}), &json!({"a": [1]})), Some("/a".into()));
        assert_eq!(missing(&json!({"a": 0}), &json!({})), Some("/a".into()));
        assert_eq!(missing(&json!({"a": "1"}), &json!({"a": 1})), Some("/a".into()));
    }
}
