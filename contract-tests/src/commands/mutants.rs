//! `cargo xtask mutants`.

use std::{process::ExitCode, time::Instant};

use anyhow::Result;
use contract_tests::{
    apis,
    mutants::{self, faults, report::Report, survivors},
};

use super::Format;

/// Puts one thing wrong at a time, in the documents and in what the client does, and says what the suite does not notice.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Only this API.
    #[arg(long)]
    api: Option<String>,
    /// All mutants that the operators can make, not ten of each.
    #[arg(long)]
    full: bool,
    /// How to write the result.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let explained = survivors::load()?;
    let most_each = if arguments.full { usize::MAX } else { mutants::MOST_EACH };
    let mut report = Report::default();
    for subject in apis::subjects(arguments.api.as_deref())? {
        let started = Instant::now();
        let outcomes = mutants::run(&subject, most_each).await?;
        eprintln!("{}: {} mutants in {} ms", subject.name(), outcomes.len(), started.elapsed().as_millis());
        report.add(subject.name(), outcomes, &explained);
        report.add_faults(faults::run(&subject).await?);
    }
    match arguments.format {
        Format::Text => print!("{}", report.text()),
        Format::Json => println!("{}", serde_json::to_string_pretty(&report)?),
    }
    Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
