//! Bounds, patterns, formats and listed numbers: not part of any Rust type, but the vendor refuses what breaks them.

use cx_spec::Node;
use serde_json::Value;

use super::{change::Changes, schemas::Way};

/// Bounds from above: a smaller one refuses more.
const UPPER: &[&str] = &["maximum", "maxLength", "maxItems", "maxProperties"];

/// Bounds from below: a larger one refuses more.
const LOWER: &[&str] = &["minimum", "minLength", "minItems", "minProperties"];

/// Anything else that refuses values: whatever changes may refuse what passed before.
const OTHER: &[&str] = &["pattern", "multipleOf", "format", "uniqueItems", "exclusiveMinimum", "exclusiveMaximum"];

/// Formats that are a Rust type, and compared as such.
const TYPES: &[&str] = &["int32", "int64", "float", "double", "password", "binary", "cx-time"];

/// Compares what two schemas refuse. Of a reply nothing depends on it: the client checks no bounds.
pub fn compare(changes: &mut Changes<'_>, old: &Node<'_>, new: &Node<'_>, way: Way, path: &str) {
    if way == Way::Reply {
        return;
    }
    values(changes, old, new, path);
    for key in [UPPER, LOWER, OTHER].concat() {
        let (before, after) = (value(old, key), value(new, key));
        if before == after {
            continue;
        }
        let at = format!("{}/{key}", new.pointer());
        match (before, after) {
            (_, Some(bound)) if is_tighter(key, before, bound) => {
                let was = before.map_or_else(|| "nothing".to_owned(), Value::to_string);
                changes.breaking(
                    &at,
                    format!("{path} is refused where it was taken: `{key}` is {bound} now, was {was}"),
                );
            }
            _ => {
                let now = after.map_or_else(|| "nothing".to_owned(), Value::to_string);
                changes.compatible(&at, format!("{path} is taken where it was refused: `{key}` is {now} now"));
            }
        }
    }
}

/// Compares the values that schemas list. Those of a text are variants of an enum, and compared as such.
fn values(changes: &mut Changes<'_>, old: &Node<'_>, new: &Node<'_>, path: &str) {
    let at = format!("{}/enum", new.pointer());
    match (listed(old), listed(new)) {
        (Some(before), Some(after)) => {
            for gone in before.iter().filter(|value| !after.contains(value)) {
                changes.breaking(&at, format!("{path} is refused where it was taken: {gone} is not listed now"));
            }
            for added in after.iter().filter(|value| !before.contains(value)) {
                changes.compatible(&at, format!("{path} is taken where it was refused: {added} is listed now"));
            }
        }
        (None, Some(_)) => {
            changes.breaking(&at, format!("{path} is refused where it was taken: its values are listed now"));
        }
        (Some(_), None) => {
            changes.compatible(&at, format!("{path} is taken where it was refused: its values are not listed now"));
        }
        (None, None) => {}
    }
}

fn listed<'d>(schema: &Node<'d>) -> Option<&'d [Value]> {
    let values = schema.member("enum").filter(|_| schema.text("type") != Some("string"))?.value();
    values.as_array().map(Vec::as_slice)
}

/// The value of a keyword, as far as it refuses anything.
fn value<'d>(schema: &Node<'d>, key: &str) -> Option<&'d Value> {
    let value = schema.member(key)?.value();
    let is_type = key == "format" && value.as_str().is_some_and(|format| TYPES.contains(&format));
    (!is_type && value.as_bool() != Some(false)).then_some(value)
}

fn is_tighter(key: &str, old: Option<&Value>, new: &Value) -> bool {
    let numbers = old.and_then(Value::as_f64).zip(new.as_f64());
    match numbers {
        Some((old, new)) if UPPER.contains(&key) => new < old,
        Some((old, new)) if LOWER.contains(&key) => new > old,
        _ => true,
    }
}
