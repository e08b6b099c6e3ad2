//! What a token manager works with.

use std::{future::Future, pin::pin, sync::Arc, time::Duration};

use futures_util::future::{Either, select};

use super::{
    exchange::Exchange,
    login::Login,
    store::{StoreKey, TokenStore},
};
use crate::{
    env::Environment,
    operation::{Grant, OAuth},
    secret::Secret,
    twin::{self, Rule},
};

/// What can be set about tokens.
#[derive(Clone, Debug)]
pub(crate) struct TokenOptions {
    /// Lifetime of a token whose reply names none; `None` uses it until it is refused.
    pub(crate) default_lifetime: Option<Duration>,
    /// Longest a token request may take, its reply included. 30 s.
    pub(crate) exchange_timeout: Duration,
    /// How long the vendor is left alone after it refused a token request, and after a failed early renewal. 5 s.
    pub(crate) cool_down: Duration,
    /// The account's name in the store, for callers who want to find a session again after a restart although the code
    /// that started it is gone. It stands for the user, so it has to differ from user to user.
    pub(crate) account: Option<String>,
    /// What else picks the account, by name: the `account_token` of Wootric's token operation. It goes into the key of the
    /// store as a fingerprint.
    pub(crate) selectors: Vec<(&'static str, Secret)>,
}

impl Default for TokenOptions {
    fn default() -> Self {
        Self {
            default_lifetime: None,
            exchange_timeout: Duration::from_secs(30),
            cool_down: Duration::from_secs(5),
            account: None,
            selectors: Vec::new(),
        }
    }
}

/// What a token manager works with.
#[derive(Debug)]
pub(crate) struct Deps {
    /// Name of the API.
    pub(crate) api: &'static str,
    /// Origin of the token operation.
    pub(crate) origin: String,
    pub(crate) oauth: &'static OAuth,
    pub(crate) exchange: Arc<dyn Exchange>,
    pub(crate) store: Arc<dyn TokenStore>,
    pub(crate) environment: Arc<dyn Environment>,
    pub(crate) options: TokenOptions,
}

impl Deps {
    /// The vendor's row for a grant.
    pub(super) fn grant(&self, name: &str) -> Option<&'static Grant> {
        self.oauth.grants.iter().find(|grant| grant.name == name)
    }

    pub(super) fn now(&self) -> Duration {
        if twin::broken(Rule::WallClockLifetime) {
            return self.environment.wall_clock().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        }
        self.environment.now()
    }

    /// The result of a future that is ready before a limit.
    pub(super) async fn within<T>(&self, limit: Duration, future: impl Future<Output = T>) -> Option<T> {
        match select(pin!(future), self.environment.sleep(limit)).await {
            Either::Left((value, _)) => Some(value),
            Either::Right(_) => None,
        }
    }

    /// What the tokens of a login are kept under.
    ///
    /// Where credentials do not name an account (a bare refresh token, a code of one among many users), a fingerprint
    /// stands for it: the same credentials find their session again, others do not. A name that the caller gave stands
    /// for the user alone, and what picks one of the user's accounts is told apart in any case.
    pub(super) fn key(&self, login: &Login, refresh_token: Option<&Secret>) -> StoreKey {
        let (name, start) = match &self.options.account {
            Some(account) => (account.as_str(), None),
            None => {
                let name = login.username.as_ref().map(Secret::expose).or(login.client_id.as_deref());
                (name.unwrap_or_default(), login.code.as_ref().or(refresh_token))
            }
        };
        let account = start
            .map(|start| ("", start))
            .into_iter()
            .chain(self.options.selectors.iter().map(|(name, value)| (*name, value)))
            .fold(name.to_owned(), |account, (name, part)| {
                format!("{account}#{name}{:016x}", fingerprint(part.expose()))
            });
        let anywhere = twin::broken(Rule::StoreKeyWithoutVendor);
        StoreKey {
            api: if anywhere { String::new() } else { self.api.to_owned() },
            origin: if anywhere || twin::broken(Rule::StoreKeyWithoutOrigin) {
                String::new()
            } else {
                self.origin.clone()
            },
            account: if twin::broken(Rule::StoreKeyWithoutAccount) { String::new() } else { account },
            grant: login.grant.to_owned(),
            scope: login.scope.clone(),
        }
    }
}

/// FNV-1a, 64 bits: tells long random values apart, and stays the same from build to build.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
