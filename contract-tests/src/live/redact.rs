//! Values without what they say: the same types and shapes, made-up content.
//!
//! Kept is what the document declares and calls neither secret nor personal. What it does not declare could be anything,
//! so it goes too; and so does a key that the document does not have.

use std::net::IpAddr;

use cx_mock::schema::{Schemas, is_date, is_date_time, is_uuid};
use cx_spec::pointer::escape;
use serde_json::{Map, Number, Value};

use super::names::Names;

/// Lengths of made-up texts: enough to tell a word from a line and a line from a page.
const LENGTHS: &[usize] = &[8, 32, 128, 512];

/// A JSON body by the schema at a pointer of the document; without one nothing is kept.
pub fn body(schemas: &Schemas, schema: Option<&str>, value: &Value) -> Value {
    let names = Names::of(schemas.api().document());
    redact(value, "", &names, &|at| schema.is_some_and(|schema| schemas.may_show(schema, at)))
}

fn redact(value: &Value, at: &str, names: &Names<'_>, may_show: &dyn Fn(&str) -> bool) -> Value {
    match value {
        Value::Object(members) => {
            let mut kept = Map::new();
            for (name, member) in members {
                let inner = format!("{at}/{}", escape(name));
                let name = if names.has(name) { name.clone() } else { format!("redacted_{}", kept.len() + 1) };
                kept.insert(name, redact(member, &inner, names, may_show));
            }
            Value::Object(kept)
        }
        Value::Array(items) => {
            let each = |(index, item)| redact(item, &format!("{at}/{index}"), names, may_show);
            items.iter().enumerate().map(each).collect()
        }
        leaf if may_show(at) => leaf.clone(),
        leaf => placeholder(names, leaf),
    }
}

/// A made-up value of the same type and shape. Of its keys those stay that are names of the document.
pub fn placeholder(names: &Names<'_>, value: &Value) -> Value {
    match value {
        Value::String(content) => text(content).into(),
        Value::Number(number) => same_width(number),
        Value::Bool(_) => Value::Bool(false),
        Value::Array(_) | Value::Object(_) => redact(value, "", names, &|_| false),
        Value::Null => Value::Null,
    }
}

/// A made-up text of the same shape.
pub fn text(content: &str) -> String {
    let digits = || content.strip_prefix('+').unwrap_or(content);
    if content.is_empty() {
        String::new()
    } else if is_uuid(content) {
        "00000000-0000-4000-8000-000000000000".to_owned()
    } else if is_date_time(content) {
        "2000-01-01T00:00:00Z".to_owned()
    } else if is_date(content) {
        "2000-01-01".to_owned()
    } else if content.parse::<IpAddr>().is_ok() {
        "192.0.2.1".to_owned()
    } else if content.starts_with("https://") || content.starts_with("http://") {
        "https://example.com/redacted".to_owned()
    } else if digits().chars().all(|c| c.is_ascii_digit()) {
        content.replace(|c: char| c.is_ascii_digit(), "1")
    } else if content.contains('@') && !content.contains(char::is_whitespace) {
        "person@example.com".to_owned()
    } else {
        let wanted = LENGTHS.iter().find(|length| content.chars().count() <= **length).or(LENGTHS.last());
        "redacted-".chars().cycle().take(wanted.copied().unwrap_or_default()).collect()
    }
}

/// Ones, as many as there were digits.
fn same_width(number: &Number) -> Value {
    if number.is_f64() {
        return Value::from(1.5);
    }
    let digits = number.to_string().trim_start_matches('-').len();
    let ones = "1".repeat(digits.min(18));
    ones.parse::<u64>().map_or(Value::from(1), Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn shapes_stay_and_content_goes() {
        let document =
            cx_spec::Document::parse("made-up", "made-up.yaml", "{openapi: 3.0.3, example: {a: 1}}").unwrap();
        let names = Names::of(&document);
        for (value, made_up) in [
            (json!("ada@lovelace.org"), json!("person@example.com")),
            (json!("+491711234"), json!("+111111111")),
            (json!("Hi there"), json!("redacted")),
            (json!("a text of some more words"), json!("redacted-redacted-redacted-redac")),
            (json!("10.1.2.3"), json!("192.0.2.1")),
            (json!("2021-03-04"), json!("2000-01-01")),
            (json!(4711), json!(1111)),
            (json!(-3.25), json!(1.5)),
            (json!(true), json!(false)),
            (json!(null), json!(null)),
            (json!(""), json!("")),
            (
                json!({"a": ["x"], "ada@lovelace.org": 1, "ada.lovelace": 1, "ada": 1}),
                json!({"a": ["redacted"], "redacted_2": 1, "redacted_3": 1, "redacted_4": 1}),
            ),
        ] {
            assert_eq!(placeholder(&names, &value), made_up, "{value}");
        }
    }
}
