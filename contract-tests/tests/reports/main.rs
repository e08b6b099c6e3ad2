//! What a conformance run writes: the same bytes for the same seed, nothing secret, nothing that a document could smuggle
//! into a page, and all that is needed to see a failure again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test may stop where it fails, and its name says what it shows"
)]

mod escaping;
mod failures;
mod privacy;
mod repeat;
mod support;
mod verdicts;
