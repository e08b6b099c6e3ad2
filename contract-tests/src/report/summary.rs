//! The summary for a terminal.

use std::fmt::Write;

use super::Report;
use crate::coverage::Count;

/// How many failures are shown; the report has all.
const SHOWN: usize = 20;

pub(super) fn text(report: &Report) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{:<14}{:>12}{:>22}{:>16}{:>8}{:>8}{:>12}",
        "API", "operations", "statuses × media", "request types", "cases", "failed", "violations"
    );
    for (name, api) in &report.apis {
        let _ = writeln!(
            text,
            "{name:<14}{:>12}{:>22}{:>16}{:>8}{:>8}{:>12}",
            share(api.operations),
            share(api.statuses),
            share(api.requests),
            api.cases.run,
            api.cases.failed,
            api.violations.len()
        );
    }
    for finding in &report.findings {
        let _ = writeln!(text, "\nfinding: {finding}");
    }
    for (name, api) in &report.apis {
        for failure in api.failures.iter().take(SHOWN) {
            let _ = writeln!(text, "\nfailed: {name} {}", failure.case);
            for problem in &failure.problems {
                let _ = writeln!(text, "  {problem}");
            }
        }
        if api.failures.len() > SHOWN {
            let _ = writeln!(text, "\n… and {} more of {name}; the report has all", api.failures.len() - SHOWN);
        }
        for gap in api.gaps.iter().take(SHOWN) {
            let _ = writeln!(text, "not covered: {name} {gap}");
        }
    }
    text
}

fn share(count: Count) -> String {
    let percent = (count.covered * 100).checked_div(count.total).unwrap_or(100);
    format!("{}/{} ({percent} %)", count.covered, count.total)
}
