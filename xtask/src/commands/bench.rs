//! `cargo xtask bench`: the budgets. They are a bench target of the contract tests, built for speed.

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result};

use super::built;
use crate::shell;

/// Builds it and runs it with the arguments as they were given. It is not left to cargo to run it: that would tell it of its
/// package, and so the builds that it measures.
pub(super) fn run(root: &Path, arguments: &[String]) -> Result<ExitCode> {
    let mut cargo = shell::cargo();
    cargo.current_dir(root).args([
        "bench",
        "--quiet",
        "--no-run",
        "--package",
        "contract-tests",
        "--bench",
        "budgets",
    ]);
    let budgets = built::built_by(cargo.arg(built::MESSAGES), "bench", "budgets")?;
    let status = shell::command(budgets).current_dir(root).args(arguments).status();
    let code = shell::exit_code(status.context("the budgets cannot be started")?);
    // A panic comes as 101.
    Ok(ExitCode::from(code.filter(|code| *code != 101).unwrap_or(2)))
}
