//! Instructions a request, counted by valgrind: repeatable whatever else the machine does.

use std::{ffi::OsStr, process::Command};

use anyhow::{Context, Result, bail};

/// Runs of two lengths, so that starting up cancels out.
const FEW: u32 = 50;
const MANY: u32 = 450;

/// Instructions of one request of a role that takes `--requests N`.
pub fn per_request<S: AsRef<OsStr> + Clone>(role: &[S]) -> Result<f64> {
    let few = collected(role, FEW)?;
    let many = collected(role, MANY)?;
    Ok((many - few) / f64::from(MANY - FEW))
}

fn collected<S: AsRef<OsStr> + Clone>(role: &[S], requests: u32) -> Result<f64> {
    let program = std::env::current_exe().context("this program does not know its own path")?;
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program).args(role);
    command.args(["--requests", &requests.to_string()]);
    let output = command.output().context("valgrind cannot be started")?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("valgrind failed:\n{text}");
    }
    let line = text.lines().find_map(|line| line.split_once("Collected : ")).context("valgrind counted nothing")?;
    line.1.trim().parse().context("valgrind printed no number")
}
