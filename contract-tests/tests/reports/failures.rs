//! A failure says where, and how to see it again.

use contract_tests::{
    apis::{self, Subject},
    report::Report,
};
use serde_json::{Value, json};

use crate::support;

fn directly() -> Subject {
    apis::subjects(Some("directly")).unwrap().remove(0)
}

/// A report in which one kind of reply is expected to be something that it is not.
async fn failing() -> Report {
    support::report(&directly(), |case| {
        if let Some(reply) = case.reply.as_mut().filter(|_| case.operation == "get_question" && case.status == 200) {
            reply.value = json!({"data": {"uuid": "told otherwise"}});
        }
    })
    .await
}

#[tokio::test]
async fn a_failure_names_its_place_a_replay_and_a_request_for_curl() {
    let report = failing().await;
    let case = &report.apis["directly"].failures[0].case;
    let files = support::written(&report);
    let replay = format!("cargo xtask conformance --api directly --case {case} --seed 7");
    let json: Value = serde_json::from_str(&files["report.json"]).unwrap();
    let failure = &json["apis"]["directly"]["failures"][0];
    assert_eq!(failure["replay"], replay.as_str());
    let curl = failure["curl"].as_str().unwrap();
    assert!(curl.starts_with("curl \"$CX_BASE_URL\"/v1/questions/"), "{curl}");
    assert!(curl.contains("-H \"authorization: Bearer $CX_TOKEN\""), "{curl}");
    assert!(!failure["exchanges"][0]["reply"]["body"].as_str().unwrap().is_empty());
    for name in ["index.html", "junit.xml", "summary"] {
        // The page escapes every slash.
        let text = files[name].replace("&#x2f;", "/");
        assert!(text.contains(&replay), "{name} has the command");
        assert!(text.contains("CX_BASE_URL"), "{name} has the request");
    }
    assert!(files["report.sarif"].contains(&replay));
}

#[tokio::test]
async fn a_finding_in_sarif_stands_at_the_line_of_the_document() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let output = support::conformance(
        &report,
        &["--api", "directly", "--case", "get_health_status/200", "--finding", "said so"],
    );
    assert_eq!(output.status.code(), Some(1), "a finding is a finding");
    let sarif: Value = serde_json::from_str(&support::files(&report)["report.sarif"]).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "run");

    let sarif: Value = serde_json::from_str(&support::written(&failing().await)["report.sarif"]).unwrap();
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"], json!({"uri": "spec/directly.yaml", "uriBaseId": "%SRCROOT%"}));
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
    }
}

#[tokio::test]
async fn a_failure_stands_at_the_line_of_its_example() {
    let subject = directly();
    let document = subject.api.document();
    let operation = subject.api.operation("get_question").unwrap();
    let examples: Vec<&Value> = operation
        .replies
        .iter()
        .flat_map(|reply| reply.media.iter().flat_map(|media| &media.examples).map(|example| &example.value))
        .collect();
    let report = failing().await;
    assert!(!report.apis["directly"].failures.is_empty());
    for failure in &report.apis["directly"].failures {
        let place = &failure.place;
        assert!(examples.contains(&document.at(&place.pointer).unwrap().value()), "{}", place.pointer);
        assert_eq!(place.line, document.place(&place.pointer).line);
        assert!(place.line > operation.place.line, "{place:?}");
    }
}

#[test]
fn a_case_runs_alone_and_one_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let output = support::conformance(folder.path(), &["--api", "directly", "--case", "get_health_status"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let text = String::from_utf8(output.stdout).unwrap();
    let page = folder.path().join("index.html");
    assert!(text.ends_with(&format!("to read: {}\n", page.display())), "{text}");

    let output = support::conformance(folder.path(), &["--api", "directly", "--case", "no_such_case"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no case is called no_such_case"));
}

#[test]
fn a_report_that_cannot_be_written_does_not_cost_the_summary() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let arguments = ["--api", "directly", "--case", "get_health_status", "--finding", "said so"];
    let output = support::conformance(&file.join("report"), &arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot create"), "it says why");
    assert!(String::from_utf8_lossy(&output.stdout).contains("finding: said so"), "it says what came of the cases");
}
