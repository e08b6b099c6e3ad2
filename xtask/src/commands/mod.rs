//! One module a command. Exit codes: 0 nothing found, 1 findings, 2 could not run.

mod diff;
mod generate;
mod lint;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Regenerates the client from the documents, or says how it differs.
    Gen(generate::Arguments),
    /// Checks documents against the conventions of `spec/README.md`.
    Lint(lint::Arguments),
    /// Names the breaking and the compatible changes of the documents, and the version they ask for.
    Diff(diff::Arguments),
}

/// Parses the command line and runs the command.
pub fn run() -> Result<ExitCode> {
    let root = root()?;
    match Arguments::parse().command {
        Command::Gen(arguments) => generate::run(&root, &arguments),
        Command::Lint(arguments) => lint::run(&root, &arguments),
        Command::Diff(arguments) => diff::run(&root, &arguments),
    }
}

/// The root of the workspace, wherever the command was called.
fn root() -> Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map(Path::to_owned).context("xtask lies in the workspace")
}
