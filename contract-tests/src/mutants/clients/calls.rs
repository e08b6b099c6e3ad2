//! The calls that every client gets, and what came of one.

use anyhow::Result;
use cx_client::CallOptions;
use cx_mock::Answer;
use serde_json::{Value, json};

use super::outcome::Witness;
use crate::{
    apis::Subject,
    arguments::{self, Breadth},
    cases::{self, Case},
    mutants::{
        evidence::Evidence,
        reach::{Part, Unit},
        witness::{Origin, Said},
    },
    runner::Runner,
    shown::request,
};

/// Seed of the values that are drawn: a conformance run's own.
const SEED: u64 = 1;

/// One call.
#[derive(Clone, Debug)]
pub(super) enum Call {
    /// A case of the suite. `shown` if it is one of the examples, whose requests are kept as snapshots.
    Case { case: Box<Case>, shown: bool },
    /// The reply breaks the contract.
    Broken { operation: String, witness: Witness, status: u16, content_type: Option<String>, body: Vec<u8> },
}

/// What came of a call.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    /// What the suite has against it.
    pub complaint: Option<String>,
    /// The requests of the operation, in the words of the snapshots; for calls that are shown there.
    pub sent: Vec<Value>,
    /// Whether it ended in an error.
    pub refused: bool,
}

/// All calls of some operations, and for each part of an operation that an edit is about the replies that break it.
pub(super) fn calls(subject: &Subject, evidence: &Evidence, operations: &[String], units: &[Unit]) -> Vec<Call> {
    let shown: Vec<String> = cases::examples(subject).into_iter().map(|case| case.id).collect();
    let all = cases::enumerate_with(subject, SEED, 1).into_iter();
    let own = all.filter(|case| operations.contains(&case.operation));
    let cases = own.map(|case| Call::Case { shown: shown.contains(&case.id), case: Box::new(case) });
    cases.chain(units.iter().flat_map(|unit| broken(evidence, unit))).collect()
}

/// Successes that the contract refuses. An error is one however little its body says.
fn broken(evidence: &Evidence, unit: &Unit) -> Vec<Call> {
    if !matches!(unit.part, Part::Reply(status) if status.is_success()) {
        return Vec::new();
    }
    let replies = evidence.of(unit).iter().filter(|one| !one.taken).filter_map(|one| {
        let witness = match one.origin {
            Origin::Negative => Witness::Negative,
            _ => Witness::Broken,
        };
        let Said::Reply { status, content_type, body } = one.said.clone() else { return None };
        Some(Call::Broken { operation: unit.operation.clone(), witness, status, content_type, body })
    });
    replies.collect()
}

impl Call {
    /// Makes the call through a client.
    pub(super) async fn make(&self, subject: &Subject, runner: &Runner) -> Result<Heard> {
        match self {
            Self::Case { case, shown } => {
                let outcome = runner.run(Case::clone(case)).await;
                let violations = outcome.violations.iter().map(ToString::to_string);
                let complaint = outcome.problems.iter().cloned().chain(violations).next();
                let own = outcome.exchanges.iter().filter(|one| *shown && one.operation() == Some(&case.operation));
                Ok(Heard { complaint, sent: own.map(request).collect(), refused: false })
            }
            Self::Broken { operation, status, content_type, body, .. } => {
                let mut answer = Answer::raw(*status, body.clone());
                if let Some(content_type) = content_type {
                    answer = answer.header("content-type", content_type);
                }
                runner.vendor().script(operation, answer);
                let arguments = example(subject, operation);
                let options = CallOptions::new().max_attempts(1);
                let result = (subject.client.call)(runner.core().clone(), operation, arguments, options).await;
                runner.vendor().unscript(operation);
                runner.vendor().take_violations();
                runner.vendor().take_exchanges();
                Ok(Heard { refused: result.is_err(), ..Heard::default() })
            }
        }
    }

    /// What is different between the client of the original document and another; none if nothing is.
    pub(super) fn difference(&self, due: &Heard, got: &Heard) -> Option<(Witness, String)> {
        match self {
            Self::Case { case, .. } => {
                if let Some(complaint) = &got.complaint {
                    return Some((Witness::Cases, format!("{}: {complaint}", case.id)));
                }
                (due.sent != got.sent).then(|| {
                    (Witness::Snapshots, format!("{}: {} and not {}", case.id, json!(got.sent), json!(due.sent)))
                })
            }
            Self::Broken { operation, witness, body, .. } => (due.refused && !got.refused).then(|| {
                (
                    *witness,
                    format!("{operation} takes a reply that breaks the contract: {}", String::from_utf8_lossy(body)),
                )
            }),
        }
    }
}

/// Arguments of a call in which nothing is wrong.
fn example(subject: &Subject, operation: &str) -> Value {
    let Some(operation) = subject.api.operation(operation) else { return json!({}) };
    arguments::example(operation, Breadth::Required, arguments::example_body(operation))
}
