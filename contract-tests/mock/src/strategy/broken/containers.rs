//! Rules of lists and objects, each broken, and those of what is inside them.

use cx_spec::pointer::escape;
use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value, json};

use super::{Break, Breaker, push};
use crate::strategy::{
    merge::{self, Flat, count},
    valid::Place,
};

impl Breaker<'_> {
    pub(super) fn array(&self, flat: &Flat, seen: &[String], depth: usize) -> Vec<Break> {
        let mut found = Vec::new();
        let open = Value::Object(Map::new());
        let items = flat.get("items").unwrap_or(&open);
        let item = self.builder.schema(items, &Place::default());
        if let Some(least) = count(flat, "minItems").filter(|least| *least > 0) {
            push(&mut found, "minItems", vec(item.clone(), 0..least).prop_map(Value::Array));
        }
        if let Some(most) = count(flat, "maxItems").filter(|most| *most < 1000) {
            push(&mut found, "maxItems", vec(item.clone(), most + 1).prop_map(Value::Array));
        }
        if flat.get("uniqueItems").and_then(Value::as_bool).unwrap_or(false) {
            push(&mut found, "uniqueItems", item.clone().prop_map(|item| json!([item, item])));
        }
        for one in self.schema(items, seen, depth + 1) {
            let pointer = format!("/0{}", one.pointer);
            let least = count(flat, "minItems").unwrap_or(0).saturating_sub(1);
            let rest = vec(item.clone(), least..=least);
            let values = (one.values.clone(), rest)
                .prop_map(|(broken, rest)| Value::Array(std::iter::once(broken).chain(rest).collect()))
                .boxed();
            found.push(Break { pointer, values, ..one });
        }
        found
    }

    pub(super) fn object(&self, flat: &Flat, seen: &[String], depth: usize) -> Vec<Break> {
        let mut found = Vec::new();
        let whole = self.builder.non_null(flat, &Place::default());
        for name in merge::required(flat) {
            let values = whole.clone().prop_map(move |mut object| {
                if let Some(members) = object.as_object_mut() {
                    members.shift_remove(&name);
                }
                object
            });
            push(&mut found, "required", values);
        }
        if count(flat, "minProperties").is_some_and(|least| least > 0) && merge::required(flat).is_empty() {
            push(&mut found, "minProperties", Just(json!({})));
        }
        let needed = merge::required(flat);
        if count(flat, "minProperties").is_some_and(|least| least > needed.len()) && !needed.is_empty() {
            let values = whole.clone().prop_map(move |mut object| {
                if let Some(members) = object.as_object_mut() {
                    members.retain(|name, _| needed.contains(name));
                }
                object
            });
            push(&mut found, "minProperties", values);
        }
        if let Some(most) = count(flat, "maxProperties").filter(|most| *most < 1000) {
            let many: Map<String, Value> = (0..=most).map(|number| (format!("extra_{number}"), json!("x"))).collect();
            push(&mut found, "maxProperties", whole.clone().prop_map(move |object| set_all(object, &many)));
        }
        if flat.get("additionalProperties") == Some(&Value::Bool(false)) {
            let values = whole.clone().prop_map(|object| set(object, "extra_member", json!("x")));
            push(&mut found, "additionalProperties", values);
        }
        let most = count(flat, "maxProperties").unwrap_or(usize::MAX);
        let mut members: Vec<(String, &Value)> = Vec::new();
        for (name, schema) in flat.get("properties").and_then(Value::as_object).into_iter().flatten() {
            members.push((name.clone(), schema));
        }
        if let Some(schema @ Value::Object(_)) = flat.get("additionalProperties") {
            members.push(("extra_member".to_owned(), schema));
        }
        for (name, schema) in members {
            for one in self.schema(schema, seen, depth + 1) {
                let pointer = format!("/{}{}", escape(&name), one.pointer);
                let name = name.clone();
                let needed = merge::required(flat);
                let values = (whole.clone(), one.values)
                    .prop_map(move |(object, value)| set(with_room(object, &name, most, &needed), &name, value));
                found.push(Break { rule: one.rule, pointer, values: values.boxed(), certain: one.certain });
            }
        }
        found
    }
}

/// An object that can take one more member without having too many.
fn with_room(mut object: Value, name: &str, most: usize, needed: &[String]) -> Value {
    if let Some(members) = object.as_object_mut()
        && members.len() >= most
        && !members.contains_key(name)
    {
        let spare = members.keys().find(|own| !needed.contains(own)).cloned();
        spare.map(|spare| members.shift_remove(&spare));
    }
    object
}

fn set(mut object: Value, name: &str, value: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
    object
}

fn set_all(mut object: Value, more: &Map<String, Value>) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.extend(more.clone());
    }
    object
}
