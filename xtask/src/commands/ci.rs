//! `cargo xtask ci`: every check and every test, fastest to fail first.

use std::{
    path::Path,
    process::{Command, ExitCode, Stdio},
    time::Instant,
};

use anyhow::{Context, Result};

use crate::generate;

/// Every check and every test, fastest to fail first.
#[derive(clap::Args)]
pub struct Arguments {
    /// Also what takes long.
    #[arg(long)]
    full: bool,
}

/// One step.
struct Step {
    name: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
    /// A program that need not be there: where it is not, the step is left out with a line that says so.
    optional: bool,
    /// Findings are breaking changes: they pass if the changelog tells of one.
    announced: bool,
    /// The documents are its arguments.
    documents: bool,
}

const fn cargo(name: &'static str, arguments: &'static [&'static str]) -> Step {
    Step {
        name,
        program: env!("CARGO"),
        arguments,
        environment: &[],
        optional: false,
        announced: false,
        documents: false,
    }
}

/// An outside judge of the documents.
const fn judge(program: &'static str, arguments: &'static [&'static str]) -> Step {
    Step { name: program, program, arguments, environment: &[], optional: true, announced: false, documents: true }
}

const STEPS: &[Step] = &[
    cargo("format", &["fmt", "--all", "--check"]),
    cargo("lint of the documents", &["xtask", "lint"]),
    cargo("generated code", &["xtask", "gen", "--check"]),
    Step { announced: true, ..cargo("changes are announced", &["xtask", "diff"]) },
    judge("openapi-spec-validator", &[]),
    Step {
        environment: &[("REDOCLY_TELEMETRY", "off"), ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")],
        ..judge("redocly", &["lint", "--config", "spec/judges/redocly.yaml"])
    },
    judge("spectral", &["lint", "--ruleset", "spec/judges/spectral.yaml", "--fail-severity", "hint"]),
    cargo(
        "clippy",
        &["clippy", "--quiet", "--workspace", "--all-targets", "--all-features", "--locked", "--", "-D", "warnings"],
    ),
    cargo("tests", &["test", "--workspace", "--all-features", "--locked", "--quiet", "--lib", "--bins", "--tests"]),
    cargo("doctests", &["test", "--workspace", "--all-features", "--locked", "--quiet", "--doc"]),
    cargo("conformance", &["xtask", "conformance"]),
    // Compiles a workspace of its own, which takes longer than all other tests.
    cargo(
        "documents compile",
        &["test", "--package", "xtask", "--test", "documents", "--locked", "--quiet", "--", "--ignored"],
    ),
    cargo("OAuth battery", &["xtask", "battery"]),
    Step {
        name: "documentation",
        program: env!("CARGO"),
        arguments: &["doc", "--workspace", "--all-features", "--no-deps", "--locked", "--quiet"],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
        optional: false,
        announced: false,
        documents: false,
    },
];

/// What came of a step.
enum Outcome {
    Passed,
    Failed,
    LeftOut,
}

/// Tests counted in the output of a step.
#[derive(Default, Clone, Copy)]
struct Totals {
    passed: u64,
    failed: u64,
    ignored: u64,
}

pub fn run(root: &Path, arguments: &Arguments) -> Result<ExitCode> {
    let mut totals = Totals::default();
    let mut lines = Vec::new();
    let mut good = true;
    for step in STEPS {
        eprintln!("── {}", step.name);
        let started = Instant::now();
        let (outcome, counted) = perform(root, step)?;
        totals.passed += counted.passed;
        totals.failed += counted.failed;
        totals.ignored += counted.ignored;
        let word = match outcome {
            Outcome::Passed => "ok",
            Outcome::Failed => "FAILED",
            Outcome::LeftOut => "left out (not installed)",
        };
        lines.push(format!("{:<24}{word:<26}{:>6.1} s", step.name, started.elapsed().as_secs_f64()));
        if matches!(outcome, Outcome::Failed) {
            good = false;
            break;
        }
    }
    if arguments.full {
        lines.push("--full: nothing beyond these steps yet".to_owned());
    }
    println!("\n{}", lines.join("\n"));
    println!("\n{} passed, {} failed, {} skipped", totals.passed, totals.failed, totals.ignored);
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Runs a step, shows its output and counts the tests in it.
fn perform(root: &Path, step: &Step) -> Result<(Outcome, Totals)> {
    let mut command = Command::new(step.program);
    command.current_dir(root).args(step.arguments).envs(step.environment.iter().copied());
    if step.documents {
        command.args(generate::documents(&root.join("spec"))?);
    }
    // Snapshots are compared, never written.
    command.env("INSTA_UPDATE", "no").env("CARGO_TERM_COLOR", "never");
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let output = match command.spawn() {
        Ok(child) => child.wait_with_output()?,
        Err(error) if step.optional && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok((Outcome::LeftOut, Totals::default()));
        }
        Err(error) => return Err(error).with_context(|| format!("{} cannot be started", step.program)),
    };
    let text = String::from_utf8_lossy(&output.stdout);
    print!("{text}");
    let passed = match output.status.code() {
        Some(1) if step.announced => {
            let announced = announces_a_breaking_change(root)?;
            if !announced {
                eprintln!(
                    "a breaking change of a document wants a line with **Breaking** under `## Unreleased` in CHANGELOG.md"
                );
            }
            announced
        }
        code => code == Some(0),
    };
    let outcome = if passed { Outcome::Passed } else { Outcome::Failed };
    Ok((outcome, count(&text)))
}

/// Whether the changelog tells of a breaking change that is not released yet.
fn announces_a_breaking_change(root: &Path) -> Result<bool> {
    let text = std::fs::read_to_string(root.join("CHANGELOG.md")).context("CHANGELOG.md cannot be read")?;
    let unreleased = text.lines().skip_while(|line| *line != "## Unreleased").skip(1);
    Ok(unreleased.take_while(|line| !line.starts_with("## ")).any(|line| line.contains("**Breaking**")))
}

/// Sums up the lines `test result: ok. 5 passed; 0 failed; 1 ignored; …`.
fn count(text: &str) -> Totals {
    let mut totals = Totals::default();
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("test result:")) {
        for part in line.split([';', '.']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(what)) = (words.next().and_then(|word| word.parse::<u64>().ok()), words.next())
            else {
                continue;
            };
            match what {
                "passed" => totals.passed += number,
                "failed" => totals.failed += number,
                "ignored" => totals.ignored += number,
                _ => {}
            }
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_totals_are_summed_over_binaries() {
        let totals = count(
            "running 2 tests\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
             test result: FAILED. 3 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out\n",
        );
        assert_eq!((totals.passed, totals.failed, totals.ignored), (5, 4, 1));
    }
}
