//! The budgets, a module each.

mod cases;
mod compile;
mod export;
mod generator;
mod mock;
mod request;
mod throughput;
mod token;

use anyhow::Result;

use crate::{Options, table::Row};

/// A budget and how it is measured.
pub struct Budget {
    /// Its number.
    pub id: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// Measures it.
    pub measure: fn(&Options) -> Result<Vec<Row>>,
}

/// All budgets.
pub const ALL: &[Budget] = &[
    Budget { id: "P1", title: "one list request, against reqwest and serde_json by hand", measure: request::measure },
    Budget { id: "P2", title: "throughput of many tasks, against the same", measure: throughput::measure },
    Budget {
        id: "P3",
        title: "export of 100,000 rows at 20 ms, against a page loop by hand",
        measure: export::measure,
    },
    Budget { id: "P4", title: "10,000 tasks on an expired token", measure: token::measure },
    Budget { id: "P5", title: "generating all clients, against openapi-generator", measure: generator::measure },
    Budget {
        id: "P6",
        title: "cold build of a consumer, against openapi-generator's client",
        measure: compile::measure,
    },
    Budget { id: "P7", title: "requests a second of the mock vendor, against Prism", measure: mock::measure },
    Budget { id: "P8", title: "conformance cases a second, against Schemathesis", measure: cases::measure },
];
