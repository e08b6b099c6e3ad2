//! One module a command. Exit codes: 0 nothing found, 1 findings, 2 could not run.

mod battery;
mod bench;
pub(crate) mod built;
mod ci;
mod diff;
mod docs;
mod features;
mod generate;
mod lint;
mod mutants;
mod schedules;
mod suite;

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
    /// Checks the documents against the conventions of `spec/README.md`.
    Lint(lint::Arguments),
    /// Says what a change of a document does to the Rust API.
    Diff(diff::Arguments),
    /// Writes the reference page: every operation, with samples in curl, `cx` and Rust.
    Docs(docs::Arguments),
    /// Runs every case of the documents through the client against mock vendors.
    #[command(disable_help_flag = true)]
    Conformance(Passed),
    /// Says what the cases cover, and what not.
    #[command(disable_help_flag = true)]
    Coverage(Passed),
    /// Runs the OAuth checklist against the client, and against a twin that breaks each rule on purpose.
    Battery(battery::Arguments),
    /// Runs the client's token manager under random schedules.
    Schedules(schedules::Arguments),
    /// Serves a document as a mock vendor.
    #[command(disable_help_flag = true)]
    Mock(Passed),
    /// Builds the client with no feature, and with each one alone.
    Features(features::Arguments),
    /// Measures the performance budgets, each against what people would use instead.
    #[command(disable_help_flag = true)]
    Bench(Passed),
    /// Breaks one thing at a time, in the documents or on the wire, and names what the suite does not notice.
    Mutants(mutants::Arguments),
    /// Every check and every test, fastest to fail first.
    Ci(ci::Arguments),
}

/// Arguments that are handed on as they are.
#[derive(clap::Args)]
struct Passed {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Parses the command line and runs the command.
pub fn run() -> Result<ExitCode> {
    if let Some(outcome) = battery::wrap() {
        return outcome;
    }
    let root = root()?;
    match Arguments::parse().command {
        Command::Gen(arguments) => generate::run(&root, &arguments),
        Command::Lint(arguments) => lint::run(&root, &arguments),
        Command::Diff(arguments) => diff::run(&root, &arguments),
        Command::Docs(arguments) => docs::run(&root, &arguments),
        Command::Conformance(passed) => suite::run(&root, "conformance", &passed.arguments),
        Command::Coverage(passed) => suite::run(&root, "coverage", &passed.arguments),
        Command::Battery(arguments) => battery::run(&root, &arguments),
        Command::Schedules(arguments) => schedules::run(&root, &arguments),
        Command::Mock(passed) => suite::run(&root, "mock", &passed.arguments),
        Command::Features(arguments) => features::run(&root, &arguments),
        Command::Bench(passed) => bench::run(&root, &passed.arguments),
        Command::Mutants(arguments) => mutants::run(&root, &arguments),
        Command::Ci(arguments) => ci::run(&root, &arguments),
    }
}

/// The root of the workspace, wherever the command was called.
fn root() -> Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map(Path::to_owned).context("xtask lies in the workspace")
}
