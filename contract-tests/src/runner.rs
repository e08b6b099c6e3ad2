//! Running cases through the client.

use anyhow::Result;
use cx_client::{CallOptions, Core, Error, ErrorKind, dynamic};
use cx_mock::{Answer, Exchange, MockVendor, Violation};
use cx_spec::Operation;
use serde_json::Value;

use crate::{
    apis::Subject,
    cases::Case,
    compare::{self, missing},
};

/// What came of one case.
#[derive(Debug)]
pub struct Outcome {
    /// The case.
    pub case: Case,
    /// What the client got wrong; empty if nothing.
    pub problems: Vec<String>,
    /// What the client's requests broke of the document.
    pub violations: Vec<Violation>,
    /// What went over the wire.
    pub exchanges: Vec<Exchange>,
}

impl Outcome {
    /// Whether there is nothing to complain of.
    pub fn passed(&self) -> bool {
        self.problems.is_empty() && self.violations.is_empty()
    }
}

/// A subject under test: its vendor and its client.
#[derive(Debug)]
pub struct Runner {
    subject: Subject,
    vendor: MockVendor,
    core: Core,
}

impl Runner {
    /// Starts vendor and client.
    ///
    /// # Errors
    /// A client that cannot be built.
    pub async fn start(subject: Subject) -> Result<Self> {
        let vendor = subject.vendor().await;
        let core = subject.connect(&vendor)?;
        Ok(Self { subject, vendor, core })
    }

    /// The vendor.
    pub fn vendor(&self) -> &MockVendor {
        &self.vendor
    }

    /// The client.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Runs one case. Retries are off, so that a status is seen as often as it is scripted.
    pub async fn run(&self, case: Case) -> Outcome {
        let Some(operation) = self.subject.api.operation(&case.operation) else {
            let problems = vec![format!("the document has no operation {}", case.operation)];
            return Outcome { case, problems, violations: Vec::new(), exchanges: Vec::new() };
        };
        self.vendor.script(&case.operation, answer(&case));
        if case.status == 401 && !operation.security.is_empty() {
            // The client renews its token and asks once more: the vendor stays with its no.
            self.vendor.script(&case.operation, answer(&case));
        }
        let mut options = CallOptions::new().max_attempts(1);
        if let Some(media_type) = &case.media_type {
            options = options.media_type(media_type);
        }
        let result =
            (self.subject.client.call)(self.core.clone(), &case.operation, case.arguments.clone(), options).await;
        let mut problems = match result {
            Ok(reply) => judge_success(&case, operation, &reply),
            Err(error) => judge_error(&case, operation, &error),
        };
        if self.vendor.unused(&case.operation) > 0 {
            problems.push("the client did not ask as often as it should".to_owned());
        }
        let violations = self.vendor.take_violations();
        let exchanges = self.vendor.take_exchanges();
        let asked = exchanges.iter().rev().find(|one| one.operation() == Some(operation.id.as_str()));
        if let Some(exchange) = asked {
            problems.extend(unsent(&case, exchange));
        }
        Outcome { case, problems, violations, exchanges }
    }
}

/// Query arguments that the caller gave and the request does not carry. A vendor would not complain of most of them.
fn unsent(case: &Case, exchange: &Exchange) -> Vec<String> {
    let sent: Vec<String> = exchange.request.query_pairs().into_iter().map(|pair| pair.name).collect();
    let known = |name: &String| {
        let parameters = &exchange.verdict.parameters;
        [&parameters.path, &parameters.header, &parameters.cookie].iter().any(|part| part.contains_key(name))
    };
    let arguments = case.arguments.as_object().into_iter().flatten();
    arguments
        .map(|(name, _)| name)
        .filter(|name| *name != "body" && !sent.contains(name) && !known(name))
        .map(|name| format!("{}: parameter `{name}` was given and not sent [required]", case.operation))
        .collect()
}

fn answer(case: &Case) -> Answer {
    match &case.reply {
        Some(reply) => Answer::example(case.status, &reply.example),
        None => Answer::status(case.status),
    }
}

fn judge_success(case: &Case, operation: &Operation, reply: &dynamic::Reply) -> Vec<String> {
    let mut problems = Vec::new();
    if reply.status.as_u16() != case.status {
        problems.push(format!("status {} came back as {}", case.status, reply.status.as_u16()));
    }
    if !case.documented.is_success() && case.status != 304 {
        problems.push(format!("status {} was taken for a success", case.status));
    }
    let sent = case.reply.as_ref().filter(|_| case.status != 304).map_or(Value::Null, |reply| reply.value.clone());
    if !is_json(case) {
        return problems;
    }
    if let Some(pointer) = missing(&sent, reply.raw.as_ref().unwrap_or(&Value::Null)) {
        problems.push(format!("the raw reply lost {pointer}"));
    }
    let expected = match &operation.envelope {
        Some(envelope) => compare::canonical(sent, envelope),
        None => sent,
    };
    if let Some(pointer) = missing(&expected, &reply.typed) {
        problems.push(format!("the typed reply lost or changed {pointer}"));
    }
    if let Some(pointer) = missing(&reply.typed, &expected) {
        problems.push(format!("the typed reply has {pointer}, which nobody sent"));
    }
    problems
}

fn judge_error(case: &Case, operation: &Operation, error: &Error) -> Vec<String> {
    let mut problems = Vec::new();
    if case.documented.is_success() || case.status == 304 {
        problems.push(format!("status {} ended in an error: {error}", case.status));
        return problems;
    }
    if error.status().map(|status| status.as_u16()) != Some(case.status) {
        problems.push(format!("status {} ended in an error of another kind: {error}", case.status));
    }
    let expected = if case.status == 401 { ErrorKind::Authentication } else { ErrorKind::Api };
    if error.kind() != expected {
        problems.push(format!("an error of kind {:?} where {expected:?} was due", error.kind()));
    }
    let body: Option<Value> = error.body().and_then(|body| serde_json::from_slice(body).ok());
    let sent = case.reply.as_ref().map(|reply| &reply.value);
    if is_json(case) && body.as_ref() != sent {
        problems.push("the error lost its body".to_owned());
    }
    if error.operation().map(|row| row.id) != Some(operation.id.as_str()) {
        problems.push("the error does not name its operation".to_owned());
    }
    problems
}

fn is_json(case: &Case) -> bool {
    case.reply.as_ref().is_none_or(|reply| reply.media_type.contains("json"))
}
