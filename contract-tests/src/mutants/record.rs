//! What the generated client sends, recorded once: every case of the documents, and every parameter and body at its edges.

use anyhow::Result;
use cx_client::CallOptions;
use cx_mock::{Answer, Exchange};
use cx_spec::{OAuthRole, Operation};
use serde_json::{Map, Value};

use super::{
    reach::{Part, Unit},
    wire::{Maker, parameter_edges},
    witness::{Origin, Said, Witness},
};
use crate::{
    apis::Subject,
    arguments::{self, Breadth},
    cases,
    runner::Runner,
};

/// What a run of the client left behind.
#[derive(Debug, Default)]
pub struct Record {
    /// Requests and replies that the original document takes.
    pub witnesses: Vec<Witness>,
    /// Paths at which the client got its tokens.
    pub token_paths: Vec<String>,
    /// Scopes that its tokens were granted.
    pub scopes: Vec<String>,
}

/// Drives the client of a subject against a vendor of the same document.
///
/// # Errors
/// A client that cannot be built.
pub async fn record(subject: &Subject, maker: &mut Maker) -> Result<Record> {
    let runner = Runner::start(subject.clone()).await?;
    let mut record = Record::default();
    for case in cases::enumerate(subject) {
        let outcome = runner.run(case).await;
        record.take(outcome.exchanges);
    }
    for operation in &subject.api.operations {
        for (arguments, media_type) in probes(subject, operation, maker) {
            answer(&runner, operation);
            let mut options = CallOptions::new().max_attempts(1);
            if let Some(media_type) = &media_type {
                options = options.media_type(media_type);
            }
            // The client may well refuse what no type can carry; then nothing was sent, and nothing is recorded.
            let _ = (subject.client.call)(runner.core().clone(), &operation.id, arguments, options).await;
            record.take(runner.vendor().take_exchanges());
        }
    }
    Ok(record)
}

/// Success, whatever the request: an operation that ends tokens must not end the client's.
fn answer(runner: &Runner, operation: &Operation) {
    let role = operation.oauth.as_ref().map(|oauth| oauth.role);
    let success = operation.replies.iter().find(|reply| reply.status.is_success());
    if let Some(success) = success.filter(|_| role != Some(OAuthRole::Token)) {
        let status = success.status.representative();
        runner.vendor().on(&operation.id, move |_, _| Some(Answer::status(status)));
    }
}

/// Arguments of calls, each with one thing at its edge.
fn probes(subject: &Subject, operation: &Operation, maker: &mut Maker) -> Vec<(Value, Option<String>)> {
    let api = &subject.api;
    let sent = operation.sent_media();
    let body = arguments::example_body(operation);
    let mut probes = Vec::new();
    for parameter in &operation.parameters {
        for edge in parameter_edges(api, parameter) {
            let base = arguments::example(operation, Breadth::Required, body);
            probes.push((with(base, edge), None));
        }
    }
    for media in operation.body.iter().flat_map(|body| &body.media) {
        let other = sent.filter(|sent| sent.media_type != media.media_type).map(|_| media.media_type.clone());
        for value in maker.edges(api, media) {
            probes.push((arguments::example(operation, Breadth::Required, Some(&value)), other.clone()));
        }
    }
    if operation.body.as_ref().is_some_and(|body| !body.required) {
        probes.push((arguments::example(operation, Breadth::Required, None), None));
    }
    probes
}

fn with(mut arguments: Value, edge: Map<String, Value>) -> Value {
    if let Some(members) = arguments.as_object_mut() {
        members.extend(edge);
    }
    arguments
}

impl Record {
    /// Keeps requests that the document takes, and what came back.
    fn take(&mut self, exchanges: Vec<Exchange>) {
        for exchange in exchanges {
            let Some(operation) = exchange.operation().map(str::to_owned) else { continue };
            if !exchange.verdict.is_valid() {
                continue;
            }
            self.take_token(&exchange);
            let unit = Unit { operation, part: Part::Request };
            let said = Said::Request(exchange.request);
            self.witnesses.push(Witness { unit, said, taken: true, origin: Origin::Client, about: None });
        }
    }

    /// Notes where a token came from and what it is good for.
    fn take_token(&mut self, exchange: &Exchange) {
        let body: Option<Value> = serde_json::from_slice(&exchange.reply.body).ok();
        let Some(body) = body.filter(|body| body.get("access_token").is_some()) else { return };
        let path = exchange.request.path().to_owned();
        if !self.token_paths.contains(&path) {
            self.token_paths.push(path);
        }
        let scopes = body.get("scope").and_then(Value::as_str).unwrap_or_default();
        for scope in scopes.split_whitespace().map(str::to_owned) {
            if !self.scopes.contains(&scope) {
                self.scopes.push(scope);
            }
        }
    }
}
