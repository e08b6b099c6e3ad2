//! `cargo xtask mutants --full`: clients that are generated from mutants of the documents.
//!
//! The contract tests make the mutants and judge the clients; they have no generator, and this has no client. So the suite
//! writes a sample of mutants as documents, a crate is generated from each, and one program of all that compile replays the
//! suite's calls. `contract-tests/src/mutants/clients` tells what is judged, and how.
//!
//! Everything lies in `target/mutants` and stays there, so that a second run compiles what is new.

mod client;
mod workspace;

use std::{
    fs,
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::{commands::built, shell};
use workspace::Workspace;

/// Which mutants clients are generated from.
pub struct Sample {
    /// Words that name the API; none for all.
    pub api: Vec<String>,
    /// How many of each document.
    pub size: usize,
    /// Seed of the choice.
    pub seed: u64,
}

/// A document that the suite has written.
#[derive(Deserialize)]
struct Exported {
    number: usize,
    api: String,
    /// What is wrong with it; nothing for a control.
    mutant: Option<serde_json::Value>,
    written: bool,
}

/// A mutant without a client to judge, and why.
#[derive(Serialize)]
struct LeftOut {
    number: usize,
    why: Why,
}

/// Why there is no client.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Why {
    NotGenerated,
    NotCompiled,
    SameClient,
}

/// Generates, compiles and judges clients, then has the suite judge all mutants; `words` are the arguments of that.
///
/// # Errors
/// A suite that does not build or run, a control without a client.
pub fn run_full(root: &Path, sample: &Sample, words: &[String]) -> Result<ExitCode> {
    // A test of the program brings the program, as it was built for all tests.
    let suite = built::executable(root, &["--test", "mock_command"], "bin", "suite", &[])?;
    let folder = root.join("target/mutants");
    let documents = folder.join("documents");
    // Documents of another sample would be taken for this one's.
    if documents.exists() {
        fs::remove_dir_all(&documents).with_context(|| format!("{} cannot be emptied", documents.display()))?;
    }
    let mut export = Command::new(&suite);
    export.args(["mutants", "--export"]).arg(&documents).args(&sample.api);
    export.args(["--sample", &sample.size.to_string(), "--seed", &sample.seed.to_string()]);
    finish(&mut export)?;
    judge(root, &folder, &documents)?;
    let status =
        Command::new(&suite).arg("mutants").args(words).arg("--full").arg("--judged").arg(&documents).status();
    let code = shell::exit_code(status.context("the suite cannot be started")?);
    Ok(ExitCode::from(code.unwrap_or(2)))
}

/// Writes what came of the clients beside the documents.
fn judge(root: &Path, folder: &Path, documents: &Path) -> Result<()> {
    let text = fs::read_to_string(documents.join("exported.json")).context("the suite exported nothing")?;
    let exported: Vec<Exported> = serde_json::from_str(&text).context("exported.json")?;
    let workspace = Workspace::new(root, folder);
    let mut left_out = Vec::new();
    let mut generated = Vec::new();
    let written: Vec<&Exported> = exported.iter().filter(|one| one.written).collect();
    for (one, made) in written.iter().zip(client::all(root, documents, &written)?) {
        match made {
            Ok(files) => {
                workspace.write(one.number, &files)?;
                generated.push(one.number);
            }
            Err(why) => left_out.push(LeftOut { number: one.number, why }),
        }
    }
    let compiled = workspace.compile(&generated)?;
    let refused = generated.iter().filter(|number| !compiled.contains(number));
    left_out.extend(refused.map(|number| LeftOut { number: *number, why: Why::NotCompiled }));
    if let Some(control) = exported.iter().find(|one| one.mutant.is_none() && !compiled.contains(&one.number)) {
        bail!(
            "no client can be made from {} itself, so mutants of it show nothing: see {}",
            control.api,
            folder.display()
        );
    }
    fs::write(documents.join("left-out.json"), serde_json::to_string_pretty(&left_out)?)?;
    let judged = workspace.judge(&compiled, documents)?;
    fs::write(documents.join("judged.json"), judged)?;
    Ok(())
}

/// Runs a command to its end.
fn finish(command: &mut Command) -> Result<()> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("{shown} cannot be started"))?;
    if !status.success() {
        bail!("{shown} ended with {status}");
    }
    Ok(())
}
