//! Mutants as documents, for a generator to read.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use cx_spec::Api;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    apis::Subject,
    files,
    mutants::{
        edit::Edit,
        operators::{self, Mutant},
        prune::pruned,
        reach::Reach,
        sample::sample,
    },
};

/// The list of what was exported, beside the documents.
const LIST: &str = "exported.json";

/// A document that was written: a mutant, or the original for a control.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Exported {
    /// Its number, and the name of its folder.
    pub number: usize,
    /// Name of the API.
    pub api: String,
    /// What is wrong with it; none for the control.
    pub mutant: Option<Named>,
    /// The operations that are called.
    pub operations: Vec<String>,
    /// Whether there is a document.
    pub written: bool,
}

/// What a mutant is known by.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Named {
    /// What was done.
    pub operator: String,
    /// Where.
    pub pointer: String,
    /// Line of the document.
    pub line: usize,
}

/// Writes a sample of the mutants of some documents into a folder, and for each document a control: the original, with all
/// operations of the sample. `NUMBER/mutant/API.yaml` is what a client is generated from, `NUMBER/original/API.yaml` is the
/// same without the edit.
///
/// # Errors
/// A folder that cannot be written.
pub fn export(subjects: &[Subject], folder: &Path, size: usize, seed: u64) -> Result<Vec<Exported>> {
    let mut list = Vec::new();
    for subject in subjects {
        let exporter = Exporter { subject, reach: Reach::new(&subject.api), folder };
        let mut called = BTreeSet::new();
        for mutant in sample(operators::mutants(&subject.api, usize::MAX), size, seed) {
            let exported = exporter.mutant(list.len(), &mutant)?;
            called.extend(exported.operations.iter().cloned());
            list.push(exported);
        }
        list.push(exporter.control(list.len(), called.into_iter().collect())?);
    }
    write(&folder.join(LIST), &serde_json::to_string_pretty(&list)?)?;
    Ok(list)
}

/// The list of what was exported into a folder.
///
/// # Errors
/// A list that is not there, or is none.
pub fn exported(folder: &Path) -> Result<Vec<Exported>> {
    files::read_json(&folder.join(LIST))
}

struct Exporter<'e> {
    subject: &'e Subject,
    reach: Reach,
    folder: &'e Path,
}

impl Exporter<'_> {
    fn mutant(&self, number: usize, mutant: &Mutant) -> Result<Exported> {
        let pointer = &mutant.edit.pointer;
        let operations = self.operations(pointer);
        let original = self.pruned(&operations);
        let edited = self.edited(&mutant.edit, &original);
        if let Some(edited) = &edited {
            self.document(number, "mutant", edited)?;
            self.document(number, "original", &original)?;
        }
        let line = self.subject.api.document().place(pointer).line;
        Ok(Exported {
            number,
            api: self.subject.name().to_owned(),
            mutant: Some(Named { operator: mutant.operator.name.to_owned(), pointer: pointer.clone(), line }),
            operations,
            written: edited.is_some(),
        })
    }

    fn control(&self, number: usize, operations: Vec<String>) -> Result<Exported> {
        self.document(number, "mutant", &self.pruned(&operations))?;
        Ok(Exported { number, api: self.subject.name().to_owned(), mutant: None, operations, written: true })
    }

    /// The operations that an edit is about; the first that needs a token, for one that is about none.
    fn operations(&self, pointer: &str) -> Vec<String> {
        let touched: BTreeSet<String> = self.reach.touched(pointer).into_iter().map(|unit| unit.operation).collect();
        if touched.is_empty() {
            let secured = self.subject.api.operations.iter().find(|operation| !operation.security.is_empty());
            return secured.map(|operation| operation.id.clone()).into_iter().collect();
        }
        touched.into_iter().collect()
    }

    /// The original with these operations and those that make and end tokens: without them the client cannot ask.
    fn pruned(&self, operations: &[String]) -> Value {
        let api = &self.subject.api;
        let of_tokens = api.operations.iter().filter(|operation| operation.oauth.is_some());
        let kept = of_tokens.map(|operation| operation.id.as_str()).chain(operations.iter().map(String::as_str));
        pruned(api.document().value(), &kept.collect())
    }

    /// The document after an edit; none if it is no document.
    fn edited(&self, edit: &Edit, original: &Value) -> Option<Value> {
        let edited = edit.apply(original)?;
        Api::index(self.subject.api.document().with_value(edited.clone())).is_ok().then_some(edited)
    }

    /// JSON is YAML, too.
    fn document(&self, number: usize, kind: &str, value: &Value) -> Result<()> {
        let name = format!("{}.yaml", self.subject.name());
        let path: PathBuf = self.folder.join(number.to_string()).join(kind).join(name);
        write(&path, &serde_json::to_string_pretty(value)?)
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    let write = || {
        path.parent().map(fs::create_dir_all).transpose()?;
        fs::write(path, text)
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}
