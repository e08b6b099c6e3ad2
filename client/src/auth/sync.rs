//! The locks and counters of the token manager: those of the standard library, or in its model tests those of shuttle,
//! which decides at each of them who goes on.

#[cfg(not(all(test, cx_shuttle)))]
pub(super) use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicUsize, Ordering},
};

#[cfg(all(test, cx_shuttle))]
pub(super) use shuttle::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicUsize, Ordering},
};
