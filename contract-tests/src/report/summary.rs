//! The summary for a terminal.

use std::fmt::Write;

use super::{Record, Report, label};
use crate::coverage::{Count, Kind};

/// How many failures are shown; the report has all.
const SHOWN: usize = 20;

pub(super) fn text(report: &Report) -> String {
    let mut text = table(report);
    for finding in &report.findings {
        let _ = writeln!(text, "\nfinding: {finding}");
    }
    for (name, api) in &report.apis {
        let failed: Vec<&Record> = api.records.iter().filter(|record| !record.passed()).collect();
        for record in failed.iter().take(SHOWN) {
            text.push_str(&failure(name, record));
        }
        if failed.len() > SHOWN {
            let _ = writeln!(text, "\n… and {} more of {name}; the report has all", failed.len() - SHOWN);
        }
        for shortfall in api.coverage.shortfalls() {
            let _ = writeln!(text, "\ntoo little covered: {name} {shortfall}");
        }
        let gaps = &api.coverage.gaps;
        for gap in gaps.iter().take(SHOWN) {
            let _ = writeln!(text, "not covered: {name} {gap}");
        }
        if gaps.len() > SHOWN {
            let _ = writeln!(text, "… and {} more of {name}; the report has all", gaps.len() - SHOWN);
        }
    }
    if let Some(judges) = &report.judges {
        text.push_str(&judges.summary());
    }
    text
}

/// One column an API, one line a unit: the units will grow in number, the documents hardly.
fn table(report: &Report) -> String {
    let mut lines: Vec<(&str, Vec<String>)> = Vec::new();
    let apis = || report.apis.values();
    lines.push(("cases", apis().map(|api| api.cases.run.to_string()).collect()));
    lines.push(("failed", apis().map(|api| api.cases.failed.to_string()).collect()));
    lines.push(("violations", apis().map(|api| api.violations.len().to_string()).collect()));
    for kind in Kind::ALL {
        let counts: Vec<Count> = apis().map(|api| api.coverage.of(kind)).collect();
        if counts.iter().any(|count| count.total > 0) {
            lines.push((label(kind), counts.into_iter().map(share).collect()));
        }
    }
    let names: Vec<String> = report.apis.keys().cloned().collect();
    let first = lines.iter().map(|(label, _)| label.chars().count()).max().unwrap_or_default() + 2;
    let cells = std::iter::once(&names).chain(lines.iter().map(|(_, cells)| cells)).flatten();
    let width = cells.map(|cell| cell.chars().count()).max().unwrap_or_default() + 3;
    let mut text = String::new();
    for (label, cells) in std::iter::once(("", names.clone())).chain(lines) {
        let line: String = cells.iter().map(|cell| format!("{cell:>width$}")).collect();
        let _ = writeln!(text, "{label:<first$}{line}");
    }
    text
}

fn failure(api: &str, record: &Record) -> String {
    let mut text = format!("\nfailed: {api} {}\n", record.case);
    for problem in &record.problems {
        let _ = writeln!(text, "  {}", problem.message);
    }
    let _ = writeln!(text, "  spec    {}:{}", record.place.file, record.place.line);
    let _ = writeln!(text, "  with    {}", record.arguments);
    if let Some(curl) = &record.curl {
        let _ = writeln!(text, "  request {curl}");
    }
    let _ = writeln!(text, "  again   {}", record.replay);
    text
}

fn share(count: Count) -> String {
    let percent = (count.covered * 100).checked_div(count.total).unwrap_or(100);
    format!("{}/{} {percent:>3} %", count.covered, count.total)
}
