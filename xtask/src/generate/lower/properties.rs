//! Members whose names would collide in Rust.

use std::collections::{BTreeMap, BTreeSet};

use cx_spec::{Api, pointer::escape};
use serde_json::{Value, json};

use super::{Unsupported, View, walk};
use crate::generate::names::snake_case;

/// Moves a member whose name collapses to that of another among the free members of its object. What an `allOf` puts
/// together cannot be moved, since its parts are types of their own: any JSON stands for it.
pub fn distinct_properties(view: &mut View, api: &Api) {
    each(view, api, &distinct);
    let parts = view.clone();
    each(view, api, &|schema, pointer, reports| {
        if let Some(reason) = collision(schema, &parts) {
            *schema = json!({});
            reports.push(Unsupported::replaced(pointer, format!("{reason}; any JSON stands for it")));
        }
    });
}

/// Calls `visit` on every schema of bodies, replies and components, with the pointer under which it is reported.
fn each(view: &mut View, api: &Api, visit: &dyn Fn(&mut Value, &str, &mut Vec<Unsupported>)) {
    let mut reports = Vec::new();
    for (id, value) in view.operations_mut() {
        let pointer = api.operation(&id).map(|operation| operation.place.pointer.clone()).unwrap_or_default();
        for content in ["/requestBody/content", "/responses/2XX/content"] {
            for (_, media) in value.pointer_mut(content).and_then(Value::as_object_mut).into_iter().flatten() {
                if let Some(schema) = media.get_mut("schema") {
                    walk(schema, &mut |schema| visit(schema, &pointer, &mut reports));
                }
            }
        }
    }
    for (name, schema) in view.schemas_mut() {
        let pointer = format!("/components/schemas/{}", escape(&name));
        walk(schema, &mut |schema| visit(schema, &pointer, &mut reports));
    }
    view.unsupported.extend(reports);
}

/// The field in which typify keeps free members.
const FREE: &str = "extra";

/// Why the members of an `allOf` cannot be the fields of one type, if they cannot.
fn collision(schema: &Value, parts: &View) -> Option<String> {
    let all = schema.get("allOf").and_then(Value::as_array)?;
    // One part alone is only another name for it.
    if all.len() < 2 && schema.get("properties").is_none() {
        return None;
    }
    let mut found = Fields::default();
    found.gather(schema, parts);
    if let Some((name, other)) = found.clash {
        return Some(format!("member `{name}` of its `allOf` has the Rust name of `{other}`"));
    }
    let hides_free = found.free && found.names.contains_key(FREE);
    hides_free
        .then(|| format!("a member of its `allOf` is called `{FREE}`, as the field of the free members would be"))
}

/// The fields of a type that is put together of parts.
#[derive(Default)]
struct Fields {
    /// Rust name → name on the wire.
    names: BTreeMap<String, String>,
    /// Whether free members have a field too.
    free: bool,
    /// Two names that are one in Rust.
    clash: Option<(String, String)>,
    /// Components that were looked at: a part may lead back to one.
    seen: BTreeSet<String>,
}

impl Fields {
    fn gather(&mut self, schema: &Value, parts: &View) {
        if let Some(name) = parts.component(schema) {
            if self.seen.insert(name.to_owned()) {
                parts.schema(name).into_iter().for_each(|target| self.gather(target, parts));
            }
            return;
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        for (wire, _) in properties.into_iter().flatten() {
            let first = self.names.entry(snake_case(wire)).or_insert_with(|| wire.clone());
            if first != wire {
                self.clash = Some((wire.clone(), first.clone()));
            }
        }
        self.free |= match schema.get("additionalProperties") {
            Some(Value::Object(_)) => true,
            // Where nothing is named, nothing is kept of what may be anything.
            Some(Value::Bool(true)) => properties.is_some_and(|members| !members.is_empty()),
            _ => false,
        };
        let inner = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        inner.for_each(|part| self.gather(part, parts));
    }
}

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
