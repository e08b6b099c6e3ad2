//! An access token with its times.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::store::StoredToken;
use crate::{
    secret::Secret,
    twin::{self, Rule},
};

/// The longest a token is renewed before its end.
const MARGIN: Duration = Duration::from_secs(60);

/// An access token, what came with it and when.
///
/// It is in its *early window* for the last `min(60 s, a tenth of the lifetime)`: still good, but due to be renewed.
/// After its lifetime it is *expired*. All times are those of
/// [`Environment::now`](crate::env::Environment::now), which no jump of the wall clock moves.
pub(crate) struct Token {
    pub(crate) access_token: Secret,
    /// The refresh token to use next: the one that came along, else the one before it (RFC 6749 §6).
    pub(crate) refresh_token: Option<Secret>,
    /// What was granted: what the vendor said, else what was asked for (RFC 6749 §5.1).
    pub(crate) scope: Option<String>,
    /// When the request for it was sent: the vendor counts the lifetime from a moment after that.
    pub(crate) obtained_at: Duration,
    /// Lifetime from then on; `None` is a token that is used until it is refused.
    pub(crate) expires_in: Option<Duration>,
    /// How much of its lifetime was over by then: none, unless it comes from a store.
    pub(crate) age: Duration,
}

impl Token {
    /// Whether it is time to renew it.
    pub(crate) fn due(&self, now: Duration) -> bool {
        self.expires_in.is_some_and(|left| {
            let tenth = left.saturating_add(self.age) / 10;
            let margin = if twin::broken(Rule::MarginUncapped) { MARGIN } else { MARGIN.min(tenth) };
            now >= self.obtained_at.saturating_add(left.saturating_sub(margin))
        })
    }

    /// Whether its lifetime is over.
    pub(crate) fn expired(&self, now: Duration) -> bool {
        self.expires_in.is_some_and(|lifetime| now >= self.obtained_at.saturating_add(lifetime))
    }

    /// The token as a store keeps it, on the wall clock.
    pub(crate) fn record(&self, wall: SystemTime, now: Duration) -> StoredToken {
        let obtained_at = seconds(wall).saturating_sub(now.saturating_sub(self.obtained_at).as_secs());
        StoredToken {
            access_token: self.access_token.clone(),
            refresh_token: self.refresh_token.clone(),
            scope: self.scope.clone(),
            obtained_at,
            expires_at: self.expires_in.map(|lifetime| obtained_at.saturating_add(lifetime.as_secs())),
        }
    }

    /// A stored token on the clock of this process. A wall clock that jumped may shorten its life but not lengthen it
    /// beyond what it once was.
    pub(crate) fn revive(stored: StoredToken, wall: SystemTime, now: Duration) -> Self {
        let (expires_in, age) = match stored.expires_at {
            Some(end) => {
                let lifetime = end.saturating_sub(stored.obtained_at);
                let left = end.saturating_sub(seconds(wall)).min(lifetime);
                (Some(Duration::from_secs(left)), Duration::from_secs(lifetime - left))
            }
            None => (None, Duration::ZERO),
        };
        Self {
            expires_in,
            age,
            access_token: stored.access_token,
            refresh_token: stored.refresh_token,
            scope: stored.scope,
            obtained_at: now,
        }
    }
}

/// Seconds since 1970.
fn seconds(wall: SystemTime) -> u64 {
    wall.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
