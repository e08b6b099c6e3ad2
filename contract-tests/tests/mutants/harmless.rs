//! A judge that catches everything is worth nothing: what changes no meaning has to pass.

use contract_tests::mutants::judge::{Judge, Verdict};
use cx_spec::{Api, Document};
use serde_json::{Map, Value, json};

use crate::{Known, known, smallest};

/// The verdict on another version of the document, by the witnesses of each n-th part of its operations.
fn verdict(known: &Known, change: impl Fn(&mut Value), each: usize) -> Verdict {
    let document = known.subject.api.document();
    let mut value = document.value().clone();
    change(&mut value);
    let api = Api::index(document.with_value(value)).unwrap();
    let units = known.evidence.reach.touched("/paths");
    assert!(units.len() > known.subject.api.operations.len(), "requests and replies");
    let units: Vec<_> = units.into_iter().step_by(each).collect();
    Judge::new(&known.subject, &known.evidence).unwrap().judge_api(api, &units)
}

fn visit(value: &mut Value, change: &impl Fn(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| visit(item, change)),
        Value::Object(members) => {
            change(members);
            members.values_mut().for_each(|member| visit(member, change));
        }
        _ => {}
    }
}

fn reverse(value: &mut Value) {
    if let Value::Array(items) = value {
        items.iter_mut().for_each(reverse);
    }
    if let Value::Object(members) = value {
        members.values_mut().for_each(reverse);
        *members = std::mem::take(members).into_iter().rev().collect();
    }
}

/// Every operation of a document.
fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().unwrap().values_mut();
    paths.flat_map(|path| path.as_object_mut().unwrap().values_mut()).filter(|one| one.get("operationId").is_some())
}

type Edit = (&'static str, fn(&mut Value));

/// The seven harmless edits of the table that `diff` is tested by, each made wherever it can be.
const HARMLESS: &[Edit] = &[
    ("descriptions and summaries", other_words),
    ("the order of members", reverse),
    ("an optional query parameter", |document| {
        for operation in operations(document) {
            let list = operation.as_object_mut().unwrap().entry("parameters").or_insert(json!([]));
            let added = json!({"name": "added", "in": "query", "schema": {"type": "integer"}, "example": 1});
            list.as_array_mut().unwrap().push(added);
        }
    }),
    ("an operation", |document| {
        let reply = json!({"204": {"description": "Done."}});
        document["paths"]["/added/count"] = json!({"get": {"operationId": "count_added", "responses": reply}});
    }),
    ("an error status", |document| {
        for operation in operations(document) {
            operation["responses"]["418"] = json!({"description": "Tea."});
        }
    }),
    ("an optional response property", |document| {
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        for (_, schema) in schemas.iter_mut().filter(|(name, _)| !name.ends_with("Request")) {
            if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
                properties.insert("added".to_owned(), json!({"type": "string", "nullable": true}));
            }
        }
    }),
    ("another example", |document| {
        for operation in operations(document) {
            for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
                if parameter["schema"] == json!({"type": "string"}) {
                    parameter["example"] = json!("another");
                }
            }
        }
    }),
];

fn other_words(document: &mut Value) {
    visit(document, &|members| {
        for key in ["description", "summary"] {
            // A member of data may be called that, too; only words are turned into others.
            if members.get(key).is_some_and(Value::is_string) {
                members.insert(key.to_owned(), json!("Other words."));
            }
        }
    });
}

#[tokio::test]
async fn the_document_itself_and_each_edit_that_changes_no_meaning_survive() {
    let known = smallest().await;
    assert_eq!(verdict(known, |_| {}, 1), Verdict::Survived, "nothing");
    for (what, change) in HARMLESS {
        assert_eq!(verdict(known, change, 2), Verdict::Survived, "{what}");
    }
}

#[tokio::test]
async fn every_document_survives_all_such_edits_at_once() {
    for name in cx_spec::NAMES {
        let known = known(name).await;
        let all = |document: &mut Value| HARMLESS.iter().for_each(|(_, change)| change(document));
        assert_eq!(verdict(&known, all, 4), Verdict::Survived, "{name}");
    }
}

#[test]
fn a_document_is_read_the_same_after_a_round_trip() {
    // The order of keys is turned by a function that must lose nothing, or the test above would show less than it says.
    let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\n";
    let document = Document::parse("t", "t.yaml", text).unwrap();
    let mut value = document.value().clone();
    reverse(&mut value);
    assert_eq!(&value, document.value(), "equal but for the order");
    assert_eq!(value.as_object().unwrap().keys().next().unwrap(), "paths");
}
