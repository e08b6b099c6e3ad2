//! Operation × status, one mark a cell.

use std::collections::BTreeSet;

use cx_spec::Status;
use serde::Serialize;

use super::super::{Answer, ApiReport, Entry, Record};

#[derive(Serialize)]
pub(super) struct Grid<'r> {
    columns: Vec<&'r str>,
    rows: Vec<Row<'r>>,
}

#[derive(Serialize)]
struct Row<'r> {
    entry: &'r Entry,
    failed: bool,
    /// One a column; none where the document has no such status.
    cells: Vec<Option<Cell<'r>>>,
}

#[derive(Serialize)]
struct Cell<'r> {
    answer: &'r Answer,
    state: State,
    cases: usize,
    failed: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Passed,
    Failed,
    /// Documented, and not seen or not seen whole.
    Open,
}

pub(super) fn of(api: &ApiReport) -> Grid<'_> {
    let statuses = api.outline.iter().flat_map(|entry| &entry.replies).map(|answer| answer.status.as_str());
    // Codes come before the ranges they lie in, and `default` last.
    let ordered: BTreeSet<(u16, bool, &str)> =
        statuses.map(|status| (order(status), status.contains('X'), status)).collect();
    let columns: Vec<&str> = ordered.into_iter().map(|(_, _, status)| status).collect();
    let rows = api.outline.iter().map(|entry| row(api, entry, &columns)).collect();
    Grid { columns, rows }
}

fn order(status: &str) -> u16 {
    match status.parse() {
        Ok(Status::Code(code)) => code,
        Ok(Status::Range(hundreds)) => hundreds * 100 + 99,
        _ => u16::MAX,
    }
}

fn row<'r>(api: &'r ApiReport, entry: &'r Entry, columns: &[&str]) -> Row<'r> {
    let own: Vec<&Record> = api.records.iter().filter(|one| one.operation == entry.id).collect();
    let cell = |status: &&str| {
        let answer = entry.replies.iter().find(|answer| answer.status == **status)?;
        let records = || own.iter().filter(|one| one.status == answer.status);
        let (cases, failed) = (records().count(), records().filter(|one| !one.passed()).count());
        let unseen =
            api.coverage.gaps.iter().any(|gap| gap.starts_with(&format!("{}: {} ", entry.id, answer.status)));
        let state = match (failed, cases) {
            (1.., _) => State::Failed,
            (0, 0) => State::Open,
            _ if unseen => State::Open,
            _ => State::Passed,
        };
        Some(Cell { answer, state, cases, failed })
    };
    let cells: Vec<Option<Cell<'r>>> = columns.iter().map(cell).collect();
    let failed = cells.iter().flatten().any(|cell| cell.state != State::Passed);
    Row { entry, failed, cells }
}
