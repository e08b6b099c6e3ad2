//! Programs of the workspace, built with the features and dependencies of its tests.
//!
//! cargo chooses features by what is built together, and builds a dependency again for each choice. What `ci` runs is
//! therefore built as its tests are: nothing is compiled twice.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;

/// Packages and features of the workspace's tests.
pub(super) const AS_TESTED: &[&str] = &["--workspace", "--all-features", "--locked"];

/// Has cargo say what it builds.
pub(super) const MESSAGES: &str = "--message-format=json-render-diagnostics";

/// Builds the targets of a selection, such as `--test NAME`, with the programs that they run, and returns where the target
/// of that kind and name lies.
///
/// # Errors
/// As [`built_by`].
pub(crate) fn executable(
    root: &Path,
    selection: &[&str],
    kind: &str,
    name: &str,
    environment: &[(&str, &OsStr)],
) -> Result<PathBuf> {
    let mut cargo = shell::cargo();
    cargo.current_dir(root).args(["test", "--quiet", "--no-run"]).args(AS_TESTED).args(selection);
    built_by(cargo.arg(MESSAGES).envs(environment.iter().copied()), kind, name)
}

/// Runs a cargo that builds, with [`MESSAGES`] among its arguments, and returns where the target of that kind and name lies.
///
/// # Errors
/// A build that fails, or has no such target.
pub(super) fn built_by(cargo: &mut Command, kind: &str, name: &str) -> Result<PathBuf> {
    let output = cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("cargo cannot be started")?;
    if !output.status.success() {
        bail!("{name} does not build");
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut messages = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.find_map(|message| executable_of(&message, kind, name)).context("cargo does not say where it lies")
}

/// Where a target lies, if a message of cargo's is about it. A program's own unit tests have its kind and name too.
fn executable_of(message: &Value, kind: &str, name: &str) -> Option<PathBuf> {
    let is_kind = message.pointer("/target/kind/0")? == kind && message.pointer("/target/name")? == name;
    let is_unit_tests = kind == "bin" && message.pointer("/profile/test")?.as_bool()?;
    (is_kind && !is_unit_tests).then(|| message.get("executable")?.as_str().map(PathBuf::from))?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(kind: &str, test: bool) -> Value {
        json!({"target": {"kind": [kind], "name": "suite"}, "profile": {"test": test}, "executable": format!("/{kind}-{test}")})
    }

    #[test]
    fn a_program_is_told_from_its_unit_tests_and_from_a_test_of_its_name() {
        let messages = [message("bin", true), message("test", true), message("bin", false), message("bench", true)];
        let found = |kind| messages.iter().find_map(|message| executable_of(message, kind, "suite"));
        assert_eq!(found("bin"), Some("/bin-false".into()));
        assert_eq!(found("test"), Some("/test-true".into()));
        assert_eq!(found("bench"), Some("/bench-true".into()));
        assert_eq!(found("example"), None);
    }
}
