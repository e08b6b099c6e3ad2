//! P2: requests a second of tasks that share a client.

use anyhow::Result;

use crate::{
    Options,
    measure::{self, Server},
    table::{Goal, Row},
};

/// Tasks of the budget itself.
const TASKS: u32 = 64;

/// Tasks that show how it grows.
const SCALE: [u32; 4] = [1, 8, 64, 512];

/// Requests of a run, shared by its tasks.
const REQUESTS: u32 = 12_000;

pub(super) fn measure(options: &Options) -> Result<Vec<Row>> {
    let server = Server::role(&["serve", "--rows", "50"])?;
    let mut rows = vec![of(options, &server, TASKS, Goal::AtLeast(0.95))?];
    if options.scaling {
        for tasks in SCALE.into_iter().filter(|tasks| *tasks != TASKS) {
            rows.push(of(options, &server, tasks, Goal::Reported)?);
        }
    }
    Ok(rows)
}

fn of(options: &Options, server: &Server, tasks: u32, goal: Goal) -> Result<Row> {
    let (tasks, requests) = (tasks.to_string(), REQUESTS.to_string());
    let run = |side| {
        let words = ["call", "--side", side, "--url", &server.url, "--tasks", &tasks, "--requests", &requests];
        measure::run(words)?.number("per_second")
    };
    let compared = measure::pairs(options.pairs.max(5), || run("ours"), || run("peer"))?;
    Ok(Row {
        what: format!("requests a second of {tasks} tasks"),
        ours: format!("{:.0}/s", compared.ours.median),
        peer: format!("{:.0}/s", compared.peer.median),
        ratio: compared.ratio,
        goal,
    })
}
