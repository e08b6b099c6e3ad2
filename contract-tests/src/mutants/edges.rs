//! Values at the edges of a schema: each bound, each known value, each member there and absent, each null.

use std::{cell::RefCell, collections::BTreeSet};

use cx_mock::strategy;
use cx_spec::Api;
use serde_json::{Map, Value, json};

use super::flat::{component, flat, kind, required};
use crate::cases::EXTRA;

/// Schemas that nest deeper show one plain value.
const DEEPEST: usize = 6;
/// Members that need not be there are left out of objects that nest deeper.
const FULL: usize = 3;
/// Longer texts tell nobody anything new.
const LONGEST: u64 = 5_000;

/// Values that a schema should take, the plainest first. Where members exclude each other it may not: ask the validator.
/// `shown` are examples, which say how members go together.
pub fn edges(api: &Api, schema: &Value, shown: &[&Value]) -> Vec<Value> {
    let mut values: Vec<Value> = shown.iter().map(|value| (*value).clone()).collect();
    let walker = Walker { api, opened: RefCell::default() };
    let flat = flat(api, schema);
    values.extend(walker.values(&flat, 0));
    walker.opened.borrow_mut().clear();
    let members = walker.members(&flat, 0);
    for base in shown.iter().filter_map(|value| value.as_object()) {
        for (name, value) in members.clone() {
            let mut object = base.clone();
            object.insert(name, value);
            values.push(Value::Object(object));
        }
    }
    values
}

/// The plainest value of a schema.
pub(super) fn plain(api: &Api, schema: &Value) -> Option<Value> {
    Walker { api, opened: RefCell::default() }.plain(schema, 0)
}

struct Walker<'a> {
    api: &'a Api,
    /// Components that were opened before. What is wrong with one shows wherever it stands, so the second time one value
    /// is enough.
    opened: RefCell<BTreeSet<String>>,
}

impl Walker<'_> {
    fn schema(&self, schema: &Value, depth: usize) -> Vec<Value> {
        let merged = flat(self.api, schema);
        let again = component(schema).is_some_and(|name| !self.opened.borrow_mut().insert(name.to_owned()));
        if !again {
            return self.values(&merged, depth);
        }
        // Whether there may be a null is said where the component is referred to.
        let null = (merged.get("nullable") == Some(&Value::Bool(true))).then_some(Value::Null);
        self.plain_of(&merged, depth).into_iter().chain(null).collect()
    }

    fn plain(&self, schema: &Value, depth: usize) -> Option<Value> {
        self.plain_of(&flat(self.api, schema), depth)
    }

    /// The first value, without its neighbours.
    fn plain_of(&self, flat: &Map<String, Value>, depth: usize) -> Option<Value> {
        if flat.contains_key("example") || flat.contains_key("enum") {
            return self.values(flat, depth).into_iter().next();
        }
        if let Some(branches) = flat.get("oneOf").or_else(|| flat.get("anyOf")).and_then(Value::as_array) {
            return branches.first().and_then(|branch| self.plain(branch, depth));
        }
        match kind(flat) {
            Some("object") => Some(Value::Object(self.full(flat, depth))),
            Some("array") if depth < DEEPEST => {
                let item = flat.get("items").and_then(|items| self.plain(items, depth + 1));
                Some(Value::Array(item.into_iter().collect()))
            }
            _ => self.values(flat, depth).into_iter().next(),
        }
    }

    /// An object with all its members, as far as they are not too deep.
    fn full(&self, flat: &Map<String, Value>, depth: usize) -> Map<String, Value> {
        let needed = required(flat);
        let properties = flat.get("properties").and_then(Value::as_object);
        let shown =
            properties.into_iter().flatten().filter(|(name, _)| depth < FULL || needed.contains(&name.as_str()));
        let mut object: Map<String, Value> =
            shown.filter_map(|(name, schema)| Some((name.clone(), self.plain(schema, depth + 1)?))).collect();
        // One that names no members but has to have some: a client sends no such object without any.
        let free = flat.get("additionalProperties").filter(|schema| schema.is_object());
        if let Some(schema) = free.filter(|_| object.is_empty() && flat.contains_key("minProperties")) {
            object.extend(self.plain(schema, depth + 1).map(|value| (EXTRA.to_owned(), value)));
        }
        object
    }

    fn values(&self, flat: &Map<String, Value>, depth: usize) -> Vec<Value> {
        let mut values: Vec<Value> = flat.get("example").cloned().into_iter().collect();
        if let Some(known) = flat.get("enum").and_then(Value::as_array) {
            values.extend(known.iter().cloned());
        } else if let Some(branches) = flat.get("oneOf").or_else(|| flat.get("anyOf")).and_then(Value::as_array) {
            values.extend(branches.iter().flat_map(|branch| self.schema(branch, depth)));
        } else {
            values.extend(match kind(flat) {
                Some("boolean") => vec![json!(true), json!(false)],
                Some("integer") => integers(flat),
                Some("number") => numbers(flat),
                Some("string") => self.texts(flat),
                Some("array") => self.arrays(flat, depth),
                Some("object") => self.objects(flat, depth),
                _ => vec![json!("text"), json!(1), json!({EXTRA: 1})],
            });
        }
        if flat.get("nullable") == Some(&Value::Bool(true)) {
            values.push(Value::Null);
        }
        values
    }

    fn texts(&self, flat: &Map<String, Value>) -> Vec<Value> {
        let of_format = match flat.get("format").and_then(Value::as_str) {
            Some("date") => Some("2024-02-29"),
            Some("date-time") => Some("2024-02-29T23:59:59Z"),
            Some("cx-time") => Some("2018-03-05 09:41:27 -0800"),
            Some("uuid") => Some("0f8fad5b-d9cb-469f-a165-70867728950e"),
            Some("email") => Some("a@example.com"),
            Some("uri") => Some("https://example.com/a"),
            Some("ipv4") => Some("203.0.113.9"),
            Some("byte") => Some("aGVsbG8="),
            _ => None,
        };
        if let Some(text) = of_format {
            return vec![json!(text)];
        }
        if flat.contains_key("pattern") || flat.contains_key("format") {
            return strategy::sample(self.api, &Value::Object(flat.clone()), 1).into_iter().collect();
        }
        let length = |keyword: &str| flat.get(keyword).and_then(Value::as_u64);
        let least = length("minLength").unwrap_or(0);
        let most = length("maxLength").filter(|most| *most <= LONGEST);
        let of_length = |length: u64| json!("x".repeat(usize::try_from(length).unwrap_or_default()));
        let plain = most.unwrap_or(9).clamp(least, 9.max(least));
        let mut values = vec![json!("some text"), of_length(plain), of_length(least)];
        values.extend(most.map(of_length));
        values.retain(|value| {
            value.as_str().is_some_and(|text| {
                let length = text.len() as u64;
                length >= least && most.is_none_or(|most| length <= most)
            })
        });
        values
    }

    fn arrays(&self, flat: &Map<String, Value>, depth: usize) -> Vec<Value> {
        let count = |keyword: &str| flat.get(keyword).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let least = count("minItems").unwrap_or(0);
        let open = Value::Object(Map::new());
        let items = flat.get("items").unwrap_or(&open);
        if depth >= DEEPEST {
            return if least == 0 {
                vec![json!([])]
            } else {
                self.plain(items, depth + 1).into_iter().map(|one| json!([one])).collect()
            };
        }
        let inner = self.schema(items, depth + 1);
        let mut values: Vec<Value> =
            inner.iter().map(|item| Value::Array(vec![item.clone(); least.max(1)])).collect();
        let mut pair: Vec<Value> = inner.iter().take(2).cloned().collect();
        pair.dedup();
        values.push(Value::Array(pair));
        if least == 0 {
            values.push(json!([]));
        }
        if let (Some(most), Some(item)) = (count("maxItems").filter(|most| *most <= 100), inner.first()) {
            values.push(Value::Array(vec![item.clone(); most]));
        }
        values
    }

    fn objects(&self, flat: &Map<String, Value>, depth: usize) -> Vec<Value> {
        let needed = required(flat);
        let full = self.full(flat, depth);
        let bare: Map<String, Value> = full
            .iter()
            .filter(|(name, _)| needed.contains(&name.as_str()))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        let mut values = vec![Value::Object(full.clone())];
        for (name, value) in self.members(flat, depth) {
            // Beside all members, and beside none that need not be there: some exclude each other.
            for base in if depth == 0 { vec![&full, &bare] } else { vec![&full] } {
                let mut object = base.clone();
                object.insert(name.clone(), value.clone());
                values.push(Value::Object(object));
            }
        }
        for name in full.keys().filter(|name| !needed.contains(&name.as_str())) {
            let mut object = full.clone();
            object.shift_remove(name);
            values.push(Value::Object(object));
        }
        values.push(Value::Object(bare));
        values
    }

    /// Members with each of their edges.
    fn members(&self, flat: &Map<String, Value>, depth: usize) -> Vec<(String, Value)> {
        if depth >= DEEPEST {
            return Vec::new();
        }
        let properties = flat.get("properties").and_then(Value::as_object);
        let mut members = Vec::new();
        for (name, schema) in properties.into_iter().flatten() {
            members.extend(self.schema(schema, depth + 1).into_iter().map(|value| (name.clone(), value)));
        }
        if let Some(schema) = flat.get("additionalProperties").filter(|schema| schema.is_object()) {
            members.extend(self.schema(schema, depth + 1).into_iter().map(|value| (EXTRA.to_owned(), value)));
        }
        members
    }
}

fn bound(flat: &Map<String, Value>, keyword: &str) -> Option<i64> {
    flat.get(keyword).and_then(Value::as_i64)
}

fn integers(flat: &Map<String, Value>) -> Vec<Value> {
    let (least, most) = (bound(flat, "minimum"), bound(flat, "maximum"));
    let mut values = vec![least.or(most).unwrap_or(7)];
    values.extend(most);
    if least.is_none() {
        values.extend([0, -3].iter().filter(|value| most.is_none_or(|most| **value <= most)));
    }
    if most.is_none() {
        let wide = flat.get("format").and_then(Value::as_str) == Some("int64");
        values.push(if wide { 1 << 40 } else { 1_000_000 });
    }
    values.into_iter().map(Value::from).collect()
}

fn numbers(flat: &Map<String, Value>) -> Vec<Value> {
    let float = |keyword: &str| flat.get(keyword).and_then(Value::as_f64);
    let (least, most) = (float("minimum"), float("maximum"));
    let mut values = vec![least.unwrap_or(-1.0) + 0.5];
    values.extend(least.or(Some(-1_000.5)));
    values.extend(most.or(Some(1_000.5)));
    values.into_iter().map(Value::from).collect()
}
