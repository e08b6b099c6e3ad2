//! What the templates see.

use anyhow::Result;
use serde::Serialize;

use super::{
    super::{ApiReport, Record, Report, label},
    data,
    grid::{self, Grid},
    provenance::{self, Provenance},
};
use crate::{
    coverage::{Count, Kind},
    judges::{Judgement, LeftOut, Verdict},
};

#[derive(Serialize)]
pub(super) struct Page<'r> {
    style: &'static str,
    script: &'static str,
    data: String,
    passed: bool,
    headline: String,
    seed: u64,
    seconds: String,
    findings: &'r [String],
    failed: usize,
    gaps: usize,
    apis: Vec<ApiView<'r>>,
    judges: &'r [Verdict],
    left_out: &'r [LeftOut],
}

#[derive(Serialize)]
struct ApiView<'r> {
    name: &'r str,
    passed: bool,
    cases: usize,
    failed: usize,
    violations: usize,
    units: Vec<Bar>,
    failures: Vec<FailureView<'r>>,
    gaps: &'r [String],
    grid: Grid<'r>,
    provenance: Provenance<'r>,
}

/// A share of something, as a bar.
#[derive(Serialize)]
struct Bar {
    label: String,
    part: usize,
    whole: usize,
    percent: String,
    /// Whether it is as much as is due.
    enough: bool,
}

#[derive(Serialize)]
struct FailureView<'r> {
    record: &'r Record,
    arguments: String,
}

impl Bar {
    fn new(label: impl Into<String>, part: usize, whole: usize) -> Self {
        // Tenths, rounded down: 100 is said only of what is whole.
        let tenths = (part * 1000).checked_div(whole).unwrap_or(1000);
        let percent = if tenths.is_multiple_of(10) {
            (tenths / 10).to_string()
        } else {
            format!("{}.{}", tenths / 10, tenths % 10)
        };
        Self { label: label.into(), part, whole, percent, enough: part == whole }
    }
}

pub(super) fn page(report: &Report) -> Result<Page<'_>> {
    let of_all = |count: fn(&ApiReport) -> usize| report.apis.values().map(count).sum::<usize>();
    Ok(Page {
        style: include_str!("style.css"),
        script: include_str!("script.js"),
        data: data::json(report)?,
        passed: report.passed(),
        headline: headline(report, of_all(|api| api.cases.run), of_all(|api| api.cases.failed)),
        seed: report.seed,
        seconds: format!("{}.{}", report.duration_ms / 1000, report.duration_ms % 1000 / 100),
        findings: &report.findings,
        failed: of_all(|api| api.cases.failed),
        gaps: of_all(|api| api.coverage.gaps.len()),
        apis: report.apis.iter().map(|(name, api)| api_view(name, api)).collect(),
        judges: report.judges.as_ref().map(|judges| judges.verdicts.as_slice()).unwrap_or_default(),
        left_out: report.judges.as_ref().map(|judges| judges.left_out.as_slice()).unwrap_or_default(),
    })
}

fn headline(report: &Report, cases: usize, failed: usize) -> String {
    let all_seen = report.apis.values().all(|api| api.coverage.shortfalls().is_empty());
    let judges_agree = report.judges.as_ref().is_none_or(Judgement::passed);
    match (failed, report.passed()) {
        (0, true) => format!("All {cases} cases agree"),
        (0, false) if !judges_agree => format!("All {cases} cases agree, but an outside judge objects"),
        (0, false) if all_seen => format!("All {cases} cases agree, but there are other findings"),
        (0, false) => format!("All {cases} cases agree, but not everything was seen"),
        (1, _) => format!("1 of {cases} cases disagrees"),
        _ => format!("{failed} of {cases} cases disagree"),
    }
}

fn api_view<'r>(name: &'r str, api: &'r ApiReport) -> ApiView<'r> {
    let bar = |(kind, count): (Kind, Count)| Bar {
        enough: count.reaches(kind.threshold()),
        ..Bar::new(label(kind), count.covered, count.total)
    };
    ApiView {
        name,
        passed: api.passed(),
        cases: api.cases.run,
        failed: api.cases.failed,
        violations: api.violations.len(),
        units: api.units().into_iter().map(bar).collect(),
        failures: api.records.iter().filter(|record| !record.passed()).map(failure).collect(),
        gaps: &api.coverage.gaps,
        grid: grid::of(api),
        provenance: provenance::of(api),
    }
}

fn failure(record: &Record) -> FailureView<'_> {
    FailureView { record, arguments: serde_json::to_string_pretty(&record.arguments).unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_down_and_nothing_of_nothing_is_all() {
        assert_eq!(Bar::new("a", 999, 1000).percent, "99.9");
        assert_eq!(Bar::new("a", 9999, 10000).percent, "99.9");
        assert_eq!(Bar::new("a", 1, 2).percent, "50");
        assert_eq!(Bar::new("a", 0, 0).percent, "100");
    }
}
