//! `cargo xtask mutants`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::Result;
use contract_tests::{
    apis,
    mutants::{
        self,
        clients::{export, report::reports},
        faults,
        report::Report,
        survivors,
    },
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
    /// Writes a sample of the mutants as documents and does nothing else. `cargo xtask mutants --full` generates clients
    /// from them.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["full", "judged"])]
    export: Option<PathBuf>,
    /// How many mutants of each document are in the sample.
    #[arg(long, default_value_t = 24, requires = "export")]
    sample: usize,
    /// Seed of the sample.
    #[arg(long, default_value_t = 1, requires = "export")]
    seed: u64,
    /// A folder with such a sample, after clients were generated from it and judged.
    #[arg(long, value_name = "FOLDER")]
    judged: Option<PathBuf>,
    /// How to write the result.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(arguments: Arguments) -> Result<ExitCode> {
    if let Some(folder) = &arguments.export {
        return write_sample(folder, &arguments);
    }
    let explained = survivors::load()?;
    let most_each = if arguments.full { usize::MAX } else { mutants::MOST_EACH };
    let mut clients = arguments.judged.as_deref().map(reports).transpose()?.unwrap_or_default();
    let mut report = Report::default();
    for subject in apis::subjects(arguments.api.as_deref())? {
        let started = Instant::now();
        let outcomes = mutants::run(&subject, most_each).await?;
        eprintln!("{}: {} mutants in {} ms", subject.name(), outcomes.len(), started.elapsed().as_millis());
        report.add(subject.name(), outcomes, clients.remove(subject.name()), &explained);
        report.add_faults(faults::run(&subject).await?);
    }
    match arguments.format {
        Format::Text => print!("{}", report.text()),
        Format::Json => println!("{}", serde_json::to_string_pretty(&report)?),
    }
    Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn write_sample(folder: &Path, arguments: &Arguments) -> Result<ExitCode> {
    let subjects = apis::subjects(arguments.api.as_deref())?;
    let written = export::export(&subjects, folder, arguments.sample, arguments.seed)?;
    eprintln!("{} documents in {}", written.iter().filter(|one| one.written).count(), folder.display());
    Ok(ExitCode::SUCCESS)
}
