//! Token stores: what each promises, and what becomes of a session that processes share when one of them is killed. One
//! binary; modules by theme.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test may stop where it fails, and its name says what it shows"
)]

mod child;
mod contract;
mod file;
mod process;
mod processes;
mod redis;
mod server;
mod witness;
