//! Values drawn from the schemas by a seed, which shrink when they fail.

use std::collections::BTreeMap;

use cx_mock::{schema::Reading, strategy};
use cx_spec::{Api, Location, Media, Operation, Parameter};
use proptest::{prelude::*, strategy::ValueTree};
use serde_json::{Map, Value};

use super::{Case, Expected, Reply, examples, replies::carries_values};
use crate::{arguments::Spelling, compare};

/// How the values of a case were drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// What was drawn.
    pub part: Part,
    /// The seed of this draw.
    pub seed: u64,
}

/// What of a case was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The arguments.
    Arguments,
    /// The body of the reply, whose schema stands at this pointer.
    Reply(String),
}

/// A value and what is simpler than it.
pub type Tree = Box<dyn ValueTree<Value = Value>>;

/// What replies are drawn from, by the pointer of their schema: hundreds of replies share a few, and to make the strategy of
/// one compiles its schema.
pub(super) type Known = BTreeMap<String, BoxedStrategy<Value>>;

pub(super) fn of(api: &Api, known: &mut Known, operation: &Operation, seed: u64, count: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    for number in 0..count {
        cases.extend(request(api, known, operation, seed, number));
        cases.extend(replies(api, known, operation, seed, number));
    }
    cases
}

impl Case {
    /// The tree that the values of this case were drawn from; none if they were not drawn.
    pub fn tree(&self, api: &Api) -> Option<Tree> {
        self.tree_with(api, &mut Known::new())
    }

    fn tree_with(&self, api: &Api, known: &mut Known) -> Option<Tree> {
        let operation = api.operation(&self.operation)?;
        let drawn = self.drawn.as_ref()?;
        let strategy = match &drawn.part {
            Part::Arguments => arguments(api, operation),
            Part::Reply(pointer) => {
                let schema = api.document().at(pointer)?.value();
                let made = || strategy::valid_as(api, schema, Reading::Reply);
                let values = known.entry(pointer.clone()).or_insert_with(made).clone();
                match operation.envelope.clone() {
                    Some(envelope) => values.prop_map(move |value| compare::of_envelope(value, &envelope)).boxed(),
                    None => values,
                }
            }
        };
        strategy.new_tree(&mut strategy::runner(drawn.seed)).ok()
    }

    /// This case with another value in the place of the one that was drawn.
    #[must_use]
    pub fn with_drawn(&self, value: Value) -> Self {
        let mut case = self.clone();
        match self.drawn.as_ref().map(|drawn| &drawn.part) {
            Some(Part::Arguments) => case.arguments = value,
            Some(Part::Reply(_)) => {
                if let Some(reply) = &mut case.reply {
                    reply.value = value;
                }
            }
            None => {}
        }
        case
    }
}

fn request(api: &Api, known: &mut Known, operation: &Operation, seed: u64, number: usize) -> Option<Case> {
    let mut case = examples::success(operation)?;
    if operation.parameters.is_empty() && operation.body.is_none() {
        return None;
    }
    case.id = format!("{}/request/generated/{number}", operation.id);
    case.drawn = Some(Drawn { part: Part::Arguments, seed: seed_of(seed, &case.id) });
    let tree = case.tree_with(api, known)?;
    Some(case.with_drawn(tree.current()))
}

fn replies(api: &Api, known: &mut Known, operation: &Operation, seed: u64, number: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    for documented in super::answers(operation) {
        let status = documented.status.representative();
        for media in documented.media.iter().filter(|media| carries_values(media, status)) {
            let id = format!("{}/{}/generated/{number}", operation.id, documented.status);
            let case = Case {
                operation: operation.id.clone(),
                arguments: examples::required(operation),
                media_type: None,
                status,
                documented: documented.status,
                reply: Some(Reply {
                    example: format!("generated {number}"),
                    media_type: media.media_type.clone(),
                    value: Value::Null,
                    made_up: true,
                }),
                expected: Expected::Documented,
                drawn: Some(Drawn { part: Part::Reply(media.pointer.clone()), seed: seed_of(seed, &id) }),
                id,
            };
            cases.extend(case.tree_with(api, known).map(|tree| case.with_drawn(tree.current())));
        }
    }
    cases
}

/// Any arguments that the document allows.
fn arguments(api: &Api, operation: &Operation) -> BoxedStrategy<Value> {
    let mut strategy = Just(Map::new()).boxed();
    for parameter in &operation.parameters {
        let spelling = Spelling::of(parameter);
        let values = values(api, parameter);
        let given = if parameter.required {
            values.prop_map(Some).boxed()
        } else {
            prop_oneof![1 => Just(None), 1 => values.prop_map(Some)].boxed()
        };
        strategy = (strategy, given)
            .prop_map(move |(mut members, value)| {
                if let Some(value) = value {
                    spelling.insert(&mut members, &value);
                }
                members
            })
            .boxed();
    }
    match operation.sent_media() {
        Some(media) => (strategy, bodies(api, media))
            .prop_map(|(mut members, body)| {
                members.insert("body".to_owned(), body);
                Value::Object(members)
            })
            .boxed(),
        None => strategy.prop_map(Value::Object).boxed(),
    }
}

/// What the schema of a parameter cannot say: an empty list cannot be written, and a segment of a path that is empty, or one
/// of dots, is another path.
fn values(api: &Api, parameter: &Parameter) -> BoxedStrategy<Value> {
    let values = strategy::valid_as(api, &parameter.schema, Reading::Request);
    let values = values.prop_filter("a parameter", |value| !is_nothing(value)).boxed();
    if parameter.location != Location::Path {
        return values;
    }
    let is_segment = |value: &Value| !matches!(value.as_str(), Some("" | "." | ".."));
    values.prop_filter("a segment of a path", is_segment).boxed()
}

/// What the notation cannot say: a form has neither null nor empty lists and objects, nor any two objects of a list.
fn bodies(api: &Api, media: &Media) -> BoxedStrategy<Value> {
    let values = strategy::valid_as(api, &media.schema, Reading::Request);
    if media.is_json() {
        return values;
    }
    values
        .prop_map(without_nothing)
        .prop_filter("a body", |body| !is_nothing(body) && body.as_str() != Some(""))
        .boxed()
}

fn without_nothing(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, member)| (name, without_nothing(member)));
            Value::Object(members.filter(|(_, member)| !is_nothing(member)).collect())
        }
        Value::Array(items) => {
            let items = items.into_iter().map(without_nothing).filter(|item| !is_nothing(item));
            Value::Array(items.fold(Vec::new(), |mut apart, item| {
                if apart.last().is_none_or(|last| is_told_apart(last, &item)) {
                    apart.push(item);
                }
                apart
            }))
        }
        other => other,
    }
}

/// Whether `name[][member]` shows where the next object of a list begins: with a member that the one before it has too.
fn is_told_apart(last: &Value, next: &Value) -> bool {
    match (last, next) {
        (Value::Object(last), Value::Object(next)) => {
            next.keys().next().is_some_and(|first| last.contains_key(first))
        }
        _ => true,
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// The seed of one draw: FNV-1a over the seed of the run and the id, so that one more case changes no other.
pub(crate) fn seed_of(seed: u64, id: &str) -> u64 {
    let bytes = seed.to_le_bytes().into_iter().chain(id.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
