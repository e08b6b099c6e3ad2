//! What is kept of a case: nothing secret, and nothing that another run with the same seed would tell otherwise.

use std::sync::Arc;

use cx_spec::{Api, Place};
use serde::Serialize;
use serde_json::Value;

use super::{
    redact::Redactor,
    replay,
    replies::Replies,
    scrub::scrub,
    wire::{self, Wire},
};
use crate::{apis::Subject, cases::Case, runner::Outcome};

/// One case and what came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// Its name.
    pub case: String,
    /// Operation that is called.
    pub operation: String,
    /// Status that the case is about, as the document writes it.
    pub status: String,
    /// What is wrong; empty for a case that passed.
    pub problems: Vec<Problem>,
    /// Where the document says what the case is made from.
    pub place: SpecPlace,
    /// Arguments of the call, redacted; null for a case that passed: its request says what there is to know.
    pub arguments: Value,
    /// The command that runs this case alone.
    pub replay: String,
    /// The request as a line for a shell; none if nothing was sent.
    pub curl: Option<String>,
    /// What went over the wire, redacted.
    pub exchanges: Vec<Wire>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// `case` for what the client got wrong; else the rule that a request broke.
    pub rule: String,
    /// What, for people.
    pub message: String,
    /// Where the document says so.
    pub place: SpecPlace,
}

/// A place in a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SpecPlace {
    /// File, from the root of the repository.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// JSON pointer.
    pub pointer: String,
}

impl From<Place> for SpecPlace {
    fn from(place: Place) -> Self {
        Self { file: place.file, line: place.line, pointer: place.pointer }
    }
}

/// Writes down what came of the cases of a run.
pub struct Scribe {
    api: Arc<Api>,
    seed: u64,
    replies: Replies,
}

impl Scribe {
    /// Nothing is written down yet.
    pub fn new(subject: &Subject, seed: u64) -> Self {
        Self { api: Arc::clone(&subject.api), seed, replies: Replies::default() }
    }

    /// Writes down one outcome.
    pub fn record(&self, outcome: &Outcome) -> Record {
        let api = &*self.api;
        let case = &outcome.case;
        let (exchanges, arguments, hidden) = match api.operation(&case.operation) {
            Some(operation) => {
                let (exchanges, mut hidden) = wire::write(api, operation, &outcome.exchanges, &self.replies);
                let mut arguments = Value::Null;
                if !outcome.passed() {
                    let mut redactor = Redactor::new(api, operation);
                    arguments = redactor.arguments(case.media_type.as_deref(), &case.arguments);
                    hidden.extend(redactor.into_hidden());
                }
                (exchanges, arguments, hidden)
            }
            None => Default::default(),
        };
        let place = place(api, case);
        let misread = outcome.problems.iter().map(|message| Problem {
            rule: "case".to_owned(),
            message: scrub(&hidden, message),
            place: place.clone(),
        });
        let broken = outcome.violations.iter().map(|violation| Problem {
            rule: violation.rule.clone(),
            message: scrub(&hidden, &violation.to_string()),
            place: violation.spec.clone().into(),
        });
        let problems = misread.chain(broken).collect();
        Record {
            case: case.id.clone(),
            operation: case.operation.clone(),
            status: case.documented.to_string(),
            problems,
            place,
            arguments,
            replay: replay::command(api.name(), &case.id, self.seed),
            curl: exchanges.last().map(replay::curl),
            exchanges,
        }
    }
}

impl Record {
    /// Writes down one outcome by itself.
    pub fn new(subject: &Subject, seed: u64, outcome: &Outcome) -> Self {
        Scribe::new(subject, seed).record(outcome)
    }

    /// Whether there is nothing to complain of.
    pub fn passed(&self) -> bool {
        self.problems.is_empty()
    }
}

/// The example that the case is made from, or else the reply, or else the operation.
fn place(api: &Api, case: &Case) -> SpecPlace {
    let Some(operation) = api.operation(&case.operation) else { return SpecPlace::default() };
    let reply = operation.replies.iter().find(|reply| reply.status == case.documented);
    let example = reply.zip(case.reply.as_ref()).and_then(|(documented, sent)| {
        let media = documented.media.iter().find(|media| media.media_type == sent.media_type)?;
        media.examples.iter().find(|example| example.name == sent.example)
    });
    let pointer = example.map(|example| &example.pointer).or(reply.map(|reply| &reply.pointer));
    api.document().place(pointer.unwrap_or(&operation.place.pointer)).into()
}
