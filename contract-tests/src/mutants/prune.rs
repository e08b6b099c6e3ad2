//! A document with only those operations that are judged.
//!
//! Reading a document takes longer than judging by it, and most of it is about other operations.

use std::collections::BTreeSet;

use cx_spec::pointer::escape;
use serde_json::{Map, Value};

/// A copy of the document without the paths that do not hold any of these operations, and without components that nothing
/// refers to then. Security schemes stay: they are referred to by name.
pub(super) fn pruned(document: &Value, operations: &BTreeSet<&str>) -> Value {
    let holds = |path: &Value| {
        let mut own = path.as_object().into_iter().flatten().filter_map(|(_, one)| one.get("operationId"));
        own.any(|id| id.as_str().is_some_and(|id| operations.contains(id)))
    };
    let paths = kept(document.get("paths"), |_, path| holds(path));
    let mut reached = BTreeSet::new();
    paths.values().for_each(|path| reach(document, path, &mut reached));
    let mut components = Map::new();
    for (group, members) in document.get("components").and_then(Value::as_object).into_iter().flatten() {
        let needed = |name: &str| reached.contains(&format!("/components/{group}/{}", escape(name)));
        let members = kept(Some(members), |name, _| group == "securitySchemes" || needed(name));
        components.insert(group.clone(), Value::Object(members));
    }
    let others = |key: &str| !matches!(key, "paths" | "components");
    let mut small = kept(Some(document), |key, _| others(key));
    small.insert("paths".to_owned(), Value::Object(paths));
    small.insert("components".to_owned(), Value::Object(components));
    Value::Object(small)
}

/// A copy of an object with some of its members.
fn kept(value: Option<&Value>, keep: impl Fn(&str, &Value) -> bool) -> Map<String, Value> {
    let members = value.and_then(Value::as_object).into_iter().flatten();
    members.filter(|(name, value)| keep(name, value)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Notes every component that is referred to, over any number of steps.
pub(super) fn reach(document: &Value, value: &Value, reached: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| reach(document, item, reached)),
        Value::Object(members) => {
            if let Some(pointer) = members.get("$ref").and_then(Value::as_str).and_then(|one| one.strip_prefix('#')) {
                // A place inside a component keeps the whole of it.
                let component: Vec<&str> = pointer.split('/').take(4).collect();
                let component = component.join("/");
                if reached.insert(component.clone()) {
                    document.pointer(&component).into_iter().for_each(|target| reach(document, target, reached));
                }
            }
            members.values().for_each(|member| reach(document, member, reached));
        }
        _ => {}
    }
}
