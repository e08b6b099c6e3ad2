//! What other commands left in the folder is taken in.

use std::fs;

use serde_json::{Value, json};

use crate::support;

const ONE_OPERATION: [&str; 4] = ["--api", "directly", "--case", "get_health_status"];

#[test]
fn mutants_and_judges_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let survivor = json!({"operator": "cut-maximum", "pointer": "/paths/~1a", "reason": "no request goes that far"});
    let mutants = json!({"apis": {"directly": {"total": 200, "killed": 199, "survivors": [survivor]}}});
    let objection = json!({"place": "GET /a", "message": "no such status"});
    let judges = json!({"verdicts": [{"judge": "some-judge", "api": "directly", "cases": 12, "beside": null, "findings": [objection]}]});
    fs::write(folder.path().join("mutants.json"), mutants.to_string()).unwrap();
    fs::write(folder.path().join("judges.json"), judges.to_string()).unwrap();
    let output = support::conformance(folder.path(), &ONE_OPERATION);
    assert_eq!(output.status.code(), Some(0));
    let files = support::files(folder.path());
    let report: Value = serde_json::from_str(&files["report.json"]).unwrap();
    assert_eq!(report["mutants"], mutants);
    assert_eq!(report["judges"], judges);
    let page = &files["index.html"];
    for word in [
        "199 of 200",
        "99.5 %",
        "cut-maximum",
        "no request goes that far",
        "some-judge",
        "GET &#x2f;a",
        "no such status",
    ] {
        assert!(page.contains(word), "{word}");
    }
}

#[test]
fn a_file_of_another_shape_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mutants.json"), "{\"apis\": 3}").unwrap();
    let output = support::conformance(folder.path(), &ONE_OPERATION);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("mutants.json is not what cargo xtask mutants --format json prints"), "{said}");
}
