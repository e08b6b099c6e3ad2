//! One module a command. Exit codes: 0 nothing found, 1 findings, 2 could not run.

mod conformance;
mod coverage;
mod live;
mod mock;
mod mutants;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs every case of the documents through the client against mock vendors.
    Conformance(conformance::Arguments),
    /// Says what the cases cover, and what not.
    Coverage(coverage::Arguments),
    /// Serves a document as a mock vendor.
    Mock(mock::Arguments),
    /// Puts one thing wrong at a time, and says what the suite does not notice.
    Mutants(mutants::Arguments),
}

/// How a command writes to stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

pub(crate) async fn run() -> Result<ExitCode> {
    match Arguments::parse().command {
        Command::Conformance(arguments) => conformance::run(arguments).await,
        Command::Coverage(arguments) => coverage::run(arguments).await,
        Command::Mock(arguments) => mock::run(arguments).await,
        Command::Mutants(arguments) => mutants::run(arguments).await,
    }
}
