//! The lock of a record, for as long as a renewal takes.

use std::{fmt, time::Duration};

use super::{StoreFuture, StoredToken};

/// What came of asking for a lock.
#[derive(Debug)]
#[non_exhaustive]
pub enum Lock {
    /// It was free.
    Held(Box<dyn Lease>),
    /// Somebody else has it, or died with it a short while ago.
    Taken,
    /// The store has no locks.
    Unsupported,
}

/// A lock that is held, and the only way to write while it is.
///
/// It ends when it is released or dropped, when its process dies, and after [`Lease::term`] at the latest. A holder that
/// does not know of its end is fenced out: its writes are refused once somebody else has had the lock, or has written
/// past it.
pub trait Lease: fmt::Debug + Send + Sync {
    /// Fencing number: larger than that of every lease of the same key before.
    fn number(&self) -> u64;

    /// How long the lock lasts from when it was taken or extended.
    fn term(&self) -> Duration;

    /// Starts a new term. `false`: the lease was lost.
    ///
    /// # Errors
    ///
    /// When the store cannot tell.
    fn extend(&self) -> StoreFuture<'_, bool>;

    /// Replaces the record. `false`: the lease was lost, and nothing was written.
    ///
    /// # Errors
    ///
    /// When the record may not have been kept.
    fn save<'a>(&'a self, token: &'a StoredToken) -> StoreFuture<'a, bool>;

    /// Removes the record. `false`: the lease was lost, and nothing was removed.
    ///
    /// # Errors
    ///
    /// When the record may still be there.
    fn clear(&self) -> StoreFuture<'_, bool>;

    /// Gives the lock back, and waits until others can have it. Dropping a lease gives it back without waiting.
    ///
    /// # Errors
    ///
    /// When the lock may last until the end of its term.
    fn release(self: Box<Self>) -> StoreFuture<'static, ()>;
}
