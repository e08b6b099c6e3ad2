//! Where things lie.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// Root of the workspace.
pub fn root() -> Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the contract tests lie in the workspace")
}

/// Where builds go.
pub fn target() -> Result<PathBuf> {
    Ok(env::var_os("CARGO_TARGET_DIR").map_or(root()?.join("target"), PathBuf::from))
}

/// Where peers are installed and scratch files lie: an ignored folder that outlives a run.
pub fn peers() -> Result<PathBuf> {
    let folder = target()?.join("bench-peers");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}

/// A document of the workspace.
pub fn document(name: &str) -> Result<PathBuf> {
    Ok(root()?.join("spec").join(format!("{name}.yaml")))
}
