//! Components that are made of each other: `Pet` is one of its kinds, and each kind is all of `Pet` and more. typify puts an
//! `allOf` together by writing out what its parts refer to, and would never come to an end.

use std::collections::BTreeSet;

use cx_spec::{Api, pointer::escape};
use serde_json::Value;

use super::{Unsupported, View};

const BRANCHES: [&str; 3] = ["allOf", "oneOf", "anyOf"];

/// Of a part of an `allOf` that leads back to the whole, only its own members are taken: what it may be is the whole.
pub fn break_circles(view: &mut View, _api: &Api) {
    let before = view.clone();
    let mut reports = Vec::new();
    for (name, schema) in view.schemas_mut() {
        let mut found = BTreeSet::new();
        cut(schema, &name, &before, &mut found);
        let pointer = format!("/components/schemas/{}", escape(&name));
        reports.extend(found.into_iter().map(|part| {
            let reason =
                format!("`{part}`, which it is made of, is made of it in turn: only its own members are taken");
            Unsupported::replaced(&pointer, reason)
        }));
    }
    view.unsupported.extend(reports);
}

/// Cuts the circles of the component `name`. `found` are the parts that led back to it.
fn cut(schema: &mut Value, name: &str, view: &View, found: &mut BTreeSet<String>) {
    let Some(members) = schema.as_object_mut() else { return };
    if let Some(parts) = members.get_mut("allOf").and_then(Value::as_array_mut) {
        parts.retain_mut(|part| {
            let Some(target) = part_that_leads_to(view, part, name) else { return true };
            let own = own_members(view, &target, name, &mut BTreeSet::from([name.to_owned()]));
            found.insert(target);
            own.map(|own| *part = own).is_some()
        });
        if parts.is_empty() {
            members.shift_remove("allOf");
        }
    }
    for key in BRANCHES {
        for branch in members.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
            cut(branch, name, view, found);
        }
    }
}

/// A component without what it may be, and without what of it leads back. None for one that was taken already.
fn own_members(view: &View, target: &str, name: &str, seen: &mut BTreeSet<String>) -> Option<Value> {
    if !seen.insert(target.to_owned()) {
        return None;
    }
    let mut schema = view.schema(target)?.clone();
    if let Some(next) = view.component(&schema) {
        return own_members(view, next, name, seen);
    }
    let members = schema.as_object_mut()?;
    for key in ["oneOf", "anyOf", "discriminator"] {
        members.shift_remove(key);
    }
    if let Some(parts) = members.get_mut("allOf").and_then(Value::as_array_mut) {
        parts.retain_mut(|part| {
            let Some(next) = part_that_leads_to(view, part, name) else { return true };
            own_members(view, &next, name, seen).map(|own| *part = own).is_some()
        });
        if parts.is_empty() {
            members.shift_remove("allOf");
        }
    }
    Some(schema)
}

/// The component that a part refers to, if that leads to another one.
fn part_that_leads_to(view: &View, part: &Value, to: &str) -> Option<String> {
    view.component(part).filter(|target| leads_to(view, target, to)).map(ToOwned::to_owned)
}

/// Whether a component is made of another, over any number of others.
fn leads_to(view: &View, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if let (true, Some(schema)) = (seen.insert(name.clone()), view.schema(&name)) {
            made_of(view, schema, &mut open);
        }
    }
    false
}

/// The components that a schema is made of; those of its members are none.
pub fn made_of(view: &View, schema: &Value, found: &mut Vec<String>) {
    found.extend(view.component(schema).map(ToOwned::to_owned));
    for key in BRANCHES {
        let branches = schema.get(key).and_then(Value::as_array).into_iter().flatten();
        branches.for_each(|branch| made_of(view, branch, found));
    }
}
