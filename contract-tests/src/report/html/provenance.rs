//! Who says what the document says, and how sure it is.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::ApiReport;

/// The grades, the surest first.
const GRADES: [&str; 3] = ["documented", "observed", "inferred"];

#[derive(Serialize)]
pub(super) struct Provenance<'r> {
    /// What is graded, with its share per grade.
    shares: Vec<Shares<'r>>,
    /// Sources and how many operations name them, the most named first.
    sources: Vec<(&'r str, usize)>,
    /// Operations that no golden fixture shows.
    unwitnessed: Vec<&'r str>,
}

#[derive(Serialize)]
struct Shares<'r> {
    label: &'static str,
    whole: usize,
    parts: Vec<Part<'r>>,
}

#[derive(Serialize)]
struct Part<'r> {
    grade: &'r str,
    count: usize,
    percent: usize,
}

pub(super) fn of(api: &ApiReport) -> Provenance<'_> {
    let mut sources: BTreeMap<&str, usize> = BTreeMap::new();
    for source in api.outline.iter().flat_map(|entry| &entry.source) {
        *sources.entry(source).or_default() += 1;
    }
    let mut sources: Vec<(&str, usize)> = sources.into_iter().collect();
    sources.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    let replies = api.outline.iter().flat_map(|entry| &entry.replies);
    let witnesses = &api.witnesses;
    let unwitnessed = api.outline.iter().map(|entry| entry.id.as_str());
    Provenance {
        shares: vec![
            shares("operations", tally(api.outline.iter().map(|entry| entry.confidence))),
            shares("replies", tally(replies.map(|answer| answer.confidence))),
            shares(
                "golden fixtures",
                witnesses.grades.iter().map(|(grade, count)| (grade.as_str(), *count)).collect(),
            ),
        ],
        sources,
        unwitnessed: unwitnessed.filter(|id| !witnesses.operations.contains_key(*id)).collect(),
    }
}

fn tally<'r>(grades: impl Iterator<Item = &'r str>) -> BTreeMap<&'r str, usize> {
    let mut counts = BTreeMap::new();
    for grade in grades {
        *counts.entry(grade).or_default() += 1;
    }
    counts
}

fn shares<'r>(label: &'static str, mut counts: BTreeMap<&'r str, usize>) -> Shares<'r> {
    let whole: usize = counts.values().sum();
    let part =
        |grade: &'r str, count: usize| Part { grade, count, percent: (count * 100).checked_div(whole).unwrap_or(0) };
    let mut parts: Vec<Part<'r>> =
        GRADES.into_iter().filter_map(|grade| Some(part(grade, counts.remove(grade)?))).collect();
    parts.extend(counts.into_iter().map(|(grade, count)| part(grade, count)));
    Shares { label, whole, parts }
}
