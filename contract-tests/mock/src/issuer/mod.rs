//! The token issuer: whatever operations `x-oauth` names, served with tokens that really expire, rotate and end.
//!
//! What it knows is fixed, so that a test or a person at a terminal need not ask: see the constants.

mod clock;
mod grants;
mod reply;
mod store;

pub use clock::{Clock, ManualClock, SystemClock};
pub use store::{Issuer, Standing};

/// The client id that it knows.
pub const CLIENT_ID: &str = "mock-client";
/// The secret of that client.
pub const CLIENT_SECRET: &str = "mock-secret";
/// The user that it knows.
pub const USERNAME: &str = "mock@example.com";
/// The password of that user.
pub const PASSWORD: &str = "mock-password";
/// An authorization code that is good any number of times.
pub const CODE: &str = "mock-code";
/// A refresh token that is good any number of times.
pub const REFRESH_TOKEN: &str = "mock-refresh-token";
/// An access token that is always good.
pub const ACCESS_TOKEN: &str = "mock-token";
