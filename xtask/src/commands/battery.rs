//! `cargo xtask battery`: the OAuth checklist, item by item, against the client and against its broken twins.
//!
//! The tests and the judge of them are the test target `battery` of the contract tests. It is built twice: as it is, and
//! with `--cfg cx_twins` for the packages that have twins. For the second build this program is the compiler's wrapper, so
//! that all dependencies are shared, with the workspace's tests as well, and both builds stay cached side by side.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result};

use super::built;
use crate::shell;

/// Set for the compiler's wrapper, so that it knows what it is.
const WRAPPING: &str = "CX_TWIN_BUILD";

/// The packages that are built with twins.
const WITH_TWINS: &[&str] = &["cx-client", "contract-tests"];

/// Runs the OAuth checklist, and the broken twin of each item.
#[derive(clap::Args)]
pub struct Arguments {
    /// How to print the report.
    #[arg(long, default_value = "text", value_parser = ["text", "json"])]
    format: String,
    /// One item alone, by its number.
    #[arg(long)]
    item: Option<u32>,
}

/// Builds both batteries and has the one judge the other.
pub fn run(root: &Path, arguments: &Arguments) -> Result<ExitCode> {
    let wrapper = env::current_exe().context("this program does not know its own path")?;
    let own = build(root, None)?;
    let twins = build(root, Some(&wrapper))?;
    let mut judge = Command::new(own);
    judge.current_dir(root).args(["--judge", "--format", &arguments.format]).arg("--twins").arg(twins);
    if let Some(item) = arguments.item {
        judge.args(["--item", &item.to_string()]);
    }
    Ok(shell::exit_code(judge.status().context("the battery cannot be started")?))
}

/// Builds the battery, and returns where it lies.
fn build(root: &Path, wrapper: Option<&Path>) -> Result<PathBuf> {
    let environment: &[(&str, &OsStr)] = match wrapper {
        Some(wrapper) => &[("RUSTC_WORKSPACE_WRAPPER", wrapper.as_os_str()), (WRAPPING, OsStr::new("1"))],
        None => &[],
    };
    built::executable(root, &["--test", "battery"], "test", "battery", environment)
}

/// Whether this process was started by cargo in the place of the compiler; then it runs it, and returns how that ended.
pub fn wrap() -> Option<Result<ExitCode>> {
    env::var_os(WRAPPING)?;
    let mut words = env::args_os().skip(1);
    let compiler = words.next()?;
    Some(compile(&compiler, words))
}

fn compile(compiler: &OsStr, words: impl Iterator<Item = OsString>) -> Result<ExitCode> {
    let mut command = Command::new(compiler);
    command.args(words);
    if env::var("CARGO_PKG_NAME").is_ok_and(|package| WITH_TWINS.contains(&package.as_str())) {
        command.args(["--cfg", "cx_twins"]);
    }
    let status = command.status().context("the compiler cannot be started")?;
    Ok(shell::exit_code(status))
}
