//! A store that says what it does, and stops where it is told to.

use std::{sync::Arc, time::Duration};

use cx_client::auth::{Lease, Lock, StoreFuture, StoreKey, StoredToken, TokenStore};
use tokio::sync::watch;

/// Where a client can be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Point {
    /// It has the lock and has sent nothing.
    Held,
    /// It has the answer of the vendor and has written nothing.
    Saving,
    /// It has written and has the lock.
    Saved,
}

/// Stops at a point until the way is open.
#[derive(Clone, Debug)]
pub struct Stop {
    pub at: Option<Point>,
    pub open: watch::Receiver<bool>,
}

impl Stop {
    async fn pass(&self, point: Point) {
        say(&format!("{point:?}"));
        if self.at == Some(point) {
            self.open.clone().wait_for(|open| *open).await.unwrap();
        }
    }
}

/// Tells the parent something.
pub fn say(event: &str) {
    eprintln!("@ {event}");
}

/// A store that says what it does.
#[derive(Debug)]
pub struct Witness {
    pub store: Arc<dyn TokenStore>,
    pub stop: Stop,
}

impl TokenStore for Witness {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        self.store.load(key)
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        self.store.save(key, token)
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        self.store.clear(key)
    }

    fn lock<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Lock> {
        Box::pin(async move {
            match self.store.lock(key).await? {
                Lock::Held(lease) => {
                    self.stop.pass(Point::Held).await;
                    Ok(Lock::Held(Box::new(WitnessLease { lease, stop: self.stop.clone() })))
                }
                other => {
                    say("Taken");
                    Ok(other)
                }
            }
        })
    }
}

#[derive(Debug)]
struct WitnessLease {
    lease: Box<dyn Lease>,
    stop: Stop,
}

impl Lease for WitnessLease {
    fn number(&self) -> u64 {
        self.lease.number()
    }

    fn term(&self) -> Duration {
        self.lease.term()
    }

    fn extend(&self) -> StoreFuture<'_, bool> {
        self.lease.extend()
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            self.stop.pass(Point::Saving).await;
            let saved = self.lease.save(token).await?;
            self.stop.pass(Point::Saved).await;
            Ok(saved)
        })
    }

    fn clear(&self) -> StoreFuture<'_, bool> {
        self.lease.clear()
    }

    fn release(self: Box<Self>) -> StoreFuture<'static, ()> {
        self.lease.release()
    }
}
