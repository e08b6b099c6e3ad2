//! A run, written down: for scripts, for CI, for people.

mod junit;
mod summary;

use std::{collections::BTreeMap, fs, io::Write, path::Path, time::Duration};

use anyhow::{Context, Result};
use cx_mock::Violation;
use serde::Serialize;

use crate::{coverage::Count, runner::Outcome};

/// A conformance run.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Seed of the generated values.
    pub seed: u64,
    /// How long it took.
    pub duration_ms: u128,
    /// Findings outside any API, such as a stale client.
    pub findings: Vec<String>,
    /// One entry an API.
    pub apis: BTreeMap<String, ApiReport>,
}

/// What a run says of one API.
#[derive(Debug, Default, Serialize)]
pub struct ApiReport {
    /// Operations that answered.
    pub operations: Count,
    /// Operation × documented status × media type.
    pub statuses: Count,
    /// Operation × media type of the request.
    pub requests: Count,
    /// Cases.
    pub cases: Cases,
    /// What the client's requests broke of the document.
    pub violations: Vec<Violation>,
    /// Cases that failed, and why.
    pub failures: Vec<Failure>,
    /// What was not covered.
    pub gaps: Vec<String>,
    /// Every case and whether it passed, for the JUnit file.
    #[serde(skip)]
    pub results: Vec<(String, Vec<String>)>,
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
}

impl ApiReport {
    /// Adds what came of one case.
    pub fn add(&mut self, outcome: Outcome) {
        self.cases.run += 1;
        let passed = outcome.passed();
        let Outcome { case, mut problems, violations, .. } = outcome;
        problems.extend(violations.iter().map(ToString::to_string));
        self.results.push((case.id.clone(), problems.clone()));
        if !passed {
            self.cases.failed += 1;
            self.failures.push(Failure { case: case.id, problems });
        }
        self.violations.extend(violations);
    }

    /// Whether there is nothing to complain of.
    pub fn passed(&self) -> bool {
        self.cases.failed == 0 && self.violations.is_empty() && self.gaps.is_empty()
    }
}

impl Report {
    /// Whether there is nothing to complain of.
    pub fn passed(&self) -> bool {
        self.findings.is_empty() && self.apis.values().all(ApiReport::passed)
    }

    /// Writes `report.json` and `junit.xml` into a folder.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        save(&folder.join("report.json"), &format!("{}\n", serde_json::to_string_pretty(self)?))?;
        save(&folder.join("junit.xml"), &junit::text(self)?)
    }

    /// The summary for a terminal.
    pub fn summary(&self) -> String {
        summary::text(self)
    }

    /// How long it took.
    pub fn duration(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.duration_ms).unwrap_or(u64::MAX))
    }
}

/// Whole or not at all: a temporary file, then a rename.
fn save(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().context("a report lies in a folder")?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}
