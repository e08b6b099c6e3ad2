//! `cargo xtask gen`.

use std::{path::Path, process::ExitCode};

use anyhow::Result;

use crate::generate;

/// Regenerates the client from the documents, or says how it differs.
#[derive(clap::Args)]
pub struct Arguments {
    /// Write nothing; exit with 1 and a diff if anything is not what it should be.
    #[arg(long)]
    check: bool,
    /// List the passes that lower a document to what progenitor takes, and why each is there.
    #[arg(long)]
    passes: bool,
}

pub fn run(root: &Path, arguments: &Arguments) -> Result<ExitCode> {
    if arguments.passes {
        for pass in generate::PASSES {
            println!("{:<22}{}", pass.name, pass.reason);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let outputs = generate::workspace(root)?;
    if !arguments.check {
        let written = generate::write(&outputs)?;
        for path in &written {
            eprintln!("wrote {}", path.strip_prefix(root).unwrap_or(path).display());
        }
        eprintln!("{} of {} generated files changed", written.len(), outputs.len());
        return Ok(ExitCode::SUCCESS);
    }
    let differences = generate::compare(&outputs, root);
    for difference in &differences {
        println!("{}", difference.diff);
    }
    if differences.is_empty() {
        eprintln!("all {} generated files are current", outputs.len());
        return Ok(ExitCode::SUCCESS);
    }
    for difference in &differences {
        eprintln!("stale: {}", difference.path.strip_prefix(root).unwrap_or(&difference.path).display());
    }
    eprintln!("run `cargo xtask gen` and commit what it writes");
    Ok(ExitCode::from(1))
}
