//! P1: what one list request costs, the whole stack against a hand-written one.

use anyhow::{Context, Result};

use crate::{
    Options,
    measure::{self, Server, Spread},
    table::{Goal, Row},
};

/// Requests of one timed run.
const REQUESTS: u32 = 4_000;

pub(super) fn measure(options: &Options) -> Result<Vec<Row>> {
    let server = Server::role(&["serve", "--rows", "50"])?;
    let role = |side| ["call", "--side", side, "--url", &server.url].map(ToOwned::to_owned);
    let (ours, peer) = (role("ours"), role("peer"));
    // Time follows whatever else the machine does, so it cannot stand in for them.
    let instructions = instructions(options.pairs, &ours, &peer).context("instructions cannot be counted")?;
    let timed = |role: &[String]| {
        let requests = REQUESTS.to_string();
        let words = role.iter().map(String::as_str).chain(["--requests", &requests]);
        Ok(measure::run(words)?.number("seconds")? / f64::from(REQUESTS) * 1e6)
    };
    let time = measure::pairs(options.pairs.max(5), || timed(&ours), || timed(&peer))?;
    let time = Row {
        what: "time of a list request".to_owned(),
        ours: format!("{:.0} µs", time.ours.median),
        peer: format!("{:.0} µs", time.peer.median),
        ratio: time.ratio,
        goal: Goal::Reported,
    };
    Ok(vec![instructions, time])
}

fn instructions(pairs: u32, ours: &[String], peer: &[String]) -> Result<Row> {
    let counted = measure::cold_pairs(pairs, || measure::per_request(ours), || measure::per_request(peer))?;
    let figure = |spread: Spread| format!("{:.0} k", spread.median / 1e3);
    Ok(Row {
        what: "instructions of a list request".to_owned(),
        ours: figure(counted.ours),
        peer: figure(counted.peer),
        ratio: counted.ratio,
        goal: Goal::AtMost(1.15),
    })
}
