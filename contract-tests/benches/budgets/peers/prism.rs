//! Prism, which serves a document as a mock.

use std::{
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result};

use super::install;
use crate::measure::{self, Server};

/// Version that the figures are of.
const PACKAGE: &str = "@stoplight/prism-cli@5.16.0";

/// How long it may take to start.
const START: Duration = Duration::from_secs(30);

/// Prism.
pub struct Prism(PathBuf);

impl Prism {
    /// Brings it here.
    pub fn install() -> Result<Self> {
        Ok(Self(install::node(PACKAGE, "prism")?))
    }

    /// Serves a document.
    pub fn mock(&self, document: &Path) -> Result<Server> {
        // A port that was free a moment ago: Prism wants to be told one.
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut command = Command::new(&self.0);
        command.args(["mock", "--host", "127.0.0.1", "--port", &port.to_string(), "--verboseLevel", "silent"]);
        let server = Server::at(command.arg(document), format!("http://127.0.0.1:{port}"))?;
        measure::wait_for("starting Prism", START, || TcpStream::connect(("127.0.0.1", port)).is_ok())
            .context("Prism does not answer")?;
        Ok(server)
    }
}
