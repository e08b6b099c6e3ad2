//! Refuses to build generated code that is older than what it was made from.
//!
//! It compares digests only, so that a consumer never compiles a generator. Outside the workspace, where documents and
//! generator do not lie beside the client, there is nothing to compare.

#[path = "build/digest.rs"]
mod digest;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

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
    match stale(&root) {
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

/// Why the generated code is stale, if it is.
fn stale(root: &Path) -> io::Result<Option<String>> {
    let generator = digest::of_generator(root)?;
    let generated = root.join("client/src/generated");
    let mut documents: Vec<PathBuf> = fs::read_dir(root.join("spec"))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    documents.sort();
    for document in documents {
        let stem = document.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let folder = generated.join(stem.replace('-', "_"));
        if !folder.is_dir() {
            return Ok(Some(format!("spec/{stem}.yaml has no generated code")));
        }
        let expected = [("spec", digest::fnv1a(&[&fs::read(&document)?])), ("generator", generator.clone())];
        for entry in fs::read_dir(&folder)? {
            let file = entry?.path();
            let text = fs::read_to_string(&file)?;
            for (what, digest) in &expected {
                let line = format!("// {what} digest (fnv1a-64): {digest}");
                if !text.lines().take(8).any(|head| head == line) {
                    let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
                    let cause = match *what {
                        "spec" => format!("spec/{stem}.yaml has changed"),
                        _ => "the generator has changed".to_owned(),
                    };
                    return Ok(Some(format!("{name} is stale: {cause}")));
                }
            }
        }
    }
    Ok(None)
}
