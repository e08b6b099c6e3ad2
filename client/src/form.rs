//! JSON values written as form members, in the bracket notation that Rack and Rails read.
//!
//! | value | written as |
//! |---|---|
//! | `{"end_user": {"properties": {"plan": "Pro"}}}` | `end_user[properties][plan]=Pro` |
//! | `{"emails": ["a", "b"]}` | `emails[]=a`, `emails[]=b`, or `emails[0]=a`, `emails[1]=b` where the operation says so |
//! | `{"users": [{"id": 1}, {"id": 2}]}` | `users[][id]=1`, `users[][id]=2` |
//! | `true`, `1`, `1.0`, `0.5` | `true`, `1`, `1`, `0.5` |
//! | `null`, `[]`, `{}` | refused, at any depth: the notation has no word for them, and an empty value means something else |
//!
//! Names are written between the brackets as they are, also those that a caller made up.
//!
//! **Order.** `users[][id]` does not say which element it belongs to: a reader opens a new element at a name that the
//! current one has already, and a name with another `[]` in it never opens one. So an element's plain members are written
//! first, then its objects, then its arrays, and where two elements differ in their members, one they share comes first.
//! Two neighbours that share no plain member cannot be told apart and are read as one element; indices would help, but no
//! vendor documents them there.

use std::{collections::HashSet, fmt};

use serde_json::Value;
use url::form_urlencoded;

use crate::operation::Body;

/// A value that the notation cannot express.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unwritable {
    path: String,
    reason: &'static str,
}

impl Unwritable {
    /// Dotted path of the member, such as `end_user.properties.plan` or `emails[1]`; empty for the body itself. It may
    /// hold names that the caller made up, never values.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong, without the path.
    pub(crate) fn reason(&self) -> &'static str {
        self.reason
    }
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(self.reason),
            path => write!(f, "{path}: {}", self.reason),
        }
    }
}

impl std::error::Error for Unwritable {}

/// The members of a body in the order they are to be sent. A body that is `null` or `{}` has none.
///
/// # Errors
///
/// A `null`, an empty list or an empty map anywhere inside, or a body that is not an object.
pub(crate) fn pairs(value: &Value, body: &Body) -> Result<Vec<(String, String)>, Unwritable> {
    let members = match value {
        Value::Object(members) => members,
        Value::Null => return Ok(Vec::new()),
        _ => return Err(Unwritable { path: String::new(), reason: "only an object can be written as a form" }),
    };
    let mut leaves = Vec::with_capacity(members.len());
    for (name, member) in members {
        write(member, name.clone(), At { shown: name.clone(), dotted: name.clone() }, body, &mut leaves)?;
    }
    Ok(leaves.into_iter().map(|leaf| (leaf.name, leaf.text)).collect())
}

/// Pairs as `application/x-www-form-urlencoded`: blanks as `+`, UTF-8, everything else as the URL standard says.
pub(crate) fn urlencoded<N: AsRef<str>, T: AsRef<str>>(pairs: impl IntoIterator<Item = (N, T)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Place of a value: as shown in an error, and as the operation's table names it, without positions in arrays.
struct At {
    shown: String,
    dotted: String,
}

struct Leaf {
    name: String,
    text: String,
    depth: Depth,
}

/// Where a leaf lies in the innermost element (or body) that holds it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    Plain,
    InObject,
    InArray,
}

fn write(value: &Value, name: String, at: At, body: &Body, leaves: &mut Vec<Leaf>) -> Result<(), Unwritable> {
    let refuse = |reason| Err(Unwritable { path: at.shown.clone(), reason });
    let text = match value {
        Value::Null => return refuse("null cannot be written in a form; leave the member out"),
        Value::Object(members) if members.is_empty() => {
            return refuse("an empty map cannot be written in a form; leave the member out");
        }
        Value::Array(elements) if elements.is_empty() => {
            return refuse("an empty list cannot be written in a form; leave the member out");
        }
        Value::Object(members) => {
            for (member, value) in members {
                let at = At { shown: format!("{}.{member}", at.shown), dotted: format!("{}.{member}", at.dotted) };
                let start = leaves.len();
                write(value, format!("{name}[{member}]"), at, body, leaves)?;
                if value.is_object() {
                    for leaf in leaves.iter_mut().skip(start) {
                        leaf.depth = leaf.depth.max(Depth::InObject);
                    }
                }
            }
            return Ok(());
        }
        Value::Array(elements) => return write_array(elements, &name, &at, body, leaves),
        Value::String(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        // Unlike JSON's, the plain notation of a float has neither `.0` nor an exponent.
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => float.to_string(),
            _ => number.to_string(),
        },
    };
    leaves.push(Leaf { name, text, depth: Depth::Plain });
    Ok(())
}

fn write_array(
    elements: &[Value],
    name: &str,
    at: &At,
    body: &Body,
    leaves: &mut Vec<Leaf>,
) -> Result<(), Unwritable> {
    let indexed = body.indexed || body.indexed_members.contains(&at.dotted.as_str());
    // Names that a reader has in the element it is filling.
    let mut open: HashSet<String> = HashSet::new();
    for (index, element) in elements.iter().enumerate() {
        let name = if indexed { format!("{name}[{index}]") } else { format!("{name}[]") };
        let at = At { shown: format!("{}[{index}]", at.shown), dotted: at.dotted.clone() };
        let mut own = Vec::new();
        write(element, name, at, body, &mut own)?;
        own.sort_by_key(|leaf| leaf.depth);
        if element.is_object() && !indexed {
            let opens = own.iter().position(|leaf| leaf.depth != Depth::InArray && open.contains(&leaf.name));
            if let Some(opens) = opens {
                if let Some(before) = own.get_mut(..=opens) {
                    before.rotate_right(1);
                }
                open.clear();
            }
            open.extend(own.iter().filter(|leaf| leaf.depth != Depth::InArray).map(|leaf| leaf.name.clone()));
        }
        leaves.extend(own.into_iter().map(|leaf| Leaf { depth: Depth::InArray, ..leaf }));
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
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
            "end_user": {"properties": {"plan": "Pro", "Größe [cm]": 180}},
            "emails": ["a@example.com", "b@example.com"],
            "survey_immediately": true,
            "delay": 3,
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
                "end_user[properties][Größe [cm]]=180",
                "end_user[properties][plan]=Pro",
                "large=1000000000000000000000",
                "ratio=0.5",
                "score=7",
                "survey_immediately=true",
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
            Value::Object(members) => members.is_empty() || members.values().any(has_no_word),
            _ => false,
        }
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
        fn an_object_is_written_unless_it_holds_what_has_no_word(
            members in prop::collection::btree_map(".{0,6}", any_json(), 0..5), indexed: bool,
        ) {
            let refused = members.values().any(has_no_word);
            let notation = if indexed { &INDICES } else { &BRACKETS };
            prop_assert_eq!(pairs(&json!(members), notation).is_err(), refused);
        }
    }
}
