//! Refuses to build generated code that is older than what it was made from.
//!
//! It compares digests only, so that a consumer never compiles a generator. Outside the workspace, where documents and
//! generator do not lie beside the client, there is nothing to compare.

#[path = "build/digest.rs"]
mod digest;
#[path = "build/stale.rs"]
mod stale;

use std::{env, path::PathBuf, process::ExitCode};

/// Set by `cargo xtask conformance`, which reports a stale client as one finding and goes on.
const ALLOW: &str = "CX_ALLOW_STALE";

fn main() -> ExitCode {
    println!("cargo::rerun-if-env-changed={ALLOW}");
    println!("cargo::rerun-if-changed=build.rs");
    let client = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let root = client.join("..");
    if !root.join("spec/Cargo.toml").is_file() || !root.join("xtask/src/generate").is_dir() {
        return ExitCode::SUCCESS;
    }
    for watched in ["spec", "xtask/src/generate", "client/src/generated", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", root.join(watched).display());
    }
    match stale::reason(&root) {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(reason)) if env::var_os(ALLOW).is_some() => {
            println!("cargo::warning={reason}");
            ExitCode::SUCCESS
        }
        Ok(Some(reason)) => {
            println!("cargo::error={reason}: run cargo xtask gen");
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("cargo::error=cannot compare the generated code with its sources: {error}");
            ExitCode::FAILURE
        }
    }
}
