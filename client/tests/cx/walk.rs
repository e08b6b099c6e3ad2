//! Every operation of every document, called by its flags: stdout is the documented example.

use std::fs;

use cx_mock::Answer;
use cx_spec::{Operation, Parameter};
use serde_json::Value;

use crate::process::{Cx, cx_at, vendor};

/// A name as the tool spells it, written from the description of the tool.
pub fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        match letter {
            '[' | '.' | '_' | '-' => kebab.push('-'),
            ']' => {}
            letter if letter.is_ascii_uppercase() => kebab.extend(['-', letter.to_ascii_lowercase()]),
            letter => kebab.push(letter),
        }
    }
    kebab
}

/// Gives a parameter its example.
fn give(run: Cx, parameter: &Parameter) -> Cx {
    let pairs: Vec<(String, Value)> = match &parameter.example {
        Some(Value::Object(members)) if parameter.style == "deepObject" => {
            members.iter().map(|(key, value)| (format!("{}[{key}]", parameter.name), value.clone())).collect()
        }
        Some(example) => vec![(parameter.name.clone(), example.clone())],
        None => Vec::new(),
    };
    pairs.into_iter().fold(run, |run, (name, value)| {
        let values = match value {
            Value::Array(values) => values,
            value => vec![value],
        };
        values.into_iter().fold(run, |run, value| {
            let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            if parameter.secret {
                run.env(&format!("CX_{}", kebab(&name).replace('-', "_").to_uppercase()), text)
            } else {
                run.arg(format!("--{}", kebab(&name))).arg(text)
            }
        })
    })
}

fn call(vendor: &cx_mock::MockVendor, api: &str, operation: &Operation, body: &std::path::Path) -> Cx {
    let mut run = cx_at(vendor, [api, &kebab(&operation.id), "--show-secrets", "--retries", "0"]);
    run = operation.parameters.iter().fold(run, give);
    if let Some(example) = operation.sent_media().and_then(|media| media.examples.first()) {
        fs::write(body, example.value.to_string()).unwrap();
        run = run.arg("--body").arg(format!("@{}", body.display()));
    }
    if operation.destructive { run.arg("--yes") } else { run }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_prints_its_documented_example() {
    let folder = tempfile::tempdir().unwrap();
    let body = folder.path().join("body.json");
    let (mut walked, mut compared) = (0, 0);
    for name in cx_spec::NAMES {
        let api = cx_spec::embedded(name).unwrap();
        let vendor = vendor(name).await;
        for operation in &api.operations {
            let successes = operation.replies.iter().filter(|reply| reply.status.is_success());
            for reply in successes {
                let status = reply.status.representative();
                let examples: Vec<_> = reply.media.iter().flat_map(|media| &media.examples).collect();
                if examples.is_empty() {
                    vendor.script(&operation.id, Answer::status(status));
                    let ran = call(&vendor, name, operation, &body).run().await.exits(0);
                    assert_eq!(ran.stdout, "", "{name} {}", operation.id);
                }
                for example in examples {
                    vendor.script(&operation.id, Answer::example(status, &example.name));
                    let ran = call(&vendor, name, operation, &body).run().await.exits(0);
                    let printed = if ran.stdout.is_empty() { Value::Null } else { ran.json() };
                    assert_eq!(printed, example.value, "{name} {} {}", operation.id, example.name);
                    compared += 1;
                }
            }
            assert_eq!(vendor.unused(&operation.id), 0, "{name} {} was not asked", operation.id);
            vendor.assert_no_violations();
            walked += 1;
        }
    }
    let all: usize = cx_spec::embedded_all().unwrap().iter().map(|api| api.operations.len()).sum();
    assert_eq!(walked, all);
    assert!(compared > all / 2, "{compared} examples of {all} operations");
    println!("{walked} operations, {compared} examples");
}
