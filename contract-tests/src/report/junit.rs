//! `junit.xml`, which every CI can show.

use anyhow::Result;
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::{ApiReport, Record, Report};
use crate::judges::{Judgement, LeftOut, Verdict};

pub(super) fn text(report: &Report) -> Result<String> {
    let mut junit = Junit::new("conformance");
    if !report.findings.is_empty() {
        let mut suite = TestSuite::new("run");
        for finding in &report.findings {
            suite.add_test_case(failed("finding", "run", finding, ""));
        }
        junit.add_test_suite(suite);
    }
    for (name, api) in &report.apis {
        junit.add_test_suite(suite(name, api));
    }
    if let Some(judges) = &report.judges {
        junit.add_test_suite(outside(judges));
    }
    Ok(junit.to_string()?)
}

fn suite(name: &str, api: &ApiReport) -> TestSuite {
    let mut suite = TestSuite::new(name);
    for record in &api.records {
        suite.add_test_case(case(name, record));
    }
    for shortfall in api.coverage.shortfalls() {
        suite.add_test_case(failed("coverage", name, &shortfall, &api.coverage.gaps.join("\n")));
    }
    suite
}

/// What outside judges say: a case for each that agrees, and one for each thing that it has against an API.
fn outside(judges: &Judgement) -> TestSuite {
    let mut suite = TestSuite::new("judges");
    for Verdict { judge, api, findings, .. } in &judges.verdicts {
        if findings.is_empty() {
            let mut case = TestCase::new(judge.to_string(), TestCaseStatus::success());
            case.set_classname(api);
            suite.add_test_case(case);
        }
        for finding in findings {
            suite.add_test_case(failed(&format!("{judge}: {}", finding.place), api, &finding.message, ""));
        }
    }
    for LeftOut { judge } in &judges.left_out {
        let mut status = TestCaseStatus::skipped();
        status.set_message("it is not installed");
        suite.add_test_case(TestCase::new(judge.to_string(), status));
    }
    suite
}

fn case(api: &str, record: &Record) -> TestCase {
    if record.passed() {
        let mut case = TestCase::new(record.case.clone(), TestCaseStatus::success());
        case.set_classname(api);
        return case;
    }
    let messages: Vec<&str> = record.problems.iter().map(|problem| problem.message.as_str()).collect();
    let again = [Some(record.replay.as_str()), record.curl.as_deref()];
    let again: Vec<&str> = again.into_iter().flatten().collect();
    let place = format!("{}:{}", record.place.file, record.place.line);
    failed(&record.case, api, &messages.join("\n"), &format!("{place}\n{}", again.join("\n")))
}

fn failed(name: &str, class: &str, message: &str, description: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(message);
    if !description.is_empty() {
        status.set_description(format!("{message}\n{description}"));
    }
    let mut case = TestCase::new(name, status);
    case.set_classname(class);
    case
}
