//! Processes of their own.

use std::{
    ffi::OsStr,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What a role of this program said.
#[derive(Debug)]
pub struct Ran {
    /// The JSON that it printed.
    pub said: Value,
}

impl Ran {
    /// A number that it said.
    ///
    /// # Errors
    /// It did not say it.
    pub fn number(&self, name: &str) -> Result<f64> {
        self.said
            .get(name)
            .and_then(Value::as_f64)
            .with_context(|| format!("the child said no `{name}`: {}", self.said))
    }
}

/// Runs a role of this program in a process of its own.
pub fn run<S: AsRef<OsStr>>(role: impl IntoIterator<Item = S>) -> Result<Ran> {
    let program = std::env::current_exe().context("this program does not know its own path")?;
    let mut command = Command::new(program);
    command.args(role);
    let output =
        command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("a child cannot be started")?;
    if !output.status.success() {
        bail!("a child failed: {command:?}");
    }
    let said = serde_json::from_slice(&output.stdout).context("a child printed no JSON")?;
    Ok(Ran { said })
}

/// cargo. `cargo xtask bench` starts this program as from a shell, so that nothing is passed on that would have packages
/// compiled again.
pub fn cargo() -> Command {
    Command::new(env!("CARGO"))
}

/// Seconds that a command takes, from start to end. What it prints is thrown away unless it fails.
pub fn seconds(command: &mut Command) -> Result<f64> {
    let started = Instant::now();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {command:?}"))?;
    let taken = started.elapsed().as_secs_f64();
    if !output.status.success() {
        bail!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(taken)
}
