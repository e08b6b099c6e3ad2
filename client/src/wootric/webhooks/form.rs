//! Webhooks as a form, in the bracket notation of Rails: `response[end_user_properties][plan]=Pro`.
//!
//! The tree it makes is that of the JSON notation, but every value is a text; an empty one is `null`, as nothing else in a
//! form can say so. Each attribute of an end user keeps its text, an empty one too: there, empty and `null` both occur. The
//! member that holds them is `null` like any other.
//! Nothing in a form is wrong: a name in another notation, or one that contradicts an earlier one, is kept as it is.

use serde_json::{Map, Value};
use url::form_urlencoded;

/// The member in which all values are the customer's own.
const FREE: &str = "end_user_properties";

/// Deeper brackets are a part of the name.
const DEEPEST: usize = 8;

/// The tree of a form.
pub(super) fn value(body: &[u8]) -> Value {
    let mut root = Map::new();
    for (name, text) in form_urlencoded::parse(body) {
        let steps = steps(&name).filter(|steps| fits(&root, steps));
        let steps = steps.unwrap_or_else(|| vec![name.as_ref()]);
        let free = steps.split_last().is_some_and(|(_, inner)| inner.contains(&FREE));
        let value = if text.is_empty() && !free { Value::Null } else { text.into_owned().into() };
        put(&mut root, &steps, value);
    }
    Value::Object(root)
}

/// `a[b][]` as `a`, `b` and an empty step. `None` if it is no such name.
fn steps(name: &str) -> Option<Vec<&str>> {
    let Some((head, rest)) = name.split_once('[') else { return Some(vec![name]) };
    let steps: Vec<&str> = std::iter::once(head).chain(rest.strip_suffix(']')?.split("][")).collect();
    let (_, inner) = steps.split_last()?;
    let odd = steps.iter().any(|step| step.contains(['[', ']'])) || inner.iter().any(|step| step.is_empty());
    (!odd && steps.len() <= DEEPEST).then_some(steps)
}

/// Whether what is there leaves room for a name.
fn fits(root: &Map<String, Value>, steps: &[&str]) -> bool {
    let Some((last, inner)) = steps.split_last() else { return false };
    let (holder, inner) = match (last.is_empty(), inner.split_last()) {
        // `a[]` asks for a list at `a`.
        (true, Some((list, inner))) => (Some(*list), inner),
        _ => (None, inner),
    };
    let mut at = root;
    for step in inner {
        match at.get(*step) {
            None => return true,
            Some(Value::Object(next)) => at = next,
            Some(_) => return false,
        }
    }
    match holder {
        Some(list) => at.get(list).is_none_or(Value::is_array),
        None => at.get(*last).is_none_or(|there| !there.is_object() && !there.is_array()),
    }
}

/// Sets a value at a place that fits; of a name that comes twice, the last counts.
fn put(at: &mut Map<String, Value>, steps: &[&str], value: Value) {
    match steps {
        [] => {}
        [last] => _ = at.insert((*last).to_owned(), value),
        [list, ""] => match at.entry(*list).or_insert_with(|| Value::Array(Vec::new())) {
            Value::Array(items) => items.push(value),
            other => *other = value,
        },
        [next, rest @ ..] => {
            if let Value::Object(inner) = at.entry(*next).or_insert_with(|| Value::Object(Map::new())) {
                put(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn brackets_nest() {
        assert_eq!(
            value(b"a[b][c]=1&a%5Bb%5D%5Bd+e%5D=x%26y&f=&g[]=1&g[]=2&a[end_user_properties][h]="),
            json!({
                "a": {"b": {"c": "1", "d e": "x&y"}, "end_user_properties": {"h": ""}},
                "f": null,
                "g": ["1", "2"],
            })
        );
    }

    #[test]
    fn an_end_user_without_attributes_has_none() {
        assert_eq!(value(b"a[end_user_properties]=&b=1"), json!({"a": {"end_user_properties": null}, "b": "1"}));
    }

    #[test]
    fn what_contradicts_or_is_no_such_name_is_kept() {
        assert_eq!(
            value(b"a=1&a[b]=2&c[d]=3&c=4&e[f=5&[g]=6&h[]=7&h[i]=8&j=9&j=10&k[][l]=11"),
            json!({
                "a": "1", "a[b]": "2", "c": "4", "e[f": "5", "[g]": "6", "h": ["7"], "h[i]": "8", "j": "10",
                "k[][l]": "11",
            })
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_tree(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(value(&body).is_object());
        }

        #[test]
        fn any_brackets_are_a_tree(body in "([ab]{0,2}(\\[[ab]{0,2}\\]?){0,12}=[01]?&){0,6}") {
            prop_assert!(value(body.as_bytes()).is_object());
        }
    }
}
