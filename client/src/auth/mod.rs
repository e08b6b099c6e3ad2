//! Tokens: how they are fetched, kept, renewed and given up.
//!
//! One job a file. [`Credentials`] say who asks, the vendor's [`Grant`](crate::operation::Grant) rows say what a request
//! carries, `TokenManager` decides when to ask, and a flight is one renewal that any number of callers share:
//!
//! ```text
//! bearer() ──► valid token? ──► yes: out, without a lock
//!                 │ no
//!                 ▼
//!            board the flight ──► renewal: store ► refresh ► login ► store ──► settle ──► out
//! ```
//!
//! A flight is a shared future that its passengers poll, not a task: nothing is spawned, and when the caller who started
//! it is dropped the next one drives it on. Rejected: a lock held over the request (a dropped leader lets the next one
//! send a spent refresh token), and a spawned task (it needs a runtime, and outlives the client that wanted it).
//!
//! Between processes the lock of the [`TokenStore`] does what the flight does within one.

mod attempts;
mod authorize;
mod bearer;
mod credentials;
mod ending;
mod exchange;
mod failure;
mod flight;
mod grants;
mod landing;
mod locking;
mod login;
mod manager;
mod options;
mod renewal;
mod reply;
mod scope;
mod session;
mod store;
mod sync;
mod token;

#[cfg(test)]
mod tests;

pub use authorize::{AuthorizationCode, AuthorizationOptions, AuthorizationRequest};
pub(crate) use bearer::Bearer;
pub use credentials::Credentials;
pub(crate) use exchange::{Exchange, ExchangeReply, Pairs};
pub use grants::{AuthorizationCodeGrant, ClientCredentialsGrant, PasswordGrant, RefreshTokenGrant};
pub(crate) use manager::TokenManager;
pub(crate) use options::{Deps, TokenOptions};
pub(crate) use scope::shown_scope;
#[cfg(not(target_family = "wasm"))]
pub use store::FileStore;
#[cfg(feature = "redis")]
pub use store::RedisStore;
pub use store::{Lease, Lock, MemoryStore, StoreError, StoreFuture, StoreKey, StoredToken, TokenStore};

/// Reads a reply to a token request, for the fuzz targets.
#[cfg(fuzzing)]
pub(crate) fn read_token(
    status: http::StatusCode,
    headers: http::HeaderMap,
    body: bytes::Bytes,
) -> crate::Result<()> {
    reply::TokenResponse::read(&ExchangeReply { status, headers, body, retry_after: None }).map(drop)
}
