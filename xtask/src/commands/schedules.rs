//! `cargo xtask schedules`: random schedules of the client's token manager, under shuttle.
//!
//! The unit tests of the client are built once more with `--cfg cx_shuttle`, which puts shuttle's locks in the place of the
//! standard library's. The flag is for that one target, so everything it depends on is shared with the other tests.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, ensure};

use super::built;
use crate::shell;

/// Runs random schedules of the token manager, and those that find its broken twins.
#[derive(clap::Args)]
pub struct Arguments {}

/// In the names of the tests of the model.
const MODEL: &str = "::model::";

/// Builds the tests and runs those of the model.
pub fn run(root: &Path, _: &Arguments) -> Result<ExitCode> {
    let tests = build(root)?;
    let call = || {
        let mut call = Command::new(&tests);
        call.current_dir(root).arg(MODEL);
        call
    };
    let listed = call().arg("--list").output().context("the schedules cannot be listed")?;
    let names = String::from_utf8_lossy(&listed.stdout);
    ensure!(names.lines().any(|line| line.ends_with(": test")), "no test of the client has `{MODEL}` in its name");
    let status = call().status().context("the schedules cannot be started")?;
    Ok(ExitCode::from(u8::from(!status.success())))
}

/// Builds the unit tests of the client, and returns where they lie.
fn build(root: &Path) -> Result<PathBuf> {
    let mut cargo = shell::cargo();
    cargo.current_dir(root).args(["rustc", "--quiet", "--package", "cx-client", "--lib", "--profile", "test"]);
    cargo.args(["--all-features", built::MESSAGES, "--", "--cfg", "cx_shuttle"]);
    built::built_by(&mut cargo, "lib", "cx_client")
}
