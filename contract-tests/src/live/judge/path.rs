//! JSON paths for people: `$.data.questions[*].uuid`.

use cx_spec::pointer::unescape;
use serde_json::Value;

/// Longer names are no names of members but data.
const LONGEST_NAME: usize = 64;

/// The path of a JSON pointer into a value. Items of an array are all one, so that a finding in each is counted as one;
/// and a key that is no identifier, an e-mail address for one, is not shown.
pub fn json_path(root: &Value, pointer: &str) -> String {
    let mut path = "$".to_owned();
    let mut here = Some(root);
    for segment in pointer.split('/').skip(1) {
        let key = unescape(segment);
        if let Some(Value::Array(items)) = here {
            path.push_str("[*]");
            here = key.parse().ok().and_then(|index: usize| items.get(index));
        } else {
            path.push_str(&step(&key));
            here = here.and_then(|value| value.get(&key));
        }
    }
    path
}

fn step(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if key.len() > LONGEST_NAME || key.starts_with(|c: char| c.is_ascii_digit()) || !key.chars().all(plain) {
        ".<name not shown>".to_owned()
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
        let value = json!({"list": [{"a": 1}, {"a": 2}], "by_user": {"ada@example.com": 1}, "0": 1});
        assert_eq!(json_path(&value, ""), "$");
        assert_eq!(json_path(&value, "/list/1/a"), "$.list[*].a");
        assert_eq!(json_path(&value, "/list/0/missing"), "$.list[*].missing");
        assert_eq!(json_path(&value, "/by_user/ada@example.com"), "$.by_user.<name not shown>");
        assert_eq!(json_path(&value, "/0"), "$.<name not shown>");
    }
}
