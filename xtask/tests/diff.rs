//! Every operator of the table is found and named, and no harmless edit raises an alarm.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may stop where it fails")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use cx_spec::pointer::unescape;
use serde_json::{Map, Value};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diff").join(name)
}

fn table(group: &str) -> Vec<Value> {
    let table: Value = serde_json::from_str(&fs::read_to_string(fixture("edits.json")).unwrap()).unwrap();
    table[group].as_array().unwrap().clone()
}

/// The base document after the edits of a row.
fn edited(row: &Value) -> Value {
    let mut document = cx_spec::Document::load(&fixture("base.yaml")).unwrap().value().clone();
    for edit in row["edits"].as_array().unwrap() {
        apply(&mut document, edit);
    }
    document
}

/// `{set, to}`, where the last segment `-` appends; `{remove}`; `{rename, to}`; `{reverse}`, the order of all keys below.
fn apply(document: &mut Value, edit: &Value) {
    if let Some(pointer) = edit["reverse"].as_str() {
        return reverse(document.pointer_mut(pointer).unwrap());
    }
    let pointer = ["set", "remove", "rename"].iter().find_map(|key| edit[*key].as_str()).unwrap();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = unescape(key);
    match document.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at {parent}")) {
        Value::Array(items) if key == "-" => items.push(edit["to"].clone()),
        Value::Array(items) => drop(items.remove(key.parse().unwrap())),
        Value::Object(members) if edit.get("set").is_some() => drop(members.insert(key, edit["to"].clone())),
        Value::Object(members) => {
            let value = members.shift_remove(&key).unwrap_or_else(|| panic!("nothing at {pointer}"));
            if let Some(name) = edit["to"].as_str() {
                members.insert(name.to_owned(), value);
            }
        }
        _ => panic!("nothing to edit at {pointer}"),
    }
}

fn reverse(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(reverse),
        Value::Object(members) => {
            let mut turned: Vec<_> = std::mem::take(members).into_iter().collect();
            turned.iter_mut().for_each(|(_, one)| reverse(one));
            *members = turned.into_iter().rev().collect::<Map<_, _>>();
        }
        _ => {}
    }
}

/// Exit code and report of `diff` on the base document and the edited one.
fn diff(row: &Value) -> (i32, Value) {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("base.yaml");
    fs::write(&new, edited(row).to_string()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["diff", "--format", "json"])
        .args([fixture("base.yaml"), new])
        .output()
        .unwrap();
    let code = output.status.code().unwrap();
    assert!(code < 2, "{}: {}", row["operator"], String::from_utf8_lossy(&output.stderr));
    (code, serde_json::from_slice(&output.stdout).unwrap())
}

fn messages(report: &Value, level: &str) -> Vec<String> {
    let changes = report["changes"].as_array().unwrap().iter().filter(|change| change["level"] == level);
    let mut messages: Vec<String> = changes.map(|change| change["message"].as_str().unwrap().to_owned()).collect();
    messages.sort();
    messages
}

fn expected(row: &Value, key: &str) -> Vec<String> {
    let mut messages: Vec<String> =
        row[key].as_array().into_iter().flatten().map(|one| one.as_str().unwrap().to_owned()).collect();
    messages.sort();
    messages
}

#[test]
fn all_28_breaking_operators_are_found_and_named() {
    let rows = table("breaking");
    assert_eq!(rows.len(), 28);
    for row in &rows {
        let (code, report) = diff(row);
        let found = messages(&report, "breaking");
        assert_eq!(code, 1, "{} is not found", row["operator"]);
        for message in expected(row, "says") {
            assert!(found.contains(&message), "{}: {message}\nis not among {found:#?}", row["operator"]);
        }
        assert_eq!(report["bump"], "minor", "a breaking change before 1.0");
    }
}

#[test]
fn none_of_7_harmless_edits_raises_an_alarm() {
    let rows = table("harmless");
    assert_eq!(rows.len(), 7);
    for row in &rows {
        let (code, report) = diff(row);
        assert_eq!(code, 0, "{}: {:#?}", row["operator"], messages(&report, "breaking"));
    }
}

/// What the table of operators does not have: each row names every change, breaking and compatible.
#[test]
fn other_changes_are_named_one_by_one() {
    for row in &table("more") {
        let (_, report) = diff(row);
        assert_eq!(messages(&report, "breaking"), expected(row, "says"), "{}", row["operator"]);
        assert_eq!(messages(&report, "compatible"), expected(row, "compatible"), "{}", row["operator"]);
    }
}

#[test]
fn a_document_does_not_differ_from_itself() {
    let (code, report) = diff(&serde_json::json!({"operator": "none", "edits": []}));
    assert_eq!((code, &report["changes"], &report["bump"]), (0, &serde_json::json!([]), &"none".into()));
}

#[test]
fn text_names_place_and_verdict() {
    let base = fixture("base.yaml");
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("base.yaml");
    fs::write(&new, fs::read_to_string(&base).unwrap().replace("maximum: 30", "maximum: 10")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("diff").args([&base, &new]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let place = format!("breaking: {}:18:", new.display());
    assert!(text.starts_with(&place), "{text}");
    assert!(text.contains("this asks for a minor bump: "), "{text}");
}

#[test]
fn half_a_pair_of_documents_ends_with_2() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(["diff", "one.yaml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// Or whoever lacks git would hear that the documents have no history.
#[test]
fn without_git_the_notice_names_it() {
    let empty = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("diff").env("PATH", empty.path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("nothing to compare with: git, which knows the older documents, cannot be run ("),
        "{text}"
    );
    assert_eq!(output.status.code(), Some(0));
}

/// Or a check in a container that belongs to another user would be green for nothing.
#[test]
fn a_repository_that_git_refuses_to_read_is_an_error() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("diff")
        // What git's own tests have it believe.
        .env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("git does not read the history: fatal: detected dubious ownership"), "{text}");
    assert_eq!(output.status.code(), Some(2));
}
