//! A document with only those operations that are judged.
//!
//! Reading a document takes longer than judging by it, and most of it is about other operations.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::edit::escape;

/// The document without the paths that do not hold any of these operations, and without components that nothing refers
/// to any more. Security schemes stay: they are referred to by name.
pub(super) fn pruned(mut document: Value, operations: &BTreeSet<&str>) -> Value {
    let holds = |path: &Value| {
        let mut operations_of_path =
            path.as_object().into_iter().flatten().filter_map(|(_, one)| one.get("operationId"));
        operations_of_path.any(|id| id.as_str().is_some_and(|id| operations.contains(id)))
    };
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        paths.retain(|_, path| holds(path));
    }
    let mut reached = BTreeSet::new();
    reach(&document, document.get("paths").unwrap_or(&Value::Null), &mut reached);
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        for (group, members) in components.iter_mut().filter(|(group, _)| *group != "securitySchemes") {
            let keep =
                |name: &String, _: &mut Value| reached.contains(&format!("/components/{group}/{}", escape(name)));
            members.as_object_mut().into_iter().for_each(|members: &mut Map<String, Value>| members.retain(keep));
        }
    }
    document
}

/// Notes every component that is referred to, over any number of steps.
fn reach(document: &Value, value: &Value, reached: &mut BTreeSet<String>) {
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
