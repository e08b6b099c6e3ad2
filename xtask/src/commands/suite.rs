//! Commands that need the client: they live in the contract tests, and are started from here.

use std::{
    ffi::OsStr,
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result};

use super::built;
use crate::{generate, shell};

/// The build guard of the client stands aside for this variable: a stale client is reported, not hidden behind a build
/// error.
const ALLOW_STALE: &str = "CX_ALLOW_STALE";

/// Runs a command of the contract tests with the arguments as they were given.
pub fn run(root: &Path, command: &str, arguments: &[String]) -> Result<ExitCode> {
    let finding = if command == "conformance" { stale(root) } else { None };
    let allowed = [(ALLOW_STALE, OsStr::new("1"))];
    let environment = if finding.is_some() { &allowed[..] } else { &[] };
    // Built beside a test, so that `ci` finds everything compiled, and this whatever `ci` has compiled.
    let suite = built::executable(root, &["--test", "mock_command"], "bin", "suite", environment)?;
    let status = call(&suite, command, arguments, finding.as_deref()).status();
    let status = status.with_context(|| format!("{} cannot be started", suite.display()))?;
    Ok(ExitCode::from(shell::exit_code(status).unwrap_or(2)))
}

/// The call of the program. It keeps the folder of whoever calls: files among the arguments are named from there.
fn call(suite: &Path, command: &str, arguments: &[String], finding: Option<&str>) -> Command {
    let mut call = Command::new(suite);
    call.arg(command).args(arguments);
    if let Some(finding) = finding {
        call.args(["--finding", finding]);
    }
    call
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
        let call = call(Path::new("/a/suite"), "mock", &["--spec".to_owned(), "beside.yaml".to_owned()], None);
        assert_eq!(call.get_current_dir(), None);
        assert!(call.get_args().eq(["mock", "--spec", "beside.yaml"]));
    }

    #[test]
    fn a_stale_client_is_reported_with_what_the_cases_find() {
        let call = call(Path::new("/a/suite"), "conformance", &[], Some("the generated client is stale"));
        assert!(call.get_args().eq(["conformance", "--finding", "the generated client is stale"]));
    }
}
