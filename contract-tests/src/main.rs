//! The programs behind `cargo xtask conformance`, `coverage`, `mock` and `mutants`.

mod commands;

use std::process::ExitCode;

/// A mock vendor makes JSON all day, and wiremock keeps each request that it matched. Under glibc's allocator that grew the
/// heap by more than one system call a request; with this one a request takes some 40 % less of the processor.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
