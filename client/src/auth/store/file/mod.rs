//! Tokens in files.

mod error;
mod lease;
mod private;
mod record;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{Lock, StoreError, StoreFuture, StoreKey, StoredToken, TokenStore, name::name};
use error::FileError;
use lease::FileLease;
use record::Files;

/// How long a lock lasts: longer than a token request may take.
const TERM: Duration = Duration::from_secs(60);
/// Longest time that it may last: a clock has an end.
const LONGEST_TERM: Duration = Duration::from_secs(24 * 60 * 60);

/// Keeps each token in a file of its own, so that a session outlives the process and the processes of one machine share
/// it.
///
/// The folder and the files are its owner's alone (0700 and 0600 on Unix; on other systems they have the rights of the
/// folder above). A record is replaced in one step: it is the old one or the new one, whatever dies meanwhile. The lock
/// between processes is one of the operating system, which frees it when its holder dies; it needs a file system with
/// locks, which some network shares lack.
///
/// A file that others can read, or that is not a record of this key, is an error; it is neither used nor overwritten.
/// Tokens are written as they are: whoever can read the file can use them.
///
/// Its futures have to be awaited in a tokio runtime, whose blocking threads read and write.
#[derive(Clone)]
pub struct FileStore {
    folder: Arc<Path>,
    term: Duration,
}

impl FileStore {
    /// A store in a folder, which is made when the first token is written. Give it one of its own.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into().into(), term: TERM }
    }

    /// How long a process that lives may hold the lock of a token without a sign of progress; 60 s, and a day at most. It
    /// should be longer than a token request may take.
    #[must_use]
    pub fn with_lock_term(mut self, term: Duration) -> Self {
        self.term = term.min(LONGEST_TERM);
        self
    }

    /// Does something with the files of a key on a thread that may block.
    fn blocking<T: Send + 'static>(
        &self,
        key: &StoreKey,
        act: impl FnOnce(&Files) -> Result<T, FileError> + Send + 'static,
    ) -> StoreFuture<'static, T> {
        let files = Files::new(&self.folder, name(key), key.clone());
        off_thread(move || act(&files))
    }
}

/// Does something on a thread that may block. It ends even if the future is dropped.
fn off_thread<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> StoreFuture<'static, T> {
    Box::pin(async move {
        match tokio::task::spawn_blocking(act).await {
            Ok(result) => result.map_err(StoreError::from),
            Err(error) => Err(StoreError::from(error)),
        }
    })
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore").field("folder", &self.folder).field("term", &self.term).finish()
    }
}

impl TokenStore for FileStore {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        self.blocking(key, Files::load)
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        let token = token.clone();
        self.blocking(key, move |files| files.fence()?.pass().and_then(|()| files.save(&token)))
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        self.blocking(key, |files| {
            // There is nothing to fence out where nobody has ever written.
            if !files.folder_exists() {
                return Ok(());
            }
            files.fence()?.pass().and_then(|()| files.clear())
        })
    }

    fn lock<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Lock> {
        let term = self.term;
        let taken = self.blocking(key, move |files| files.lock().map(|lock| lock.map(|lock| (files.clone(), lock))));
        Box::pin(async move {
            Ok(match taken.await? {
                Some((files, (file, number))) => Lock::Held(Box::new(FileLease::new(files, file, number, term))),
                None => Lock::Taken,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lock_may_be_asked_for_however_long() {
        let home = tempfile::tempdir().unwrap();
        let store = FileStore::new(home.path().join("tokens")).with_lock_term(Duration::MAX);
        let key = StoreKey::new("api", "https://a.example", "pat", "password");
        let Lock::Held(lease) = store.lock(&key).await.unwrap() else { panic!("it is free") };
        assert_eq!(lease.term(), Duration::from_secs(86_400));
        assert!(lease.extend().await.unwrap());
    }

    #[tokio::test]
    async fn to_end_a_session_that_never_was_makes_no_folder() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("tokens");
        let key = StoreKey::new("api", "https://a.example", "pat", "password");
        FileStore::new(&folder).clear(&key).await.unwrap();
        assert!(!folder.exists());
    }

    #[tokio::test]
    async fn a_store_and_its_locks_show_what_they_are() {
        let home = tempfile::tempdir().unwrap();
        let store = FileStore::new(home.path());
        assert_eq!(format!("{store:?}"), format!("FileStore {{ folder: {:?}, term: 60s }}", home.path()));
        let lock = store.lock(&StoreKey::new("api", "https://a.example", "pat", "password")).await.unwrap();
        assert_eq!(format!("{lock:?}"), "Held(FileLease { number: 1, .. })");
    }
}
