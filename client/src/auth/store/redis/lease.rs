//! A lock on the server.

use std::{fmt, time::Duration};

use super::{
    super::{Lease, StoreFuture, StoredToken},
    Slot, scripts,
};

/// A lock on the server.
pub(super) struct RedisLease {
    slot: Slot,
    number: u64,
    released: bool,
}

impl RedisLease {
    pub(super) fn new(slot: Slot, number: u64) -> Self {
        Self { slot, number, released: false }
    }

    fn under(&self, script: &'static scripts::Script, arguments: &[&str]) -> StoreFuture<'static, bool> {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let (slot, number) = (self.slot.clone(), self.number.to_string());
        Box::pin(async move {
            let mut all = vec![number.as_str()];
            all.extend(arguments.iter().map(String::as_str));
            slot.run(script, &all).await
        })
    }
}

impl fmt::Debug for RedisLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisLease").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Lease for RedisLease {
    fn number(&self) -> u64 {
        self.number
    }

    fn term(&self) -> Duration {
        self.slot.term
    }

    fn extend(&self) -> StoreFuture<'_, bool> {
        self.under(&scripts::EXTEND, &[&self.slot.term_ms()])
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> StoreFuture<'a, bool> {
        Box::pin(self.slot.save(&scripts::SAVE, Some(self.number), token))
    }

    fn clear(&self) -> StoreFuture<'_, bool> {
        self.under(&scripts::CLEAR, &[])
    }

    fn release(mut self: Box<Self>) -> StoreFuture<'static, ()> {
        Box::pin(async move {
            let released = self.under(&scripts::RELEASE, &[]).await;
            // Not before: what is dropped while it waits for the server gives the lock back as any lease does.
            self.released = true;
            released.map(drop)
        })
    }
}

impl Drop for RedisLease {
    fn drop(&mut self) {
        let (false, Ok(runtime)) = (self.released, tokio::runtime::Handle::try_current()) else {
            return;
        };
        // Outside a runtime, or if this fails, the lock lasts for its term.
        drop(runtime.spawn(self.under(&scripts::RELEASE, &[])));
    }
}
