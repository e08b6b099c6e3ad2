//! What a document says, as far as a report shows it.

use cx_spec::{Api, Operation, Reply};
use serde::Serialize;

use super::SpecPlace;

/// One operation.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// `operationId`.
    pub id: String,
    /// Method in capitals.
    pub method: String,
    /// Path template.
    pub path: String,
    /// One line.
    pub summary: String,
    /// Group.
    pub tag: String,
    /// How sure it is: `documented`, `observed` or `inferred`.
    pub confidence: &'static str,
    /// Who says so.
    pub source: Vec<String>,
    /// Where it stands.
    pub place: SpecPlace,
    /// Its documented replies.
    pub replies: Vec<Answer>,
}

/// One documented reply.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// Status, as the document writes it.
    pub status: String,
    /// What it means.
    pub description: String,
    /// How sure it is.
    pub confidence: &'static str,
    /// Where it stands.
    pub place: SpecPlace,
}

/// All operations, in the order of the document.
pub(super) fn of(api: &Api) -> Vec<Entry> {
    api.operations.iter().map(|operation| entry(api, operation)).collect()
}

fn entry(api: &Api, operation: &Operation) -> Entry {
    let answer = |reply: &Reply| Answer {
        status: reply.status.to_string(),
        description: reply.description.clone(),
        confidence: reply.confidence.name(),
        place: api.document().place(&reply.pointer).into(),
    };
    Entry {
        id: operation.id.clone(),
        method: operation.method.clone(),
        path: operation.path.clone(),
        summary: operation.summary.clone(),
        tag: operation.tag.clone(),
        confidence: operation.confidence.name(),
        source: operation.source.clone(),
        place: operation.place.clone().into(),
        replies: operation.replies.iter().map(answer).collect(),
    }
}

/// Where the document says what a gap is about: gaps begin with an operation or with a pointer.
pub(super) fn place_of_gap(api: &Api, gap: &str) -> SpecPlace {
    let subject = gap.split(": ").next().unwrap_or_default();
    match api.operation(subject) {
        Some(operation) => operation.place.clone().into(),
        None => api.document().place(subject).into(),
    }
}
