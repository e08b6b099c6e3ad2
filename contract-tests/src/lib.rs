//! Proof that client and documents agree.
//!
//! [`cases`] enumerates what the documents say, [`runner`] drives each case through the client against a mock vendor made
//! from the same document, [`coverage`] counts what was seen on the wire, and [`report`] writes it down. No vendor, operation
//! or path is named here: they stand in the documents and in `tests/`.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "a test may stop where it fails"
    )
)]

mod anatomy;
pub mod apis;
pub mod arguments;
mod arrived;
pub mod cases;
pub mod compare;
pub mod coverage;
pub mod exemptions;
mod files;
pub mod judges;
pub mod live;
pub mod mutants;
pub mod report;
pub mod runner;
pub mod shown;
