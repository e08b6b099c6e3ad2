//! The programs behind `cargo xtask conformance`, `coverage`, `mock` and `mutants`.

mod commands;

use std::process::ExitCode;

/// A mock vendor makes JSON all day, and wiremock keeps each request that it matched. Under glibc's allocator that grew the
/// heap by two system calls a request, which was more than half of what a request took.
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
