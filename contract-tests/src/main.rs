//! The programs behind `cargo xtask conformance`, `coverage`, `mock` and `mutants`.

mod commands;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match commands::run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
