//! Programs, started as they would be from a shell.
//!
//! `cargo run` tells a program of its package in the environment. Build scripts that ask for these variables, ring's among
//! them, would run again at every change between `cargo xtask` and plain cargo, and all that stands on them be compiled
//! again.

use std::{
    env,
    ffi::{OsStr, OsString},
    process::{Command, ExitStatus},
};

/// What `cargo run` and `cargo test` say of a package to its programs.
const OF_A_PACKAGE: [&str; 4] = ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_CRATE_", "CARGO_BIN_"];

/// A program.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os().filter(|(name, _)| is_of_a_package(name)) {
        command.env_remove(name);
    }
    command
}

/// cargo itself.
pub fn cargo() -> Command {
    command(env!("CARGO"))
}

/// The exit code of a program; none where a signal ended it, or where the code does not fit into the byte that a shell gets.
pub fn exit_code(status: ExitStatus) -> Option<u8> {
    status.code().and_then(|code| u8::try_from(code).ok())
}

fn is_of_a_package(name: &OsString) -> bool {
    OF_A_PACKAGE.iter().any(|start| name.as_encoded_bytes().starts_with(start.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_says_of_a_package_is_not_passed_on() {
        let removed: Vec<_> = cargo().get_envs().map(|(name, value)| (name.to_owned(), value.is_none())).collect();
        assert!(removed.contains(&("CARGO_MANIFEST_DIR".into(), true)), "{removed:?}");
        assert!(!is_of_a_package(&"CARGO_HOME".into()) && !is_of_a_package(&"CARGO_TARGET_DIR".into()));
    }
}
