//! `junit.xml`, which every CI can show.

use anyhow::Result;
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::Report;

pub(super) fn text(report: &Report) -> Result<String> {
    let mut junit = Junit::new("conformance");
    for (name, api) in &report.apis {
        let mut suite = TestSuite::new(name.clone());
        for (id, problems) in &api.results {
            let status = if problems.is_empty() {
                TestCaseStatus::success()
            } else {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(problems.join("\n"));
                status
            };
            let mut case = TestCase::new(id.clone(), status);
            case.set_classname(name.clone());
            suite.add_test_case(case);
        }
        junit.add_test_suite(suite);
    }
    Ok(junit.to_string()?)
}
