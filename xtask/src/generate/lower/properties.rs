//! Members whose names would collide in Rust.

use std::collections::BTreeMap;

use cx_spec::{Api, pointer::escape};
use serde_json::{Value, json};

use super::{Unsupported, View, walk};
use crate::generate::names::snake_case;

/// Moves a member whose name collapses to that of another among the free members of its object.
pub fn distinct_properties(view: &mut View, api: &Api) {
    let mut reports = Vec::new();
    for (id, value) in view.operations_mut() {
        let pointer = api.operation(&id).map(|operation| operation.place.pointer.clone()).unwrap_or_default();
        for content in ["/requestBody/content", "/responses/2XX/content"] {
            for (_, media) in value.pointer_mut(content).and_then(Value::as_object_mut).into_iter().flatten() {
                if let Some(schema) = media.get_mut("schema") {
                    walk(schema, &mut |schema| distinct(schema, &pointer, &mut reports));
                }
            }
        }
    }
    for (name, schema) in view.schemas_mut() {
        let pointer = format!("/components/schemas/{}", escape(&name));
        walk(schema, &mut |schema| distinct(schema, &pointer, &mut reports));
    }
    view.unsupported.extend(reports);
}

/// The field in which typify keeps free members.
const FREE: &str = "extra";

fn distinct(schema: &mut Value, pointer: &str, reports: &mut Vec<Unsupported>) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    let hides_free = properties.iter().any(|(wire, _)| snake_case(wire) == FREE);
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    let mut moved = Vec::new();
    properties.retain(|wire, _| {
        let first = taken.entry(snake_case(wire)).or_insert_with(|| wire.clone());
        let stays = first == wire;
        if !stays {
            let reason = format!("member `{wire}` has the Rust name of `{first}`");
            reports.push(match hides_free {
                true => Unsupported::left_out(pointer, reason),
                false => Unsupported::replaced(pointer, format!("{reason}: it is among the free members")),
            });
            moved.push(wire.clone());
        }
        stays
    });
    let Some(members) = schema.as_object_mut() else { return };
    if let Some(required) = members.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_none_or(|name| !moved.iter().any(|one| one == name)));
    }
    let has_free = members.get("additionalProperties").is_some_and(|free| *free != Value::Bool(false));
    if hides_free && has_free {
        let reason = "a member is called as the field of the free members would be: these are dropped";
        reports.push(Unsupported::left_out(pointer, reason));
        members.remove("additionalProperties");
    } else if !moved.is_empty() && !hides_free && !members.get("additionalProperties").is_some_and(Value::is_object) {
        members.insert("additionalProperties".into(), json!({}));
    }
}
