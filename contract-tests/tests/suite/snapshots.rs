//! Each operation's request as it goes over the wire, and each documented reply as the client hands it over.
//!
//! A snapshot is also held to the document: the request breaks no rule of it, and the reply is one of its examples.

use std::collections::{BTreeMap, BTreeSet};

use contract_tests::{apis, cases, cases::Case, runner::Runner};
use cx_client::CallOptions;
use cx_mock::{Answer, Exchange, form};
use serde_json::{Map, Value, json};

use crate::canaries;

/// The request as text: what is the same in all requests of an API is left out.
fn request(exchange: &Exchange) -> Value {
    let pairs: Vec<String> = exchange
        .verdict
        .pairs
        .iter()
        .map(|pair| match &pair.part {
            form::Part::Text(text) => format!("{}={text}", pair.name),
            form::Part::File(file) => format!("{} is a file called {:?}", pair.name, file.file_name),
            _ => pair.name.clone(),
        })
        .collect();
    let query: Vec<String> =
        exchange.request.query_pairs().iter().map(|pair| format!("{}={}", pair.name, pair_text(pair))).collect();
    let media_type = exchange.request.media_type().unwrap_or_default();
    let body = match media_type.as_str() {
        "" => Value::Null,
        one if one.contains("json") => serde_json::from_slice(exchange.request.body()).unwrap(),
        _ => json!(pairs),
    };
    json!({
        "line": format!("{} {}", exchange.request.method(), exchange.request.path()),
        "query": query,
        "accept": exchange.request.header("accept"),
        "authorization": exchange.request.header("authorization").map(|_| "Bearer …"),
        "content-type": media_type.split(';').next(),
        "body": body,
    })
}

/// A snapshot is no place for a secret, be it a made-up one.
fn masked(value: Value, secrets: &BTreeSet<String>) -> Value {
    match value {
        Value::String(text) => secrets.iter().fold(text, |text, secret| text.replace(secret.as_str(), "…")).into(),
        Value::Array(items) => items.into_iter().map(|item| masked(item, secrets)).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, member)| (name, masked(member, secrets))).collect::<Map<_, _>>().into()
        }
        other => other,
    }
}

fn pair_text(pair: &form::Pair) -> &str {
    match &pair.part {
        form::Part::Text(text) => text,
        _ => "",
    }
}

/// The widest case of each operation: all parameters if there are optional ones, and the last example of a body.
fn widest(cases: Vec<Case>) -> BTreeMap<String, Case> {
    let mut widest = BTreeMap::new();
    for case in cases {
        let better = case.id.contains("/request/") || !widest.contains_key(&case.operation);
        if better && case.media_type.is_none() {
            widest.insert(case.operation.clone(), case);
        }
    }
    widest
}

async fn requests(name: &str) {
    let subject = apis::subjects(Some(name)).unwrap().remove(0);
    let cases = widest(cases::enumerate(&subject));
    assert_eq!(cases.len(), subject.api.operations.len());
    let secrets = canaries::secrets(&subject.api);
    let runner = Runner::start(subject).await.unwrap();
    let mut shown = Map::new();
    for (operation, case) in cases {
        let outcome = runner.run(case).await;
        assert!(outcome.passed(), "{operation}: {:?} {:?}", outcome.problems, outcome.violations);
        let exchange = outcome.exchanges.iter().find(|one| one.operation() == Some(operation.as_str())).unwrap();
        shown.insert(operation, request(exchange));
    }
    for (operation, request) in shown {
        let request = masked(request, &secrets);
        insta::assert_json_snapshot!(format!("{name}__{operation}__request"), request);
    }
}

async fn replies(name: &str) {
    let subject = apis::subjects(Some(name)).unwrap().remove(0);
    let client = subject.client;
    let secrets = canaries::secrets(&subject.api);
    let vendor = subject.vendor().await;
    let core = subject.connect(&vendor).unwrap();
    let mut shown: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for case in cases::enumerate(&subject).into_iter().filter(|case| !case.id.contains("/request/")) {
        let answer = || match &case.reply {
            Some(reply) => Answer::example(case.status, &reply.example),
            None => Answer::status(case.status),
        };
        vendor.script(&case.operation, answer());
        if case.status == 401 && subject.api.operation(&case.operation).is_some_and(|one| !one.security.is_empty()) {
            vendor.script(&case.operation, answer());
        }
        let options = CallOptions::new().max_attempts(1);
        let outcome = (client.call)(core.clone(), &case.operation, case.arguments.clone(), options).await;
        let value = match outcome {
            Ok(reply) => reply.typed,
            Err(error) => json!({"error": error.to_string(), "vendor message": error.vendor_message()}),
        };
        let label = case.id.trim_start_matches(&case.operation).trim_start_matches('/').to_owned();
        shown.entry(case.operation).or_default().insert(label, value);
    }
    for (operation, replies) in shown {
        let replies = masked(Value::Object(replies), &secrets);
        insta::assert_json_snapshot!(format!("{name}__{operation}__replies"), replies);
    }
}

#[tokio::test]
async fn requests_of_wootric() {
    requests("wootric").await;
}

#[tokio::test]
async fn requests_of_wootric_cxi() {
    requests("wootric-cxi").await;
}

#[tokio::test]
async fn requests_of_directly() {
    requests("directly").await;
}

#[tokio::test]
async fn replies_of_wootric() {
    replies("wootric").await;
}

#[tokio::test]
async fn replies_of_wootric_cxi() {
    replies("wootric-cxi").await;
}

#[tokio::test]
async fn replies_of_directly() {
    replies("directly").await;
}
