//! The mock against a vendor that does not exist, and against the documents of this workspace.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may stop where it fails"
)]

mod documents;
mod fault;
mod honesty;
mod issuer;
mod keywords;
mod lies;
mod lifecycle;
mod requests;
mod server;
mod state;
mod strategy;
mod unseen;
mod wire;

use cx_spec::{Api, Document};

/// The made-up vendor.
pub fn orchard() -> Api {
    Api::index(Document::parse("orchard", "orchard.yaml", include_str!("../fixtures/orchard.yaml")).unwrap()).unwrap()
}
