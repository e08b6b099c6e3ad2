//! `cargo xtask ci`: every check and every test, fastest to fail first.

mod need;
mod steps;
mod totals;

use std::{
    io::{self, Write},
    path::Path,
    process::{ExitCode, Stdio},
    time::Instant,
};

use anyhow::{Context, Result};

use super::built;
use crate::{generate, shell};
use steps::{Program, STEPS, Step};
use totals::Totals;

/// Every check and every test, fastest to fail first.
#[derive(clap::Args)]
pub struct Arguments {
    /// Also runs what takes long, or needs a tool that is rarely installed.
    #[arg(long)]
    full: bool,
}

/// What came of a step.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    /// What is missing, and how to install it where that is one command.
    LeftOut(String),
}

impl Outcome {
    /// The line of the summary.
    fn line(&self, name: &str, seconds: f64) -> String {
        let (word, reason) = match self {
            Self::Passed => ("ok", ""),
            Self::Failed => ("FAILED", ""),
            Self::LeftOut(reason) => ("left out", reason.as_str()),
        };
        format!("{name:<24}{word:<10}{seconds:>6.1} s  {reason}").trim_end().to_owned()
    }
}

pub fn run(root: &Path, arguments: &Arguments) -> Result<ExitCode> {
    let steps = STEPS.iter().filter(|step| arguments.full || !step.full);
    let (summary, end) = go(steps, |step| perform(root, step));
    println!("\n{summary}");
    end.map(|is_good| if is_good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Performs steps until one fails. Returns the summary, and whether all is well or why a step could not be performed.
fn go<'s>(
    steps: impl Iterator<Item = &'s Step>,
    mut perform: impl FnMut(&Step) -> Result<(Outcome, Totals)>,
) -> (String, Result<bool>) {
    let mut totals = Totals::default();
    let mut lines = Vec::new();
    let mut end = Ok(true);
    for step in steps {
        eprintln!("── {}", step.name);
        let started = Instant::now();
        let (outcome, counted) = perform(step).unwrap_or_else(|error| {
            end = Err(error.context(format!("the step `{}` could not be performed", step.name)));
            (Outcome::Failed, Totals::default())
        });
        totals += counted;
        lines.push(outcome.line(step.name, started.elapsed().as_secs_f64()));
        if outcome == Outcome::Failed {
            end = end.and(Ok(false));
            break;
        }
    }
    let counts = format!("{} passed, {} failed, {} skipped", totals.passed, totals.failed, totals.ignored);
    (format!("{}\n\n{counts}", lines.join("\n")), end)
}

/// Runs a step, shows its output and counts the tests in it.
fn perform(root: &Path, step: &Step) -> Result<(Outcome, Totals)> {
    let mut command = match step.program {
        Program::Cargo => match step.need.map(|need| need.cargo(root)) {
            None => shell::cargo(),
            Some(Ok(command)) => command,
            Some(Err(missing)) => return Ok((Outcome::LeftOut(missing), Totals::default())),
        },
        Program::Suite => shell::command(built::executable(root, &["--tests"], "bin", "suite", &[])?),
        Program::Tool(name) => shell::command(name),
    };
    let features = if step.document_features { generate::document_features(root)? } else { Vec::new() };
    command.current_dir(root).args(step.words(&features)).envs(step.environment.iter().copied());
    if step.documents {
        command.args(generate::documents(&root.join("spec"))?);
    }
    // Snapshots are compared, never written.
    command.env("INSTA_UPDATE", "no").env("CARGO_TERM_COLOR", "never");
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => match step.program {
            Program::Tool(name) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((Outcome::LeftOut(format!("`{name}` is not installed")), Totals::default()));
            }
            _ => return Err(error).with_context(|| format!("{} cannot be started", step.name)),
        },
    };
    let mut output = Kept { to: io::stdout(), text: Vec::new() };
    if let Some(mut stdout) = child.stdout.take() {
        io::copy(&mut stdout, &mut output)?;
    }
    let passed = match child.wait()?.code() {
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
    let totals = Totals::of(&String::from_utf8_lossy(&output.text));
    let ran = totals.passed > 0 || !step.runs_tests();
    if passed && !ran {
        eprintln!("no test ran: the name or the filter of this step matches none");
    }
    let outcome = if passed && ran { Outcome::Passed } else { Outcome::Failed };
    Ok((outcome, totals))
}

/// Output that is shown as it comes, so that a step that hangs says how far it got, and kept.
struct Kept<W> {
    to: W,
    text: Vec<u8>,
}

impl<W: Write> Write for Kept<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write_all(bytes)?;
        // A step that has not ended its line is the one that hangs.
        self.to.flush()?;
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Whether the changelog tells of a breaking change that is not released yet.
fn announces_a_breaking_change(root: &Path) -> Result<bool> {
    let text = std::fs::read_to_string(root.join("CHANGELOG.md")).context("CHANGELOG.md cannot be read")?;
    let unreleased = text.lines().skip_while(|line| *line != "## Unreleased").skip(1);
    Ok(unreleased.take_while(|line| !line.starts_with("## ")).any(|line| line.contains("**Breaking**")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_is_left_out_says_what_is_missing() {
        let left_out = Outcome::LeftOut("`typos` is not installed".to_owned());
        assert_eq!(
            left_out.line("spelling", 0.0),
            "spelling                left out     0.0 s  `typos` is not installed"
        );
        assert_eq!(Outcome::Passed.line("format", 1.5), "format                  ok           1.5 s");
    }

    #[test]
    fn the_first_step_that_fails_or_cannot_be_performed_ends_the_run_and_stands_in_the_summary() {
        type Performed = fn() -> Result<(Outcome, Totals)>;
        let passes: Performed = || Ok((Outcome::Passed, Totals::default()));
        let fails: Performed = || Ok((Outcome::Failed, Totals::default()));
        let breaks: Performed = || Err(anyhow::anyhow!("no cargo"));
        let counted = Totals { passed: 2, failed: 0, ignored: 1 };
        let run = |second: Performed| {
            let mut count = 0;
            let (summary, end) = go(STEPS.iter().take(3), |_| {
                count += 1;
                if count == 1 { Ok((Outcome::Passed, counted)) } else { second() }
            });
            (count, summary, end)
        };
        let (count, summary, end) = run(passes);
        assert_eq!((count, end.unwrap()), (3, true), "{summary}");
        for (second, is_finding) in [(fails, true), (breaks, false)] {
            let (count, summary, end) = run(second);
            assert_eq!(count, 2, "{summary}");
            assert!(summary.contains(&format!("{:<24}FAILED", STEPS[1].name)), "{summary}");
            assert!(summary.ends_with("\n\n2 passed, 0 failed, 1 skipped"), "{summary}");
            match end {
                Ok(is_good) => assert!(is_finding && !is_good),
                Err(error) => {
                    let expected = format!("the step `{}` could not be performed: no cargo", STEPS[1].name);
                    assert!(!is_finding && format!("{error:#}") == expected, "{error:#}");
                }
            }
        }
    }

    #[test]
    fn what_a_step_says_is_shown_before_it_has_ended_its_line_and_kept() {
        let mut kept = Kept { to: io::LineWriter::new(Vec::new()), text: Vec::new() };
        kept.write_all(b"test result: ok. 2 passed").unwrap();
        assert_eq!(kept.to.get_ref(), b"test result: ok. 2 passed");
        kept.write_all(b"; 0 failed; 1 ignored\n").unwrap();
        let text = String::from_utf8(kept.text).unwrap();
        assert_eq!(Totals::of(&text), Totals { passed: 2, failed: 0, ignored: 1 });
    }

    #[test]
    fn a_step_whose_need_is_not_met_is_left_out() {
        let step = STEPS.iter().find(|step| step.name == "oldest Rust").unwrap();
        let step = Step { need: Some(need::Need::Toolchain("0.1")), ..*step };
        let (outcome, _) = perform(Path::new(env!("CARGO_MANIFEST_DIR")), &step).unwrap();
        assert!(matches!(outcome, Outcome::LeftOut(reason) if reason.contains("rustup toolchain install 0.1")));
    }
}
