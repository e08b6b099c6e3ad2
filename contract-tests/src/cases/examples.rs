//! Each example of a reply and of a request.

use cx_spec::Operation;
use serde_json::Value;

use super::{Case, Expected, Reply};
use crate::arguments::{self, Breadth};

/// The cases that the examples of an operation make.
pub(super) fn of(operation: &Operation) -> impl Iterator<Item = Case> {
    replies(operation).into_iter().chain(requests(operation))
}

/// Every documented reply, each with every example.
fn replies(operation: &Operation) -> Vec<Case> {
    let arguments = required(operation);
    let mut cases = Vec::new();
    for documented in super::answers(operation) {
        let status = documented.status.representative();
        let case = |name: &str, reply: Option<Reply>| Case {
            id: format!("{}/{}/{name}", operation.id, documented.status),
            operation: operation.id.clone(),
            arguments: arguments.clone(),
            media_type: None,
            status,
            documented: documented.status,
            reply,
            expected: Expected::Documented,
            drawn: None,
        };
        if documented.media.is_empty() {
            cases.push(case("empty", None));
        }
        for media in &documented.media {
            for example in &media.examples {
                let (media_type, value) = (media.media_type.clone(), example.value.clone());
                cases.push(case(&example.name, Some(shown(&example.name, media_type, value))));
            }
        }
    }
    cases
}

/// Every example of a request in every media type, and every parameter.
fn requests(operation: &Operation) -> Vec<Case> {
    let Some(template) = success(operation) else { return Vec::new() };
    let case = |name: String, arguments: Value, media_type: Option<String>| Case {
        id: format!("{}/{name}", operation.id),
        arguments,
        media_type,
        ..template.clone()
    };
    let mut cases = Vec::new();
    let sent = operation.sent_media();
    let first = arguments::example_body(operation);
    if operation.parameters.iter().any(|parameter| !parameter.required) {
        cases.push(case("request/all_parameters".into(), arguments::example(operation, Breadth::All, first), None));
    }
    let Some((body, sent)) = operation.body.as_ref().zip(sent) else { return cases };
    for media in &body.media {
        let other = (media.media_type != sent.media_type).then(|| media.media_type.clone());
        for example in &media.examples {
            let name = format!("request/{}/{}", media.media_type, example.name);
            cases.push(case(
                name,
                arguments::example(operation, Breadth::Required, Some(&example.value)),
                other.clone(),
            ));
        }
    }
    cases
}

/// A call with what is required, answered by the first documented success; none if there is no success.
pub(super) fn success(operation: &Operation) -> Option<Case> {
    let success = operation.replies.iter().find(|reply| reply.status.is_success())?;
    let reply = success.media.first().and_then(|media| {
        let example = media.examples.first()?;
        Some(shown(&example.name, media.media_type.clone(), example.value.clone()))
    });
    Some(Case {
        id: operation.id.clone(),
        operation: operation.id.clone(),
        arguments: required(operation),
        media_type: None,
        status: success.status.representative(),
        documented: success.status,
        reply,
        expected: Expected::Documented,
        drawn: None,
    })
}

/// Arguments with the first example of the body and what else is required.
pub(super) fn required(operation: &Operation) -> Value {
    arguments::example(operation, Breadth::Required, arguments::example_body(operation))
}

fn shown(example: &str, media_type: String, value: Value) -> Reply {
    Reply { example: example.to_owned(), media_type, value, made_up: false }
}
