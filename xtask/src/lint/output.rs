//! What `lint` prints: text for people, JSON for scripts, SARIF for code review.

use serde_json::{Value, json};

use super::{DOCUMENT, Finding, Rule, rules};

const SARIF_SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What was looked at, and what was found.
pub struct Report {
    /// Files, as messages name them.
    pub documents: Vec<String>,
    /// Findings, sorted.
    pub findings: Vec<Finding>,
}

/// One line a finding.
pub fn to_text(report: &Report) -> String {
    report.findings.iter().map(|finding| format!("{}\n", line(finding))).collect()
}

fn line(finding: &Finding) -> String {
    let Finding { place, rule, message, fix } = finding;
    let pointer = if place.pointer.is_empty() { "/" } else { &place.pointer };
    format!("{}:{}:{}: {rule}: {message} (fix: {fix}) at {pointer}", place.file, place.line, place.column)
}

/// One document: `{documents, findings, total}`.
pub fn to_json(report: &Report) -> Value {
    let findings: Vec<Value> = report.findings.iter().map(json_finding).collect();
    json!({"documents": report.documents, "findings": findings, "total": report.findings.len()})
}

fn json_finding(finding: &Finding) -> Value {
    json!({
        "rule": finding.rule,
        "file": finding.place.file,
        "line": finding.place.line,
        "column": finding.place.column,
        "pointer": finding.place.pointer,
        "message": finding.message,
        "fix": finding.fix,
    })
}

/// SARIF 2.1.0, with every rule, so that a viewer can tell what was looked for.
pub fn to_sarif(report: &Report) -> Value {
    let all: Vec<&Rule> = std::iter::once(&DOCUMENT).chain(rules()).collect();
    let described: Vec<Value> =
        all.iter().map(|rule| json!({"id": rule.name, "shortDescription": {"text": rule.reason}})).collect();
    let results: Vec<Value> = report.findings.iter().map(|finding| result(finding, &all)).collect();
    json!({
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "cx-lint",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": described,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(finding: &Finding, rules: &[&Rule]) -> Value {
    let place = &finding.place;
    json!({
        "ruleId": finding.rule,
        "ruleIndex": rules.iter().position(|rule| rule.name == finding.rule),
        "level": "error",
        "message": {"text": format!("{}. Fix: {}.", finding.message, finding.fix)},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": place.file.replace('\\', "/").replace(' ', "%20")},
                "region": {"startLine": place.line.max(1), "startColumn": place.column.max(1)},
            },
            "logicalLocations": [{"fullyQualifiedName": place.pointer}],
        }],
    })
}
