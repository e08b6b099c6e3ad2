//! Each rule has a document that breaks it, and says so in these words.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it fails")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lint")
}

/// Names of the fixture documents, sorted.
fn documents() -> Vec<String> {
    let names = fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".yaml")).collect();
    names.sort();
    names
}

fn lint(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).arg("lint").args(arguments).current_dir(fixtures()).output().unwrap()
}

fn lint_all(format: &str) -> String {
    let documents = documents();
    let mut arguments = vec!["--format", format];
    arguments.extend(documents.iter().map(String::as_str));
    let output = lint(&arguments);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn sarif() -> Value {
    serde_json::from_str(&lint_all("sarif")).unwrap()
}

/// `expected.txt` is the table: one line a finding, as `--format text` prints them.
#[test]
fn each_fixture_gives_its_message() {
    let expected = fs::read_to_string(fixtures().join("expected.txt")).unwrap();
    let given = lint_all("text");
    for (expected, given) in expected.lines().zip(given.lines()) {
        assert_eq!(given, expected);
    }
    assert_eq!(given.lines().count(), expected.lines().count());
}

/// A fixture is named for the rule it breaks; what stands after a point tells several of one rule apart.
#[test]
fn each_rule_has_a_fixture_and_each_fixture_breaks_its_rule() {
    let report: Value = serde_json::from_str(&lint_all("json")).unwrap();
    let broken: BTreeSet<(&str, &str)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["file"].as_str().unwrap(), finding["rule"].as_str().unwrap()))
        .collect();
    let documents = documents();
    for document in documents.iter().filter(|name| *name != "clean.yaml") {
        let rule = document.split('.').next().unwrap();
        assert!(broken.contains(&(document.as_str(), rule)), "{document} does not break `{rule}`");
    }
    let sarif = sarif();
    for rule in sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
        let name = format!("{}.yaml", rule["id"].as_str().unwrap());
        assert!(documents.contains(&name), "no fixture breaks `{}`", rule["id"]);
    }
}

#[test]
fn sarif_names_rule_file_and_line() {
    let sarif = sarif();
    let run = &sarif["runs"][0];
    assert_eq!(sarif["version"], "2.1.0");
    let result = &run["results"][0];
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "any-of.yaml");
    assert_eq!(place["region"]["startLine"], 17);
}

#[test]
fn a_clean_document_is_clean_in_every_format() {
    for format in ["text", "json", "sarif"] {
        let output = lint(&["--format", format, "clean.yaml"]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn a_file_that_cannot_be_read_ends_with_2() {
    let output = lint(&["no-such.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no-such.yaml cannot be read"));
}
