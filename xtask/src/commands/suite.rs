//! Commands that need the client: they live in the contract tests, and are started from here.

use std::{
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result};

use crate::generate;

/// The build guard of the client stands aside for this variable: a stale client is reported, not hidden behind a build
/// error.
const ALLOW_STALE: &str = "CX_ALLOW_STALE";

/// Runs a command of the contract tests with the arguments as they were given.
pub fn run(root: &Path, command: &str, arguments: &[String]) -> Result<ExitCode> {
    let mut cargo = cargo(root, command, arguments);
    if command == "conformance"
        && let Some(finding) = stale(root)
    {
        cargo.env(ALLOW_STALE, "1").args(["--finding", &finding]);
    }
    let status = cargo.status().context("cargo cannot be started")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(2);
    // cargo's own failures, a build error above all, come as 101.
    Ok(ExitCode::from(if code == 101 { 2 } else { code }))
}

/// The call of cargo. It keeps the folder of whoever calls: files among the arguments are named from there.
fn cargo(root: &Path, command: &str, arguments: &[String]) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--manifest-path"]).arg(root.join("Cargo.toml"));
    cargo.args(["--package", "contract-tests", "--bin", "suite", "--", command]).args(arguments);
    cargo
}

/// What is to be said of a client that is not what `gen` would write.
fn stale(root: &Path) -> Option<String> {
    match generate::workspace(root) {
        Err(error) => Some(format!("the client cannot be regenerated: {error:#}")),
        Ok(outputs) => {
            let files: Vec<String> = generate::compare(&outputs, root)
                .into_iter()
                .map(|difference| {
                    difference.path.strip_prefix(root).unwrap_or(&difference.path).display().to_string()
                })
                .collect();
            (!files.is_empty())
                .then(|| format!("the generated client is stale: {}; run cargo xtask gen", files.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_the_folder_of_the_caller() {
        let cargo = cargo(Path::new("/a"), "mock", &["--spec".to_owned(), "beside.yaml".to_owned()]);
        assert_eq!(cargo.get_current_dir(), None);
        let arguments: Vec<&str> = cargo.get_args().filter_map(|argument| argument.to_str()).collect();
        assert_eq!(&arguments[2..4], ["--manifest-path", "/a/Cargo.toml"]);
        assert!(arguments.ends_with(&["mock", "--spec", "beside.yaml"]), "{arguments:?}");
    }
}
