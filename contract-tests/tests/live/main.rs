//! Live mode against vendors on the loopback device: honest ones, drifting ones, talkative ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test may stop where it fails, and its name says what it shows"
)]

mod canaries;
mod command;
mod drifts;
mod honest;
mod lies;
mod limits;
mod places;
mod support;
mod vendor;
