//! P4: one token request, however many tasks find the token expired.

use anyhow::Result;

use crate::{
    Options,
    measure::{self, Spread},
    table::{Goal, Row},
};

const TASKS: &str = "10000";

pub(super) fn measure(options: &Options) -> Result<Vec<Row>> {
    let requests = (0..options.pairs).map(|_| measure::run(["expired", "--tasks", TASKS])?.number("token_requests"));
    let requests = Spread::of(requests.collect::<Result<_>>()?)?;
    Ok(vec![Row {
        what: format!("token requests of {TASKS} tasks"),
        ours: format!("{:.0}", requests.max),
        peer: "1".to_owned(),
        ratio: requests,
        goal: Goal::AtMost(1.0),
    }])
}
