//! Values that break one rule of a schema.

mod containers;
mod scalars;

use std::{fmt, sync::Arc};

use cx_spec::Api;
use proptest::{
    prelude::*,
    sample::select,
    strategy::{Union, ValueTree},
    test_runner::TestRunner,
};
use serde_json::{Value, json};

use super::{
    merge::{self, Flat, Scope},
    texts,
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
            Some("string") => scalars::strings(flat),
            Some("integer" | "number") => scalars::bounds(flat),
            Some("array") => self.array(flat, seen, depth),
            Some("object") => self.object(flat, seen, depth),
            _ => Vec::new(),
        }
    }
}

fn push(found: &mut Vec<Break>, rule: &str, values: impl Strategy<Value = Value> + 'static) {
    found.push(Break { rule: rule.to_owned(), pointer: String::new(), values: values.boxed(), certain: true });
}

fn push_any(found: &mut Vec<Break>, rule: &str, values: Vec<Value>) {
    if !values.is_empty() {
        push(found, rule, select(values));
    }
}
