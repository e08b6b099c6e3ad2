//! `cargo xtask mutants`.

use std::{path::Path, process::ExitCode};

use anyhow::Result;

use super::suite;
use crate::mutants::{self, Sample};

/// Puts one thing wrong at a time, in the documents and in what the client does, and says what the suite does not notice.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only this API.
    #[arg(long)]
    api: Option<String>,
    /// All mutants that the operators can make, not ten of each; and clients generated from a sample of them, judged by the
    /// vendor of the original document. Compiling those takes some minutes.
    #[arg(long)]
    full: bool,
    /// From how many mutants of each document a client is generated.
    #[arg(long, default_value_t = 24, requires = "full")]
    sample: usize,
    /// Seed of that sample.
    #[arg(long, default_value_t = 1, requires = "full")]
    seed: u64,
    /// How to write the result.
    #[arg(long, default_value = "text", value_parser = ["text", "json"])]
    format: String,
}

pub fn run(root: &Path, arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { api, full, sample, seed, format } = arguments;
    let api: Vec<String> = api.iter().flat_map(|api| ["--api".to_owned(), api.clone()]).collect();
    let words = [&api[..], &["--format".to_owned(), format.clone()]].concat();
    if *full {
        mutants::run_full(root, &Sample { api, size: *sample, seed: *seed }, &words)
    } else {
        suite::run(root, "mutants", &words)
    }
}
