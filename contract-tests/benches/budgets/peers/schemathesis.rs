//! Schemathesis, which tests a server by its document.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, Result};

use super::install;
use crate::folder;

/// Version that the figures are of.
const PACKAGE: &str = "schemathesis==4.32.5";

/// Schemathesis.
pub struct Schemathesis(PathBuf);

impl Schemathesis {
    /// Brings it here.
    pub fn install() -> Result<Self> {
        Ok(Self(install::python(PACKAGE, "schemathesis")?))
    }

    /// Cases a second on a server: each a request that is made up and a reply that is checked. Starting counts, as it does
    /// for ours.
    pub fn cases_per_second(&self, document: &Path, url: &str) -> Result<f64> {
        let mut command = Command::new(&self.0);
        command.arg("run").arg(document).args(["--url", url, "--header", "Authorization: Bearer mock-token"]);
        command.args(["--max-examples", "10", "--seed", "1", "--generation-deterministic", "--no-color"]);
        // It leaves what it remembers where it runs.
        command.current_dir(folder::peers()?);
        let started = Instant::now();
        // It exits with 1 when it finds something, which is not what is measured here.
        let output = command.output().context("Schemathesis cannot be started")?;
        let seconds = started.elapsed().as_secs_f64();
        let text = String::from_utf8_lossy(&output.stdout);
        let cases = cases(&text).context("Schemathesis does not count its cases")?;
        Ok(cases / seconds)
    }
}

/// The number in its line `1234 generated, …`.
fn cases(text: &str) -> Option<f64> {
    let line = text.lines().rfind(|line| line.contains(" generated, "))?;
    line.split(" generated").next()?.split_whitespace().next_back()?.replace(',', "").parse().ok()
}
