//! Tokens in memory.

use std::{
    collections::HashMap,
    fmt,
    future::ready,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{Lease, Lock, StoreFuture, StoreKey, StoredToken, TokenStore};

/// How long a lock lasts: longer than a token request may take.
const TERM: Duration = Duration::from_secs(60);

/// Keeps tokens in memory and nowhere else. The default.
///
/// One store handed to several clients lets those with equal keys share a session.
#[derive(Default)]
pub struct MemoryStore(Arc<Records>);

#[derive(Default)]
struct Records(Mutex<HashMap<StoreKey, Record>>);

#[derive(Default)]
struct Record {
    token: Option<StoredToken>,
    /// Counts leases, and writes without one.
    fence: u64,
    /// Number of the lease that holds the lock, and its end. One without an end lasts as long as its lease.
    holder: Option<(u64, Option<Instant>)>,
}

impl Record {
    fn is_taken(&self) -> bool {
        self.holder.is_some_and(|(_, end)| end.is_none_or(|end| Instant::now() < end))
    }
}

/// The end of a term that begins now. The standard library has no clock in a browser, and panics when it is asked for one.
fn end() -> Option<Instant> {
    (!cfg!(target_family = "wasm")).then(|| Instant::now() + TERM)
}

impl Records {
    /// Does something with a record while no other is touched.
    fn with<T>(&self, key: &StoreKey, act: impl FnOnce(&mut Record) -> T) -> T {
        act(self.all().entry(key.clone()).or_default())
    }

    fn all(&self) -> MutexGuard<'_, HashMap<StoreKey, Record>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemoryStore {
    /// Writes past any lease, which is fenced out by it.
    fn write(&self, key: &StoreKey, token: Option<StoredToken>) -> StoreFuture<'static, ()> {
        self.0.with(key, |record| {
            record.fence += 1;
            record.token = token;
        });
        Box::pin(ready(Ok(())))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let records = self.0.all().values().filter(|record| record.token.is_some()).count();
        f.debug_struct("MemoryStore").field("records", &records).finish()
    }
}

impl TokenStore for MemoryStore {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(ready(Ok(self.0.with(key, |record| record.token.clone()))))
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        self.write(key, Some(token.clone()))
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        self.write(key, None)
    }

    fn lock<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Lock> {
        let number = self.0.with(key, |record| {
            if record.is_taken() {
                return None;
            }
            record.fence += 1;
            record.holder = Some((record.fence, end()));
            Some(record.fence)
        });
        let lease = |number| MemoryLease { records: Arc::clone(&self.0), key: key.clone(), number };
        let lock = number.map_or(Lock::Taken, |number| Lock::Held(Box::new(lease(number))));
        Box::pin(ready(Ok(lock)))
    }
}

/// The lock of a record in memory.
struct MemoryLease {
    records: Arc<Records>,
    key: StoreKey,
    number: u64,
}

impl MemoryLease {
    /// Does something with the record if the lease was not lost.
    fn with(&self, act: impl FnOnce(&mut Record)) -> StoreFuture<'static, bool> {
        let good = self.records.with(&self.key, |record| {
            let good = record.fence == self.number;
            if good {
                act(record);
            }
            good
        });
        Box::pin(ready(Ok(good)))
    }
}

impl fmt::Debug for MemoryLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLease").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Lease for MemoryLease {
    fn number(&self) -> u64 {
        self.number
    }

    fn term(&self) -> Duration {
        TERM
    }

    fn extend(&self) -> StoreFuture<'_, bool> {
        self.with(|record| record.holder = Some((self.number, end())))
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> StoreFuture<'a, bool> {
        self.with(|record| record.token = Some(token.clone()))
    }

    fn clear(&self) -> StoreFuture<'_, bool> {
        self.with(|record| record.token = None)
    }

    fn release(self: Box<Self>) -> StoreFuture<'static, ()> {
        Box::pin(ready(Ok(())))
    }
}

impl Drop for MemoryLease {
    fn drop(&mut self) {
        self.records.with(&self.key, |record| {
            record.holder.take_if(|(number, _)| *number == self.number);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> StoreKey {
        StoreKey::new("api", "https://a.example", "pat", "client_credentials")
    }

    #[tokio::test]
    async fn a_lock_has_an_end_after_which_another_may_have_it() {
        let (store, key) = (MemoryStore::default(), key());
        let Lock::Held(first) = store.lock(&key).await.unwrap() else { panic!("it is free") };
        // As it is when the term is over.
        store.0.with(&key, |record| {
            record.holder = record.holder.map(|(number, end)| (number, end.map(|_| Instant::now())));
        });
        let Lock::Held(second) = store.lock(&key).await.unwrap() else { panic!("its term is over") };
        assert!(second.number() > first.number());
        assert!(!first.extend().await.unwrap() && second.extend().await.unwrap());
        assert_eq!(format!("{store:?} {second:?}"), "MemoryStore { records: 0 } MemoryLease { number: 2, .. }");
    }

    #[tokio::test]
    async fn a_lock_without_an_end_lasts_as_long_as_its_lease() {
        let (store, key) = (MemoryStore::default(), key());
        let Lock::Held(lease) = store.lock(&key).await.unwrap() else { panic!("it is free") };
        // As it is where there is no clock.
        store.0.with(&key, |record| record.holder = record.holder.map(|(number, _)| (number, None)));
        assert!(matches!(store.lock(&key).await.unwrap(), Lock::Taken));
        drop(lease);
        assert!(matches!(store.lock(&key).await.unwrap(), Lock::Held(_)));
    }
}
