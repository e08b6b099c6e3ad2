//! `cargo xtask bench`: the budgets. They are a bench target of the contract tests, built for speed.

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result};

use crate::shell;

/// Runs it with the arguments as they were given.
pub(super) fn run(root: &Path, arguments: &[String]) -> Result<ExitCode> {
    let mut cargo = shell::cargo();
    cargo.current_dir(root).args(["bench", "--quiet", "--package", "contract-tests", "--bench", "budgets", "--"]);
    let status = cargo.args(arguments).status().context("cargo cannot be started")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(2);
    // cargo's own failures come as 101.
    Ok(ExitCode::from(if code == 101 { 2 } else { code }))
}
