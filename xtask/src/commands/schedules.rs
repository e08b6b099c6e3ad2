//! `cargo xtask schedules`: random schedules of the client's token manager, under shuttle.
//!
//! The unit tests of the client are built once more with `--cfg cx_shuttle`, which puts shuttle's locks in the place of the
//! standard library's. The flag is for that one target, so everything it depends on is shared with the other tests.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

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
    cargo.args(["--all-features", "--message-format=json-render-diagnostics", "--", "--cfg", "cx_shuttle"]);
    let output = cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("cargo cannot be started")?;
    if !output.status.success() {
        bail!("the client's tests do not build");
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut executables = messages.filter_map(|message| message.get("executable")?.as_str().map(PathBuf::from));
    executables.next_back().context("cargo does not say where the tests lie")
}
