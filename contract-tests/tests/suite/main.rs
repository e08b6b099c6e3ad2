//! What must hold of documents, client and mock vendor together. One binary; modules by theme.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test may stop where it fails, and its name says what it shows"
)]

mod bodies;
mod canaries;
mod capture;
mod cases;
mod conversation;
mod directly;
mod environment;
mod errors;
mod exports;
mod faults;
mod generated;
mod nps;
mod pacing;
mod pages;
mod paths;
mod properties;
mod regions;
mod schemas;
mod snapshots;
mod support;
mod surface;
mod third;
mod tokens;
mod traces;
mod upsert;
mod webhooks;
