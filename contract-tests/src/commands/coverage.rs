//! `cargo xtask coverage`.

use std::process::ExitCode;

use anyhow::Result;
use contract_tests::{apis, exemptions};
use serde_json::{Map, json};

use super::{Format, conformance::conform};

/// Says what the cases cover, and what not.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Only this API.
    #[arg(long)]
    api: Option<String>,
    /// How to write the result.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let exempt = exemptions::load()?;
    let mut apis = Map::new();
    let mut full = true;
    for subject in apis::subjects(arguments.api.as_deref())? {
        let name = subject.name().to_owned();
        let mut report = conform(subject, 1, None).await?;
        let needless = exemptions::apply(&exempt, &name, &mut report);
        full &= report.gaps.is_empty() && needless.is_empty();
        needless.iter().for_each(|line| eprintln!("{line}"));
        if arguments.format == Format::Text {
            for (unit, count) in
                [("operations", report.operations), ("statuses", report.statuses), ("requests", report.requests)]
            {
                println!("{name:<14}{unit:<12}{:>5} of {:>5}", count.covered, count.total);
            }
            for gap in &report.gaps {
                println!("{name:<14}missing     {gap}");
            }
        }
        let entry = json!({
            "operations": report.operations,
            "statuses": report.statuses,
            "requests": report.requests,
            "gaps": report.gaps,
        });
        apis.insert(name, entry);
    }
    if arguments.format == Format::Json {
        println!("{}", serde_json::to_string_pretty(&json!({"apis": apis}))?);
    }
    Ok(if full { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
