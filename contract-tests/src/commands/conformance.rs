//! `cargo xtask conformance`.

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Instant};

use anyhow::{Result, bail};
use contract_tests::{
    apis::{self, Subject},
    cases,
    coverage::Recorder,
    exemptions,
    report::{self, ApiReport, Report},
    runner::Runner,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Runs every case of the documents through the client against mock vendors.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Only this API.
    #[arg(long)]
    api: Option<String>,
    /// Seed of the generated values.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only the case of this name, as a report gives it.
    #[arg(long)]
    case: Option<String>,
    /// Where the report goes.
    #[arg(long, default_value = "target/conformance")]
    report: PathBuf,
    /// A finding from elsewhere, such as a stale client.
    #[arg(long, hide = true)]
    finding: Vec<String>,
}

pub(super) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let started = Instant::now();
    let subjects = apis::subjects(arguments.api.as_deref())?;
    let exempt = exemptions::load()?;
    let mut report = Report::new(arguments.seed, arguments.finding);
    for subject in subjects {
        let name = subject.name().to_owned();
        let mut of_api = conform(subject, arguments.seed, arguments.case.as_deref()).await?;
        if arguments.case.is_none() {
            report.findings.extend(exemptions::apply(&exempt, &name, &mut of_api));
        }
        report.apis.insert(name, of_api);
    }
    if let Some(case) = arguments.case.filter(|_| report.apis.values().all(|api| api.cases.run == 0)) {
        bail!("no case is called {case}; index.html of a whole run names them all");
    }
    report.take_in(&arguments.report)?;
    report.duration_ms = started.elapsed().as_millis();
    report.write(&arguments.report)?;
    print!("{}", report.summary());
    let folder = std::path::absolute(&arguments.report).unwrap_or(arguments.report);
    println!("\nreport.json, junit.xml and report.sarif lie in {}", folder.display());
    println!("to read: {}", folder.join("index.html").display());
    Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Runs all cases of one subject, or the one that is named. One case alone covers next to nothing: there are no gaps then.
pub(super) async fn conform(subject: Subject, seed: u64, only: Option<&str>) -> Result<ApiReport> {
    let mut cases = cases::enumerate(&subject);
    cases.retain(|case| only.is_none_or(|id| id == case.id));
    let bar = progress(subject.name(), cases.len());
    let api = Arc::clone(&subject.api);
    let runner = Runner::start(subject.clone()).await?;
    let mut recorder = Recorder::default();
    let mut report = ApiReport::new(&api);
    report.witnesses = report::count_witnesses(&fixtures(), api.name())?;
    for case in cases {
        let outcome = runner.run(case).await;
        for exchange in &outcome.exchanges {
            recorder.record(&api, exchange);
        }
        report.add(&subject, seed, outcome);
        bar.inc(1);
    }
    bar.finish_and_clear();
    report.operations = recorder.operations(&api);
    report.statuses = recorder.statuses(&api);
    report.requests = recorder.requests(&api);
    if only.is_none() {
        report.gaps = recorder.gaps(&api);
    }
    Ok(report)
}

/// The golden fixtures of this repository: the suite runs from a checkout only.
fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A bar on stderr, where there is a terminal to draw on.
fn progress(name: &str, cases: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(cases as u64), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{prefix:14} {wide_bar} {pos}/{len} cases {eta}") {
        bar.set_style(style);
    }
    bar.set_prefix(name.to_owned());
    bar
}
