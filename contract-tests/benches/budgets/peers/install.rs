//! Packages of other languages, by their ordinary clients.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{folder, measure};

/// A program of a Python package, in an environment of its own.
pub(super) fn python(package: &str, program: &str) -> Result<PathBuf> {
    let folder = folder::peers()?.join(package);
    let path = folder.join("bin").join(program);
    if !path.exists() {
        eprintln!("   installing {package}");
        measure::seconds(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        run(&folder.join("bin/pip"), &["install", "--quiet", package])?;
    }
    Ok(path)
}

/// A program of a package for node.
pub(super) fn node(package: &str, program: &str) -> Result<PathBuf> {
    let folder = folder::peers()?.join("node");
    let path = folder.join("node_modules/.bin").join(program);
    if !path.exists() {
        eprintln!("   installing {package}");
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--silent", "--prefix"]).arg(&folder).arg(package);
        measure::seconds(&mut npm)?;
    }
    Ok(path)
}

fn run(program: &Path, arguments: &[&str]) -> Result<()> {
    measure::seconds(Command::new(program).args(arguments)).with_context(|| format!("{arguments:?} failed")).map(drop)
}
