//! `cargo xtask lint`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};

use crate::{generate, lint};

/// Checks documents against the conventions of `spec/README.md`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Documents; all of `spec/` when none is named.
    files: Vec<PathBuf>,
    /// How the findings are printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum Format {
    /// One line a finding.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0.
    Sarif,
}

pub fn run(root: &Path, arguments: &Arguments) -> Result<ExitCode> {
    let files = match arguments.files.as_slice() {
        [] => generate::documents(&root.join("spec"))?,
        named => named.to_vec(),
    };
    let mut report = lint::Report { documents: Vec::new(), findings: Vec::new() };
    for path in &files {
        let shown = path.strip_prefix(root).unwrap_or(path).display().to_string();
        let text = std::fs::read_to_string(path).with_context(|| format!("{shown} cannot be read"))?;
        report.findings.append(&mut lint::check(&shown, &text)?);
        report.documents.push(shown);
    }
    report.findings.sort();
    match arguments.format {
        Format::Text => print!("{}", lint::to_text(&report)),
        Format::Json => println!("{:#}", lint::to_json(&report)),
        Format::Sarif => println!("{:#}", lint::to_sarif(&report)),
    }
    let (findings, documents) = (report.findings.len(), report.documents.len());
    eprintln!("{findings} finding{} in {documents} document{}", plural(findings), plural(documents));
    Ok(if findings == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
