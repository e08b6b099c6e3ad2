//! The end of a session: first its renewal, then its record.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, PoisonError},
};

use futures_util::FutureExt;

use super::{
    bearer::Bearer,
    flight::Flight,
    landing::Landing,
    options::Deps,
    session::Session,
    store::StoreKey,
    sync::{Mutex, MutexGuard},
};
use crate::error::{Error, ErrorKind};

/// A session that was replaced, and what was there of it.
pub(super) struct Before {
    pub(super) session: Session,
    /// The token to hand out, if it was good.
    pub(super) current: Option<Bearer>,
    pub(super) flight: Option<Arc<Flight>>,
}

/// What is left of a session that was ended.
pub(crate) struct SignedOut {
    /// Its tokens that are good, for the vendor's own logout operation: the one in use, and one that a renewal brought too
    /// late.
    pub(crate) tokens: Vec<Bearer>,
    /// An error of kind `Store` when the record may still be in the store.
    pub(crate) cleared: Result<(), Error>,
}

/// The end of a session. The renewals of the next one wait for it, and drive it on if the sign-out is dropped: so no
/// record of theirs is removed with that of the session before, whether the store has locks or not.
pub(super) struct Ending {
    landing: Landing<()>,
    /// What is left, as far as it is known.
    left: Arc<Mutex<SignedOut>>,
}

impl Ending {
    /// Ends a session, after what must be over before that.
    pub(super) fn new(deps: Arc<Deps>, session: Before, before: Option<Landing<()>>) -> Self {
        let Before { session, current, flight } = session;
        let left = Arc::new(Mutex::new(SignedOut { tokens: current.into_iter().collect(), cleared: Err(kept()) }));
        let known = Arc::clone(&left);
        let ending = async move {
            if let Some(before) = before {
                before.await;
            }
            if let Some(flight) = flight {
                // It may be saving a token: only after its end is the record gone for good.
                let outcome = flight.landing().await;
                if let Ok(late) = &outcome.bearer {
                    let tokens = &mut locked(&known).tokens;
                    if !tokens.iter().any(|token| token.access_token() == late.access_token()) {
                        tokens.push(late.clone());
                    }
                }
            }
            let cleared = match session {
                Session::Open(means) => clear(&deps, &means.key).await,
                Session::Fixed | Session::Ended => Ok(()),
            };
            locked(&known).cleared = cleared;
        };
        // A panic in a store is not passed on to the session that comes after.
        Self { landing: Landing::new(AssertUnwindSafe(ending).catch_unwind().map(drop)), left }
    }

    pub(super) fn landing(&self) -> Landing<()> {
        self.landing.clone()
    }

    /// What is left when it is over.
    pub(super) async fn over(self) -> SignedOut {
        self.landing.await;
        let mut left = locked(&self.left);
        SignedOut { tokens: std::mem::take(&mut left.tokens), cleared: std::mem::replace(&mut left.cleared, Ok(())) }
    }
}

fn locked(left: &Mutex<SignedOut>) -> MutexGuard<'_, SignedOut> {
    left.lock().unwrap_or_else(PoisonError::into_inner)
}

fn kept() -> Error {
    Error::new(ErrorKind::Store, "the token store did not drop the session")
}

/// Removes a record, past whoever holds the lock: a renewal elsewhere must not bring it back.
async fn clear(deps: &Deps, key: &StoreKey) -> Result<(), Error> {
    match deps.within(deps.options.exchange_timeout, deps.store.clear(key)).await {
        Some(cleared) => cleared.map_err(|cause| kept().with_cause(cause)),
        None => Err(kept()),
    }
}
