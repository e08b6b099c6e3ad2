//! Editing a JSON value by pointer.

use cx_spec::pointer::{escape, unescape};
use serde_json::Value;

/// Takes the value at a pointer out of the object that holds it; says whether it did. Items of arrays stay: their
/// neighbours would move.
pub fn remove(value: &mut Value, pointer: &str) -> bool {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return false };
    let members = value.pointer_mut(parent).and_then(Value::as_object_mut);
    members.is_some_and(|members| members.shift_remove(&unescape(key)).is_some())
}

/// Calls `visit` with pointer and value of every object, outermost first. What is data, and not a part of the document,
/// is passed over.
pub fn each_object(value: &Value, visit: &mut impl FnMut(&str, &Value)) {
    fn walk(value: &Value, pointer: &str, visit: &mut impl FnMut(&str, &Value)) {
        match value {
            Value::Object(members) => {
                visit(pointer, value);
                for (key, member) in members {
                    let is_data = match key.as_str() {
                        "example" | "value" | "default" | "enum" => !is_map(pointer),
                        _ => false,
                    };
                    if !is_data {
                        walk(member, &format!("{pointer}/{}", escape(key)), visit);
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, &format!("{pointer}/{index}"), visit);
                }
            }
            _ => {}
        }
    }
    walk(value, "", visit);
}

/// Whether the keys of an object are names and statuses rather than words of the standard.
fn is_map(pointer: &str) -> bool {
    ["/properties", "/responses", "/schemas", "/parameters"].iter().any(|map| pointer.ends_with(map))
}

/// What stands at the end of a chain of local references, or the reference that cannot be followed.
pub fn follow<'v>(root: &'v Value, mut value: &'v Value) -> Result<&'v Value, String> {
    // As many as the index follows.
    for _ in 0..32 {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return Ok(value) };
        let target = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        value = target.ok_or_else(|| reference.to_owned())?;
    }
    Err(value.get("$ref").and_then(Value::as_str).unwrap_or_default().to_owned())
}
