//! Documents of every kind that progenitor refuses or gets wrong, and three complete APIs, through `gen --spec`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it fails")]

mod generated;
mod hundreds;
mod plain;
mod table;

use std::fs;

use generated::{Workspace, fixtures};

/// `expected.txt` holds what is reported of each document, and the ids of the operations that are generated.
#[test]
fn what_cannot_be_expressed_is_reported_with_its_pointer_and_the_rest_is_generated() {
    let expected = fs::read_to_string(fixtures().join("expected.txt")).unwrap();
    let given = Workspace::generated().summary();
    println!("{given}");
    for (expected, given) in expected.lines().zip(given.lines()) {
        assert_eq!(given, expected);
    }
    assert_eq!(given.lines().count(), expected.lines().count());
}

/// Without `--keep-going`, what the standard forbids is one error, and nothing is written.
#[test]
fn what_the_standard_forbids_is_one_error() {
    let folder = tempfile::tempdir().unwrap();
    for (document, expected) in [
        ("operation-id-twice", ":9:5: /paths/~1b/get: `operationId: get_it` is taken by the operation on line 7"),
        (
            "dangling-references",
            ":9:20: /paths/~1boxes/get/parameters/0: `$ref: #/components/parameters/Gone` points at nothing",
        ),
    ] {
        let output = generated::generate(document, folder.path(), &[]);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(message.contains(expected), "{message}");
        assert!(!folder.path().join(document).exists(), "{document}: something was written");
    }
}

/// The table of the README in the documents' folder; printed with `--nocapture`.
#[test]
fn the_table_against_plain_progenitor_is_current() {
    let table = table::of(&Workspace::generated());
    println!("{table}");
    let readme = fs::read_to_string(fixtures().join("README.md")).unwrap();
    let committed = readme.split("<!-- table -->\n").nth(1).unwrap_or_default();
    for (committed, computed) in committed.lines().zip(table.lines()) {
        assert_eq!(committed, computed);
    }
    assert_eq!(committed.lines().count(), table.lines().count());
}

/// Every crate compiles, and operations of the complete APIs can be called: one `cargo run`, in a folder of its own
/// below `target`. Needs the packages of the lock file, and builds the runtime once more, so that `ci` runs it as a
/// step of its own.
#[test]
#[ignore = "compiles a workspace; `cargo xtask ci` runs it"]
fn every_crate_compiles_and_operations_can_be_called() {
    let output = Workspace::generated().build_and_call();
    let printed = String::from_utf8_lossy(&output.stdout);
    println!("{printed}");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(printed.lines().last(), Some("16 calls"));
}
