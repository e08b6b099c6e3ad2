//! The golden fixtures beside the documents: who says so, and how surely.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::files;

/// Fixtures of one API, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Witnesses {
    /// How many there are of each grade.
    pub grades: BTreeMap<String, usize>,
    /// How many there are of each operation.
    pub operations: BTreeMap<String, usize>,
}

/// What a fixture says of itself. A webhook has no operation.
#[derive(Deserialize)]
struct Fixture {
    grade: String,
    operation: Option<String>,
}

/// Counts the fixtures of an API in a folder that has one folder an API; none where the API has none.
///
/// # Errors
/// A fixture that cannot be read, or that has no grade.
pub fn count(fixtures: &Path, api: &str) -> Result<Witnesses> {
    let mut witnesses = Witnesses::default();
    let folder = fixtures.join(api);
    if !folder.is_dir() {
        return Ok(witnesses);
    }
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let fixture: Fixture = files::read_json(&path).context("a fixture needs a grade")?;
        *witnesses.grades.entry(fixture.grade).or_default() += 1;
        if let Some(operation) = fixture.operation {
            *witnesses.operations.entry(operation).or_default() += 1;
        }
    }
    Ok(witnesses)
}
