//! Every operation of every document, called by its flags: stdout is the documented example.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use cx_mock::{Answer, issuer};
use cx_spec::{Api, Operation, Parameter};
use serde_json::Value;

use crate::process::{Cx, Ran, cx, vendor};

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

fn call(url: &str, api: &str, operation: &Operation, body: &Path) -> Cx {
    let run = cx([api, &kebab(&operation.id), "--show-secrets", "--retries", "0"]);
    let mut run = run.base_url(url).env("CX_TOKEN", issuer::ACCESS_TOKEN);
    run = operation.parameters.iter().fold(run, give);
    if let Some(example) = operation.sent_media().and_then(|media| media.examples.first()) {
        fs::write(body, example.value.to_string()).unwrap();
        run = run.arg("--body").arg(format!("@{}", body.display()));
    }
    if operation.destructive { run.arg("--yes") } else { run }
}

/// The replies of success that an operation documents: the status, and each example by its name; no example where there is
/// none.
fn successes(operation: &Operation) -> Vec<(u16, Option<(&str, &Value)>)> {
    let replies = operation.replies.iter().filter(|reply| reply.status.is_success());
    let each = replies.flat_map(|reply| {
        let status = reply.status.representative();
        let examples = reply.media.iter().flat_map(|media| &media.examples);
        let mut found: Vec<_> = examples.map(|one| (status, Some((one.name.as_str(), &one.value)))).collect();
        if found.is_empty() {
            found.push((status, None));
        }
        found
    });
    each.collect()
}

/// Checks that the documented example was printed, or nothing where none is documented.
#[track_caller]
fn prints(ran: Ran, example: Option<&Value>, of: &str) {
    let ran = ran.exits(0);
    let printed = if ran.stdout.is_empty() { Value::Null } else { ran.json() };
    assert_eq!(printed, example.cloned().unwrap_or_default(), "{of}");
}

fn apis() -> Vec<(&'static str, Api)> {
    cx_spec::NAMES.iter().map(|name| (*name, cx_spec::embedded(name).unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_prints_its_documented_example() {
    let folder = tempfile::tempdir().unwrap();
    let body = folder.path().join("body.json");
    for (name, api) in apis() {
        let vendor = vendor(name).await;
        for operation in &api.operations {
            let successes = successes(operation);
            assert!(!successes.is_empty(), "{name} {}", operation.id);
            for (status, example) in successes {
                vendor.script(
                    &operation.id,
                    example.map_or_else(|| Answer::status(status), |(name, _)| Answer::example(status, name)),
                );
                let ran = call(&vendor.base_url(), name, operation, &body).run().await;
                prints(ran, example.map(|(_, value)| value), &format!("{name} {} {example:?}", operation.id));
            }
            assert_eq!(vendor.unused(&operation.id), 0, "{name} {} was not asked", operation.id);
            vendor.assert_no_violations();
        }
    }
}

/// A mock vendor as `cargo xtask mock` starts it. It ends with the test.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn start(api: &str) -> Self {
        // The program of the contract tests lies beside the tool once the workspace is built.
        let suite = Path::new(env!("CARGO_BIN_EXE_cx")).with_file_name("suite");
        let mut command = Command::new(&suite);
        command.args(["mock", "--api", api]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("{}: {error}; cargo test --workspace --all-features builds it", suite.display())
        });
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { child, url: url.trim().to_owned() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _already_ended = self.child.kill();
        let _status = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the program of the contract tests beside the tool: a step of `cargo xtask ci`"]
async fn every_operation_prints_its_documented_example_from_the_mock_command() {
    let folder = tempfile::tempdir().unwrap();
    let body = folder.path().join("body.json");
    let mut compared = 0;
    for (name, api) in apis() {
        let served = Served::start(name);
        for operation in &api.operations {
            for (status, example) in successes(operation) {
                let mut wish = format!("Prefer: code={status}");
                if let Some((example, _)) = example {
                    wish.push_str(&format!(", example={example}"));
                }
                let ran = call(&served.url, name, operation, &body).arg("--header").arg(wish).run().await;
                prints(ran, example.map(|(_, value)| value), &format!("{name} {} {example:?}", operation.id));
                compared += 1;
            }
        }
        println!("{name}: {} operations", api.operations.len());
    }
    println!("{compared} replies compared with the documents");
}
