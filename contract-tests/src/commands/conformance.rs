//! `cargo xtask conformance`.

use std::{path::PathBuf, process::ExitCode, time::Instant};

use anyhow::Result;
use contract_tests::{
    apis::{self, Subject},
    cases,
    coverage::Recorder,
    exemptions,
    report::{ApiReport, Report},
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
    /// Where the report goes.
    #[arg(long, default_value = "target/conformance")]
    report: PathBuf,
    /// A finding from elsewhere, such as a stale client.
    #[arg(long, hide = true)]
    finding: Vec<String>,
    #[command(flatten)]
    live: super::live::Flags,
}

pub(super) async fn run(arguments: Arguments) -> Result<ExitCode> {
    if let Some(base_url) = arguments.live.base_url() {
        arguments.finding.iter().for_each(|finding| eprintln!("{finding}"));
        return super::live::run(base_url, &arguments.live, arguments.api.as_deref(), &arguments.report).await;
    }
    let started = Instant::now();
    let subjects = apis::subjects(arguments.api.as_deref())?;
    let exempt = exemptions::load()?;
    let mut report =
        Report { seed: arguments.seed, duration_ms: 0, findings: arguments.finding, apis: Default::default() };
    for subject in subjects {
        let name = subject.name().to_owned();
        let mut of_api = conform(subject).await?;
        report.findings.extend(exemptions::apply(&exempt, &name, &mut of_api));
        report.apis.insert(name, of_api);
    }
    report.duration_ms = started.elapsed().as_millis();
    report.write(&arguments.report)?;
    print!("{}", report.summary());
    println!("\nreport: {}/report.json and junit.xml, seed {}", arguments.report.display(), report.seed);
    Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Runs all cases of one subject.
pub(super) async fn conform(subject: Subject) -> Result<ApiReport> {
    let cases = cases::enumerate(&subject);
    let bar = progress(subject.name(), cases.len());
    let api = subject.api.clone();
    let runner = Runner::start(subject).await?;
    let mut recorder = Recorder::default();
    let mut report = ApiReport::default();
    for case in cases {
        let outcome = runner.run(case).await;
        for exchange in &outcome.exchanges {
            recorder.record(&api, exchange);
        }
        report.add(outcome);
        bar.inc(1);
    }
    bar.finish_and_clear();
    report.operations = recorder.operations(&api);
    report.statuses = recorder.statuses(&api);
    report.requests = recorder.requests(&api);
    report.gaps = recorder.gaps(&api);
    Ok(report)
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
