//! Brackets in names: `a[b]`, `a[]`, `a[0]`, `a[][k]`.
//!
//! The rule for `a[][k]` is that of Rack, which most servers with this notation follow: a pair goes into the last
//! element unless that element has the key already; then the next one begins.

use cx_spec::pointer::escape;
use indexmap::IndexMap;

use super::{coerce::FormFault, pairs::Pair, pairs::Part};
use crate::violation::clip;

/// Deeper brackets are refused: no document nests that deep, and the reader recurses.
const DEEPEST: usize = 32;

/// The pairs of a form, put together by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// The values of one name; several if it was repeated.
    Leaf(Vec<Part>),
    /// `a[b]`, and `a[0]` as long as no schema says that this is an array.
    Map(IndexMap<String, Tree>),
    /// `a[]`.
    List(Vec<Tree>),
}

enum Step {
    Key(String),
    Push,
}

/// Puts pairs together. A name that contradicts an earlier one is reported and left out.
pub fn nest(pairs: &[Pair]) -> (Tree, Vec<FormFault>) {
    let mut root = IndexMap::new();
    let mut faults = Vec::new();
    for pair in pairs {
        let (head, steps) = split(&pair.name);
        if insert(&mut root, &head, &steps, &pair.part).is_none() {
            faults.push(FormFault {
                rule: "notation",
                pointer: format!("/{}", escape(&clip(&head))),
                message: format!("`{}` contradicts what was written before it", clip(&pair.name)),
                schema: String::new(),
            });
        }
    }
    (Tree::Map(root), faults)
}

/// Cuts `a[b][]` into `a` and its steps. What is no proper bracket notation is a name as a whole.
fn split(name: &str) -> (String, Vec<Step>) {
    let whole = || (name.to_owned(), Vec::new());
    let Some((head, rest)) = name.split_once('[') else { return whole() };
    let Some(inner) = rest.strip_suffix(']') else { return whole() };
    let steps: Vec<Step> =
        inner.split("][").map(|step| if step.is_empty() { Step::Push } else { Step::Key(step.to_owned()) }).collect();
    let odd = |step: &Step| matches!(step, Step::Key(key) if key.contains(['[', ']']));
    if head.is_empty() || steps.len() > DEEPEST || steps.iter().any(odd) {
        return whole();
    }
    (head.to_owned(), steps)
}

/// None when the pair does not fit.
fn insert(map: &mut IndexMap<String, Tree>, key: &str, steps: &[Step], part: &Part) -> Option<()> {
    match steps {
        [] => match map.entry(key.to_owned()).or_insert_with(|| Tree::Leaf(Vec::new())) {
            Tree::Leaf(parts) => parts.push(part.clone()),
            _ => return None,
        },
        [Step::Key(next), rest @ ..] => {
            match map.entry(key.to_owned()).or_insert_with(|| Tree::Map(IndexMap::new())) {
                Tree::Map(inner) => insert(inner, next, rest, part)?,
                _ => return None,
            }
        }
        [Step::Push, rest @ ..] => {
            let Tree::List(items) = map.entry(key.to_owned()).or_insert_with(|| Tree::List(Vec::new())) else {
                return None;
            };
            match rest {
                [] => items.push(Tree::Leaf(vec![part.clone()])),
                [Step::Key(next), further @ ..] => {
                    let fits = matches!(items.last(), Some(Tree::Map(last)) if !holds(last, next, further));
                    if !fits {
                        items.push(Tree::Map(IndexMap::new()));
                    }
                    match items.last_mut() {
                        Some(Tree::Map(last)) => insert(last, next, further, part)?,
                        _ => return None,
                    }
                }
                // A list of lists has no notation that tells where the inner one ends.
                [Step::Push, ..] => return None,
            }
        }
    }
    Some(())
}

/// Whether an element has what the steps lead to; never where they lead into a list, which can always take more.
fn holds(map: &IndexMap<String, Tree>, key: &str, steps: &[Step]) -> bool {
    match (map.get(key), steps) {
        (Some(_), []) => true,
        (Some(Tree::Map(inner)), [Step::Key(next), rest @ ..]) => holds(inner, next, rest),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{plain, urlencoded};
    use serde_json::{Value, json};

    fn value(form: &str) -> Value {
        let (tree, faults) = nest(&urlencoded(form.as_bytes()));
        assert!(faults.is_empty(), "{faults:?}");
        plain(&tree)
    }

    #[test]
    fn nests_objects_and_arrays() {
        assert_eq!(
            value("a[b][c]=1&a[d][]=2&a[d][]=3&e=4"),
            json!({"a": {"b": {"c": "1"}, "d": ["2", "3"]}, "e": "4"})
        );
    }

    #[test]
    fn begins_the_next_element_at_a_repeated_key() {
        assert_eq!(
            value(
                "r[][id]=1&r[][p][][k]=a&r[][p][][v]=b&r[][p][][k]=c&r[][p][][v]=d&r[][id]=2&r[][p][][k]=e&r[][p][][v]=f"
            ),
            json!({"r": [
                {"id": "1", "p": [{"k": "a", "v": "b"}, {"k": "c", "v": "d"}]},
                {"id": "2", "p": [{"k": "e", "v": "f"}]},
            ]})
        );
    }

    #[test]
    fn takes_odd_brackets_for_a_part_of_the_name() {
        assert_eq!(value("a[b=1&[c]=2&d[e]f=3"), json!({"a[b": "1", "[c]": "2", "d[e]f": "3"}));
    }

    #[test]
    fn reports_names_that_contradict_each_other() {
        let (tree, faults) = nest(&urlencoded(b"a=1&a[b]=2&c[][]=3"));
        assert_eq!(plain(&tree), json!({"a": "1", "c": []}));
        assert_eq!(faults.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(), ["/a", "/c"]);
    }
}
