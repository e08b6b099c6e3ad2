//! Values that keep a schema.

use std::{cell::Cell, rc::Rc, sync::Arc};

use cx_spec::Api;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::{
    merge::{self, Flat, Scope, count},
    numbers, texts,
};
use crate::schema::{Reading, Standalone};

/// Below this, what may be left out is left out.
const DEEP: usize = 5;
/// Below this, a schema that has no end gets none.
const DEEPEST: usize = 12;
/// A schema inside itself so often is deep enough.
const TURNS: usize = 2;
/// Schemas that one strategy may hold. Past them, a schema gets no values: it has more ways through its branches than
/// anyone could go.
const MOST: usize = 20_000;

/// Values that keep a schema, which may refer to the document.
///
/// Every rule is followed by construction where one keyword says it all; a filter sees to the rest, such as a
/// `oneOf` whose branches overlap. Optional members come and go, recursion is bounded.
///
/// # Panics
/// The strategy never panics when it is made. Drawing from it fails, as proptest has it, with too many rejections
/// where a schema can hardly be kept.
pub fn valid(api: &Api, schema: &Value) -> BoxedStrategy<Value> {
    valid_as(api, schema, Reading::Request)
}

/// As [`valid`], of a body that travels this way: a request has no `readOnly` members, a reply no `writeOnly` ones.
pub fn valid_as(api: &Api, schema: &Value, way: Reading) -> BoxedStrategy<Value> {
    let strategy = Builder { scope: Scope { api, way } }.schema(schema, &Place::default());
    match Standalone::new(api, schema, way) {
        Some(checker) => {
            let checker = Arc::new(checker);
            strategy.prop_filter("keeps the schema", move |value| checker.accepts(value)).boxed()
        }
        None => strategy,
    }
}

/// How deep a schema stands, and inside which others.
#[derive(Clone, Default)]
pub(super) struct Place {
    depth: usize,
    inside: Vec<String>,
    /// How many schemas the strategy holds so far, wherever they stand in it.
    held: Rc<Cell<usize>>,
}

impl Place {
    fn below(&self, seen: Vec<String>) -> Self {
        let mut inside = self.inside.clone();
        inside.extend(seen);
        Self { depth: self.depth + 1, inside, held: Rc::clone(&self.held) }
    }

    /// Whether there is no room for one more schema.
    fn is_full(&self) -> bool {
        self.held.set(self.held.get() + 1);
        self.held.get() > MOST
    }

    /// Whether what may be left out is left out from here on.
    fn is_deep(&self) -> bool {
        let turns = |name: &String| self.inside.iter().filter(|other| *other == name).count();
        self.depth >= DEEP || self.inside.iter().any(|name| turns(name) > TURNS)
    }
}

pub(super) struct Builder<'a> {
    pub scope: Scope<'a>,
}

impl Builder<'_> {
    pub(super) fn schema(&self, schema: &Value, place: &Place) -> BoxedStrategy<Value> {
        let mut seen = Vec::new();
        let flat = merge::flatten(self.scope, schema, &mut seen);
        self.flat(&flat, &place.below(seen))
    }

    pub(super) fn flat(&self, flat: &Flat, place: &Place) -> BoxedStrategy<Value> {
        let nullable = merge::is_nullable(flat);
        if place.is_full() || place.depth > DEEPEST || (nullable && place.is_deep()) {
            return Just(Value::Null).boxed();
        }
        let value = self.non_null(flat, place);
        if nullable { prop_oneof![1 => Just(Value::Null), 4 => value].boxed() } else { value }
    }

    pub(super) fn non_null(&self, flat: &Flat, place: &Place) -> BoxedStrategy<Value> {
        if let Some(known) = flat.get("enum").and_then(Value::as_array) {
            let known: Vec<Value> = known.iter().filter(|value| !value.is_null()).cloned().collect();
            return if known.is_empty() { Just(Value::Null).boxed() } else { select(known).boxed() };
        }
        let mut seen = Vec::new();
        let branches = merge::branches(self.scope, flat, &mut seen);
        if !branches.is_empty() {
            let inner = place.below(seen);
            let strategies: Vec<_> = branches.iter().map(|branch| self.flat(branch, &inner)).collect();
            return proptest::strategy::Union::new(strategies).boxed();
        }
        match merge::kind(flat) {
            Some("boolean") => any::<bool>().prop_map(Value::Bool).boxed(),
            Some("integer") => numbers::integers(flat),
            Some("number") => numbers::numbers(flat),
            Some("string") => texts::texts(flat),
            Some("array") => self.array(flat, place),
            Some("object") => self.object(flat, place),
            _ => anything(),
        }
    }

    fn array(&self, flat: &Flat, place: &Place) -> BoxedStrategy<Value> {
        let least = count(flat, "minItems").unwrap_or(0);
        let most = count(flat, "maxItems").unwrap_or(usize::MAX).min(least.saturating_add(3));
        let most = if place.is_deep() { least } else { most.max(least) };
        if most == 0 {
            return Just(json!([])).boxed();
        }
        let items = flat.get("items").map_or_else(anything, |items| self.schema(items, place));
        let unique = flat.get("uniqueItems").and_then(Value::as_bool).unwrap_or(false);
        vec(items, least..=most)
            .prop_map(move |mut items| {
                if unique {
                    let mut seen: Vec<Value> = Vec::new();
                    items.retain(|item| {
                        !seen.contains(item) && {
                            seen.push(item.clone());
                            true
                        }
                    });
                }
                Value::Array(items)
            })
            .prop_filter("enough different items", move |array| {
                array.as_array().is_some_and(|all| all.len() >= least)
            })
            .boxed()
    }

    fn object(&self, flat: &Flat, place: &Place) -> BoxedStrategy<Value> {
        let required = merge::required(flat);
        let least = count(flat, "minProperties").unwrap_or(0);
        let most = count(flat, "maxProperties").unwrap_or(usize::MAX);
        let properties = flat.get("properties").and_then(Value::as_object).into_iter().flatten();
        let open = Value::Object(Map::new());
        let mut declared: Vec<(&String, &Value)> = properties.collect();
        for name in &required {
            if !declared.iter().any(|(own, _)| *own == name) {
                declared.push((name, &open));
            }
        }
        let lacking = least.saturating_sub(required.len());
        let optional = declared.len().saturating_sub(required.len());
        let mut members: Vec<BoxedStrategy<Option<(String, Value)>>> = Vec::new();
        for (name, schema) in declared {
            let needed = required.contains(name);
            // Deep down only what is needed stays, or what makes up the number.
            if !needed && place.is_deep() && lacking == 0 {
                continue;
            }
            let name = name.clone();
            let value = self.schema(schema, place).prop_map(move |value| Some((name.clone(), value)));
            members.push(if needed || lacking >= optional { value.boxed() } else { maybe(value) });
        }
        let extra = self.extra(flat, place, lacking.saturating_sub(optional), least);
        (members, extra)
            .prop_map(|(members, extra)| {
                let mut object: Map<String, Value> = members.into_iter().flatten().collect();
                for (name, value) in extra {
                    object.entry(name).or_insert(value);
                }
                Value::Object(object)
            })
            .prop_filter("a number of members", move |object| {
                object.as_object().is_some_and(|members| (least..=most).contains(&members.len()))
            })
            .boxed()
    }

    /// Members that the schema does not name: only where it says that there may be some.
    fn extra(&self, flat: &Flat, place: &Place, lacking: usize, least: usize) -> BoxedStrategy<Vec<(String, Value)>> {
        let values = match flat.get("additionalProperties") {
            Some(Value::Bool(true)) => scalars(),
            Some(schema @ Value::Object(members)) if !members.is_empty() => self.schema(schema, place),
            Some(Value::Object(_)) => scalars(),
            None if lacking > 0 => scalars(),
            _ => return Just(Vec::new()).boxed(),
        };
        let most = if place.is_deep() || flat.contains_key("maxProperties") { lacking } else { lacking + 2 };
        // Two names may be the same one, hence one more than is lacking.
        let from = if least > 0 && lacking > 0 { lacking + 1 } else { lacking };
        let name = prop_oneof![4 => texts::SNAKE_CASE.clone(), 1 => texts::WORDS.clone()];
        vec((name, values), from..=most.max(from)).boxed()
    }
}

fn maybe(value: impl Strategy<Value = Option<(String, Value)>> + 'static) -> BoxedStrategy<Option<(String, Value)>> {
    prop_oneof![1 => Just(None), 2 => value].boxed()
}

/// A value of no particular kind, without members of its own.
fn scalars() -> BoxedStrategy<Value> {
    prop_oneof![
        3 => texts::plain(0, None).prop_map(Value::String),
        2 => (0..1000_i64).prop_map(|number| json!(number)),
        1 => any::<bool>().prop_map(Value::Bool),
    ]
    .boxed()
}

/// Any JSON, small.
pub(super) fn anything() -> BoxedStrategy<Value> {
    scalars()
        .prop_recursive(2, 8, 3, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..3).prop_map(Value::Array),
                vec((texts::SHORT.clone(), inner), 0..3)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
        .boxed()
}
