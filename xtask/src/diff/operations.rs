//! Operations: the methods of the client.

use cx_spec::{Api, Operation};
use serde_json::Value;

use super::{bodies, change::Changes, parameters, security};
use crate::generate::names::snake_case;

pub fn compare(changes: &mut Changes<'_>) {
    let (old, new) = (changes.old, changes.new);
    for before in &old.operations {
        match successor(old, new, before) {
            Some(after) => operation(changes, before, after),
            None => {
                let message = format!("{} is gone ({})", method(before), request_line(before));
                changes.lost(&before.place.pointer, message);
            }
        }
    }
    for after in &new.operations {
        if old.operation(&after.id).is_none() && successor(new, old, after).is_none() {
            changes.compatible(&after.place.pointer, format!("{} is new ({})", method(after), request_line(after)));
        }
    }
}

/// An operation as messages name it.
pub fn method(operation: &Operation) -> String {
    format!("`Client::{}`", snake_case(&operation.id))
}

fn request_line(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.path)
}

/// The operation of the same id; failing that, one of the same method and path whose id is new.
fn successor<'d>(old: &Api, new: &'d Api, operation: &Operation) -> Option<&'d Operation> {
    new.operation(&operation.id).or_else(|| {
        new.operations
            .iter()
            .find(|one| request_line(one) == request_line(operation) && old.operation(&one.id).is_none())
    })
}

fn differs(changes: &Changes<'_>, old: &Operation, new: &Operation, key: &str) -> bool {
    extension(changes.old, old, key) != extension(changes.new, new, key)
}

fn extension<'d>(api: &'d Api, operation: &Operation, key: &str) -> Option<&'d Value> {
    Some(api.document().at(&operation.place.pointer)?.member(key)?.value())
}

fn operation(changes: &mut Changes<'_>, old: &Operation, new: &Operation) {
    let at = &new.place.pointer;
    let name = method(new);
    if old.id != new.id {
        changes.breaking(at, format!("{} is named {name} now", method(old)));
    }
    if old.method != new.method {
        changes.breaking(at, format!("{name} sends {} now, was {}", new.method, old.method));
    }
    if old.path != new.path {
        changes.breaking(at, format!("{name} asks `{}` now, was `{}`", new.path, old.path));
    }
    if new.deprecated && !old.deprecated {
        changes.compatible(at, format!("{name} is deprecated"));
    }
    if old.retry != new.retry {
        let (before, after) = (format!("{:?}", old.retry), format!("{:?}", new.retry));
        changes.compatible(at, format!("{name} is repeated as `Retry::{after}` now, was `Retry::{before}`"));
    }
    for key in ["x-form", "x-envelope", "x-oauth"] {
        if differs(changes, old, new, key) {
            changes.compatible(at, format!("{name} follows another `{key}`"));
        }
    }
    match (&old.pagination, &new.pagination) {
        (Some(_), None) => changes.breaking(at, format!("{name} lost its pages: no `stream()` any more")),
        (None, Some(_)) => changes.compatible(at, format!("{name} gained pages: `stream()`")),
        (Some(_), Some(_)) if differs(changes, old, new, "x-pagination") => {
            changes.compatible(at, format!("{name} follows another `x-pagination`"));
        }
        _ => {}
    }
    parameters::compare(changes, old, new);
    bodies::requests(changes, old, new);
    bodies::replies(changes, old, new);
    security::requirements(changes, old, new);
}
