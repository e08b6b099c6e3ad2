//! The items of a reply.

use cx_client::operation::Operation;
use serde_json::Value;

/// The items of a reply: those of its list, wherever the document says it lies, or the reply itself.
pub fn of<'v>(data: &'v Value, operation: &Operation) -> Vec<&'v Value> {
    match list(data, operation) {
        Some(items) => items.iter().collect(),
        None => vec![payload(data, operation)],
    }
}

fn list<'v>(data: &'v Value, operation: &Operation) -> Option<&'v Vec<Value>> {
    let pages = operation.pagination.as_ref().and_then(|pages| data.pointer(pages.items)?.as_array());
    let wrapped = operation.envelope.as_ref().and_then(|envelope| {
        let items = envelope.items?;
        let inner = data.get(envelope.data);
        let places = [data.get(items), inner.and_then(|inner| inner.get(items)), inner];
        places.into_iter().flatten().find_map(Value::as_array)
    });
    pages.or(wrapped).or_else(|| data.as_array())
}

/// One thing out of its envelope.
fn payload<'v>(data: &'v Value, operation: &Operation) -> &'v Value {
    let wrapped = operation.envelope.as_ref().and_then(|envelope| data.get(envelope.data));
    wrapped.filter(|inner| inner.is_object()).unwrap_or(data)
}
