//! What the documents say, one case at a time.

use cx_spec::{Operation, Status};
use serde_json::Value;

use crate::{
    apis::Subject,
    arguments::{self, Breadth},
};

/// One call and the reply that it gets.
#[derive(Clone, Debug)]
pub struct Case {
    /// Name that stays the same from run to run, such as `create_token/200/seed_password`.
    pub id: String,
    /// Operation that is called.
    pub operation: String,
    /// Arguments of the call.
    pub arguments: Value,
    /// Media type of the request body, where it is not the usual one.
    pub media_type: Option<String>,
    /// Status that the vendor answers with.
    pub status: u16,
    /// What the document calls that status.
    pub documented: Status,
    /// The vendor's body; `None` for an empty one.
    pub reply: Option<Reply>,
}

/// The body of a scripted reply.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Name of the example.
    pub example: String,
    /// Its media type.
    pub media_type: String,
    /// Its value.
    pub value: Value,
}

/// All cases of a subject, in the order of the document.
pub fn enumerate(subject: &Subject) -> Vec<Case> {
    subject
        .api
        .operations
        .iter()
        .flat_map(|operation| replies(operation).into_iter().chain(requests(operation)))
        .collect()
}

/// Every documented reply, each with every example.
fn replies(operation: &Operation) -> Vec<Case> {
    let body = operation.sent_media().and_then(|media| media.examples.first()).map(|example| &example.value);
    let arguments = arguments::example(operation, Breadth::Required, body);
    let mut cases = Vec::new();
    for documented in &operation.replies {
        let status = documented.status.representative();
        let case = |name: &str, reply: Option<Reply>| Case {
            id: format!("{}/{}/{name}", operation.id, documented.status),
            operation: operation.id.clone(),
            arguments: arguments.clone(),
            media_type: None,
            status,
            documented: documented.status,
            reply,
        };
        if documented.media.is_empty() {
            cases.push(case("empty", None));
        }
        for media in &documented.media {
            for example in &media.examples {
                let (media_type, value) = (media.media_type.clone(), example.value.clone());
                cases.push(case(&example.name, Some(Reply { example: example.name.clone(), media_type, value })));
            }
        }
    }
    cases
}

/// Every example of a request in every media type, and every parameter.
fn requests(operation: &Operation) -> Vec<Case> {
    let Some(success) = operation.replies.iter().find(|reply| reply.status.is_success()) else { return Vec::new() };
    let reply = success.media.first().and_then(|media| {
        let example = media.examples.first()?;
        Some(Reply {
            example: example.name.clone(),
            media_type: media.media_type.clone(),
            value: example.value.clone(),
        })
    });
    let case = |name: String, arguments: Value, media_type: Option<String>| Case {
        id: format!("{}/{name}", operation.id),
        operation: operation.id.clone(),
        arguments,
        media_type,
        status: success.status.representative(),
        documented: success.status,
        reply: reply.clone(),
    };
    let mut cases = Vec::new();
    let sent = operation.sent_media();
    let first = sent.and_then(|media| media.examples.first()).map(|example| &example.value);
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
