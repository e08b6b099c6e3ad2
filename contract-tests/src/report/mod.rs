//! A run, written down: for scripts, for CI, for code review, for people.

mod html;
mod junit;
mod outline;
mod record;
mod redact;
mod replay;
mod replies;
mod sarif;
mod scrub;
mod summary;
mod wire;
mod witnesses;

use std::{collections::BTreeMap, panic::resume_unwind, path::Path, thread};

use anyhow::Result;
use cx_mock::Violation;
use cx_spec::Api;
use serde::Serialize;
use serde_json::Value;

pub use self::{
    outline::{Answer, Entry},
    record::{Problem, Record, Scribe, SpecPlace},
    wire::{Message, Wire},
    witnesses::{Witnesses, count as count_witnesses},
};
use crate::{
    apis::Subject,
    coverage::{Count, Coverage, Kind},
    files,
    judges::Judgement,
    runner::Outcome,
};

/// A conformance run.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Seed of the generated values.
    pub seed: u64,
    /// How long it took: the one member that differs between two runs with one seed.
    pub duration_ms: u128,
    /// Findings outside any API, such as a stale client.
    pub findings: Vec<String>,
    /// One entry an API.
    pub apis: BTreeMap<String, ApiReport>,
    /// What the outside judges said, if they were asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judges: Option<Judgement>,
}

/// What a run says of one API.
#[derive(Debug, Default, Serialize)]
pub struct ApiReport {
    /// What the cases covered, and what not.
    #[serde(flatten)]
    pub coverage: Coverage,
    /// Cases.
    pub cases: Cases,
    /// Golden fixtures per grade and per operation.
    pub witnesses: Witnesses,
    /// What the client's requests broke of the document.
    pub violations: Vec<Violation>,
    /// Cases that failed, and why.
    pub failures: Vec<Failure>,
    /// Where the document says what was not covered, gap by gap.
    #[serde(skip)]
    pub gap_places: Vec<SpecPlace>,
    /// Every case, for the other files.
    #[serde(skip)]
    pub records: Vec<Record>,
    /// What the document says, operation by operation.
    #[serde(skip)]
    pub outline: Vec<Entry>,
}

/// Cases run and failed.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Cases {
    /// Cases that ran.
    pub run: usize,
    /// Cases that failed.
    pub failed: usize,
}

/// A case that failed.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// Its name.
    pub case: String,
    /// Why.
    pub problems: Vec<String>,
    /// Where the document says what the case is made from.
    pub place: SpecPlace,
    /// Arguments of the call, redacted.
    pub arguments: Value,
    /// The command that runs this case alone.
    pub replay: String,
    /// The request as a line for a shell; none if nothing was sent.
    pub curl: Option<String>,
    /// What went over the wire, redacted.
    pub exchanges: Vec<Wire>,
}

impl From<&Record> for Failure {
    fn from(record: &Record) -> Self {
        Self {
            case: record.case.clone(),
            problems: record.problems.iter().map(|problem| problem.message.clone()).collect(),
            place: record.place.clone(),
            arguments: record.arguments.clone(),
            replay: record.replay.clone(),
            curl: record.curl.clone(),
            exchanges: record.exchanges.clone(),
        }
    }
}

impl ApiReport {
    /// Nothing has run yet.
    pub fn new(api: &Api) -> Self {
        Self { outline: outline::of(api), ..Self::default() }
    }

    /// Adds what came of one case of a run with this seed.
    pub fn add(&mut self, subject: &Subject, seed: u64, outcome: Outcome) {
        self.keep(Record::new(subject, seed, &outcome), outcome.violations);
    }

    /// Adds what was written down of one case, and what its requests broke.
    pub fn keep(&mut self, record: Record, violations: Vec<Violation>) {
        self.cases.run += 1;
        if !record.passed() {
            self.cases.failed += 1;
            self.failures.push(Failure::from(&record));
        }
        self.violations.extend(violations);
        self.records.push(record);
    }

    /// Sets what the cases covered.
    pub fn cover(&mut self, api: &Api, coverage: Coverage) {
        self.gap_places = coverage.gaps.iter().map(|gap| outline::place_of_gap(api, gap)).collect();
        self.coverage = coverage;
    }

    /// The units of coverage by kind, without those of which there are none.
    pub fn units(&self) -> Vec<(Kind, Count)> {
        let all = Kind::ALL.into_iter().map(|kind| (kind, self.coverage.of(kind)));
        all.filter(|(_, count)| count.total > 0).collect()
    }

    /// Whether there is nothing to complain of.
    pub fn passed(&self) -> bool {
        self.cases.failed == 0 && self.violations.is_empty() && self.coverage.shortfalls().is_empty()
    }
}

impl Report {
    /// Nothing has run yet.
    pub fn new(seed: u64, findings: Vec<String>) -> Self {
        Self { seed, duration_ms: 0, findings, apis: BTreeMap::new(), judges: None }
    }

    /// Whether there is nothing to complain of.
    pub fn passed(&self) -> bool {
        self.findings.is_empty()
            && self.apis.values().all(ApiReport::passed)
            && self.judges.as_ref().is_none_or(Judgement::passed)
    }

    /// Writes `report.json`, `junit.xml`, `report.sarif` and `index.html` into a folder.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let file = |name: &str, text: Result<String>| files::replace(&folder.join(name), &text?);
        thread::scope(|scope| {
            // The page takes as long as all others together.
            let page = scope.spawn(|| file("index.html", html::page(self)));
            file("report.json", files::json(self))?;
            file("junit.xml", junit::text(self))?;
            file("report.sarif", files::json(&sarif::document(self)))?;
            page.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    }

    /// The summary for a terminal.
    pub fn summary(&self) -> String {
        summary::text(self)
    }
}

/// What a kind of units is called for people.
fn label(kind: Kind) -> &'static str {
    match kind {
        Kind::Operations => "operations",
        Kind::Statuses => "statuses × media types",
        Kind::Requests => "request types",
        Kind::Parameters => "parameters",
        Kind::EnumValues => "known values",
        Kind::RequiredMissing => "required, missing",
        Kind::Nullables => "nulls",
        Kind::Examples => "examples",
    }
}
