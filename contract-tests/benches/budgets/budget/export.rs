//! P3: a list that outgrows its pages, from a vendor that takes its time.

use anyhow::Result;

use crate::{
    Options,
    measure::{self, Compared, Server, Spread},
    table::{Goal, Row},
};

/// Milliseconds before each answer.
const LATENCY: &str = "20";

/// Rows of the budget itself, and of the export whose memory it is held against.
const ROWS: u32 = 100_000;
const FEW: u32 = 10_000;
const MANY: u32 = 1_000_000;

/// How much more memory the larger export may take, in MiB.
const MORE_MEMORY: f64 = 16.0;

pub(super) fn measure(options: &Options) -> Result<Vec<Row>> {
    let whole = compare(options, ROWS)?;
    let mut rows = vec![time(ROWS, &whole.time, Goal::AtMost(0.35))];
    let few = ours(FEW)?;
    rows.push(memory(ROWS, &whole.memory, few.memory)?);
    if options.scaling {
        rows.push(time(FEW, &compare(options, FEW)?.time, Goal::Reported));
        let many = ours(MANY)?;
        rows.push(memory(MANY, &[many.memory], few.memory)?);
        rows.push(Row {
            what: format!("rows a second of an export of {MANY} against one of {ROWS}"),
            ours: format!("{:.0}/s", f64::from(MANY) / many.seconds),
            peer: format!("{:.0}/s", f64::from(ROWS) / whole.time.ours.median),
            ratio: Spread::of(vec![f64::from(MANY) / many.seconds / (f64::from(ROWS) / whole.time.ours.median)])?,
            goal: Goal::Reported,
        });
    }
    Ok(rows)
}

/// Both sides, and the memory of our runs.
struct Whole {
    time: Compared,
    memory: Vec<f64>,
}

/// One run of ours.
struct Run {
    seconds: f64,
    memory: f64,
}

fn compare(options: &Options, rows: u32) -> Result<Whole> {
    let server = serve(rows)?;
    let mut memory = Vec::new();
    let time = measure::cold_pairs(
        options.pairs,
        || {
            let run = export("ours", &server, rows)?;
            memory.push(run.memory);
            Ok(run.seconds)
        },
        || Ok(export("peer", &server, rows)?.seconds),
    )?;
    Ok(Whole { time, memory })
}

fn ours(rows: u32) -> Result<Run> {
    export("ours", &serve(rows)?, rows)
}

fn serve(rows: u32) -> Result<Server> {
    Server::role(&["serve", "--rows", &rows.to_string(), "--latency", LATENCY])
}

fn export(side: &str, server: &Server, rows: u32) -> Result<Run> {
    let ran = measure::run(["export", "--side", side, "--url", &server.url, "--rows", &rows.to_string()])?;
    Ok(Run { seconds: ran.number("seconds")?, memory: ran.number("peak_mib")? })
}

fn time(rows: u32, compared: &Compared, goal: Goal) -> Row {
    Row {
        what: format!("time of an export of {rows} rows"),
        ours: format!("{:.1} s", compared.ours.median),
        peer: format!("{:.1} s", compared.peer.median),
        ratio: compared.ratio,
        goal,
    }
}

/// Peak memory against that of the small export: the goal in MiB, as a ratio.
fn memory(rows: u32, peaks: &[f64], few: f64) -> Result<Row> {
    let peak = Spread::of(peaks.to_vec())?;
    Ok(Row {
        what: format!("peak memory of {rows} rows against {FEW}"),
        ours: format!("{:.1} MiB", peak.median),
        peer: format!("{few:.1} MiB"),
        ratio: Spread::of(peaks.iter().map(|peak| peak / few).collect())?,
        goal: Goal::AtMost((few + MORE_MEMORY) / few),
    })
}
