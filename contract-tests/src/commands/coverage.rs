//! `cargo xtask coverage`.

use std::{process::ExitCode, sync::Arc};

use anyhow::Result;
use contract_tests::{
    apis::{self, Subject},
    cases,
    coverage::{Coverage, Kind, Watch},
    exemptions::{self, Exemption},
    runner::{Outcome, run_drawn},
};
use serde_json::{Map, json};

use super::Format;

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
    let mut findings = Vec::new();
    for subject in apis::subjects(arguments.api.as_deref())? {
        let name = subject.name().to_owned();
        let (coverage, needless) = cover(&subject, &exempt).await?;
        findings.extend(needless);
        findings.extend(coverage.shortfalls().into_iter().map(|shortfall| format!("{name}: {shortfall}")));
        if arguments.format == Format::Text {
            print(&name, &coverage);
        }
        apis.insert(name, serde_json::to_value(coverage)?);
    }
    if arguments.format == Format::Json {
        println!("{}", serde_json::to_string_pretty(&json!({"apis": apis}))?);
    }
    findings.iter().for_each(|finding| eprintln!("{finding}"));
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What the cases of a subject show on the wire, and what is to be said of exemptions that are not needed.
async fn cover(subject: &Subject, exempt: &[Exemption]) -> Result<(Coverage, Vec<String>)> {
    let watch = Arc::new(Watch::new(Arc::clone(&subject.api)));
    let own = subject.clone();
    let keep = {
        let watch = Arc::clone(&watch);
        move |outcome: Outcome| watch.see(&outcome.exchanges)
    };
    run_drawn(subject, move |take| cases::draw(&own, 0, 0, take), keep).await?;
    Ok(exemptions::apply(exempt, &subject.api, &watch.take()))
}

fn print(name: &str, coverage: &Coverage) {
    for kind in Kind::ALL {
        let count = coverage.of(kind);
        println!(
            "{name:<14}{:<18}{:>5} of {:>5}, {:>3} % due",
            kind.name(),
            count.covered,
            count.total,
            kind.threshold()
        );
    }
    for gap in &coverage.gaps {
        println!("{name:<14}missing           {gap}");
    }
}
