//! Lists: filtered, sorted, cut into pages.

use std::cmp::Ordering;

use cx_spec::Operation;
use serde_json::{Map, Value};

use super::{slots::text, times};

/// Rows on a page where neither request nor document says.
const ROWS: u64 = 25;

/// What a list operation answers out of all items.
pub(super) fn page(operation: &Operation, query: &Map<String, Value>, mut items: Vec<Value>) -> Vec<Value> {
    keep_equal(operation, query, &mut items);
    let Some(pagination) = &operation.pagination else { return items };
    for (name, window) in &pagination.windows {
        let Some(bounds) = query.get(name).or_else(|| query.get(&window.parameter)).and_then(Value::as_object) else {
            continue;
        };
        items.retain(|item| item.get(&window.member).and_then(seconds).is_some_and(|time| is_within(time, bounds)));
    }
    if let Some(sort) = &pagination.sort {
        let said = |parameter: &Option<String>| {
            parameter.as_ref().and_then(|name| query.get(name)).and_then(Value::as_str).map(str::to_owned)
        };
        if let Some(key) = said(&sort.key) {
            items.sort_by(|a, b| compare(a.get(&key), b.get(&key)));
        }
        let descending = sort.descending.as_deref().unwrap_or("desc");
        if said(&sort.order).is_some_and(|order| order.eq_ignore_ascii_case(descending)) {
            items.reverse();
        }
    }
    let number = |name: &str| query.get(name).and_then(Value::as_u64).or_else(|| default(operation, name));
    let first = u64::from(pagination.first_page);
    let page = number(&pagination.page).unwrap_or(first).saturating_sub(first);
    let rows = number(&pagination.per_page).unwrap_or(ROWS);
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    items.into_iter().skip(size(page.saturating_mul(rows))).take(size(rows)).collect()
}

/// A parameter that bears the name of a member of the items asks for those that have its value.
fn keep_equal(operation: &Operation, query: &Map<String, Value>, items: &mut Vec<Value>) {
    let windows = operation.pagination.as_ref().map(|pagination| &pagination.windows);
    for (name, wanted) in query {
        let is_window = windows.is_some_and(|windows| windows.contains_key(name));
        if is_window || text(wanted).is_none() || !items.iter().any(|item| item.get(name).is_some()) {
            continue;
        }
        items.retain(|item| item.get(name).and_then(text) == text(wanted));
    }
}

/// What the document says the server assumes.
fn default(operation: &Operation, name: &str) -> Option<u64> {
    operation.parameters.iter().find(|parameter| parameter.name == name)?.schema.get("default")?.as_u64()
}

fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| times::seconds(value.as_str()?))
}

fn is_within(time: i64, bounds: &Map<String, Value>) -> bool {
    bounds.iter().all(|(operator, bound)| match (operator.as_str(), seconds(bound)) {
        ("gt", Some(bound)) => time > bound,
        ("gte", Some(bound)) => time >= bound,
        ("lt", Some(bound)) => time < bound,
        ("lte", Some(bound)) => time <= bound,
        ("eq", Some(bound)) => time == bound,
        _ => true,
    })
}

fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => match (seconds(a), seconds(b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => text(a).cmp(&text(b)),
        },
        _ => a.is_some().cmp(&b.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cx_spec::{Api, Document};
    use serde_json::json;

    #[test]
    fn an_order_is_called_what_the_document_calls_it() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: list_a\n      \
            x-pagination: {style: page, page: page, per_page: rows, sort: {key: by, order: way, descending: newest}}\n      responses: {}\n";
        let api = Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap();
        let sorted = |way: &str| {
            let query = json!({"by": "id", "way": way});
            page(&api.operations[0], query.as_object().unwrap(), vec![json!({"id": 2}), json!({"id": 1})])
        };
        assert_eq!(sorted("oldest"), [json!({"id": 1}), json!({"id": 2})]);
        assert_eq!(sorted("newest"), [json!({"id": 2}), json!({"id": 1})]);
    }
}
