//! `report.sarif` (SARIF 2.1.0): each finding at its line of the document, for code review.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Report, SpecPlace};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One finding.
struct Found {
    rule: String,
    level: &'static str,
    message: String,
    place: Option<SpecPlace>,
    logical: String,
}

pub(super) fn document(report: &Report) -> Value {
    let found = found(report);
    let rules: BTreeMap<&str, Value> = found
        .iter()
        .map(|one| (one.rule.as_str(), json!({"id": one.rule, "shortDescription": {"text": describe(&one.rule)}})))
        .collect();
    let index = |rule: &str| rules.keys().position(|known| *known == rule);
    let results: Vec<Value> = found.iter().map(|one| result(one, index(&one.rule))).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "cx-conformance",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.values().collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "properties": {"seed": report.seed},
            "results": results,
        }],
    })
}

fn found(report: &Report) -> Vec<Found> {
    let mut found: Vec<Found> = report
        .findings
        .iter()
        .map(|message| Found {
            rule: "run".into(),
            level: "error",
            message: message.clone(),
            place: None,
            logical: "conformance".into(),
        })
        .collect();
    for (name, api) in &report.apis {
        for record in &api.records {
            found.extend(record.problems.iter().map(|problem| Found {
                rule: problem.rule.clone(),
                level: "error",
                message: format!("{}\nReplay: {}", problem.message, record.replay),
                place: Some(problem.place.clone()),
                logical: format!("{name}/{}", record.case),
            }));
        }
        // A gap that the thresholds leave room for is worth a look, and no more.
        let level = if api.coverage.shortfalls().is_empty() { "note" } else { "error" };
        found.extend(api.coverage.gaps.iter().zip(&api.gap_places).map(|(gap, place)| Found {
            rule: "not-covered".into(),
            level,
            message: format!("not covered: {gap}"),
            place: Some(place.clone()),
            logical: format!("{name}/{gap}"),
        }));
    }
    for verdict in report.judges.iter().flat_map(|judges| &judges.verdicts) {
        found.extend(verdict.findings.iter().map(|finding| Found {
            rule: "judge".into(),
            level: "error",
            message: format!("{} objects to {}: {}", verdict.judge, finding.place, finding.message),
            place: None,
            logical: format!("{}/{}", verdict.api, verdict.judge),
        }));
    }
    found
}

fn result(found: &Found, rule_index: Option<usize>) -> Value {
    let mut location = json!({"logicalLocations": [{"fullyQualifiedName": found.logical}]});
    if let (Some(place), Some(location)) = (&found.place, location.as_object_mut()) {
        let uri = place.file.replace('\\', "/").replace(' ', "%20");
        location.insert(
            "physicalLocation".to_owned(),
            json!({
                "artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": place.line.max(1)},
            }),
        );
    }
    json!({
        "ruleId": found.rule,
        "ruleIndex": rule_index,
        "level": found.level,
        "message": {"text": found.message},
        "locations": [location],
    })
}

fn describe(rule: &str) -> String {
    match rule {
        "run" => "Something is wrong with the run as a whole.".to_owned(),
        "case" => "The client took a documented reply for something else than it is.".to_owned(),
        "not-covered" => "The document says it, and no case showed it.".to_owned(),
        "judge" => "A tool that knows the document and nothing of our code objects.".to_owned(),
        rule => format!("A request of the client breaks the rule `{rule}` of the document."),
    }
}
