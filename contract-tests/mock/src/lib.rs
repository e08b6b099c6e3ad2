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

pub mod fault;
pub mod form;
mod incoming;
pub mod issuer;
mod outgoing;
mod rehearsal;
mod router;
pub mod schema;
mod server;
mod shape;
mod state;
#[cfg(feature = "proptest")]
pub mod strategy;
mod validator;
mod violation;

pub use fault::{FaultServer, Step};
pub use incoming::Incoming;
pub use issuer::{Clock, Issuer, ManualClock, Standing, SystemClock};
pub use outgoing::Outgoing;
pub use rehearsal::example_request;
pub use router::{Found, Router};
pub use server::{Answer, Exchange, MockVendor, MockVendorBuilder};
pub use validator::{Carrier, Credentials, Parameters, Validator, Verdict};
pub use violation::{Place, Violation};
