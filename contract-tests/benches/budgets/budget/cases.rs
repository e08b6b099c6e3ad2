//! P8: cases a second, each a request that is judged and a reply that is looked at.

use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{
    Options, folder,
    measure::{self, Server},
    peers::{Schemathesis, suite},
    table::{Goal, Row},
};

/// The document whose mock vendor both are run on.
const API: &str = "wootric";

pub(super) fn measure(options: &Options) -> Result<Vec<Row>> {
    let schemathesis = Schemathesis::install()?;
    let server = Server::start(suite()?.args(["mock", "--api", API]))?;
    let compared = measure::pairs(options.pairs, conformance, || {
        schemathesis.cases_per_second(&folder::document(API)?, &server.url)
    })?;
    Ok(vec![Row {
        what: format!("conformance cases a second of {API}"),
        ours: format!("{:.0}/s", compared.ours.median),
        peer: format!("{:.1}/s", compared.peer.median),
        ratio: compared.ratio,
        goal: Goal::AtLeast(40.0),
    }])
}

/// Cases a second of our run: start, mock vendor and reports included.
fn conformance() -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let seconds = measure::seconds(suite()?.args(["conformance", "--api", API, "--report"]).arg(folder.path()))?;
    let report: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("report.json"))?)?;
    let cases = report.pointer(&format!("/apis/{API}/cases/run")).and_then(Value::as_f64);
    Ok(cases.context("the report does not count its cases")? / seconds)
}
