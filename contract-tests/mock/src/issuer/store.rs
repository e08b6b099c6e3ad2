//! Tokens: which there are, how long they live, what became of them.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{ACCESS_TOKEN, CODE, Clock, REFRESH_TOKEN};

/// Hands out tokens, and knows what became of each.
pub struct Issuer {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

/// What an access token is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Good.
    Live,
    /// Was good once; its time is over.
    Expired,
    /// Was ended by logout, or because a spent refresh token of its family came back.
    Ended,
    /// Never issued here.
    Unknown,
}

#[derive(Default)]
struct State {
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    /// Codes that nobody has taken yet.
    codes: HashSet<String>,
    codes_issued: u64,
    families: u64,
    requests: u64,
    issued: u64,
    reused: u64,
    lifetime: Option<Duration>,
    trusting: bool,
}

struct Access {
    expires: Option<Duration>,
    family: u64,
    ended: bool,
}

struct Refresh {
    family: u64,
    scope: Option<String>,
    spent: bool,
}

/// A pair as it was issued.
pub(super) struct Issued {
    pub access: String,
    pub refresh: Option<String>,
}

/// The family a new token belongs to: tokens that come from one login.
pub(super) struct Family {
    id: u64,
    /// The scope that the first of them was given.
    pub scope: Option<String>,
}

/// What is to be issued.
pub(super) struct Order<'o> {
    /// Begins the name of the token, so that those of two vendors differ.
    pub label: &'o str,
    pub family: Family,
    pub scope: Option<String>,
    pub lifetime: Option<Duration>,
    pub refresh: RefreshOrder,
}

pub(super) enum RefreshOrder {
    None,
    New,
    Keep(String),
}

impl Issuer {
    /// An issuer that has issued nothing yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default() }
    }

    /// How many requests the token operation has had, refused ones included.
    pub fn token_requests(&self) -> u64 {
        self.lock().requests
    }

    /// How many access tokens were ever issued.
    pub fn tokens_issued(&self) -> u64 {
        self.lock().issued
    }

    /// How many of the access tokens are still good.
    pub fn live_tokens(&self) -> usize {
        let now = self.clock.now();
        self.lock().access.values().filter(|access| access.standing(now) == Standing::Live).count()
    }

    /// How often a spent refresh token came back.
    pub fn reuse_detected(&self) -> u64 {
        self.lock().reused
    }

    /// What an access token is worth now.
    pub fn standing(&self, token: &str) -> Standing {
        let state = self.lock();
        match state.access.get(token) {
            Some(access) => access.standing(self.clock.now()),
            None if token == ACCESS_TOKEN || state.trusting => Standing::Live,
            None => Standing::Unknown,
        }
    }

    /// Makes a token of a test's own good, for as long as given or for good.
    pub fn accept(&self, token: &str, lifetime: Option<Duration>) {
        let expires = lifetime.map(|lifetime| self.clock.now().saturating_add(lifetime));
        let mut state = self.lock();
        let family = state.family();
        state.access.insert(token.to_owned(), Access { expires, family, ended: false });
    }

    /// Makes a refresh token of a test's own good for one refresh (or for many, where the document has no rotation).
    pub fn accept_refresh_token(&self, token: &str) {
        let mut state = self.lock();
        let family = state.family();
        state.refresh.insert(token.to_owned(), Refresh { family, scope: None, spent: false });
    }

    /// Takes every unknown access token for good: for tests that lie about tokens.
    pub fn trust_unknown_tokens(&self, trusting: bool) {
        self.lock().trusting = trusting;
    }

    /// Lets tokens live for something else than the document's example says; `None` goes back to that.
    pub fn set_lifetime(&self, lifetime: Option<Duration>) {
        self.lock().lifetime = lifetime;
    }

    /// A new authorization code, good once.
    pub fn issue_code(&self) -> String {
        let mut state = self.lock();
        state.codes_issued += 1;
        let code = format!("mock-code-{:06}", state.codes_issued);
        state.codes.insert(code.clone());
        code
    }

    /// Ends an access token, as a logout does. False if it was not good.
    pub fn end(&self, token: &str) -> bool {
        let now = self.clock.now();
        match self.lock().access.get_mut(token) {
            Some(access) => {
                let was_live = access.standing(now) == Standing::Live;
                access.ended = true;
                was_live
            }
            None => token == ACCESS_TOKEN,
        }
    }

    /// Ends all access tokens issued so far, as a vendor does who changes its keys. Refresh tokens stay good.
    pub fn end_all(&self) {
        self.lock().access.values_mut().for_each(|access| access.ended = true);
    }

    pub(crate) fn count_request(&self) {
        self.lock().requests += 1;
    }

    pub(super) fn lifetime(&self) -> Option<Duration> {
        self.lock().lifetime
    }

    /// A family for a login.
    pub(super) fn new_family(&self, scope: Option<String>) -> Family {
        Family { id: self.lock().family(), scope }
    }

    /// Takes an authorization code; false if it is not known or taken already.
    pub(super) fn take_code(&self, code: &str) -> bool {
        code == CODE || self.lock().codes.remove(code)
    }

    /// The scope that a refresh token is good for; none if it has none, is spent or not known.
    pub(super) fn refresh_scope(&self, token: &str) -> Option<String> {
        self.lock().refresh.get(token).filter(|refresh| !refresh.spent)?.scope.clone()
    }

    /// Takes a refresh token. With rotation it is spent; a spent one that comes back ends its whole family
    /// (RFC 9700 §4.14.2).
    pub(super) fn take_refresh(&self, token: &str, rotation: bool) -> Option<Family> {
        let mut state = self.lock();
        if token == REFRESH_TOKEN {
            return Some(Family { id: state.family(), scope: None });
        }
        let refresh = state.refresh.get_mut(token)?;
        if !refresh.spent {
            refresh.spent = rotation;
            return Some(Family { id: refresh.family, scope: refresh.scope.clone() });
        }
        let family = refresh.family;
        state.reused += 1;
        state.refresh.values_mut().filter(|one| one.family == family).for_each(|one| one.spent = true);
        state.access.values_mut().filter(|one| one.family == family).for_each(|one| one.ended = true);
        None
    }

    pub(super) fn issue(&self, order: Order<'_>) -> Issued {
        let now = self.clock.now();
        let mut state = self.lock();
        state.issued += 1;
        let access = format!("{}-access-{:06}", order.label, state.issued);
        let expires = order.lifetime.map(|lifetime| now.saturating_add(lifetime));
        state.access.insert(access.clone(), Access { expires, family: order.family.id, ended: false });
        let refresh = match order.refresh {
            RefreshOrder::None => None,
            RefreshOrder::Keep(token) => Some(token),
            RefreshOrder::New => Some(format!("{}-refresh-{:06}", order.label, state.issued)),
        };
        if let Some(token) = &refresh {
            let scope = order.family.scope.or(order.scope);
            let family = order.family.id;
            // A kept token stays as it is, or `mock-refresh-token` would become one that can be spent.
            if token != REFRESH_TOKEN {
                state.refresh.entry(token.clone()).or_insert(Refresh { family, scope, spent: false });
            }
        }
        Issued { access, refresh }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn family(&mut self) -> u64 {
        self.families += 1;
        self.families
    }
}

impl Access {
    fn standing(&self, now: Duration) -> Standing {
        if self.ended {
            Standing::Ended
        } else if self.expires.is_some_and(|expires| now >= expires) {
            Standing::Expired
        } else {
            Standing::Live
        }
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer")
            .field("token_requests", &self.token_requests())
            .field("tokens_issued", &self.tokens_issued())
            .finish_non_exhaustive()
    }
}
