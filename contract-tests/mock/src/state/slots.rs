//! Where in a reply the stored thing lies.

use cx_spec::{EnvelopeKind, Operation, ResourceRole};
use serde_json::Value;

/// Pointer of the thing, or of the list, in the reply that an example shows.
pub(super) fn slot(operation: &Operation, example: &Value) -> String {
    let is_list = operation.resource.as_ref().is_some_and(|resource| resource.role == ResourceRole::List);
    if let Some(pagination) = operation.pagination.as_ref().filter(|pagination| !pagination.items.is_empty()) {
        return pagination.items.clone();
    }
    let Some(envelope) = &operation.envelope else { return String::new() };
    let data = format!("/{}", envelope.data);
    let items = envelope.items.as_ref().map(|items| format!("/{items}"));
    let mut candidates = Vec::new();
    if envelope.kind == EnvelopeKind::List {
        candidates.extend(items.clone());
        candidates.extend(items.map(|items| format!("{data}{items}")));
    }
    candidates.push(data);
    let fits = |value: &Value| if is_list { value.is_array() } else { value.is_object() };
    candidates.into_iter().find(|pointer| example.pointer(pointer).is_some_and(fits)).unwrap_or_default()
}

/// The example with something else in the slot.
pub(super) fn fill(example: &Value, slot: &str, value: Value) -> Value {
    if slot.is_empty() {
        return value;
    }
    let mut filled = example.clone();
    match filled.pointer_mut(slot) {
        Some(place) => {
            *place = value;
            filled
        }
        None => value,
    }
}

/// A scalar as the path would write it.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
