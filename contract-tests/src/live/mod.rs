//! Live mode: does a vendor that is really there still do as its document says?
//!
//! Only operations with `x-retry: safe` are asked, with arguments from the document's examples and with ids that the
//! vendor's own lists brought ([`plan`]). Calls go through the client, and the client's requests through a [`gate`] on
//! the loopback device: it alone talks to the vendor, so the budget holds for retries and token requests too, nothing
//! but safe operations and token requests gets out, and every reply is seen as it came. Each one is held against the
//! document ([`judge`]) and counted ([`drift`]); what is kept of it shows types and shapes, not values ([`redact`]).

pub mod credentials;
pub mod drift;
pub mod fixture;
pub mod gate;
pub mod judge;
pub mod names;
mod pace;
pub mod plan;
pub mod redact;
pub mod report;
mod run;
pub mod settings;

pub use drift::{Drift, Finding, Kind, Severity};
pub use report::Report;
pub use run::run;
pub use settings::Settings;
