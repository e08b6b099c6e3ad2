//! What a live run found, for scripts and for people.

use std::{fmt::Write as _, path::Path};

use anyhow::Result;
use serde::Serialize;

use super::drift::{Drift, Finding, Severity};
use crate::files;

/// A live run, written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Departures from the document.
    pub drifts: Vec<Drift>,
    /// Requests that were sent, retries and token requests included.
    pub requests: u32,
    /// What was asked and what was not.
    pub operations: Operations,
    /// Why the run ended before everything was asked, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<&'static str>,
    /// What the connection to the vendor failed with, if that is why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<String>,
}

/// What was asked and what was not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Operations {
    /// Asked, and something can be said of the answers.
    pub run: Vec<String>,
    /// Not asked, or without an answer that says anything.
    pub left_out: Vec<LeftOut>,
}

/// An operation of which the run says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// `operationId`.
    pub operation: String,
    /// Why.
    pub reason: String,
}

impl Report {
    pub(super) fn new(
        drifts: Vec<Drift>,
        requests: u32,
        asked: Vec<String>,
        left_out: Vec<(String, String)>,
        ended: Option<&'static str>,
    ) -> Self {
        let run = asked.into_iter().filter(|id| !left_out.iter().any(|(left, _)| left == id)).collect();
        let left_out = left_out.into_iter().map(|(operation, reason)| LeftOut { operation, reason }).collect();
        Self { drifts, requests, operations: Operations { run, left_out }, ended, lost: None }
    }

    /// Whether the vendor does as the document says. Information alone is no departure.
    pub fn passed(&self) -> bool {
        self.drifts.iter().all(|drift| drift.finding.severity == Severity::Information)
    }

    /// Writes `drift.json` into a folder, whole or not at all.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        files::replace(&folder.join("drift.json"), &files::json(self)?)
    }

    /// The report for a terminal.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (severity, title) in [(Severity::Drift, "drift"), (Severity::Information, "information")] {
            for drift in self.drifts.iter().filter(|drift| drift.finding.severity == severity) {
                let Drift { api, operation, finding, count, of } = drift;
                let Finding { path, kind, expected, spec, seen, .. } = finding;
                let kind = serde_json::to_value(kind).unwrap_or_default();
                let kind = kind.as_str().unwrap_or_default();
                // Writing to a text cannot fail.
                let _ = writeln!(text, "{title}: {api} {operation} {path}: {kind} in {count} of {of} replies");
                let _ = writeln!(text, "    document  {expected} ({spec})\n    vendor    {seen}");
            }
        }
        for LeftOut { operation, reason } in &self.operations.left_out {
            let _ = writeln!(text, "left out: {operation}: {reason}");
        }
        let count = |severity| self.drifts.iter().filter(|drift| drift.finding.severity == severity).count();
        let _ = writeln!(
            text,
            "{} drifts and {} pieces of information from {} operations in {} requests{}",
            count(Severity::Drift),
            count(Severity::Information),
            self.operations.run.len(),
            self.requests,
            self.ended.map(|reason| format!("; {reason} before all was asked")).unwrap_or_default(),
        );
        text
    }
}
