//! P7: requests a second of the mock vendor.

use anyhow::Result;

use crate::{
    Options, folder,
    measure::{self, Server},
    peers::{Prism, suite},
    table::{Goal, Row},
};

/// The document that both serve, and an operation of it that wants a token and has an example.
const API: &str = "wootric";
const PATH: &str = "/v1/end_users?page=1&per_page=50";

/// Requests of a run. The peer gets fewer, or it would take minutes.
const REQUESTS: &str = "16000";
const PEER_REQUESTS: &str = "800";

pub(super) fn measure(options: &Options) -> Result<Vec<Row>> {
    let ours = Server::start(suite()?.args(["mock", "--api", API]))?;
    let peer = Prism::install()?.mock(&folder::document(API)?)?;
    let load = |server: &Server, requests: &str| {
        let url = format!("{}{PATH}", server.url);
        measure::run(["load", "--url", &url, "--requests", requests])?.number("per_second")
    };
    let compared = measure::pairs(options.pairs, || load(&ours, REQUESTS), || load(&peer, PEER_REQUESTS))?;
    Ok(vec![Row {
        what: "requests a second of the mock vendor".to_owned(),
        ours: format!("{:.0}/s", compared.ours.median),
        peer: format!("{:.0}/s", compared.peer.median),
        ratio: compared.ratio,
        goal: Goal::AtLeast(15.0),
    }])
}
