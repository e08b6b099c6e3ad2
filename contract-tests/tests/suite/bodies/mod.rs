//! Absent, null and empty: a JSON body goes out with exactly the members that the caller set, a form without null.

mod builders;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use contract_tests::{
    apis::Subject,
    arguments::{self, Breadth},
};
use cx_client::{CallOptions, Core, ErrorKind};
use cx_mock::{Answer, Exchange, MockVendor, strategy};
use cx_spec::{Api, Media, Operation};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use serde_json::{Map, Value, json};

use crate::{support, third};

/// Bodies an operation. A body has at most a dozen members, each in up to four states.
const BODIES: usize = 48;

/// A subject with its vendor and client.
struct Stage {
    subject: Subject,
    vendor: MockVendor,
    core: Core,
}

impl Stage {
    async fn of(subject: Subject) -> Self {
        let vendor = subject.vendor().await;
        let core = subject.connect(&vendor).unwrap();
        Self { subject, vendor, core }
    }

    /// Calls an operation with a body; what came of it, and what was sent.
    async fn call(
        &self,
        operation: &Operation,
        media_type: &str,
        body: &Value,
    ) -> (Result<(), ErrorKind>, Vec<Exchange>) {
        let success = operation.replies.iter().find(|reply| reply.status.is_success()).unwrap();
        let example = success.media.first().and_then(|media| media.examples.first()).map(|one| one.value.clone());
        let status = success.status.representative();
        let answer = example.map_or_else(|| Answer::status(status), |value| Answer::value(status, value));
        self.vendor.script(&operation.id, answer);
        let arguments = arguments::example(operation, Breadth::Required, Some(body));
        let options = CallOptions::new().max_attempts(1).media_type(media_type);
        let result = (self.subject.client.call)(self.core.clone(), &operation.id, arguments, options).await;
        let sent = self.vendor.take_exchanges();
        let sent = sent.into_iter().filter(|one| one.operation() == Some(operation.id.as_str())).collect();
        (result.map(drop).map_err(|error| error.kind()), sent)
    }
}

fn api_operations<'a>(
    api: &'a Api,
    wanted: impl Fn(&Media) -> bool + 'a,
) -> impl Iterator<Item = (&'a Operation, &'a Media)> {
    let pairs = api.operations.iter().flat_map(|operation| {
        operation.body.iter().flat_map(|body| &body.media).map(move |media| (operation, media))
    });
    pairs.filter(move |(_, media)| wanted(media))
}

/// A schema with references and one-element `allOf`s followed.
fn resolved<'a>(api: &'a Api, schema: &'a Value) -> &'a Value {
    let inner = match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => api.document().at(reference.trim_start_matches('#')).map(|node| node.value()),
        None => {
            schema.get("allOf").and_then(Value::as_array).filter(|all| all.len() == 1).and_then(|all| all.first())
        }
    };
    inner.map_or(schema, |inner| resolved(api, inner))
}

fn admits_null(api: &Api, schema: &Value) -> bool {
    let inner = resolved(api, schema);
    [schema, inner].iter().any(|one| one.get("nullable") == Some(&json!(true)) || **one == json!({}))
}

/// What a member may be, apart from absent: a value, nothing of its kind, null.
fn states(api: &Api, schema: &Value, seed: u64) -> Vec<Value> {
    let inner = resolved(api, schema);
    let mut states: Vec<Value> = strategy::sample(api, inner, seed).into_iter().collect();
    let is_enum = inner.get("enum").is_some() || inner.get("format").is_some();
    match inner.get("type").and_then(Value::as_str) {
        Some("string") if !is_enum => states.push(json!("")),
        Some("array") => states.push(json!([])),
        Some("object") if inner.get("required").is_none() => states.push(json!({})),
        _ => {}
    }
    if admits_null(api, schema) {
        states.push(Value::Null);
    }
    states
}

/// Bodies of a schema with every member in every state; which goes with which is drawn.
fn bodies(api: &Api, schema: &Value) -> Vec<Value> {
    let schema = resolved(api, schema);
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let Some(members) = schema["properties"].as_object() else {
        return vec![json!({}), json!({"a": null, "b": "", "c": [], "d": {}, "e": [null, {"f": null}]})];
    };
    let draw = (0..BODIES).map(|seed| {
        let draws = proptest::collection::vec(any::<prop::sample::Index>(), members.len());
        let draws = draws.new_tree(&mut runner).unwrap().current();
        let mut body = Map::new();
        for ((name, member), draw) in members.iter().zip(draws) {
            let mut states: Vec<Option<Value>> = states(api, member, seed as u64).into_iter().map(Some).collect();
            if !required.contains(&name.as_str()) {
                states.push(None);
            }
            if let Some(value) = draw.get(&states) {
                body.insert(name.clone(), value.clone());
            }
        }
        Value::Object(body)
    });
    draw.collect()
}

/// Numbers by value: `1` and `1.0` are the same JSON number.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, value)| right.get(name).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

fn is_json(media: &Media) -> bool {
    media.media_type == "application/json"
}

/// Every JSON body of a subject, with any subset of its members set, empty or null, arrives as it was given.
async fn json_bodies_arrive(subject: Subject) -> usize {
    let stage = Stage::of(subject).await;
    let api = &stage.subject.api;
    let (mut sent, mut nulls, mut empties) = (0, 0, 0);
    for (operation, media) in api_operations(api, is_json) {
        let given: BTreeSet<String> = bodies(api, &media.schema).iter().map(ToString::to_string).collect();
        for text in given {
            let body: Value = serde_json::from_str(&text).unwrap();
            let (result, exchanges) = stage.call(operation, &media.media_type, &body).await;
            // Whether the vendor likes the values is another matter.
            assert_ne!(result, Err(ErrorKind::InvalidRequest), "{}: {body}", operation.id);
            assert_eq!(exchanges.len(), 1, "{}: {body}", operation.id);
            let arrived: Value = serde_json::from_slice(exchanges[0].request.body()).unwrap();
            assert!(same(&body, &arrived), "{}: {body} arrived as {arrived}", operation.id);
            sent += 1;
            nulls += body.as_object().unwrap().values().filter(|value| value.is_null()).count();
            empties += body.as_object().unwrap().values().filter(|value| **value == json!([])).count();
        }
    }
    assert!(sent > 0 && empties > 0, "{sent} bodies, {empties} empty lists");
    nulls
}

#[tokio::test]
async fn a_json_body_of_directly_arrives_with_the_members_that_were_set() {
    json_bodies_arrive(support::subject("directly")).await;
}

#[tokio::test]
async fn a_json_body_arrives_with_the_nulls_that_were_set() {
    assert!(json_bodies_arrive(third::atelier()).await > 50);
}

#[tokio::test]
async fn a_null_that_the_document_does_not_admit_is_refused_before_anything_is_sent() {
    let mut tried = 0;
    for subject in [support::subject("directly"), third::atelier()] {
        let stage = Stage::of(subject).await;
        let api = &stage.subject.api;
        for (operation, media) in api_operations(api, is_json) {
            let members = resolved(api, &media.schema)["properties"].as_object().into_iter().flatten();
            for (name, _) in members.filter(|(_, member)| !admits_null(api, member)) {
                let mut body = media.examples[0].value.clone();
                body[name.as_str()] = Value::Null;
                let (result, exchanges) = stage.call(operation, &media.media_type, &body).await;
                assert_eq!(result, Err(ErrorKind::InvalidRequest), "{}: {name}", operation.id);
                assert!(exchanges.is_empty(), "{}: {name}", operation.id);
                tried += 1;
            }
        }
    }
    assert!(tried > 50, "{tried}");
}

/// Each member of each form, set to what the notation of forms has no word for.
#[tokio::test]
async fn a_null_an_empty_list_or_map_in_a_form_is_refused_before_anything_is_sent() {
    let mut tried = BTreeMap::new();
    let real = ["wootric", "wootric-cxi", "directly"].map(support::subject);
    for subject in real.into_iter().chain([third::orchard(), third::atelier()]) {
        let stage = Stage::of(subject).await;
        let api = &stage.subject.api;
        for (operation, media) in api_operations(api, |media| media.media_type.contains("form")) {
            let Some(members) = resolved(api, &media.schema)["properties"].as_object() else { continue };
            for name in members.keys() {
                for nothing in [Value::Null, json!([]), json!({})] {
                    let mut body = media.examples.first().map_or_else(|| json!({}), |example| example.value.clone());
                    body[name.as_str()] = nothing.clone();
                    let (result, exchanges) = stage.call(operation, &media.media_type, &body).await;
                    assert_eq!(result, Err(ErrorKind::InvalidRequest), "{}: {name}: {nothing}", operation.id);
                    assert!(exchanges.is_empty(), "{}: {name}: {nothing}", operation.id);
                    *tried.entry(nothing.to_string()).or_insert(0) += 1;
                }
            }
        }
    }
    assert!(tried.len() == 3 && tried.values().all(|tried| *tried > 100), "{tried:?}");
}

#[tokio::test]
async fn a_member_that_must_be_there_is_not_made_up() {
    let stage = Stage::of(third::atelier()).await;
    let operation = stage.subject.api.operation("create_easel").unwrap();
    // `note` is required and nullable: a type that fills it in would send a null that nobody set.
    let (result, exchanges) = stage.call(operation, "application/json", &json!({"name": "Oak"})).await;
    assert_eq!(result, Err(ErrorKind::InvalidRequest));
    assert!(exchanges.is_empty());
}
