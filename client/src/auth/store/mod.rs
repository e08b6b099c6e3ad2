//! Where tokens outlive a process, if they should.

#[cfg(not(target_family = "wasm"))]
mod file;
mod lock;
mod memory;
#[cfg(not(target_family = "wasm"))]
mod name;
#[cfg(feature = "redis")]
mod redis;

use std::{
    error::Error as StdError,
    fmt,
    future::{Future, ready},
    pin::Pin,
};

use serde::{Deserialize, Serialize};

use super::scope::shown_scope;
use crate::secret::Secret;

#[cfg(not(target_family = "wasm"))]
pub use file::FileStore;
pub use lock::{Lease, Lock};
pub use memory::MemoryStore;
#[cfg(feature = "redis")]
pub use redis::RedisStore;

/// Why a store failed. It becomes the source of an error of kind `Store`, so its text must not hold a token.
pub type StoreError = Box<dyn StdError + Send + Sync>;

/// What a store's methods return.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps tokens.
///
/// The client loads before it asks the vendor, so that several clients on one store share a session, and saves a new pair
/// before it uses it. It gives up on a call that takes longer than a token request may. A `save` that has returned `Ok`
/// must be seen by every later `load`; a `save` that is dropped half-way must leave the old record or the new one.
///
/// Neither password nor client secret is part of the key: a client with a known user name or client id and a wrong secret
/// is served the token that lies there. A store is therefore for those who may use each other's sessions.
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// The record under a key, if there is one.
    ///
    /// # Errors
    ///
    /// When the store cannot tell. The call in progress fails, unless the client holds a session it can renew.
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>>;

    /// Replaces the record under a key.
    ///
    /// # Errors
    ///
    /// When the record may not have been kept. The client tries once more, then goes on with what it has in memory.
    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()>;

    /// Removes the record under a key; success if there is none.
    ///
    /// # Errors
    ///
    /// When the record may still be there.
    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()>;

    /// Takes the lock of a key if it is free, and does not wait for it. The client holds it from before it asks the
    /// vendor until the answer is saved, so that a rotating refresh token is sent by one client alone.
    ///
    /// A store without locks, the default, serves clients that take turns. One with locks must make every
    /// [`save`](Self::save) and [`clear`](Self::clear) that comes past a lease fence it out: from then on
    /// [`Lease::save`] of that lease is refused.
    ///
    /// # Errors
    ///
    /// When the store cannot tell. The call in progress fails, unless the client holds a session that the store does not
    /// hold, or whose renewal spends no refresh token.
    fn lock<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Lock> {
        let _ = key;
        Box::pin(ready(Ok(Lock::Unsupported)))
    }
}

/// What a token is kept under. Two sessions that differ in any member never see each other's tokens (RFC 9700 §4.4).
///
/// `Debug` hides the account, which may be an e-mail address, and a scope that holds one.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct StoreKey {
    /// Name of the API, such as `wootric`.
    pub api: String,
    /// Origin of the token operation, such as `https://api.wootric.com`.
    pub origin: String,
    /// Whose token it is: the name that the caller gave, else user name or client id; with fingerprints of what else tells
    /// one account from another.
    pub account: String,
    /// Grant that started the session.
    pub grant: String,
    /// Scope that was asked for.
    pub scope: Option<String>,
}

impl StoreKey {
    /// A key without a scope.
    pub fn new(
        api: impl Into<String>,
        origin: impl Into<String>,
        account: impl Into<String>,
        grant: impl Into<String>,
    ) -> Self {
        Self { api: api.into(), origin: origin.into(), account: account.into(), grant: grant.into(), scope: None }
    }

    /// The same key with a scope.
    #[must_use]
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreKey")
            .field("api", &self.api)
            .field("origin", &self.origin)
            .field("account", &"***")
            .field("grant", &self.grant)
            .field("scope", &shown_scope(self.scope.as_deref()))
            .finish()
    }
}

/// A token as it is kept. Times are seconds since 1970 by the wall clock, because they outlive the process.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredToken {
    /// The access token.
    pub access_token: Secret,
    /// The refresh token to use next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// What was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// When it was given.
    pub obtained_at: u64,
    /// When it ends, if anybody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<u64>,
}

impl fmt::Debug for StoredToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredToken")
            .field("scope", &shown_scope(self.scope.as_deref()))
            .field("obtained_at", &self.obtained_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn whose_session_it_is_and_its_tokens_are_not_shown() {
        let key = StoreKey::new("vendor", "https://a.example", "pat@example.com", "password").with_scope("read");
        let shown = format!("{key:?}");
        assert!(
            shown.starts_with(r#"StoreKey { api: "vendor", origin: "https://a.example", account: "***", "#),
            "{shown}"
        );
        assert!(shown.ends_with(r#"grant: "password", scope: Some("read") }"#), "{shown}");
        let record = r#"{"access_token": "one", "refresh_token": "two", "obtained_at": 1, "expires_at": 3}"#;
        let record: StoredToken = serde_json::from_str(record).unwrap();
        let shown = "StoredToken { scope: None, obtained_at: 1, expires_at: Some(3), .. }";
        assert_eq!(format!("{record:?}"), shown);
    }
}
