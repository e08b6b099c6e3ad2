//! The lock of the store, around what a renewal sends and saves.

use std::{future::Future, panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;

use super::{
    bearer::Bearer,
    failure::Failure,
    flight::{Control, Step},
    options::Deps,
    renewal::Renewal,
    store::{Lease, Lock, StoreError, StoredToken},
};
use crate::{
    env::jitter,
    error::{Error, ErrorKind},
};

/// Longest wait for somebody else's lock: twice what a lock of ours lasts.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// First pause before the lock is tried again; it doubles, and half of it is random.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// Longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What a store makes of a write. Its panic is a failure of the write alone: the answer of the vendor, which cannot be had
/// again, outlives it.
async fn guarded<T>(write: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    AssertUnwindSafe(write).catch_unwind().await.unwrap_or_else(|_| Err("the token store panicked".into()))
}

/// A lease, and when its term began.
pub(crate) struct Held {
    lease: Box<dyn Lease>,
    since: Duration,
}

impl Renewal {
    /// Takes the lock, and looks into the store again: whoever had it before may have renewed the token, which then is
    /// returned. While another has it, the store is looked at in between.
    pub(super) async fn lock(&mut self) -> Result<Option<Bearer>, Failure> {
        let end = self.deps.now().saturating_add(LONGEST_WAIT);
        let mut pause = FIRST_PAUSE;
        loop {
            let since = self.deps.now();
            let lock = self.deps.store.lock(&self.means.key);
            match self.deps.within(self.deps.options.exchange_timeout, lock).await {
                Some(Ok(Lock::Held(lease))) => {
                    self.control.put_lease(Held { lease, since });
                    return self.look_up().await;
                }
                Some(Ok(Lock::Unsupported)) => return Ok(None),
                Some(Ok(Lock::Taken)) => {}
                Some(Err(cause)) => return self.without_lock(Some(cause)).map(|()| None),
                None => return self.without_lock(None).map(|()| None),
            }
            if since >= end {
                let message = "another client holds the lock of the token store and does not finish";
                return Err(Failure::new(Error::new(ErrorKind::Store, message)));
            }
            tracing::debug!(api = self.deps.api, "another client renews the token");
            let environment = &*self.deps.environment;
            let sleep = environment.sleep(pause / 2 + jitter(environment, pause / 2));
            if self.control.interruptible(Step::Pause, sleep).await.is_none() {
                return Err(Failure::signed_out());
            }
            pause = LONGEST_PAUSE.min(pause * 2);
            if let Some(bearer) = self.look_up().await? {
                return Ok(Some(bearer));
            }
        }
    }

    /// Goes on although the lock cannot be had, where that spends no refresh token that others may be spending too.
    fn without_lock(&self, cause: Option<StoreError>) -> Result<(), Failure> {
        let alone = self.last.as_ref().is_some_and(|last| !last.stored());
        let harmless = self.last.is_some() && !(self.deps.oauth.rotation && self.means.refresh.is_some());
        if alone || harmless {
            tracing::warn!(api = self.deps.api, "the token store cannot be locked");
            return Ok(());
        }
        let error = Error::new(ErrorKind::Store, "the token store cannot be locked");
        Err(Failure::new(match cause {
            Some(cause) => error.with_cause(cause),
            None => error,
        }))
    }

    /// Gives the lock back, if it is held.
    pub(super) async fn unlock(&self) {
        if let Some(held) = self.control.take_lease() {
            let release = guarded(async move { held.lease.release().await });
            if !matches!(self.deps.within(self.deps.options.exchange_timeout, release).await, Some(Ok(()))) {
                tracing::warn!(api = self.deps.api, "the lock of the token store was not given back");
            }
        }
    }

    /// Writes to the store, under the lease if there is one. `None` when it may not have been done, `false` when the
    /// lease was lost.
    pub(super) async fn write(&self, record: Option<&StoredToken>) -> Option<bool> {
        let (store, key) = (&self.deps.store, &self.means.key);
        let limit = self.deps.options.exchange_timeout;
        let Some(held) = self.control.take_lease() else {
            let written = guarded(async {
                match record {
                    Some(record) => store.save(key, record).await,
                    None => store.clear(key).await,
                }
            });
            return self.deps.within(limit, written).await?.ok().map(|()| true);
        };
        let written = guarded(async {
            match record {
                Some(record) => held.lease.save(record).await,
                None => held.lease.clear().await,
            }
        });
        let written = self.deps.within(limit, written).await;
        self.control.put_lease(held);
        written?.ok()
    }
}

impl Deps {
    /// Makes sure that the lease, if there is one, lasts for a token request; `false` if it was lost.
    pub(super) async fn keep_lease(&self, control: &Control) -> bool {
        let Some(mut held) = control.take_lease() else {
            return true;
        };
        let now = self.now();
        let limit = self.options.exchange_timeout;
        if now.saturating_sub(held.since).saturating_add(limit) > held.lease.term() {
            let extended = self.within(limit, held.lease.extend()).await;
            if !matches!(extended, Some(Ok(true))) {
                return false;
            }
            held.since = now;
        }
        control.put_lease(held);
        true
    }
}
