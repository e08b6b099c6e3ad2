//! A lock on a file, for a limited time.

use std::{
    fmt,
    fs::File,
    future::ready,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use super::{
    super::{Lease, StoreFuture, StoredToken},
    error::FileError,
    off_thread,
    record::Files,
};

/// A lock on a file. The operating system frees it when the process dies, and a timer when the process lives on and
/// makes no progress.
pub(super) struct FileLease {
    files: Arc<Files>,
    hold: Arc<Hold>,
    number: u64,
    term: Duration,
    timer: tokio::task::JoinHandle<()>,
}

/// The locked file, and until when it stays so.
struct Hold(Mutex<Option<(File, Instant)>>);

impl Hold {
    fn get(&self) -> MutexGuard<'_, Option<(File, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Frees the file when its time is over; the time that is left otherwise.
    fn left(&self) -> Option<Duration> {
        let mut held = self.get();
        let (_, end) = held.as_ref()?;
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            *held = None;
            return None;
        }
        Some(left)
    }
}

async fn expire(hold: Weak<Hold>) {
    while let Some(left) = hold.upgrade().and_then(|hold| hold.left()) {
        tokio::time::sleep(left).await;
    }
}

impl FileLease {
    pub(super) fn new(files: Files, file: File, number: u64, term: Duration) -> Self {
        let hold = Arc::new(Hold(Mutex::new(Some((file, Instant::now() + term)))));
        let timer = tokio::spawn(expire(Arc::downgrade(&hold)));
        Self { files: Arc::new(files), hold, number, term, timer }
    }

    /// Does something to the record, unless somebody else has had the lock or has written since.
    fn write(
        &self,
        act: impl FnOnce(&Files) -> Result<(), FileError> + Send + 'static,
    ) -> StoreFuture<'static, bool> {
        let (files, number) = (Arc::clone(&self.files), self.number);
        off_thread(move || {
            // Locked until the end of the closure, so that the number is true until the write is done.
            let fence = files.fence()?;
            let good = fence.number == number;
            if good {
                act(&files)?;
            }
            Ok(good)
        })
    }
}

impl fmt::Debug for FileLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileLease").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Lease for FileLease {
    fn number(&self) -> u64 {
        self.number
    }

    fn term(&self) -> Duration {
        self.term
    }

    fn extend(&self) -> StoreFuture<'_, bool> {
        let mut held = self.hold.get();
        let Some((_, end)) = held.as_mut() else {
            return Box::pin(ready(Ok(false)));
        };
        *end = Instant::now() + self.term;
        drop(held);
        // Held, but perhaps written past.
        self.write(|_| Ok(()))
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> StoreFuture<'a, bool> {
        let token = token.clone();
        self.write(move |files| files.save(&token))
    }

    fn clear(&self) -> StoreFuture<'_, bool> {
        self.write(Files::clear)
    }

    fn release(self: Box<Self>) -> StoreFuture<'static, ()> {
        Box::pin(ready(Ok(())))
    }
}

impl Drop for FileLease {
    fn drop(&mut self) {
        self.timer.abort();
        *self.hold.get() = None;
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::super::{StoreKey, name::name},
        *,
    };

    fn lease(home: &tempfile::TempDir) -> FileLease {
        let key = StoreKey::new("api", "https://a.example", "pat", "password");
        let files = Files::new(&home.path().join("tokens").into(), name(&key), key);
        let Some((file, number)) = files.lock().unwrap() else { panic!("it is free") };
        FileLease::new(files, file, number, Duration::from_secs(60))
    }

    #[tokio::test]
    async fn a_lock_that_is_extended_has_its_whole_term_before_it() {
        let home = tempfile::tempdir().unwrap();
        let lease = lease(&home);
        // The term is over, and the timer has not woken up yet.
        let over = Instant::now();
        lease.hold.get().as_mut().unwrap().1 = over;
        assert!(lease.extend().await.unwrap());
        assert!(lease.hold.get().as_ref().unwrap().1 >= over + lease.term);
        assert!(lease.hold.left().is_some());
    }

    #[tokio::test]
    async fn no_timer_is_left_of_a_lock_that_was_given_back() {
        let home = tempfile::tempdir().unwrap();
        let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
        let lease = lease(&home);
        // The timer goes to sleep.
        tokio::task::yield_now().await;
        assert_eq!(tasks(), 1);
        drop(lease);
        // An aborted task ends when the runtime comes by.
        tokio::task::yield_now().await;
        assert_eq!(tasks(), 0);
    }
}
