//! What a step needs beside the toolchain that runs it, and how to get it where it is not installed.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::shell;

/// Something that need not be installed: where it is not, the step is left out with a line that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// A version of Rust, such as `1.88`, under whatever patch it is installed.
    Toolchain(&'static str),
    /// The standard library of a target, for the toolchain that runs the other steps.
    Target(&'static str),
}

impl Need {
    /// The cargo of a step that has this need, or what is missing.
    pub(super) fn cargo(self, root: &Path) -> Result<Command, String> {
        match self {
            Self::Toolchain(version) => {
                let list = printed(root, "rustup", &["toolchain", "list"]).unwrap_or_default();
                let name = toolchain(&list, version).ok_or_else(|| self.missing())?;
                let mut command = shell::command("rustup");
                command.args(["run", name, "cargo"]);
                Ok(command)
            }
            Self::Target(target) => {
                // The path is printed for every target that rustc knows, whether or not anything lies there.
                let folder = printed(root, "rustc", &["--print", "target-libdir", "--target", target]);
                let is_there = folder.is_some_and(|folder| PathBuf::from(folder.trim()).is_dir());
                if is_there { Ok(shell::cargo()) } else { Err(self.missing()) }
            }
        }
    }

    fn missing(self) -> String {
        match self {
            Self::Toolchain(version) => {
                format!("Rust {version} is not installed: rustup toolchain install {version} --profile minimal")
            }
            Self::Target(target) => format!("{target} is not installed: rustup target add {target}"),
        }
    }
}

/// The name under which rustup has a version: that of the version itself, or of one of its patches.
fn toolchain<'l>(list: &'l str, version: &str) -> Option<&'l str> {
    let mut names = list.lines().filter_map(|line| line.split_whitespace().next());
    names.rfind(|name| name.strip_prefix(version).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-'])))
}

/// What a program prints; none where it is not there or fails.
fn printed(root: &Path, program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = shell::command(program);
    let output = command.current_dir(root).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    #[test]
    fn a_version_is_found_under_its_patch() {
        let list = "stable-x86_64-unknown-linux-gnu (active, default)\n1.8.1-x86_64-unknown-linux-gnu\n1.88.0-x86_64-unknown-linux-gnu\n";
        assert_eq!(toolchain(list, "1.88"), Some("1.88.0-x86_64-unknown-linux-gnu"));
        assert_eq!(toolchain(list, "1.8"), Some("1.8.1-x86_64-unknown-linux-gnu"));
        assert_eq!(toolchain("1.88-aarch64-apple-darwin\n", "1.88"), Some("1.88-aarch64-apple-darwin"));
        assert_eq!(toolchain(list, "1.89"), None);
        assert_eq!(toolchain("", "1.88"), None);
    }

    #[test]
    fn what_is_missing_comes_with_the_command_that_installs_it() {
        assert_eq!(
            Need::Toolchain("0.1").cargo(root()).unwrap_err(),
            "Rust 0.1 is not installed: rustup toolchain install 0.1 --profile minimal"
        );
        assert_eq!(
            Need::Target("no-such-target").cargo(root()).unwrap_err(),
            "no-such-target is not installed: rustup target add no-such-target"
        );
    }

    #[test]
    fn the_target_of_this_machine_is_there() {
        let version = printed(root(), "rustc", &["-vV"]).unwrap();
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned();
        assert!(Need::Target(host.leak()).cargo(root()).is_ok());
    }
}
