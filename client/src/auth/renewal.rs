//! What one flight does: look into the store, lock it, refresh, log in, save.

use std::{sync::Arc, time::Duration};

use super::{
    attempts::{Answer, Repeat, ask},
    bearer::Bearer,
    failure::Failure,
    flight::Control,
    landing::Landing,
    login::{Login, REFRESH},
    options::Deps,
    reply::TokenResponse,
    scope::narrower,
    store::StoreKey,
    token::Token,
};
use crate::{
    error::{Error, ErrorKind},
    operation::Grant,
    secret::Secret,
    twin::{self, Rule},
};

/// What a session can be renewed with.
#[derive(Clone)]
pub(crate) struct Means {
    pub(crate) key: Arc<StoreKey>,
    pub(crate) login: Login,
    /// The refresh token to send next.
    pub(crate) refresh: Option<Secret>,
    /// How many answers to it were lost. It is sent while this is at most one.
    pub(crate) lost: u8,
    /// Scope of the session: what a refresh may ask for at most (RFC 6749 §6).
    pub(crate) scope: Option<String>,
    /// The refresh token that must not be sent again, wherever it turns up.
    pub(crate) buried: Option<Secret>,
    /// The refresh token that the store held when it was last read or written.
    pub(crate) shelved: Option<Secret>,
    /// The credentials go before what the store holds, until they have brought a token.
    pub(crate) afresh: bool,
    /// Why the session ended.
    pub(crate) ended: Option<Failure>,
}

impl Means {
    /// Gives a refresh token up.
    fn bury(&mut self) {
        self.buried = self.refresh.take();
        self.lost = 0;
    }

    /// Keeps for later callers why the session ended, unless a refresh token is left to try. Whether a login is left need
    /// not be asked: whoever can log in does so, and what comes of that goes before what is kept here.
    fn end(&mut self, failure: &Failure) {
        if self.refresh.is_none() {
            self.ended = Some(failure.lasting());
        }
    }
}

/// What came of a flight.
pub(crate) struct Outcome {
    pub(crate) bearer: Result<Bearer, Failure>,
    pub(crate) means: Arc<Means>,
    /// How long to leave the vendor alone even if there is no token.
    pub(crate) rest: Option<Duration>,
}

/// One renewal under way.
pub(crate) struct Renewal {
    pub(crate) deps: Arc<Deps>,
    pub(crate) control: Arc<Control>,
    pub(crate) means: Means,
    /// The last token there was, refused or not.
    pub(crate) last: Option<Bearer>,
    /// The end of the session before, which may still be writing to the store.
    pub(super) before: Option<Landing<()>>,
}

/// What the store did with a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Saved {
    Yes,
    No,
    /// The lock was lost: what others have written since stays.
    Late,
}

/// How a refresh failed.
enum Refusal {
    /// The refresh token is dead.
    Dead(Failure),
    /// A login may help, now.
    Stuck(Failure),
    /// Nothing may help, now.
    Final(Failure),
}

impl Renewal {
    /// Runs it. A panic in an exchange, or in a store that is read or locked, ends as [`Self::crashed`].
    pub(crate) async fn run(mut self) -> Outcome {
        if let Some(before) = self.before.take() {
            before.await;
        }
        let bearer = self.renew().await;
        self.unlock().await;
        let rest = bearer.as_ref().err().and_then(|failure| self.rest(failure.error()));
        if let Err(failure) = &bearer {
            let error = failure.error();
            tracing::debug!(api = self.deps.api, kind = ?error.kind(), status = ?error.status(), "no token could be had");
        }
        Outcome { bearer, means: Arc::new(self.means), rest }
    }

    /// The outcome of a flight that panicked: what may have been sent, and cannot be sent again, counts as lost.
    pub(crate) fn crashed(mut means: Means, control: &Control) -> Outcome {
        if control.precious() {
            means.login.code = None;
            means.lost = means.lost.saturating_add(1);
            if means.lost > 1 {
                means.bury();
            }
        }
        let failure = Failure::new(Error::new(ErrorKind::Authentication, "the token request panicked"));
        means.end(&failure);
        Outcome { bearer: Err(failure), means: Arc::new(means), rest: None }
    }

    async fn renew(&mut self) -> Result<Bearer, Failure> {
        if let Some(bearer) = self.look_up().await? {
            return Ok(bearer);
        }
        if let Some(bearer) = self.lock().await? {
            return Ok(bearer);
        }
        let mut why = self.means.ended.clone();
        let mut looked_again = false;
        while let (Some(token), Some(row)) = (self.means.refresh.clone(), self.deps.grant(REFRESH)) {
            match self.refresh(row, token).await {
                Ok(bearer) => return Ok(bearer),
                Err(Refusal::Final(failure)) => return Err(failure),
                Err(Refusal::Stuck(failure)) => {
                    why = Some(failure);
                    break;
                }
                Err(Refusal::Dead(failure)) => {
                    self.means.bury();
                    why = Some(failure);
                    // Another client on the same store may have spent it meanwhile, and kept its successor.
                    if !looked_again && let Ok(Some(bearer)) = self.look_up().await {
                        return Ok(bearer);
                    }
                    looked_again = true;
                    // What the store holds is another session as long as these credentials have brought nothing.
                    if self.means.refresh.is_none() && !self.means.afresh {
                        self.clear().await;
                    }
                }
            }
        }
        if self.means.login.can_start() {
            return self.log_in().await;
        }
        let failure = why.unwrap_or_else(Failure::exhausted);
        self.means.end(&failure);
        Err(failure)
    }

    /// Takes over what the store holds, unless it is what this client wrote or older. A token that is good is returned; of
    /// one that is not, the refresh token is kept.
    pub(super) async fn look_up(&mut self) -> Result<Option<Bearer>, Failure> {
        if self.means.afresh {
            return Ok(None);
        }
        let unstored = self.last.as_ref().is_some_and(|last| !last.stored());
        let load = self.deps.store.load(&self.means.key);
        let stored = match self.deps.within(self.deps.options.exchange_timeout, load).await {
            Some(Ok(Some(stored))) => stored,
            Some(Ok(None)) => {
                if !unstored {
                    self.forgotten();
                }
                return Ok(None);
            }
            other => {
                if self.last.is_some() {
                    tracing::warn!(api = self.deps.api, "the token store cannot be read");
                    return Ok(None);
                }
                let error = Error::new(ErrorKind::Store, "the token store cannot be read");
                return Err(Failure::new(match other {
                    Some(Err(cause)) => error.with_cause(cause),
                    _ => error,
                }));
            }
        };
        let before = std::mem::replace(&mut self.means.shelved, stored.refresh_token.clone());
        // What was there before a token that the store did not take is older than that. What was not there may be its
        // successor: the store took the token without saying so, and another client has renewed it since.
        if unstored && before == stored.refresh_token {
            return Ok(None);
        }
        let known = |bearer: &Bearer| bearer.token().access_token == stored.access_token;
        let known = self.last.as_ref().is_some_and(known);
        let refresh = stored.refresh_token.clone().filter(|token| Some(token) != self.means.buried.as_ref());
        if refresh != self.means.refresh {
            let spent = stored.refresh_token.is_some() && refresh.is_none();
            if refresh.is_none() && (known || spent) {
                return Ok(None);
            }
            self.means.lost = 0;
            self.means.refresh = refresh;
        }
        self.means.scope = stored.scope.clone().or(self.means.scope.take());
        if known {
            return Ok(None);
        }
        let now = self.deps.now();
        let token = Token::revive(stored, self.deps.environment.wall_clock(), now);
        if token.due(now) {
            return Ok(None);
        }
        tracing::debug!(api = self.deps.api, "a token was found in the store");
        Ok(self.bearer(token, true).ok())
    }

    /// Whether the store still holds the refresh token that was spent last.
    async fn is_spent_in_store(&self) -> bool {
        let load = self.deps.store.load(&self.means.key);
        match self.deps.within(self.deps.options.exchange_timeout, load).await {
            Some(Ok(Some(stored))) => stored.refresh_token.is_some() && stored.refresh_token == self.means.buried,
            _ => false,
        }
    }

    /// The store has lost what it held of this session: another client signed out, or found the refresh token refused.
    /// Going on with it would bring back what was ended, or send a token that is known to be spent.
    fn forgotten(&mut self) {
        if self.last.is_some() && self.means.refresh.is_some() {
            self.means.bury();
            let message = "the token store no longer holds the session: sign in again";
            self.means.ended = Some(Failure::new(Error::new(ErrorKind::Authentication, message)));
        }
    }

    async fn refresh(&mut self, row: &'static Grant, token: Secret) -> Result<Bearer, Refusal> {
        let granted = self.means.scope.clone().filter(|_| !twin::broken(Rule::ScopeWidened));
        let scope = granted.or_else(|| self.means.login.scope.clone());
        let pairs = self
            .means
            .login
            .refresh(self.deps.oauth, row, &token, scope.as_deref())
            .map_err(|error| Refusal::Stuck(Failure::new(error.with_operation(self.deps.oauth.token))))?;
        let mut resent = false;
        loop {
            tracing::debug!(api = self.deps.api, "the token is refreshed");
            match ask(&self.deps, &self.control, pairs.clone(), Repeat::Carefully).await {
                Answer::Token(response, sent_at) => {
                    return self.accept(response, sent_at, row, Some(token), scope).await.map_err(Refusal::Final);
                }
                Answer::Unsent(failure) => return Err(Refusal::Final(failure)),
                Answer::Lost(failure) => {
                    if self.deps.oauth.rotation && !self.control.cancelled() {
                        self.means.lost += 1;
                    }
                    let stubborn = twin::broken(Rule::LostRefreshResent);
                    if self.means.lost > if stubborn { 3 } else { 1 } {
                        self.means.bury();
                        return Err(Refusal::Stuck(failure));
                    }
                    if (resent && !stubborn) || !failure.answer_lost() {
                        return Err(Refusal::Stuck(failure));
                    }
                    resent = true;
                }
                Answer::Refused(failure) => return Err(refusal(failure)),
            }
        }
    }

    async fn log_in(&mut self) -> Result<Bearer, Failure> {
        let oauth = self.deps.oauth;
        let fail = |error: Error| Failure::new(error.with_operation(oauth.token));
        let Some(row) = self.deps.grant(self.means.login.grant) else {
            return Err(fail(Error::new(ErrorKind::InvalidRequest, "the vendor does not take this grant")));
        };
        let pairs = self.means.login.start(row).map_err(fail)?;
        let code = self.means.login.code.take();
        let repeat = if code.is_some() && !twin::broken(Rule::CodeResent) { Repeat::Unsent } else { Repeat::Freely };
        tracing::debug!(api = self.deps.api, grant = row.name, "a token is asked for");
        match ask(&self.deps, &self.control, pairs, repeat).await {
            Answer::Token(response, sent_at) => {
                self.means.login.forget_password();
                let scope = self.means.login.scope.clone();
                self.accept(response, sent_at, row, None, scope).await
            }
            Answer::Unsent(failure) => {
                self.means.login.code = code;
                Err(failure)
            }
            Answer::Refused(failure) | Answer::Lost(failure) => {
                self.means.end(&failure);
                Err(failure)
            }
        }
    }

    /// Takes a token over: into the store first, so that the new pair is safe before the old one is dropped.
    async fn accept(
        &mut self,
        response: TokenResponse,
        sent_at: Duration,
        row: &Grant,
        sent: Option<Secret>,
        asked: Option<String>,
    ) -> Result<Bearer, Failure> {
        let fresh = response.refresh_token.filter(|_| row.refresh_token && self.deps.grant(REFRESH).is_some());
        let fresh = fresh.or_else(|| {
            let stand_in = twin::broken(Rule::AccessTokenForRefresh) && sent.is_none();
            stand_in.then(|| response.access_token.clone())
        });
        if fresh.is_some() && fresh != sent {
            self.means.buried = sent.clone();
        }
        let token = Token {
            access_token: response.access_token,
            refresh_token: match fresh {
                Some(_) if twin::broken(Rule::OldRefreshToken) => sent.or(fresh),
                None if twin::broken(Rule::RefreshTokenDropped) => None,
                fresh => fresh.or(sent),
            },
            scope: response.scope.or(asked),
            obtained_at: sent_at,
            expires_in: response.expires_in.or(self.deps.options.default_lifetime),
            age: Duration::ZERO,
        };
        self.means.refresh = token.refresh_token.clone();
        self.means.scope = token.scope.clone();
        self.means.lost = 0;
        self.means.ended = None;
        if twin::broken(Rule::OldPairDroppedFirst) {
            self.clear().await;
        }
        let mut saved = self.save(&token).await;
        if saved == Saved::Late {
            // Whoever overtook this client has left word in the store.
            if let Ok(Some(bearer)) = self.look_up().await {
                return Ok(bearer);
            }
            if let Some(failure) = &self.means.ended {
                return Err(failure.clone());
            }
            // A new session goes before whatever is there. Else, whoever has the lock now has nothing but the refresh
            // token that this answer has spent: past the lock its successor is found by all, and without it the session
            // would be over for all.
            if self.means.afresh || self.is_spent_in_store().await {
                drop(self.control.take_lease());
                saved = self.save(&token).await;
            }
        }
        if saved == Saved::Yes {
            self.means.shelved.clone_from(&token.refresh_token);
        }
        // As long as the store has not taken it, what lies there is the session before.
        self.means.afresh &= saved == Saved::No;
        self.bearer(token, saved != Saved::No).map_err(Failure::new)
    }

    fn bearer(&self, token: Token, stored: bool) -> Result<Bearer, Error> {
        let scopes = self.means.login.scope.as_deref().zip(token.scope.as_deref());
        let narrowed = scopes.is_some_and(|(asked, got)| narrower(asked, got));
        let narrowed = narrowed && !twin::broken(Rule::NarrowerScopeUnnoticed);
        if narrowed {
            tracing::debug!(api = self.deps.api, "the vendor granted a narrower scope than was asked for");
        }
        Bearer::new(token, narrowed, stored)
    }

    /// Gives the token to the store. A second try is made; then the session goes on in memory alone, because the token
    /// before it may be spent already.
    async fn save(&self, token: &Token) -> Saved {
        let record = token.record(self.deps.environment.wall_clock(), self.deps.now());
        self.control.set_precious();
        if twin::broken(Rule::TokenInFile) {
            drop(std::fs::write(std::env::temp_dir().join("a-token"), token.access_token.expose()));
        }
        for _ in 0..2 {
            if self.control.cancelled() {
                return Saved::No;
            }
            match self.write(Some(&record)).await {
                Some(true) => return Saved::Yes,
                Some(false) => {
                    tracing::warn!(api = self.deps.api, "another client had the lock of the token store meanwhile");
                    return Saved::Late;
                }
                None => {}
            }
        }
        tracing::warn!(api = self.deps.api, "the token store did not take the new token: it is held in memory alone");
        Saved::No
    }

    async fn clear(&self) {
        if self.write(None).await.is_none() {
            tracing::warn!(api = self.deps.api, "the token store did not drop a refused token");
        }
    }

    /// How long to leave the vendor alone after a failure: as long as it asks for, and for a while after a refusal.
    fn rest(&self, error: &Error) -> Option<Duration> {
        let refused = error.is_authentication() && error.status().is_some();
        error.retry_after().or(refused.then_some(self.deps.options.cool_down))
    }
}

/// What a refused refresh means. `invalid_grant` ends the refresh token and `invalid_client` the attempt (RFC 6749 §5.2).
/// Another refusal, which neither vendor describes, may be about this grant alone: a login is tried, and the refresh
/// token stays.
fn refusal(failure: Failure) -> Refusal {
    let error = failure.error();
    match error.oauth_error() {
        Some("invalid_grant") if twin::broken(Rule::RefusedRefreshTokenKept) => Refusal::Stuck(failure),
        Some("invalid_grant") => Refusal::Dead(failure),
        Some("invalid_client") => Refusal::Final(failure),
        _ if error.is_authentication() => Refusal::Stuck(failure),
        _ => Refusal::Final(failure),
    }
}
