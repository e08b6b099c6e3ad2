//! The project's own commands. `cargo xtask --help` lists them.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "a test may stop where it fails"
    )
)]

mod commands;
mod diff;
mod docs;
mod generate;
mod lint;
mod mutants;
mod shell;

use std::process::ExitCode;

fn main() -> ExitCode {
    match commands::run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
