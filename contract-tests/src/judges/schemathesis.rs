//! Schemathesis on the mock vendor: all phases, all checks.

use std::{fs, path::Path, time::Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::{
    Finding, Judge, Settings, Verdict,
    tool::{self, Toolbox},
};
use crate::apis::Subject;

/// Requests that fuzzing makes for one operation. The phase of coverage, which tries each keyword of each schema, is not
/// bounded by it.
const EXAMPLES: usize = 20;

/// Its report, as far as it is read here.
#[derive(Deserialize)]
struct Report {
    complete: bool,
    operations: Operations,
    phases: std::collections::BTreeMap<String, Phase>,
    test_cases: TestCases,
    failures: Vec<Failures>,
    errors: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Operations {
    total: usize,
    tested: usize,
}

#[derive(Deserialize)]
struct Phase {
    status: String,
}

#[derive(Deserialize)]
struct TestCases {
    generated: usize,
}

/// One kind of failure and the operations that have it.
#[derive(Deserialize)]
struct Failures {
    code: String,
    title: String,
    operations: Vec<serde_json::Value>,
}

pub(super) async fn hear(
    toolbox: &Toolbox,
    subjects: &[Subject],
    settings: &Settings,
) -> Result<Option<Vec<Verdict>>> {
    let Some(program) = toolbox.program("schemathesis") else { return Ok(None) };
    let all = subjects.iter().map(|subject| judge(&program, toolbox, subject, settings));
    Ok(Some(super::verdicts(Judge::Schemathesis, subjects, all).await))
}

async fn judge(program: &Path, toolbox: &Toolbox, subject: &Subject, settings: &Settings) -> Result<Verdict> {
    let started = Instant::now();
    let vendor = super::vendor(subject, settings).stateful().start().await;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("report.json");
    let mut command = tool::command(program, folder.path());
    command
        .arg("--config-file")
        .arg(toolbox.settings("schemathesis.toml"))
        .arg("run")
        .arg(toolbox.document(subject.name()))
        .args(["--url", &vendor.base_url(), "--seed", &settings.seed.to_string()])
        .args(["--max-examples", &EXAMPLES.to_string(), "--generation-database", "none", "--continue-on-failure"])
        .args(["--report", "json", "--report-json-path"])
        .arg(&file);
    command.env("SCHEMATHESIS_HOOKS", toolbox.settings("schemathesis_hooks.py")).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = tool::finish(command).await?;
    // 0 and 1 are verdicts; anything else is none.
    if !matches!(output.code, 0 | 1) {
        bail!("Schemathesis could not judge {} (exit {}):\n{}", subject.name(), output.code, tool::tail(&output));
    }
    let text = fs::read_to_string(&file)
        .with_context(|| format!("Schemathesis wrote no report of {}:\n{}", subject.name(), tool::tail(&output)))?;
    let report: Report = serde_json::from_str(&text).context("the report of Schemathesis is not as it used to be")?;
    check(&report, subject.name())?;
    let findings = report.findings();
    if findings.is_empty() && output.code != 0 {
        bail!("Schemathesis fails {} and does not say why:\n{}", subject.name(), tool::tail(&output));
    }
    if !findings.is_empty() {
        // Its own words have the request to repeat.
        eprintln!("{}", output.stdout);
    }
    Ok(Verdict {
        judge: Judge::Schemathesis,
        api: subject.name().to_owned(),
        cases: report.test_cases.generated,
        findings,
        beside: Vec::new(),
        duration_ms: started.elapsed().as_millis(),
    })
}

/// A run that left something out is no verdict.
fn check(report: &Report, api: &str) -> Result<()> {
    let skipped: Vec<&str> =
        report.phases.iter().filter(|(_, phase)| phase.status == "skip").map(|(name, _)| name.as_str()).collect();
    if !skipped.is_empty() {
        bail!("Schemathesis skipped phases of {api}: {}", skipped.join(", "));
    }
    if !report.complete || report.phases.is_empty() || report.test_cases.generated == 0 {
        bail!("Schemathesis did not finish {api}");
    }
    if report.operations.tested != report.operations.total {
        bail!("Schemathesis tested {} of {} operations of {api}", report.operations.tested, report.operations.total);
    }
    if let Some(error) = report.errors.first() {
        bail!("Schemathesis ran into an error on {api}: {error}");
    }
    Ok(())
}

impl Report {
    fn findings(&self) -> Vec<Finding> {
        let one = |kind: &Failures, operation: &serde_json::Value| Finding {
            place: operation.as_str().map_or_else(|| operation.to_string(), str::to_owned),
            message: format!("{} {}", kind.code, kind.title),
        };
        self.failures.iter().flat_map(|kind| kind.operations.iter().map(|operation| one(kind, operation))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(phases: &str, tested: usize) -> Report {
        let text = format!(
            "{{\"complete\": true, \"operations\": {{\"total\": 2, \"tested\": {tested}}}, \"phases\": {{{phases}}}, \
             \"test_cases\": {{\"generated\": 9}}, \"errors\": [], \"failures\": [{{\"code\": \"ST201\", \"title\": \"accepted\", \
             \"operations\": [\"GET /a\"]}}]}}"
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn what_was_left_out_is_no_verdict() {
        let whole = "\"fuzzing\": {\"status\": \"success\"}";
        assert!(check(&report(whole, 2), "a").is_ok());
        assert!(check(&report(whole, 1), "a").unwrap_err().to_string().contains("1 of 2 operations"));
        assert!(check(&report("", 2), "a").is_err());
        let skipped = check(&report("\"stateful\": {\"status\": \"skip\"}", 2), "a").unwrap_err();
        assert_eq!(skipped.to_string(), "Schemathesis skipped phases of a: stateful");
    }

    #[test]
    fn findings_name_operation_and_check() {
        let found = report("", 2).findings();
        assert_eq!(found, [Finding { place: "GET /a".into(), message: "ST201 accepted".into() }]);
    }
}
