//! The files of one key: the record, its lock and its fence.
//!
//! | file | holds | is locked |
//! |---|---|---|
//! | `NAME.json` | the record | never: it is replaced as a whole |
//! | `NAME.lock` | nothing | for as long as a lease lasts |
//! | `NAME.fence` | the number of the last lease or of the last write past one | for the moment of a write |

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use fs4::TryLockError;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{super::StoreKey, super::StoredToken, error::FileError, private};

/// Says that a file is ours, and how it is laid out.
const FORMAT: &str = "cx-client/token/1";
/// A record is small; a larger file is none.
const MAX_BYTES: u64 = 1024 * 1024;

/// A record as it is written. Account and scope are in the name of the file, hashed.
#[derive(Serialize, Deserialize)]
struct Record {
    format: String,
    api: String,
    origin: String,
    grant: String,
    token: StoredToken,
}

/// The files of one key.
#[derive(Clone)]
pub(super) struct Files {
    folder: Arc<Path>,
    name: String,
    key: StoreKey,
}

impl Files {
    pub(super) fn new(folder: &Arc<Path>, name: String, key: StoreKey) -> Self {
        Self { folder: Arc::clone(folder), name, key }
    }

    fn path(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.name))
    }

    pub(super) fn folder_exists(&self) -> bool {
        self.folder.exists()
    }

    /// The record, if there is one.
    pub(super) fn load(&self) -> Result<Option<StoredToken>, FileError> {
        let path = self.path("json");
        let Some(file) = private::read(&path)? else {
            return Ok(None);
        };
        let mut text = Zeroizing::new(Vec::new());
        file.take(MAX_BYTES).read_to_end(&mut text).map_err(FileError::io(&path, "cannot be read"))?;
        // The message of the parser may quote the file: only the place is told.
        let record: Record = serde_json::from_slice(&text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            FileError::new(&path, format!("is not a token record at line {line}, column {column}: move it away"))
        })?;
        if record.format != FORMAT {
            return Err(FileError::new(&path, "is a record of another format: move it away"));
        }
        if (&record.api, &record.origin, &record.grant) != (&self.key.api, &self.key.origin, &self.key.grant) {
            return Err(FileError::new(&path, "is the record of another session: move it away"));
        }
        Ok(Some(record.token))
    }

    /// Replaces the record. To be called with the fence locked, which is what makes one name for the new file enough.
    pub(super) fn save(&self, token: &StoredToken) -> Result<(), FileError> {
        // What is not ours is not overwritten.
        self.load()?;
        let (path, fresh) = (self.path("json"), self.path("new"));
        let record = Record {
            format: FORMAT.to_owned(),
            api: self.key.api.clone(),
            origin: self.key.origin.clone(),
            grant: self.key.grant.clone(),
            token: token.clone(),
        };
        let text = serde_json::to_vec_pretty(&record)
            .map(Zeroizing::new)
            .map_err(|_| FileError::new(&path, "cannot be written as JSON"))?;
        // It would be refused as soon as it is read.
        if u64::try_from(text.len()).is_ok_and(|length| length > MAX_BYTES) {
            return Err(FileError::new(&path, "would be too large for a record: it may have 1 MiB"));
        }
        // Left over by a process that died in the middle of this.
        private::remove(&fresh)?;
        let mut file = private::create(&fresh)?;
        let written = file
            .write_all(&text)
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&fresh, &path))
            .map_err(FileError::io(&path, "cannot be written"));
        if written.is_err() {
            let _ = private::remove(&fresh);
        }
        written.and_then(|()| private::sync(&self.folder))
    }

    /// Removes the record, and what a process that died in [`Self::save`] left of another. To be called with the fence
    /// locked.
    pub(super) fn clear(&self) -> Result<(), FileError> {
        private::remove(&self.path("new"))?;
        if self.load()?.is_some() {
            private::remove(&self.path("json"))?;
        }
        private::sync(&self.folder)
    }

    /// Takes the lock if it is free: the locked file, and the number of the lease.
    pub(super) fn lock(&self) -> Result<Option<(File, u64)>, FileError> {
        private::folder(&self.folder)?;
        let path = self.path("lock");
        let file = private::open(&path)?;
        // By the name of the trait: later versions of the standard library have a method of this name.
        match fs4::FileExt::try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(FileError::io(&path, "cannot be locked")(error)),
        }
        let mut fence = self.fence()?;
        fence.pass()?;
        Ok(Some((file, fence.number)))
    }

    /// Locks the fence for a moment: until the value is dropped.
    pub(super) fn fence(&self) -> Result<Fence, FileError> {
        private::folder(&self.folder)?;
        let path = self.path("fence");
        let mut file = private::open(&path)?;
        fs4::FileExt::lock(&file).map_err(FileError::io(&path, "cannot be locked"))?;
        let mut text = String::new();
        (&mut file).take(MAX_BYTES).read_to_string(&mut text).map_err(FileError::io(&path, "cannot be read"))?;
        let number = match text.trim() {
            "" => 0,
            text => text.parse().map_err(|_| FileError::new(&path, "does not hold a number: move it away"))?,
        };
        Ok(Fence { file, path, number })
    }
}

/// The number of the last lease, or of the last write past one.
pub(super) struct Fence {
    file: File,
    path: PathBuf,
    pub(super) number: u64,
}

impl Fence {
    /// Fences out every lease there was.
    pub(super) fn pass(&mut self) -> Result<(), FileError> {
        let next = self.number.checked_add(1);
        self.number =
            next.ok_or_else(|| FileError::new(&self.path, "holds the last number there is: move it away"))?;
        // Always of one length, so that no part of an old number can stay behind.
        let text = format!("{:020}\n", self.number);
        self.file
            .seek(SeekFrom::Start(0))
            .and_then(|_| self.file.write_all(text.as_bytes()))
            .and_then(|()| self.file.sync_data())
            .map_err(FileError::io(&self.path, "cannot be written"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn files(home: &tempfile::TempDir) -> Files {
        let folder: Arc<Path> = home.path().join("tokens").into();
        Files::new(&folder, "name".to_owned(), StoreKey::new("api", "https://a.example", "pat", "password"))
    }

    #[test]
    fn the_largest_record_is_read_whole_and_a_larger_one_is_not_written() {
        let home = tempfile::tempdir().unwrap();
        let files = files(&home);
        let token = |length: usize| -> StoredToken {
            serde_json::from_value(json!({"access_token": "a".repeat(length), "obtained_at": 100})).unwrap()
        };
        let _fence = files.fence().unwrap();
        files.save(&token(1)).unwrap();
        let around = fs::metadata(files.path("json")).unwrap().len() - 1;
        let largest = usize::try_from(1_048_576 - around).unwrap();
        files.save(&token(largest)).unwrap();
        let error = files.save(&token(largest + 1)).unwrap_err().to_string();
        assert!(error.contains("too large"), "{error}");
        assert_eq!(files.load().unwrap(), Some(token(largest)));
    }

    #[test]
    fn no_number_follows_the_last_one() {
        let home = tempfile::tempdir().unwrap();
        let files = files(&home);
        files.fence().unwrap().pass().unwrap();
        fs::write(files.path("fence"), u64::MAX.to_string()).unwrap();
        let error = files.fence().unwrap().pass().unwrap_err().to_string();
        assert!(error.contains("the last number"), "{error}");
    }
}
