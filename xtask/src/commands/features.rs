//! `cargo xtask features`: the client builds with few features, not only with those that its own tests turn on.

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::shell;

/// The client builds with few features, or with any two of them.
#[derive(clap::Args)]
pub struct Arguments {
    /// Also every two features together.
    #[arg(long)]
    full: bool,
}

/// The package whose features are tried.
const PACKAGE: &str = "cx-client";

pub fn run(root: &Path, arguments: &Arguments) -> Result<ExitCode> {
    let features = features(root)?;
    let mut failed = Vec::new();
    let sets = sets(&features, arguments.full);
    for set in &sets {
        eprintln!("── {}", if set.is_empty() { "none".to_owned() } else { set.join(",") });
        if !builds(root, set)? {
            failed.push(set);
        }
    }
    println!("{} of {} sets of features build without a warning", sets.len() - failed.len(), sets.len());
    for set in &failed {
        println!("fails: cargo {}", words(set).join(" "));
    }
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// No feature, each alone, and in full each two. All of them together are what every other step builds.
fn sets(features: &[String], full: bool) -> Vec<Vec<&str>> {
    let mut sets = vec![Vec::new()];
    sets.extend(features.iter().map(|one| vec![one.as_str()]));
    if full {
        for (index, first) in features.iter().enumerate() {
            sets.extend(features.iter().skip(index + 1).map(|second| vec![first.as_str(), second.as_str()]));
        }
    }
    sets
}

/// The features that the manifest names, `default` aside.
fn features(root: &Path) -> Result<Vec<String>> {
    let output = shell::cargo()
        .current_dir(root)
        .args(["metadata", "--no-deps", "--format-version", "1", "--locked"])
        .output()
        .context("cargo cannot be started")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata printed no JSON")?;
    let packages = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
    let package = packages
        .clone()
        .find(|package| package.get("name").and_then(Value::as_str) == Some(PACKAGE))
        .with_context(|| format!("the workspace has no package {PACKAGE}"))?;
    let features = package.get("features").and_then(Value::as_object).into_iter().flatten();
    Ok(features.map(|(name, _)| name.clone()).filter(|name| name != "default").collect())
}

fn builds(root: &Path, set: &[&str]) -> Result<bool> {
    let status = shell::cargo().current_dir(root).args(words(set)).status().context("cargo cannot be started")?;
    Ok(status.success())
}

/// What cargo is told to try a set. Clippy, because it can be told to deny warnings of this package alone.
fn words(set: &[&str]) -> Vec<String> {
    let features = if set.is_empty() { Vec::new() } else { vec!["--features".to_owned(), set.join(",")] };
    let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    [
        own(&["clippy", "--quiet", "--locked", "--package", PACKAGE, "--no-default-features"]),
        features,
        own(&["--", "-D", "warnings"]),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_is_tried_alone_and_in_full_with_every_other() {
        let features = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(sets(&features, false), [vec![], vec!["a"], vec!["b"], vec!["c"]]);
        assert_eq!(sets(&features, true).split_off(4), [vec!["a", "b"], vec!["a", "c"], vec!["b", "c"]]);
    }

    #[test]
    fn a_set_that_fails_is_named_by_a_command_that_tries_it_again() {
        let none = "clippy --quiet --locked --package cx-client --no-default-features -- -D warnings";
        assert_eq!(words(&[]).join(" "), none);
        assert_eq!(words(&["a", "b"]).join(" "), none.replace(" -- ", " --features a,b -- "));
    }

    #[test]
    fn features_are_read_from_the_manifest() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let features = features(root).unwrap();
        assert!(features.iter().any(|name| name == "rustls"), "{features:?}");
        assert!(!features.iter().any(|name| name == "default"), "{features:?}");
    }
}
