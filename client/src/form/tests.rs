//! Forms, read back as Rack reads them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;

const BRACKETS: Body = Body {
    required: true,
    media_types: &[],
    indexed: false,
    indexed_members: &["import.tag_names"],
    files: &[],
    alternatives: &[],
};
const INDICES: Body = Body { indexed: true, indexed_members: &[], ..BRACKETS };

fn written(value: &Value, body: &Body) -> Vec<String> {
    pairs(value, body).unwrap().into_iter().map(|(name, text)| format!("{name}={text}")).collect()
}

#[test]
fn values_are_written_as_the_vendors_document_them() {
    let body = json!({
        "end_user": {"properties": {"plan": "Pro", "Größe (cm)": 180}},
        "emails": ["a@example.com", "b@example.com"],
        "survey_immediately": true,
        "delay": 3,
        "widest": i64::MAX,
        "score": 7.0,
        "ratio": 0.5,
        "large": 1e21,
    });
    let mut got = written(&body, &BRACKETS);
    got.sort();
    assert_eq!(
        got,
        [
            "delay=3",
            "emails[]=a@example.com",
            "emails[]=b@example.com",
            "end_user[properties][Größe (cm)]=180",
            "end_user[properties][plan]=Pro",
            "large=1000000000000000000000",
            "ratio=0.5",
            "score=7",
            "survey_immediately=true",
            "widest=9223372036854775807",
        ]
    );
}

#[test]
fn arrays_carry_indices_where_the_operation_says_so() {
    let body = json!({"import": {"project_ids": [3, 4], "tag_names": ["PRICE", "SUPPORT"]}});
    assert_eq!(
        written(&body, &BRACKETS),
        [
            "import[project_ids][]=3",
            "import[project_ids][]=4",
            "import[tag_names][0]=PRICE",
            "import[tag_names][1]=SUPPORT"
        ]
    );
    assert_eq!(written(&json!({"a": [{"b": [1]}, {"b": [2]}]}), &INDICES), ["a[0][b][0]=1", "a[1][b][0]=2"]);
    let deep = Body { indexed_members: &["a.b"], ..BRACKETS };
    assert_eq!(written(&json!({"a": [{"b": [1]}]}), &deep), ["a[][b][0]=1"]);
}

#[test]
fn the_plain_members_of_an_element_come_first() {
    let body = json!({"responses": [
        {"custom_properties": [{"key": "plan", "value": "Lite"}], "other": {"list": [1], "x": 2}, "id": 413},
        {"custom_properties": [{"key": "plan", "value": "Pro"}], "id": 414},
    ]});
    assert_eq!(
        written(&body, &BRACKETS),
        [
            "responses[][id]=413",
            "responses[][other][x]=2",
            "responses[][custom_properties][][key]=plan",
            "responses[][custom_properties][][value]=Lite",
            "responses[][other][list][]=1",
            "responses[][id]=414",
            "responses[][custom_properties][][key]=plan",
            "responses[][custom_properties][][value]=Pro",
        ]
    );
}

#[test]
fn elements_that_share_a_member_start_with_it() {
    let body = json!({"users": [{"b": "1", "c": "2"}, {"a": "3", "b": "4"}]});
    assert_eq!(written(&body, &BRACKETS), ["users[][b]=1", "users[][c]=2", "users[][b]=4", "users[][a]=3"]);
    assert_eq!(rack(&pairs(&body, &BRACKETS).unwrap()), body);
}

#[test]
fn elements_that_a_reader_would_join_are_refused_before_they_are_sent() {
    for (elements, path) in [
        (json!([{"a": 1}, {"b": 2}]), "x[1]"),
        (json!([{"id": 1}, {"id": 2}, {"name": "c"}]), "x[2]"),
        (json!([{"a": {"b": 1}}, {"a": {"c": 2}}]), "x[1]"),
        (json!([{"list": [1]}, {"list": [2]}]), "x[1]"),
        (json!([{"list": [{"a": 1}, {"b": 2}]}]), "x[0].list[1]"),
    ] {
        let body = json!({"x": elements});
        let error = pairs(&body, &BRACKETS).unwrap_err();
        assert_eq!((error.path(), error.reason().starts_with("shares no member")), (path, true), "{body}: {error}");
        assert!(pairs(&body, &INDICES).is_ok(), "indices tell them apart: {body}");
    }
    let error = pairs(&json!({"x": [[1], [2]]}), &BRACKETS).unwrap_err();
    assert_eq!(error.to_string(), "x[0]: a list inside a list cannot be written in a form");
    // A reader that comes from a text opens an element anyway.
    for elements in
        [json!([{"a": "1"}, "t", {"b": "2"}]), json!([{"list": ["1", "2"]}]), json!([{"a": "1", "b": "2"}])]
    {
        let body = json!({"x": elements});
        assert_eq!(rack(&pairs(&body, &BRACKETS).unwrap()), body);
    }
}

#[test]
fn an_empty_text_is_written_and_an_empty_body_has_no_members() {
    assert_eq!(written(&json!({"a": "", "b": [""]}), &BRACKETS), ["a=", "b[]="]);
    assert_eq!(pairs(&json!({}), &BRACKETS), Ok(Vec::new()));
}

#[test]
fn what_the_notation_has_no_word_for_is_refused_by_name() {
    for notation in [&BRACKETS, &INDICES] {
        for (value, word) in [(Value::Null, "null"), (json!([]), "an empty list"), (json!({}), "an empty map")] {
            for (body, path) in [
                (json!({"a": value}), "a"),
                (json!({"a": {"b": [1, {"c d": value}]}}), "a.b[1].c d"),
                (json!({"a": ["", value]}), "a[1]"),
            ] {
                let error = pairs(&body, notation).unwrap_err();
                assert_eq!((error.path(), error.reason().starts_with(word)), (path, true), "{body}: {error}");
            }
        }
    }
    let error = pairs(&json!({"a": null}), &BRACKETS).unwrap_err();
    assert_eq!(error.to_string(), "a: null cannot be written in a form; leave the member out");
}

#[test]
fn a_name_that_a_reader_would_take_apart_is_refused() {
    for notation in [&BRACKETS, &INDICES] {
        for name in ["", "Size [cm]", "a]", "[", "a][b"] {
            let mut properties = Map::new();
            properties.insert("plan".to_owned(), json!("Pro"));
            properties.insert(name.to_owned(), json!(180));
            for (body, place) in [
                (json!({"end_user": {"properties": properties}}), "end_user.properties"),
                (json!({"users": [properties]}), "users[0]"),
            ] {
                let error = pairs(&body, notation).unwrap_err();
                assert_eq!((error.path(), error.reason().starts_with("a name")), (&*format!("{place}.{name}"), true));
            }
        }
    }
}

#[test]
fn only_an_object_or_nothing_is_a_form() {
    assert_eq!(pairs(&Value::Null, &BRACKETS), Ok(Vec::new()));
    for body in [json!([]), json!("a"), json!(1)] {
        assert_eq!(pairs(&body, &BRACKETS).unwrap_err().reason(), "only an object can be written as a form");
    }
}

#[test]
fn blanks_become_plus_and_reserved_characters_are_escaped() {
    assert_eq!(urlencoded([("a b[]", "c+d&e=f%ä")]), "a+b%5B%5D=c%2Bd%26e%3Df%25%C3%A4");
}

/// What Rack makes of pairs, as far as names are well-formed (`parse_nested_query`).
fn rack(pairs: &[(String, String)]) -> Value {
    let mut root = Map::new();
    for (name, text) in pairs {
        store(&mut root, name, text);
    }
    Value::Object(root)
}

/// Splits `a[b][c]` into `a` and `[b][c]`, and `[b][c]` into `b` and `[c]`.
fn head(name: &str) -> (&str, &str) {
    match name.strip_prefix('[') {
        Some(rest) => rest.split_once(']').unwrap(),
        None => name.split_at(name.find('[').unwrap_or(name.len())),
    }
}

fn store(into: &mut Map<String, Value>, name: &str, text: &str) {
    let (key, after) = head(name);
    if after.is_empty() {
        into.insert(key.to_owned(), text.into());
    } else if after == "[]" {
        let list = into.entry(key).or_insert_with(|| json!([]));
        list.as_array_mut().unwrap().push(text.into());
    } else if let Some(child) = after.strip_prefix("[]") {
        let list = into.entry(key).or_insert_with(|| json!([])).as_array_mut().unwrap();
        match list.last_mut().and_then(Value::as_object_mut) {
            Some(last) if !has(last, child) => store(last, child, text),
            _ => {
                let mut new = Map::new();
                store(&mut new, child, text);
                list.push(new.into());
            }
        }
    } else {
        let object = into.entry(key).or_insert_with(|| json!({}));
        store(object.as_object_mut().unwrap(), after, text);
    }
}

fn has(object: &Map<String, Value>, name: &str) -> bool {
    if name.contains("[]") {
        return false;
    }
    let mut at = Some(object);
    name.split(['[', ']']).filter(|part| !part.is_empty()).all(|part| {
        let found = at.and_then(|object| object.get(part));
        at = found.and_then(Value::as_object);
        found.is_some()
    })
}

/// Elements as a vendor documents them: all have `id`, the rest comes and goes.
fn elements() -> impl Strategy<Value = Value> {
    let property = ("[a-z]{1,3}", "[a-z]{0,3}").prop_map(|(key, value)| json!({"key": key, "value": value}));
    let element = (
        "[0-9]{1,3}",
        prop::option::of("[a-z]{0,3}"),
        prop::collection::vec(property, 0..3),
        prop::option::of(prop::collection::btree_map("[a-z]{1,2}", "[a-z]{0,2}", 1..3)),
        prop::collection::vec("[a-z]{0,2}", 0..3),
    );
    let element = element.prop_map(|(id, above, properties, object, list)| {
        let mut element = Map::new();
        element.insert("id".into(), id.into());
        if let Some(above) = above {
            element.insert("a".into(), above.into());
        }
        if !properties.is_empty() {
            element.insert("custom_properties".into(), properties.into());
        }
        if let Some(object) = object {
            element.insert("b".into(), json!(object));
        }
        if !list.is_empty() {
            element.insert("c".into(), json!({"list": list, "z": "1"}));
        }
        Value::Object(element)
    });
    prop::collection::vec(element, 1..5).prop_map(|elements| json!({"users": elements}))
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,4}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

fn has_no_word(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(elements) => elements.is_empty() || elements.iter().any(has_no_word),
        Value::Object(members) => {
            let is_odd = |name: &String| name.is_empty() || name.contains(['[', ']']);
            members.is_empty() || members.keys().any(is_odd) || members.values().any(has_no_word)
        }
        _ => false,
    }
}

/// Whether bracketed pairs would say less than the value: a list in a list, or neighbours without a member to part them.
fn is_joined(value: &Value) -> bool {
    let parted = |pair: &[Value]| match pair {
        [Value::Object(_), Value::Object(_)] => !opening(&pair[0], "").is_disjoint(&opening(&pair[1], "")),
        _ => true,
    };
    match value {
        Value::Array(elements) => {
            elements.iter().any(Value::is_array) || !elements.windows(2).all(parted) || elements.iter().any(is_joined)
        }
        Value::Object(members) => members.values().any(is_joined),
        _ => false,
    }
}

/// The names of what lies in an object and in no array.
fn opening(value: &Value, name: &str) -> BTreeSet<String> {
    match value {
        Value::Object(members) => {
            members.iter().flat_map(|(member, value)| opening(value, &format!("{name}[{member}]"))).collect()
        }
        Value::Array(_) => BTreeSet::new(),
        _ => BTreeSet::from([name.to_owned()]),
    }
}

/// Lists of objects that have few names between them, so that neighbours often share one and often do not.
fn any_elements() -> impl Strategy<Value = Value> {
    let text = || "[0-9]".prop_map(Value::from);
    let member = prop_oneof![
        4 => text(),
        1 => prop::collection::btree_map("[de]", text(), 1..3).prop_map(|members| json!(members)),
        1 => prop::collection::vec(text(), 1..3).prop_map(Value::from),
    ];
    // A name goes with one kind of value: a text where an object was is what no reader takes.
    let element = prop::collection::btree_map("[abc]", member, 1..4).prop_map(|members| {
        let kind = |value: &Value| {
            if value.is_array() {
                "l"
            } else if value.is_object() {
                "o"
            } else {
                ""
            }
        };
        members.into_iter().map(|(name, value)| (format!("{name}{}", kind(&value)), value)).collect::<Map<_, _>>()
    });
    prop::collection::vec(element, 1..5).prop_map(|elements| json!({"x": elements}))
}

proptest! {
    #[test]
    fn decoding_gives_back_the_pairs(pairs in prop::collection::vec(
        (prop_oneof!["[ &=\\[\\]%+#äß中🦀]{0,6}", ".{0,8}"], prop_oneof!["[ &=\\[\\]%+;äß中🦀\r\n]{0,6}", any::<String>()]), 0..6,
    )) {
        let encoded = urlencoded(pairs.clone());
        prop_assert!(encoded.is_ascii() && !encoded.contains(' '));
        let decoded: Vec<(String, String)> = form_urlencoded::parse(encoded.as_bytes()).into_owned().collect();
        // A pair with neither name nor value leaves nothing to decode when it stands alone.
        let expected: Vec<_> = if encoded.is_empty() { Vec::new() } else { pairs };
        prop_assert_eq!(decoded, expected);
    }

    #[test]
    fn rack_reads_back_what_was_written(body in elements()) {
        prop_assert_eq!(rack(&pairs(&body, &BRACKETS).unwrap()), body);
    }

    #[test]
    fn rack_reads_back_whatever_is_not_refused(body in any_elements()) {
        match pairs(&body, &BRACKETS) {
            Ok(pairs) => prop_assert_eq!(rack(&pairs), body),
            Err(_) => prop_assert!(is_joined(&body), "refused without need"),
        }
    }

    #[test]
    fn an_object_is_written_unless_it_holds_what_has_no_word(
        members in prop::collection::btree_map(".{0,6}", any_json(), 0..5), indexed: bool,
    ) {
        let refused = members.values().any(|value| has_no_word(value) || !indexed && is_joined(value));
        let notation = if indexed { &INDICES } else { &BRACKETS };
        prop_assert_eq!(pairs(&json!(members), notation).is_err(), refused);
    }
}

#[test]
fn the_name_of_a_part_can_end_neither_itself_nor_its_line() {
    assert_eq!(part_name("properties[Signup Date]"), "properties[Signup Date]");
    assert_eq!(part_name("a\"; filename=\"b\r\nc: d"), "a%22; filename=%22b%0D%0Ac: d");
}
