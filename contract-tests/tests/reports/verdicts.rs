//! What outside judges say is part of the run.

use contract_tests::{
    judges::{Beside, Finding, Judge, Judgement, LeftOut, Verdict},
    report::Report,
};
use serde_json::{Value, json};

use crate::support;

/// A report without a case, on which one judge was heard.
fn report(findings: Vec<Finding>) -> Report {
    let beside = vec![Beside { cases: 3, failed: 2, reason: "no body of its kind".into() }];
    let verdict =
        Verdict { judge: Judge::Prism, api: "orchard".into(), cases: 12, findings, beside, duration_ms: 1_234 };
    let left_out = vec![LeftOut { judge: Judge::Specmatic }];
    Report { judges: Some(Judgement { verdicts: vec![verdict], left_out }), ..Report::new(7, Vec::new()) }
}

#[test]
fn a_judge_that_objects_fails_the_run_and_is_in_every_file() {
    let objection = Finding { place: "GET /a".into(), message: "no such status".into() };
    let report = report(vec![objection]);
    assert!(!report.passed());
    let files = support::written(&report);
    for (name, text) in &files {
        assert!(text.contains("no such status"), "{name}");
        assert!(text.contains("prism"), "{name}");
    }
    let page = &files["index.html"];
    for word in
        ["but an outside judge objects", "GET &#x2f;a", "3 cases that do not count, 2 failed: no body of its kind"]
    {
        assert!(page.contains(word), "{word}");
    }
    let sarif: Value = serde_json::from_str(&files["report.sarif"]).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "judge");
    let json: Value = serde_json::from_str(&files["report.json"]).unwrap();
    assert_eq!(json["judges"]["left_out"], json!([{"judge": "specmatic"}]));
    assert_eq!(json["judges"]["verdicts"][0].get("duration_ms"), None, "two runs write the same");
}

#[test]
fn a_judge_that_agrees_and_one_that_is_not_there_are_named() {
    let report = report(Vec::new());
    assert!(report.passed());
    let files = support::written(&report);
    assert!(files["junit.xml"].contains("failures=\"0\""), "{}", files["junit.xml"]);
    assert!(files["junit.xml"].contains("it is not installed"));
    assert!(files["index.html"].contains("specmatic is not installed and was not heard"));
    assert!(files["index.html"].contains("All 0 cases agree"));
}
