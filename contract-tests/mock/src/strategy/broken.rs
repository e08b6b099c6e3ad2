//! Values that break one rule of a schema.

use std::{fmt, sync::Arc};

use cx_spec::{Api, pointer::escape};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    strategy::{Union, ValueTree},
    test_runner::TestRunner,
};
use serde_json::{Map, Value, json};

use super::{
    merge::{self, Flat, Scope, count},
    numbers, texts,
    valid::{Builder, Place},
};
use crate::schema::{Reading, Standalone};

/// Rules are broken so many levels down; deeper ones are the same schemas again.
const DEEPEST: usize = 4;

/// Values that keep a schema but for one rule.
#[derive(Clone)]
#[non_exhaustive]
pub struct Break {
    /// The rule, as [`Schemas`](crate::schema::Schemas) names it; `nullable` for a null that is not allowed.
    pub rule: String,
    /// JSON pointer of the place where it is broken.
    pub pointer: String,
    /// The values.
    pub values: BoxedStrategy<Value>,
    /// Whether every value breaks the schema by construction. What breaks one branch of a `oneOf` may well be
    /// another's, and what looks odd may match a pattern.
    certain: bool,
}

/// A value that breaks one rule.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Broken {
    /// The rule.
    pub rule: String,
    /// JSON pointer of the place where it is broken.
    pub pointer: String,
    /// The value.
    pub value: Value,
}

impl fmt::Debug for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Break").field("rule", &self.rule).field("pointer", &self.pointer).finish_non_exhaustive()
    }
}

/// Every rule of a schema that can be broken, one at a time; none for a schema that takes everything.
pub fn breaks(api: &Api, schema: &Value) -> Vec<Break> {
    breaks_as(api, schema, Reading::Request)
}

/// As [`breaks`], of a body that travels this way.
pub fn breaks_as(api: &Api, schema: &Value, way: Reading) -> Vec<Break> {
    let scope = Scope { api, way };
    let mut seen = Vec::new();
    let flat = merge::flatten(scope, schema, &mut seen);
    let found = Breaker { builder: Builder { scope } }.flat(&flat, &seen, 0);
    let Some(checker) = Standalone::new(api, schema, way).map(Arc::new) else { return Vec::new() };
    found
        .into_iter()
        .filter(|one| one.certain || can_break(&one.values, &checker))
        .map(|one| {
            let checker = Arc::clone(&checker);
            let values = one.values.prop_filter("breaks the schema", move |value| !checker.accepts(value)).boxed();
            Break { values, ..one }
        })
        .collect()
}

/// Values that break one rule of a schema each; none for a schema that takes everything.
pub fn invalid(api: &Api, schema: &Value) -> Option<BoxedStrategy<Broken>> {
    let all: Vec<BoxedStrategy<Broken>> = breaks(api, schema)
        .into_iter()
        .map(|one| {
            let Break { rule, pointer, values, .. } = one;
            let named = move |value| Broken { rule: rule.clone(), pointer: pointer.clone(), value };
            values.prop_map(named).boxed()
        })
        .collect();
    (!all.is_empty()).then(|| Union::new(all).boxed())
}

/// Whether a few values show that a rule can be broken.
fn can_break(values: &BoxedStrategy<Value>, checker: &Standalone) -> bool {
    let mut runner = TestRunner::deterministic();
    let drawn = (0..4).filter_map(|_| values.new_tree(&mut runner).ok().map(|tree| tree.current()));
    let broken = drawn.filter(|value| !checker.accepts(value)).count();
    broken >= 2
}

struct Breaker<'a> {
    builder: Builder<'a>,
}

impl Breaker<'_> {
    fn schema(&self, schema: &Value, seen: &[String], depth: usize) -> Vec<Break> {
        let mut own = Vec::new();
        let flat = merge::flatten(self.builder.scope, schema, &mut own);
        if depth >= DEEPEST || own.iter().any(|name| seen.contains(name)) {
            return Vec::new();
        }
        own.extend_from_slice(seen);
        self.flat(&flat, &own, depth)
    }

    fn flat(&self, flat: &Flat, seen: &[String], depth: usize) -> Vec<Break> {
        let mut found = self.kinds(flat);
        let mut inside = seen.to_vec();
        let branches = merge::branches(self.builder.scope, flat, &mut inside);
        for branch in &branches {
            let doubtful = self.keywords(branch, &inside, depth).into_iter();
            found.extend(doubtful.map(|one| Break { certain: false, ..one }));
        }
        if branches.is_empty() {
            found.extend(self.keywords(flat, seen, depth));
        }
        found
    }

    /// Values of a kind that the schema does not take.
    fn kinds(&self, flat: &Flat) -> Vec<Break> {
        let mut found = Vec::new();
        let any_kind = [json!("text"), json!(0.5), json!(true), json!([]), json!({})];
        if flat.contains_key("oneOf") || flat.contains_key("anyOf") {
            let schema = Value::Object(flat.clone());
            let Scope { api, way } = self.builder.scope;
            let Some(checker) = Standalone::new(api, &schema, way) else { return found };
            let refused = |value: &Value| !checker.accepts(value);
            push_any(&mut found, "oneOf", any_kind.into_iter().filter(refused).collect());
            push_any(&mut found, "nullable", [Value::Null].into_iter().filter(refused).collect());
            return found;
        }
        let Some(kind) = merge::kind(flat) else { return found };
        let is_own_kind = |value: &Value| match kind {
            "string" => value.is_string(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            // A half is the wrong kind of number.
            _ => false,
        };
        push_any(&mut found, "type", any_kind.into_iter().filter(|value| !is_own_kind(value)).collect());
        if !merge::is_nullable(flat) {
            push_any(&mut found, "nullable", vec![Value::Null]);
        }
        if let Some(refused) = flat.get("not") {
            let values = self.builder.schema(refused, &Place::default());
            push(&mut found, "not", values);
            found.iter_mut().filter(|one| one.rule == "not").for_each(|one| one.certain = false);
        }
        if let Some(known) = flat.get("enum").and_then(Value::as_array) {
            let near = known.iter().filter_map(|value| match value {
                Value::String(text) => Some(json!(format!("{text}-unknown"))),
                Value::Number(number) => number.as_i64().map(|number| json!(number.saturating_add(1))),
                _ => None,
            });
            push_any(&mut found, "enum", near.filter(|value| !known.contains(value)).collect());
        }
        let format = flat.get("format").and_then(Value::as_str);
        if let Some(format) = format.filter(|format| texts::is_checked(format)) {
            push_any(&mut found, "format", vec![json!(format!("not a {format} at all!"))]);
        }
        found
    }

    fn keywords(&self, flat: &Flat, seen: &[String], depth: usize) -> Vec<Break> {
        if flat.contains_key("enum") {
            return Vec::new();
        }
        match merge::kind(flat) {
            Some("string") => strings(flat),
            Some("integer" | "number") => bounds(flat),
            Some("array") => self.array(flat, seen, depth),
            Some("object") => self.object(flat, seen, depth),
            _ => Vec::new(),
        }
    }

    fn array(&self, flat: &Flat, seen: &[String], depth: usize) -> Vec<Break> {
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

    fn object(&self, flat: &Flat, seen: &[String], depth: usize) -> Vec<Break> {
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

fn strings(flat: &Flat) -> Vec<Break> {
    let mut found = Vec::new();
    if let Some(least) = count(flat, "minLength").filter(|least| *least > 0) {
        push(&mut found, "minLength", texts::plain(0, Some(least - 1)).prop_map(Value::String));
    }
    if let Some(most) = count(flat, "maxLength").filter(|most| *most < 100_000) {
        push(&mut found, "maxLength", texts::plain(most + 1, Some(most + 10)).prop_map(Value::String));
    }
    if flat.contains_key("pattern") {
        // Half of them as long as the pattern may want them; those that happen to match are sorted out at the end.
        let odd = prop_oneof![texts::plain(0, Some(3)), texts::plain(4, Some(20)), Just("\u{1}".to_owned())];
        push(&mut found, "pattern", odd.prop_map(Value::String));
        found.iter_mut().filter(|one| one.rule == "pattern").for_each(|one| one.certain = false);
    }
    found
}

fn bounds(flat: &Flat) -> Vec<Break> {
    let mut found = Vec::new();
    let format = flat.get("format").and_then(Value::as_str);
    let whole = merge::kind(flat) == Some("integer");
    let exclusive = |keyword: &str| flat.get(keyword).and_then(Value::as_bool).unwrap_or(false);
    let (least, most) = numbers::integer_bounds(flat);
    for (keyword, flag, beyond) in [("maximum", "exclusiveMaximum", 1), ("minimum", "exclusiveMinimum", -1)] {
        let Some(bound) = flat.get(keyword).and_then(Value::as_f64) else { continue };
        // The bound itself is out where it is exclusive, and one more step is out anyway.
        let rule = if exclusive(flag) { flag } else { keyword };
        let edge = if beyond > 0 { most } else { least };
        let mut values: Vec<Value> =
            [1, 1000].iter().filter_map(|step| edge.checked_add(beyond * step)).map(|value| json!(value)).collect();
        if !whole {
            values = vec![json!(bound + beyond as f64 * 0.5), json!(bound + beyond as f64 * 1000.0)];
            if exclusive(flag) {
                values.push(json!(bound));
            }
        }
        push_any(&mut found, rule, values);
    }
    if format == Some("int32") && whole {
        push_any(&mut found, "format", vec![json!(i64::from(i32::MAX) + 1), json!(i64::from(i32::MIN) - 1)]);
    }
    if format == Some("int64") && whole {
        push_any(&mut found, "format", vec![json!(u64::MAX), json!(i64::MAX as u64 + 1)]);
    }
    if let Some(step) = flat.get("multipleOf").and_then(Value::as_i64).filter(|step| *step > 1 && whole) {
        let value = least.saturating_add(step).div_euclid(step).saturating_mul(step).saturating_add(1);
        push_any(&mut found, "multipleOf", vec![json!(value)]);
    }
    if let Some(step) = flat.get("multipleOf").and_then(Value::as_f64).filter(|step| *step > 0.0 && !whole) {
        // Half a step beside what is a multiple, and within the bounds if anything of that size is.
        push(&mut found, "multipleOf", numbers::numbers(flat).prop_map(move |value| off_step(&value, step)));
    }
    found
}

fn off_step(value: &Value, step: f64) -> Value {
    json!(value.as_f64().unwrap_or_default() - step / 2.0)
}

fn push(found: &mut Vec<Break>, rule: &str, values: impl Strategy<Value = Value> + 'static) {
    found.push(Break { rule: rule.to_owned(), pointer: String::new(), values: values.boxed(), certain: true });
}

fn push_any(found: &mut Vec<Break>, rule: &str, values: Vec<Value>) {
    if !values.is_empty() {
        push(found, rule, select(values));
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
