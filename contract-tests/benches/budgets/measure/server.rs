//! A server in a process of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};

/// A server that ends with this value.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens, such as `http://127.0.0.1:4010`.
    pub url: String,
}

impl Server {
    /// Starts a role of this program that serves.
    pub fn role(role: &[&str]) -> Result<Self> {
        let program = std::env::current_exe().context("this program does not know its own path")?;
        Self::start(Command::new(program).args(role))
    }

    /// Starts a server whose first line on stdout is its address.
    pub fn start(command: &mut Command) -> Result<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = child.with_context(|| format!("cannot start {command:?}"))?;
        let stdout = child.stdout.take().context("a server has a stdout")?;
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url)?;
        Ok(Self { child, url: url.trim().to_owned() })
    }

    /// Starts a server whose address is known beforehand.
    pub fn at(command: &mut Command, url: String) -> Result<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Ok(Self { child: child.with_context(|| format!("cannot start {command:?}"))?, url })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
