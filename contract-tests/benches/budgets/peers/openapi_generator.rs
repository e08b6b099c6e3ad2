//! openapi-generator, with its generator for Rust.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use super::install;
use crate::measure;

/// Version that the figures are of.
const PACKAGE: &str = "openapi-generator-cli==7.26.0";

/// openapi-generator.
pub struct OpenapiGenerator(PathBuf);

impl OpenapiGenerator {
    /// Brings it here.
    pub fn install() -> Result<Self> {
        Ok(Self(install::python(PACKAGE, "openapi-generator-cli")?))
    }

    /// Seconds that it takes for a document.
    pub fn seconds(&self, document: &Path, out: &Path) -> Result<f64> {
        let mut command = Command::new(&self.0);
        command.args(["generate", "--generator-name", "rust", "--library", "reqwest"]);
        command.arg("--additional-properties=packageName=openapi").arg("--input-spec").arg(document);
        measure::seconds(command.arg("--output").arg(out))
    }

    /// The client of a document.
    pub fn client(&self, document: &Path, out: &Path) -> Result<()> {
        self.seconds(document, out).map(drop)
    }
}
