//! What must hold of documents, client and mock vendor together. One binary; modules by theme.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test may stop where it fails, and its name says what it shows"
)]

mod directly;
mod environment;
mod errors;
mod fixtures;
mod generated;
mod paths;
mod properties;
mod schemas;
mod secrets;
mod snapshots;
mod support;
mod surface;
mod third;
mod tokens;
