//! `cargo xtask conformance`.

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Instant};

use anyhow::{Context, Result, bail};
use contract_tests::{
    apis::{self, Subject},
    cases,
    coverage::Watch,
    exemptions::{self, Exemption},
    judges::{self, Judge},
    report::{self, ApiReport, Report, Scribe},
    runner::{Outcome, run_drawn},
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Runs every case of the documents through the client against mock vendors.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Only this API.
    #[arg(long)]
    api: Option<String>,
    /// Seed of the generated values.
    #[arg(long, default_value_t = 1, conflicts_with = "base_url")]
    seed: u64,
    /// How many values are drawn for each request and each reply.
    #[arg(long, default_value_t = 1, conflicts_with = "base_url")]
    cases: usize,
    /// Only this case, or the cases of this operation.
    #[arg(long, conflicts_with = "base_url")]
    case: Option<String>,
    /// Where the report goes; `target/conformance` of the workspace if nothing is said, and `target/conformance/case` with
    /// `--case`.
    #[arg(long, value_name = "FOLDER")]
    report: Option<PathBuf>,
    /// Asks outside judges too: all that are installed, or those that are named, as in `--judges=prism`.
    #[arg(long, value_name = "JUDGE,…", num_args = 0..=1, require_equals = true, value_delimiter = ',',
        default_missing_value = "schemathesis,prism,specmatic", conflicts_with = "base_url")]
    judges: Vec<Judge>,
    /// A finding from elsewhere, such as a stale client.
    #[arg(long, hide = true)]
    finding: Vec<String>,
    #[command(flatten)]
    live: super::live::Flags,
}

pub(super) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let folder = arguments.report.clone().unwrap_or_else(|| usual_folder(arguments.case.is_some()));
    if let Some(base_url) = arguments.live.base_url() {
        arguments.finding.iter().for_each(|finding| eprintln!("{finding}"));
        return super::live::run(base_url, &arguments.live, arguments.api.as_deref(), &folder).await;
    }
    let started = Instant::now();
    let exempt = exemptions::load()?;
    let subjects = apis::subjects(arguments.api.as_deref())?;
    let mut report = Report::new(arguments.seed, arguments.finding.clone());
    for subject in &subjects {
        let (of_api, needless) = conform(subject, &arguments, &exempt).await?;
        report.findings.extend(needless);
        report.apis.insert(subject.name().to_owned(), of_api);
    }
    if let Some(id) = arguments.case.filter(|_| report.apis.values().all(|api| api.cases.run == 0)) {
        bail!("no case is called {id}; index.html of a whole run with the same --cases names them all");
    }
    let settings =
        judges::Settings { judges: arguments.judges, ..judges::Settings::new(apis::root(), arguments.seed) };
    let outside = judges::hear(&subjects, &settings).await;
    report.judges = (!settings.judges.is_empty()).then_some(outside);
    report.duration_ms = started.elapsed().as_millis();
    // Before the files: a folder that cannot be written must not cost what minutes brought.
    print!("{}", report.summary());
    report.write(&folder)?;
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    println!("\nreport.json, junit.xml and report.sarif lie in {}", folder.display());
    println!("to read: {}", folder.join("index.html").display());
    Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Where a report goes of which nobody says where. That of a case that is run again lies apart: whoever goes through the
/// failures of a whole run still needs the report that names the others.
fn usual_folder(is_case: bool) -> PathBuf {
    let whole = apis::root().join("target/conformance");
    if is_case { whole.join("case") } else { whole }
}

/// Runs all cases of one subject, or those that are asked for; and says which exemptions are not needed.
async fn conform(subject: &Subject, arguments: &Arguments, exempt: &[Exemption]) -> Result<(ApiReport, Vec<String>)> {
    let bar = progress(subject.name());
    let name = subject.name().to_owned();
    // A hundred files, read while the cases run.
    let witnesses = tokio::task::spawn_blocking(move || report::count_witnesses(&fixtures(), &name));
    let (seed, count, only) = (arguments.seed, arguments.cases, arguments.case.clone());
    let watch = Arc::new(Watch::new(Arc::clone(&subject.api)));
    let keep = {
        let (bar, scribe, watch) = (bar.clone(), Arc::new(Scribe::new(subject, seed)), Arc::clone(&watch));
        move |outcome: Outcome| {
            bar.inc(1);
            watch.see(&outcome.exchanges);
            (scribe.record(&outcome), outcome.violations)
        }
    };
    let (growing, own) = (bar.clone(), subject.clone());
    let kept = run_drawn(
        subject,
        move |take| {
            cases::draw(&own, seed, count, &mut |case| {
                if only.as_ref().is_none_or(|id| case.is_of(id)) {
                    growing.inc_length(1);
                    take(case);
                }
            });
        },
        keep,
    )
    .await?;
    bar.finish_and_clear();
    let api = &*subject.api;
    let mut report = ApiReport::new(api);
    for (record, violations) in kept {
        report.keep(record, violations);
    }
    report.witnesses = witnesses.await.context("the fixtures could not be counted")??;
    if arguments.case.is_some() {
        // One case alone covers next to nothing, and that says nothing of the suite.
        return Ok((report, Vec::new()));
    }
    let (coverage, needless) = exemptions::apply(exempt, api, &watch.take());
    report.cover(api, coverage);
    Ok((report, needless))
}

/// The golden fixtures of this repository: the suite runs from a checkout only.
fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A bar on stderr, where there is a terminal to draw on. It grows with each case that is drawn.
fn progress(name: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{prefix:14} {wide_bar} {pos}/{len} cases {eta}") {
        bar.set_style(style);
    }
    bar.set_prefix(name.to_owned());
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_that_is_run_again_leaves_the_report_of_the_whole_run_alone() {
        let (whole, again) = (usual_folder(false), usual_folder(true));
        assert!(whole.ends_with("target/conformance"));
        for file in ["report.json", "junit.xml", "report.sarif", "index.html"] {
            assert_ne!(whole.join(file), again.join(file));
        }
    }
}
