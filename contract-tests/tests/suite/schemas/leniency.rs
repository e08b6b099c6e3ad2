//! What the types take although the document does not say so, by design.
//!
//! | declared | also taken |
//! |---|---|
//! | text as a member of its own, or in a map or a list that is one | a number and a flag, as their text |
//! | number, integer as a member of its own | its digits as text; `1.0` for an integer; an empty text for an optional one |
//! | flag as a member of its own | `"true"` and `"false"` |
//! | time | a number |
//! | enum of several texts | any text |
//! | list, object, enum of one text, secret | nothing |
//! | anything optional | null, which is the same as absent |
//! | object whose named members are all optional and plain, or lists of plain texts | a list of none, as an empty object |
//!
//! A member that refers to a component schema of a plain type has a type of its own, which takes that type only, and so
//! do all other items of lists. What is wrong outermost in a reply is refused before its type is asked.

use serde_json::{Value, json};

use super::places::{Flat, Place, kind};

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The place takes values of this type by its schema.
    Own,
    /// It is an error.
    Refused,
    /// It is taken all the same.
    Taken,
}

/// A value of each type, null included.
pub fn others() -> [Value; 6] {
    [Value::Null, json!("text"), json!(0.5), json!(true), json!([]), json!({})]
}

/// What a place makes of a value.
pub fn verdict(place: &Place, other: &Value) -> Verdict {
    if other.is_null() {
        return match () {
            () if place.nullable => Verdict::Own,
            // Nothing is as good as null where the schema names no type.
            () if place.optional || is_any(&place.flat) => Verdict::Taken,
            () => Verdict::Refused,
        };
    }
    if place.flat.contains_key("oneOf") {
        let verdicts = place.branches.iter().map(|branch| of_kind(branch, other, false));
        return verdicts.min_by_key(|verdict| *verdict == Verdict::Refused).unwrap_or(Verdict::Refused);
    }
    of_kind(&place.flat, other, place.member)
}

fn of_kind(flat: &Flat, other: &Value, member: bool) -> Verdict {
    let format = flat.get("format").and_then(Value::as_str);
    let secret = is_secret(&Value::Object(flat.clone()));
    let known = flat.get("enum").and_then(Value::as_array).map(Vec::len);
    match (kind(flat), other) {
        (None, _) => Verdict::Own,
        (Some("string"), Value::String(_)) if known == Some(1) => Verdict::Refused,
        (Some("string"), Value::String(_)) if known.is_some() => Verdict::Taken,
        (Some("string"), Value::String(_)) => Verdict::Own,
        (Some("string"), Value::Number(_)) if format == Some("cx-time") => Verdict::Taken,
        (Some("string"), Value::Number(_) | Value::Bool(_))
            if member && known.is_none() && !secret && !has_type(format) =>
        {
            Verdict::Taken
        }
        (Some("number"), Value::Number(_))
        | (Some("boolean"), Value::Bool(_))
        | (Some("array"), Value::Array(_))
        | (Some("object"), Value::Object(_)) => Verdict::Own,
        // A list of members by position is how serde reads a struct; one of none leaves out all of them.
        (Some("object"), Value::Array(_)) if is_all_optional_struct(flat) => Verdict::Taken,
        _ => Verdict::Refused,
    }
}

/// Formats of texts that become a type of the runtime.
fn has_type(format: Option<&str>) -> bool {
    matches!(format, Some("cx-time" | "binary" | "cx-bytes"))
}

fn is_any(flat: &Flat) -> bool {
    kind(flat).is_none() && !flat.contains_key("oneOf")
}

fn is_all_optional_struct(flat: &Flat) -> bool {
    let Some(members) = flat.get("properties").and_then(Value::as_object).filter(|members| !members.is_empty())
    else {
        return false;
    };
    let required = flat.get("required").and_then(Value::as_array).is_some_and(|names| !names.is_empty());
    let open = flat.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false));
    !required && !open && members.values().all(is_plain)
}

/// Whether a member is read leniently, by a function that also says what comes of nothing.
fn is_plain(member: &Value) -> bool {
    let word = |keyword: &str| member.get(keyword).and_then(Value::as_str);
    let text = word("type") == Some("string");
    let typed = text && (has_type(word("format")) || is_secret(member) || member.get("enum").is_some());
    if word("type") == Some("array") {
        let is_plain_text = |items: &Value| items.get("type") == Some(&json!("string")) && is_plain(items);
        return member.get("items").is_some_and(is_plain_text);
    }
    matches!(word("type"), Some("string" | "integer" | "number" | "boolean")) && !typed
}

fn is_secret(schema: &Value) -> bool {
    schema.get("format") == Some(&json!("password")) || schema.get("x-secret") == Some(&Value::Bool(true))
}
