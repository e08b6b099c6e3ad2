//! x
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "a test may stop where it fails"
    )
)]

pub mod form;
pub mod schema;
mod shape;
mod violation;

pub use violation::{Place, Violation};
