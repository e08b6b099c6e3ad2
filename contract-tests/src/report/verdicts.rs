//! What other commands found out, and left in the folder of the report.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// `mutants.json`, as `cargo xtask mutants --format json` prints it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mutants {
    /// One entry an API.
    pub apis: BTreeMap<String, Score>,
    /// Whatever else there is.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// How many seeded faults of one document were noticed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Faults that were seeded.
    pub total: usize,
    /// Faults that were noticed.
    pub killed: usize,
    /// Those that were not.
    #[serde(default)]
    pub survivors: Vec<Survivor>,
    /// Whatever else there is.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A seeded fault that nobody noticed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Survivor {
    /// What was done to the document.
    pub operator: String,
    /// Where.
    pub pointer: String,
    /// Why it could not be noticed.
    #[serde(default)]
    pub reason: String,
    /// Whatever else there is.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// `judges.json`: what outside judges said. How long they took is left out, since it differs from run to run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judges {
    /// One verdict for each judge and API.
    pub verdicts: Vec<Verdict>,
}

/// What one judge said of one API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The judge.
    pub judge: String,
    /// Name of the API.
    pub api: String,
    /// Cases that count.
    pub cases: usize,
    /// What the judge has against them.
    pub findings: Vec<Objection>,
    /// Cases that are reported and do not count.
    #[serde(default)]
    pub beside: Option<Beside>,
}

/// What a judge has against an operation or a case, in the judge's words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Objection {
    /// Operation or case.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

/// Cases that do not count, and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Beside {
    /// How many there are.
    pub cases: usize,
    /// How many of them failed.
    pub failed: usize,
    /// Why they do not count.
    pub reason: String,
}

/// What a command wrote into a file, if it did.
///
/// # Errors
/// A file that is there and reads otherwise.
pub(super) fn left<T: DeserializeOwned>(path: &Path, command: &str) -> Result<Option<T>> {
    if !path.is_file() {
        return Ok(None);
    }
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let read = serde_json::from_str(&text);
    read.map(Some)
        .with_context(|| format!("{} is not what {command} prints; write it anew or take it away", path.display()))
}
