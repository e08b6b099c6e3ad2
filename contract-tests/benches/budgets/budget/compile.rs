//! P6: how long somebody waits who adds the client to a program and builds it for the first time.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{
    Options, folder,
    measure::{self, Spread},
    peers::OpenapiGenerator,
    table::{Goal, Row},
};

/// The vendor whose client is built.
const API: &str = "directly";

pub(super) fn measure(options: &Options) -> Result<Vec<Row>> {
    let scratch = tempfile::tempdir_in(folder::peers()?)?;
    let generated = scratch.path().join("generated");
    OpenapiGenerator::install()?.client(&folder::document(API)?, &generated)?;
    let client = folder::root()?.join("client");
    let ours = consumer(
        &scratch.path().join("ours"),
        &format!("cx-client = {{ path = {client:?}, default-features = false, features = [\"rustls\", \"{API}\"] }}"),
        &format!("pub use cx_client::{API}::Client;"),
    )?;
    let peer = consumer(
        &scratch.path().join("peer"),
        &format!("openapi = {{ path = {generated:?}, default-features = false, features = [\"rustls\"] }}"),
        "pub use openapi::apis::configuration::Configuration;",
    )?;
    let compared = measure::cold_pairs(options.pairs, || build(&ours), || build(&peer))?;
    let (own, other) = (dependencies(&ours)?, dependencies(&peer)?);
    Ok(vec![
        Row {
            what: format!("cold build of a consumer of {API}"),
            ours: format!("{:.1} s", compared.ours.median),
            peer: format!("{:.1} s", compared.peer.median),
            ratio: compared.ratio,
            goal: Goal::AtMost(0.9),
        },
        Row {
            what: "packages that it builds".to_owned(),
            ours: own.to_string(),
            peer: other.to_string(),
            ratio: Spread::of(vec![own as f64 / other as f64])?,
            goal: Goal::Reported,
        },
    ])
}

/// A package of its own that depends on a client, with everything it needs already fetched.
fn consumer(folder: &Path, dependency: &str, code: &str) -> Result<PathBuf> {
    fs::create_dir_all(folder.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"consumer\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/lib.rs"), format!("//! A consumer.\n{code}\n"))?;
    // The same versions on both sides, as far as they share packages.
    fs::copy(crate::folder::root()?.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    measure::seconds(measure::cargo().current_dir(folder).args(["fetch", "--quiet"]))?;
    Ok(folder.to_owned())
}

fn build(folder: &Path) -> Result<f64> {
    let target = folder.join("target");
    if target.exists() {
        fs::remove_dir_all(&target).context("a build folder cannot be removed")?;
    }
    let mut cargo = measure::cargo();
    cargo.current_dir(folder).args(["build", "--quiet", "--offline"]).env("CARGO_TARGET_DIR", &target);
    measure::seconds(&mut cargo)
}

fn dependencies(folder: &Path) -> Result<usize> {
    let mut cargo = measure::cargo();
    cargo.current_dir(folder).args([
        "tree",
        "--offline",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    let output = cargo.output().context("cargo cannot be started")?;
    ensure!(output.status.success(), "{cargo:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let packages: BTreeSet<&str> = text.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    Ok(packages.len().saturating_sub(1))
}
