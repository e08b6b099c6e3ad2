//! One call in three languages, made from the examples of the document.
//!
//! A sample shows the parameters that must be given, or the first two where none must, and the first example of the body
//! that has anything in it. Secrets are variables of the environment, under the names that the `cx` tool reads.

mod curl;
mod cx;
mod rust;
mod shell;

use std::collections::BTreeSet;

use cx_spec::{Api, Operation, Parameter};
use heck::{ToKebabCase, ToShoutySnakeCase};
use serde_json::Value;

use super::surface::{Call, Surface};
use crate::generate::{delimiter, files};

/// One call in three languages.
pub struct Samples {
    /// For a shell, with curl.
    pub curl: String,
    /// For a shell, with the tool of the client.
    pub cx: String,
    /// The statements of a function that returns a `Result`.
    pub rust: String,
}

/// The call that a sample shows.
struct Shown<'a> {
    api: &'a Api,
    operation: &'a Operation,
    arguments: Vec<Argument>,
    body: Option<&'a Value>,
    /// Members of the body that are credentials.
    secrets: BTreeSet<String>,
    /// The member of the body that is a file.
    file: Option<String>,
}

/// One parameter of the call.
struct Argument {
    /// Name on the wire, brackets included.
    name: String,
    value: Value,
    location: cx_spec::Location,
    secret: bool,
}

impl Samples {
    /// Writes the samples of an operation.
    pub fn new(api: &Api, operation: &Operation, surface: &Surface) -> Self {
        let shown = Shown::new(api, operation, surface);
        let nameless = Call::default();
        let call = surface.call(&operation.id).unwrap_or(&nameless);
        Self { curl: curl::sample(&shown), cx: cx::sample(&shown), rust: rust::sample(&shown, call, surface) }
    }
}

impl<'a> Shown<'a> {
    fn new(api: &'a Api, operation: &'a Operation, surface: &Surface) -> Self {
        let guide = surface.guide(&operation.id);
        Self {
            api,
            operation,
            arguments: arguments(operation, guide.map(|guide| &guide.example)),
            body: body(operation),
            secrets: guide.map(|guide| guide.request_secrets.clone()).unwrap_or_default(),
            file: file(api, operation),
        }
    }

    fn is_file(&self, dotted: &str) -> bool {
        self.file.as_deref() == Some(dotted)
    }
}

/// The parameters that must be given; where none must and there is no body, the first two that have an example.
fn arguments(operation: &Operation, examples: Option<&Value>) -> Vec<Argument> {
    let some_required = operation.parameters.iter().any(|one| one.required) || operation.body.is_some();
    let mut room = if some_required { 0 } else { 2 };
    let mut arguments = Vec::new();
    for parameter in &operation.parameters {
        let own = |name: &str| name == parameter.name || name.starts_with(&format!("{}[", parameter.name));
        let given = examples.and_then(Value::as_object).into_iter().flatten().filter(|(name, _)| own(name));
        let given: Vec<_> = given.collect();
        if !parameter.required {
            if room == 0 || given.is_empty() {
                continue;
            }
            room -= 1;
        }
        arguments.extend(given.into_iter().map(|(name, value)| Argument {
            name: name.clone(),
            value: as_sent(parameter, name, value),
            location: parameter.location,
            secret: parameter.secret,
        }));
    }
    arguments
}

/// The value as a caller gives it: a list that travels as one value is one text.
fn as_sent(parameter: &Parameter, name: &str, value: &Value) -> Value {
    let joined = delimiter(parameter).filter(|_| name == parameter.name);
    match (value, joined) {
        (Value::Array(items), Some(delimiter)) => {
            let texts: Vec<_> = items.iter().map(plain).collect();
            texts.join(&delimiter.to_string()).into()
        }
        _ => value.clone(),
    }
}

/// The first example of the body that is sent which has anything in it, or else the first one.
fn body(operation: &Operation) -> Option<&Value> {
    let examples = &operation.sent_media()?.examples;
    let full = |value: &&Value| value.as_object().is_some_and(|members| !members.is_empty());
    let mut values = examples.iter().map(|example| &example.value);
    values.clone().find(full).or_else(|| values.next())
}

/// The member of the body that is a file.
fn file(api: &Api, operation: &Operation) -> Option<String> {
    files::parts(api, operation.sent_media()?).into_iter().next().map(|file| file.name)
}

/// The variable of a secret: `account_token` is `CX_ACCOUNT_TOKEN`.
fn variable(name: &str) -> String {
    format!("CX_{}", name.to_shouty_snake_case())
}

/// The name of a command or flag of the tool.
fn kebab(name: &str) -> String {
    name.to_kebab_case()
}

/// A scalar as it is written outside JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// A value as indented JSON in which every secret is replaced by what `hide` writes for its variable, quotes included.
fn json(value: &Value, secrets: &BTreeSet<String>, hide: impl Fn(&str) -> String) -> String {
    /// Nothing that an example holds.
    const MARK: char = '\u{e000}';

    fn marked(value: &Value, secrets: &BTreeSet<String>) -> Value {
        match value {
            Value::Object(members) => members
                .iter()
                .map(|(name, member)| {
                    let hidden = secrets.contains(name) && !member.is_object() && !member.is_array();
                    let member = if hidden {
                        format!("{MARK}{}{MARK}", variable(name)).into()
                    } else {
                        marked(member, secrets)
                    };
                    (name.clone(), member)
                })
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Value::Array(items) => items.iter().map(|item| marked(item, secrets)).collect(),
            plain => plain.clone(),
        }
    }
    let mut text = format!("{:#}", marked(value, secrets));
    for name in secrets {
        let name = variable(name);
        text = text.replace(&format!("\"{MARK}{name}{MARK}\""), &hide(&name));
    }
    text
}
