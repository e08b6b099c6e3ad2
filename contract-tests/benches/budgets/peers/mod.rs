//! The tools that people would use instead, brought here on demand into a folder that git ignores.

mod install;
mod openapi_generator;
mod prism;
mod schemathesis;

use std::process::Command;

use anyhow::Result;

use crate::{folder, measure};

pub use openapi_generator::OpenapiGenerator;
pub use prism::Prism;
pub use schemathesis::Schemathesis;

/// Our own program with mock vendor and cases, built for speed like the peers.
pub fn suite() -> Result<Command> {
    let mut cargo = measure::cargo();
    cargo.current_dir(folder::root()?).args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "contract-tests",
        "--bin",
        "suite",
    ]);
    measure::seconds(&mut cargo)?;
    let mut suite = Command::new(folder::target()?.join("release/suite"));
    suite.current_dir(folder::root()?);
    Ok(suite)
}
