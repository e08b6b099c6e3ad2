//! Values that break one rule of a schema each, at one place each.
//!
//! `cx_mock::strategy::breaks` draws whole values at random and shrinks them; this is the short list that a judge goes
//! through for hundreds of mutants: a value that keeps the schema, with one wrong thing in it. Components are opened once.

use std::{cell::RefCell, collections::BTreeSet};

use cx_spec::Api;
use serde_json::{Map, Value, json};

use super::{
    edges,
    flat::{component, flat, kind, required},
};
use crate::cases::EXTRA;

/// Schemas that nest deeper are broken as a whole only.
const DEEPEST: usize = 6;

/// Values that should break a schema, made from `bases`, values that keep it. Ask the validator which of them do: what
/// breaks one branch of a choice may keep another.
pub fn breaks(api: &Api, schema: &Value, bases: &[Value]) -> Vec<Value> {
    let breaker = Breaker { api, opened: RefCell::default() };
    let Some(base) = bases.first() else { return Vec::new() };
    let mut broken = breaker.schema(schema, base, 0);
    // A choice shows each of its branches in a base of its own.
    for base in bases.iter().skip(1).take(4) {
        breaker.opened.borrow_mut().clear();
        broken.extend(breaker.schema(schema, base, 0));
    }
    broken
}

struct Breaker<'a> {
    api: &'a Api,
    opened: RefCell<BTreeSet<String>>,
}

impl Breaker<'_> {
    /// The base with one thing wrong in it, over and over.
    fn schema(&self, schema: &Value, base: &Value, depth: usize) -> Vec<Value> {
        let merged = flat(self.api, schema);
        let again = component(schema).is_some_and(|name| !self.opened.borrow_mut().insert(name.to_owned()));
        if again { whole(&merged) } else { self.flat(&merged, base, depth) }
    }

    fn flat(&self, flat: &Map<String, Value>, base: &Value, depth: usize) -> Vec<Value> {
        let mut broken = whole(flat);
        if let Some(branches) = flat.get("oneOf").or_else(|| flat.get("anyOf")).and_then(Value::as_array) {
            broken.extend(branches.iter().flat_map(|branch| self.schema(branch, base, depth)));
        }
        if depth >= DEEPEST {
            return broken;
        }
        match base {
            Value::Object(members) => broken.extend(self.object(flat, members, depth)),
            Value::Array(items) => broken.extend(self.array(flat, items, depth)),
            _ => {}
        }
        broken
    }

    fn object(&self, flat: &Map<String, Value>, base: &Map<String, Value>, depth: usize) -> Vec<Value> {
        let mut broken = Vec::new();
        for name in required(flat) {
            let mut object = base.clone();
            if object.shift_remove(name).is_some() {
                broken.push(Value::Object(object));
            }
        }
        let properties = flat.get("properties").and_then(Value::as_object);
        for (name, schema) in properties.into_iter().flatten() {
            let inner = base.get(name).filter(|value| !value.is_null()).cloned();
            let inner = inner.or_else(|| edges::plain(self.api, schema));
            for value in inner.iter().flat_map(|inner| self.schema(schema, inner, depth + 1)) {
                let mut object = base.clone();
                object.insert(name.clone(), value);
                broken.push(Value::Object(object));
            }
        }
        if let Some(schema) = flat.get("additionalProperties").filter(|schema| schema.is_object()) {
            for value in self.flat(&super::flat::flat(self.api, schema), &Value::Null, depth + 1) {
                let mut object = base.clone();
                object.insert(EXTRA.to_owned(), value);
                broken.push(Value::Object(object));
            }
        }
        broken
    }

    fn array(&self, flat: &Map<String, Value>, base: &[Value], depth: usize) -> Vec<Value> {
        let count = |keyword: &str| flat.get(keyword).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let Some(items) = flat.get("items") else { return Vec::new() };
        let Some(item) = base.first().cloned().or_else(|| edges::plain(self.api, items)) else { return Vec::new() };
        let mut broken: Vec<Value> =
            self.schema(items, &item, depth + 1).into_iter().map(|one| Value::Array(vec![one])).collect();
        if let Some(least) = count("minItems").filter(|least| *least > 0) {
            broken.push(Value::Array(vec![item.clone(); least - 1]));
        }
        if let Some(most) = count("maxItems").filter(|most| *most <= 100) {
            broken.push(Value::Array(vec![item; most + 1]));
        }
        broken
    }
}

/// Values that are wrong as a whole: of another type, unknown, out of bounds, null.
fn whole(flat: &Map<String, Value>) -> Vec<Value> {
    let mut broken = vec![json!("text"), json!(0.5), json!(true), json!([]), json!({}), Value::Null];
    for known in flat.get("enum").and_then(Value::as_array).into_iter().flatten() {
        broken.push(match known {
            Value::String(text) => json!(format!("{text}-unknown")),
            other => json!(other.as_i64().unwrap_or_default().saturating_add(1_000)),
        });
    }
    let number = |keyword: &str| flat.get(keyword).and_then(Value::as_i64);
    broken.extend(number("maximum").map(|most| json!(most.saturating_add(1))));
    broken.extend(number("minimum").map(|least| json!(least.saturating_sub(1))));
    if kind(flat) == Some("integer") {
        broken.push(json!(u64::MAX));
        broken.push(json!(1_u64 << 40));
    }
    let length = |keyword: &str| number(keyword).and_then(|length| usize::try_from(length).ok());
    broken.extend(length("maxLength").filter(|most| *most <= 5_000).map(|most| json!("x".repeat(most + 1))));
    broken.extend(length("minLength").filter(|least| *least > 0).map(|least| json!("x".repeat(least - 1))));
    broken
}
