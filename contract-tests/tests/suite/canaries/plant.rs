//! Values of a schema with a canary in every member that is secret or personal.

use cx_spec::{Api, Node};
use serde_json::{Map, Value, json};

/// Deeper than any document nests, but for schemas that hold themselves.
const DEEPEST: usize = 8;

/// One value for each alternative of a component schema, all members given.
pub fn values(api: &Api, schema: &str) -> Option<Vec<Value>> {
    let (_, node) = api.schemas().into_iter().find(|(name, _)| *name == schema)?;
    let node = node.resolve().unwrap();
    let alternatives = node.member("oneOf").map(|one| one.items()).unwrap_or_default();
    if alternatives.is_empty() {
        return Some(vec![value(&node, false, 0)]);
    }
    Some(alternatives.iter().map(|one| value(one, false, 0)).collect())
}

/// A value of a schema; marked if what holds it is.
fn value(node: &Node<'_>, marked: bool, depth: usize) -> Value {
    let marked = marked || node.flag("x-secret") || node.flag("x-personal");
    let node = node.resolve().unwrap();
    let marked = marked || node.flag("x-secret") || node.flag("x-personal");
    for key in ["allOf", "oneOf"] {
        if let Some(first) = node.member(key).and_then(|list| list.items().into_iter().next()) {
            return value(&first, marked, depth);
        }
    }
    match node.text("type") {
        Some("string") => text(&node, marked),
        Some("integer") => json!(7),
        Some("number") => json!(0.5),
        Some("boolean") => json!(true),
        Some("array") => match node.member("items") {
            Some(items) if depth < DEEPEST => json!([value(&items, marked, depth + 1)]),
            _ => json!([]),
        },
        Some("object") => object(&node, marked, depth),
        _ if node.member("properties").is_some() => object(&node, marked, depth),
        _ if marked => json!("a canary of any type"),
        _ => json!("anything"),
    }
}

fn text(node: &Node<'_>, marked: bool) -> Value {
    if let Some(first) = node.member("enum").and_then(|list| list.items().into_iter().next()) {
        return first.value().clone();
    }
    match node.text("format") {
        Some("date-time") => json!("2021-01-02T03:04:05Z"),
        Some("cx-time") => json!("2021-01-02 03:04:05 -0700"),
        // A file is read from a text; what it holds is a person's in every document.
        Some("binary") => json!("canary file"),
        Some("date") => json!("2021-01-02"),
        Some("uuid") => json!("87322703-0000-4000-8000-00000000abcd"),
        _ if marked => json!("canary text"),
        _ => json!("text"),
    }
}

fn object(node: &Node<'_>, marked: bool, depth: usize) -> Value {
    let mut members = Map::new();
    for (name, member) in node.member("properties").map(|all| all.members()).unwrap_or_default() {
        // A schema that holds itself has to end somewhere.
        let ends = depth >= DEEPEST && member.text("type").is_none_or(|kind| kind == "object" || kind == "array");
        if !ends {
            members.insert(name.to_owned(), value(&member, marked, depth + 1));
        }
    }
    if marked && members.is_empty() {
        members.insert("plan".to_owned(), json!("canary plan"));
    }
    Value::Object(members)
}

/// How many members of its own a schema marks.
pub fn marked(api: &Api, schema: &str) -> usize {
    let Some((_, node)) = api.schemas().into_iter().find(|(name, _)| *name == schema) else { return 0 };
    let properties = node.member("properties").map(|all| all.members()).unwrap_or_default();
    let is_marked = |member: &Node<'_>| member.flag("x-secret") || member.flag("x-personal");
    properties.iter().filter(|(_, one)| is_marked(one)).count()
}
