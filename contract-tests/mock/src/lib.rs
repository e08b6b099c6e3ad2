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
mod incoming;
mod router;
pub mod schema;
mod shape;
mod validator;
mod violation;

pub use incoming::Incoming;
pub use router::{Found, Router};
pub use validator::{Carrier, Credentials, Parameters, Validator, Verdict};
pub use violation::{Place, Violation};
