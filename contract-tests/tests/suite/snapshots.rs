//! Each operation's requests as they go over the wire, and each documented reply as the client hands it over.
//!
//! A snapshot is also held to the document: a request breaks no rule of it, and a reply keeps the schema of its status.
//! Its head names the grade and the source of the facts behind it, so that nobody takes a guess for a contract.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use contract_tests::{
    apis::{self, Subject},
    cases,
    cases::Case,
    runner::Runner,
    shown::request,
};
use cx_client::CallOptions;
use cx_mock::{
    Answer,
    schema::{Reading, Schemas},
};
use cx_spec::Operation;
use serde_json::{Map, Value, json};

use crate::canaries;

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

/// What attests an operation: the head of its snapshots.
fn attested(operation: &Operation) -> Value {
    json!({
        "operation": format!("{} {}", operation.method, operation.path),
        "grade": operation.confidence.name(),
        "source": operation.source,
    })
}

/// The requests of each operation: with what is required, with all parameters, with each example of a body.
fn by_operation(subject: &Subject) -> BTreeMap<String, BTreeMap<String, Case>> {
    let mut found: BTreeMap<String, BTreeMap<String, Case>> = BTreeMap::new();
    for case in cases::examples(subject) {
        let requests = found.entry(case.operation.clone()).or_default();
        match case.id.split_once("/request/") {
            Some((_, label)) => drop(requests.insert(label.to_owned(), case)),
            // With a body it would be the first of its examples once more.
            None if case.documented.is_success() && !has_body(subject, &case) => {
                requests.entry("required".to_owned()).or_insert(case);
            }
            None => {}
        }
    }
    found
}

fn has_body(subject: &Subject, case: &Case) -> bool {
    subject.api.operation(&case.operation).is_some_and(|operation| operation.body.is_some())
}

/// Gives the files of a body the name that a caller's file would have.
fn name_files(subject: &Subject, case: &mut Case) {
    // In a body of another media type, the member is no file.
    if case.media_type.is_some() {
        return;
    }
    let row = subject.client.api.operations.iter().find(|row| row.id == case.operation).unwrap();
    let Some(body) = case.arguments.get_mut("body").and_then(Value::as_object_mut) else { return };
    for file in row.body.as_ref().map(|body| body.files).unwrap_or_default() {
        if let Some(content) = body.get(file.name).and_then(Value::as_str) {
            let named = json!({"file_name": "people.csv", "content_type": "text/csv", "content": content});
            body.insert(file.name.to_owned(), named);
        }
    }
}

async fn requests(name: &str) {
    let subject = apis::subjects(Some(name)).unwrap().remove(0);
    let secrets = canaries::secrets(&subject.api);
    let runner = Runner::start(subject.clone()).await.unwrap();
    let mut shown = Vec::new();
    for operation in &subject.api.operations {
        let cases = by_operation(&subject).remove(&operation.id).unwrap_or_default();
        assert!(!cases.is_empty(), "{} is never requested", operation.id);
        let mut requests = Map::new();
        for (label, mut case) in cases {
            name_files(&subject, &mut case);
            let outcome = runner.run(case).await;
            assert!(outcome.passed(), "{} {label}: {:?} {:?}", operation.id, outcome.problems, outcome.violations);
            let exchange =
                outcome.exchanges.iter().find(|one| one.operation() == Some(operation.id.as_str())).unwrap();
            requests.insert(label, masked(request(exchange), &secrets));
        }
        shown.push((operation, Value::Object(requests)));
    }
    for (operation, requests) in shown {
        insta::with_settings!({info => &attested(operation), omit_expression => true}, {
            insta::assert_json_snapshot!(format!("{name}__{}__request", operation.id), requests);
        });
    }
}

async fn replies(name: &str) {
    let subject = apis::subjects(Some(name)).unwrap().remove(0);
    let secrets = canaries::secrets(&subject.api);
    let schemas = Schemas::new(subject.api.clone());
    let vendor = subject.vendor().await;
    let core = subject.connect(&vendor).unwrap();
    let mut shown: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for case in cases::examples(&subject).into_iter().filter(|case| !case.id.contains("/request/")) {
        let operation = subject.api.operation(&case.operation).unwrap();
        keeps_its_schema(&schemas, operation, &case);
        let answer = || match &case.reply {
            Some(reply) => Answer::example(case.status, &reply.example),
            None => Answer::status(case.status),
        };
        vendor.script(&case.operation, answer());
        if case.status == 401 && !operation.security.is_empty() {
            vendor.script(&case.operation, answer());
        }
        let options = CallOptions::new().max_attempts(1);
        let outcome = (subject.client.call)(core.clone(), &case.operation, case.arguments.clone(), options).await;
        let value = match outcome {
            Ok(reply) => reply.typed,
            Err(error) => json!({"error": error.to_string(), "vendor message": error.vendor_message()}),
        };
        let label = case.id.trim_start_matches(&case.operation).trim_start_matches('/').to_owned();
        shown.entry(case.operation).or_default().insert(label, value);
    }
    assert_eq!(shown.len(), subject.api.operations.len());
    for (id, replies) in shown {
        let operation = subject.api.operation(&id).unwrap();
        let mut info = attested(operation);
        let grades = operation.replies.iter().map(|reply| (reply.status.to_string(), reply.confidence.name().into()));
        info["replies"] = Value::Object(grades.collect());
        insta::with_settings!({info => &info, omit_expression => true}, {
            insta::assert_json_snapshot!(format!("{name}__{id}__replies"), masked(Value::Object(replies), &secrets));
        });
    }
}

/// Judges the body that the vendor sends.
fn keeps_its_schema(schemas: &Schemas, operation: &Operation, case: &Case) {
    let Some(sent) = &case.reply else { return };
    let documented = operation.replies.iter().find(|reply| reply.status == case.documented).unwrap();
    let media = documented.media.iter().find(|media| media.media_type == sent.media_type).unwrap();
    let faults = schemas.judge(&media.pointer, Reading::Reply, &sent.value);
    assert!(faults.is_empty(), "{}: {faults:?}", case.id);
}

/// insta compares what is below the head of a file and not the head.
#[test]
fn every_snapshot_names_its_grade_and_none_is_left_over() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/snapshots");
    let prefix = "suite__snapshots__";
    let mut expected = BTreeMap::new();
    for subject in apis::subjects(None).unwrap() {
        for operation in &subject.api.operations {
            for kind in ["request", "replies"] {
                let file = format!("{prefix}{}__{}__{kind}.snap", subject.name(), operation.id);
                expected.insert(file, (operation.confidence.name(), operation.source.clone()));
            }
        }
    }
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let found: BTreeSet<String> = names.filter(|name| name.starts_with(prefix)).collect();
    assert_eq!(found, expected.keys().cloned().collect());
    for (file, (grade, source)) in expected {
        let text = fs::read_to_string(folder.join(&file)).unwrap();
        let head = text.split("---\n").nth(1).unwrap();
        assert!(head.contains(&format!("\n  grade: {grade}\n")), "{file} is not {grade}: {head}");
        assert!(source.iter().all(|one| head.contains(&format!("    - {one}\n"))), "{file}: {source:?}: {head}");
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
