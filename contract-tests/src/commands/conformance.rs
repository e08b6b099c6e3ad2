//! `cargo xtask conformance`.

use std::{path::PathBuf, process::ExitCode, time::Instant};

use anyhow::Result;
use contract_tests::{
    apis::{self, Subject},
    cases,
    coverage::Recorder,
    exemptions,
    judges::{self, Judge},
    report::{ApiReport, Report},
    runner::run_all,
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
    /// How many values are drawn for each request and each reply.
    #[arg(long, default_value_t = 1)]
    cases: usize,
    /// Only this case, or the cases of this operation.
    #[arg(long)]
    case: Option<String>,
    /// Where the report goes.
    #[arg(long, default_value = "target/conformance")]
    report: PathBuf,
    /// Hears outside judges as well: these, or all that are installed.
    #[arg(long, value_name = "JUDGE,…", num_args = 0..=1, require_equals = true, value_delimiter = ',',
        default_missing_value = "schemathesis,prism,specmatic")]
    judges: Vec<Judge>,
    /// A finding from elsewhere, such as a stale client.
    #[arg(long, hide = true)]
    finding: Vec<String>,
}

pub(super) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let started = Instant::now();
    let subjects = apis::subjects(arguments.api.as_deref())?;
    let exempt = exemptions::load()?;
    let settings =
        judges::Settings { judges: arguments.judges.clone(), ..judges::Settings::new(apis::root(), arguments.seed) };
    let outside = judges::hear(&subjects, &settings).await?;
    let mut report = Report {
        seed: arguments.seed,
        duration_ms: 0,
        findings: arguments.finding.clone(),
        apis: Default::default(),
    };
    for subject in subjects {
        let name = subject.name().to_owned();
        let mut of_api = conform(subject, &arguments).await?;
        if arguments.case.is_none() {
            report.findings.extend(exemptions::apply(&exempt, &name, &mut of_api));
        }
        report.apis.insert(name, of_api);
    }
    report.duration_ms = started.elapsed().as_millis();
    report.write(&arguments.report)?;
    print!("{}", report.summary());
    println!("\nreport: {}/report.json and junit.xml, seed {}", arguments.report.display(), report.seed);
    print!("{}", outside.summary());
    Ok(if report.passed() && outside.passed() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Runs all cases of one subject, or those that are asked for.
async fn conform(subject: Subject, arguments: &Arguments) -> Result<ApiReport> {
    let mut cases = cases::enumerate_with(&subject, arguments.seed, arguments.cases);
    if let Some(id) = &arguments.case {
        cases = cases::select(cases, id);
    }
    let bar = progress(subject.name(), cases.len());
    let api = subject.api.clone();
    let outcomes = run_all(&subject, cases, {
        let bar = bar.clone();
        move || bar.inc(1)
    })
    .await?;
    bar.finish_and_clear();
    let mut recorder = Recorder::default();
    let mut report = ApiReport::default();
    for outcome in outcomes {
        for exchange in &outcome.exchanges {
            recorder.record(&api, exchange);
        }
        report.add(outcome);
    }
    report.operations = recorder.operations(&api);
    report.statuses = recorder.statuses(&api);
    report.requests = recorder.requests(&api);
    // One case alone covers next to nothing.
    if arguments.case.is_none() {
        report.gaps = recorder.gaps(&api);
    }
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
