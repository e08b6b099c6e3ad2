//! `cargo xtask docs` as a person meets it.
#![allow(clippy::unwrap_used, reason = "a test may stop where it fails")]

use std::process::Command;

#[test]
fn page_and_samples_are_written_where_the_caller_names_them() {
    let caller = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["docs", "--out", "page", "--samples", "samples"])
        .current_dir(&caller)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for file in ["page/index.html", "samples/Cargo.toml", "samples/src/main.rs"] {
        assert!(caller.path().join(file).is_file(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
