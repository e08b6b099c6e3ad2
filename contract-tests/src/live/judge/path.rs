//! JSON paths for people: `$.data.questions[*].uuid`.

use cx_spec::pointer::unescape;
use serde_json::Value;

use crate::live::names::Names;

/// Longer names are no names of members but data.
const LONGEST_NAME: usize = 64;
/// Stands in the place of a name that is not shown.
const UNSHOWN: &str = ".<name not shown>";

/// The path of a JSON pointer into a value. Items of an array are all one, so that a finding in each is counted as one;
/// and a key that is no name of the document is not shown: it may be a person's.
pub fn json_path(names: &Names<'_>, root: &Value, pointer: &str) -> String {
    path(root, pointer, |key| names.has(key))
}

/// The path of a member that the document does not name: its own name is the news, and shown if it looks like one.
pub fn path_to_unnamed(names: &Names<'_>, root: &Value, pointer: &str) -> String {
    let own = pointer.rsplit('/').next().map(unescape);
    path(root, pointer, |key| names.has(key) || own.as_deref() == Some(key))
}

fn path(root: &Value, pointer: &str, is_name: impl Fn(&str) -> bool) -> String {
    let mut path = "$".to_owned();
    let mut here = Some(root);
    for segment in pointer.split('/').skip(1) {
        let key = unescape(segment);
        if let Some(Value::Array(items)) = here {
            path.push_str("[*]");
            here = key.parse().ok().and_then(|index: usize| items.get(index));
        } else {
            path.push_str(&if is_name(&key) { step(&key) } else { UNSHOWN.to_owned() });
            here = here.and_then(|value| value.get(&key));
        }
    }
    path
}

fn step(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if key.len() > LONGEST_NAME || key.starts_with(|c: char| c.is_ascii_digit()) || !key.chars().all(plain) {
        UNSHOWN.to_owned()
    } else {
        format!(".{key}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn items_are_one_and_data_is_not_shown() {
        let document = "{openapi: 3.0.3, list: [{a: 1, missing: 1}], by_user: {ada@example.com: 1}, '0': 1}";
        let document = cx_spec::Document::parse("made-up", "made-up.yaml", document).unwrap();
        let names = Names::of(&document);
        let value = json!({"list": [{"a": 1}, {"a": 2}], "by_user": {"ada@example.com": 1, "ada": {"a": 1}}, "0": 1});
        let json_path = |value, pointer| super::json_path(&names, value, pointer);
        assert_eq!(json_path(&value, ""), "$");
        assert_eq!(json_path(&value, "/list/1/a"), "$.list[*].a");
        assert_eq!(json_path(&value, "/list/0/missing"), "$.list[*].missing");
        assert_eq!(json_path(&value, "/by_user/ada@example.com"), "$.by_user.<name not shown>");
        assert_eq!(json_path(&value, "/by_user/ada/a"), "$.by_user.<name not shown>.a");
        assert_eq!(json_path(&value, "/0"), "$.<name not shown>");
        assert_eq!(path_to_unnamed(&names, &value, "/list/0/brand_new"), "$.list[*].brand_new");
        assert_eq!(path_to_unnamed(&names, &value, "/by_user/ada/brand_new"), "$.by_user.<name not shown>.brand_new");
    }
}
