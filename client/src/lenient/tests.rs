//! Every value in every spelling, and what is refused without being quoted.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Reads a member from text and from a tree, which must agree.
macro_rules! read {
    ($function:literal, $type:ty, $json:expr) => {{
        #[derive(Debug, PartialEq, Deserialize)]
        struct Row(#[serde(deserialize_with = $function)] $type);
        let json: &str = $json;
        let text = serde_json::from_str::<Row>(json).map(|row| row.0).map_err(|error| error.to_string());
        let tree = serde_json::from_str::<Value>(json).unwrap();
        let tree = serde_json::from_value::<Row>(tree).map(|row| row.0);
        assert_eq!(text.as_ref().ok(), tree.as_ref().ok(), "{json}");
        text
    }};
}

#[test]
fn integers() {
    for (json, expected) in [
        ("12", 12),
        ("-3", -3),
        ("1.0", 1),
        ("1e3", 1000),
        ("-0.0", 0),
        (r#""12""#, 12),
        (r#"" -7 ""#, -7),
        (r#""1.0""#, 1),
        ("9223372036854775807", i64::MAX),
        (r#""9223372036854775807""#, i64::MAX),
        ("-9223372036854775808", i64::MIN),
    ] {
        assert_eq!(read!("i64", i64, json), Ok(expected), "{json}");
        assert_eq!(read!("option_i64", Option<i64>, json), Ok(Some(expected)), "{json}");
    }
    for json in
        ["1.5", "9223372036854775808", "1e30", r#""a""#, r#""1.5""#, r#""inf""#, r#""NaN""#, "true", "[]", "{}"]
    {
        assert!(read!("i64", i64, json).is_err(), "{json}");
        assert!(read!("option_i64", Option<i64>, json).is_err(), "{json}");
    }
    assert!(read!("i64", i64, "null").is_err());
    assert!(read!("i64", i64, r#""""#).is_err());
    assert_eq!(read!("option_i64", Option<i64>, "null"), Ok(None));
    assert_eq!(read!("option_i64", Option<i64>, r#""""#), Ok(None));
}

#[test]
fn floats() {
    for (json, expected) in [("0.87", 0.87), ("3", 3.0), ("-3", -3.0), (r#""0.87""#, 0.87), (r#""12""#, 12.0)] {
        assert_eq!(read!("f64", f64, json), Ok(expected), "{json}");
        assert_eq!(read!("option_f64", Option<f64>, json), Ok(Some(expected)), "{json}");
    }
    for json in [r#""42%""#, r#""inf""#, r#""nan""#, r#""1e999""#, "false", "[]", "{}"] {
        assert!(read!("f64", f64, json).is_err(), "{json}");
    }
    assert!(read!("f64", f64, "null").is_err());
    assert_eq!(read!("option_f64", Option<f64>, "null"), Ok(None));
    assert_eq!(read!("option_f64", Option<f64>, r#"" ""#), Ok(None));
}

#[test]
fn strings() {
    for (json, expected) in [
        (r#""a\u00e4""#, "aä"),
        (r#""""#, ""),
        ("7", "7"),
        ("-7", "-7"),
        ("0.87", "0.87"),
        ("1.0", "1.0"),
        ("18446744073709551615", "18446744073709551615"),
        ("true", "true"),
    ] {
        assert_eq!(read!("string", String, json).as_deref(), Ok(expected), "{json}");
        assert_eq!(read!("option_string", Option<String>, json), Ok(Some(expected.to_owned())), "{json}");
    }
    for json in ["[]", r#"{"a":"b"}"#] {
        assert!(read!("string", String, json).is_err(), "{json}");
    }
    assert!(read!("string", String, "null").is_err());
    assert_eq!(read!("option_string", Option<String>, "null"), Ok(None));
}

#[test]
fn maps_of_strings() {
    for (json, expected) in [(r#""x""#, "x"), ("7", "7"), ("0.5", "0.5"), ("true", "true")] {
        let map = read!("string_map", BTreeMap<String, String>, &format!(r#"{{"a b":{json}}}"#));
        assert_eq!(map, Ok(BTreeMap::from([("a b".to_owned(), expected.to_owned())])), "{json}");
    }
    for json in ["null", "[]", "{}"] {
        assert!(read!("string_map", BTreeMap<String, String>, &format!(r#"{{"a b":{json}}}"#)).is_err(), "{json}");
    }
    assert_eq!(read!("option_string_map", Option<BTreeMap<String, String>>, "null"), Ok(None));
    assert!(read!("string_map", BTreeMap<String, String>, "null").is_err());
}

#[test]
fn lists_of_strings() {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    for (json, expected) in [(r#"["x",7,0.5,true]"#, texts(&["x", "7", "0.5", "true"])), ("[]", texts(&[]))] {
        assert_eq!(read!("string_list", Vec<String>, json), Ok(expected.clone()), "{json}");
        assert_eq!(read!("option_string_list", Option<Vec<String>>, json), Ok(Some(expected)), "{json}");
    }
    for json in ["[null]", "[[]]", "[{}]", "{}", "7", r#""x""#] {
        assert!(read!("string_list", Vec<String>, json).is_err(), "{json}");
        assert!(read!("option_string_list", Option<Vec<String>>, json).is_err(), "{json}");
    }
    assert_eq!(read!("option_string_list", Option<Vec<String>>, "null"), Ok(None));
    assert!(read!("string_list", Vec<String>, "null").is_err());
}

#[test]
fn booleans() {
    for (json, expected) in [("true", true), ("false", false), (r#""true""#, true), (r#""false""#, false)] {
        assert_eq!(read!("bool", bool, json), Ok(expected));
        assert_eq!(read!("option_bool", Option<bool>, json), Ok(Some(expected)));
    }
    for json in [r#""yes""#, r#""""#, "1", "0", "-1", "1.0", "[]", "{}"] {
        assert!(read!("bool", bool, json).is_err(), "{json}");
        assert!(read!("option_bool", Option<bool>, json).is_err(), "{json}");
    }
    assert!(read!("bool", bool, "null").is_err());
    assert_eq!(read!("option_bool", Option<bool>, "null"), Ok(None));
}

#[test]
fn a_missing_optional_member_is_none() {
    #[derive(Deserialize)]
    struct Row {
        #[serde(default, deserialize_with = "option_i64")]
        count: Option<i64>,
    }
    assert_eq!(serde_json::from_value::<Row>(json!({})).unwrap().count, None);
}

#[test]
fn errors_say_what_was_expected_and_quote_nothing() {
    for error in [
        read!("i64", i64, r#""pat@example.com""#).unwrap_err(),
        read!("option_f64", Option<f64>, r#""pat@example.com""#).unwrap_err(),
        read!("bool", bool, r#""pat@example.com""#).unwrap_err(),
    ] {
        assert!(!error.contains("pat@"), "{error}");
        assert!(error.contains("expected a"), "{error}");
    }
    let error = read!("option_bool", Option<bool>, "4711").unwrap_err();
    assert!(error.starts_with("invalid type: a number, expected a boolean"), "{error}");
    let error = read!("string", String, "[]").unwrap_err();
    assert!(error.contains("expected a string"), "{error}");
    let error = read!("option_string", Option<String>, "[]").unwrap_err();
    assert!(error.contains("expected a string or null"), "{error}");
}

proptest! {
    #[test]
    fn plain_values_are_read_as_they_are(integer: i64, float in (-(1i64 << 52)..1i64 << 52).prop_map(|n| n as f64 / 1e3), text: String) {
        prop_assert_eq!(read!("i64", i64, &integer.to_string()), Ok(integer));
        prop_assert_eq!(read!("i64", i64, &format!("\"{integer}\"")), Ok(integer));
        let written = serde_json::to_string(&float).unwrap();
        let expected: f64 = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(read!("f64", f64, &written), Ok(expected));
        prop_assert_eq!(read!("string", String, &serde_json::to_string(&text).unwrap()), Ok(text));
    }

    #[test]
    fn no_text_makes_it_panic(text: String) {
        let json = serde_json::to_string(&text).unwrap();
        let _ = read!("option_i64", Option<i64>, &json);
        let _ = read!("option_f64", Option<f64>, &json);
        let _ = read!("option_bool", Option<bool>, &json);
    }
}
