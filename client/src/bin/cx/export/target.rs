//! Where an export goes: stdout, or a file that is there when it is whole and not before.
//!
//! Rows are written to `FILE.part`. Beside it `FILE.cursor` says how far the export came and how long the part was then;
//! what was written after that is cut off when the export goes on. At the end the part takes the name of the file.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use fs4::TryLockError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::origin::Origin;
use crate::{
    files::{beside, remove, replace},
    output::Stdout,
};

/// How far an export came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// What is exported; another one does not go on from here.
    pub origin: Origin,
    /// Where the engine goes on.
    pub cursor: Value,
    /// Length of the part in bytes.
    pub bytes: u64,
    /// Rows in it.
    pub rows: u64,
    /// Columns of its header, where it has one.
    pub columns: Option<Vec<String>>,
}

/// Where an export goes.
pub enum Target {
    /// Nothing to go on from.
    Stdout(Stdout),
    /// A file.
    File(Part),
}

/// A file that is not whole yet.
pub struct Part {
    path: PathBuf,
    file: BufWriter<File>,
    bytes: u64,
}

impl Target {
    /// Stdout.
    pub fn stdout() -> Self {
        Self::Stdout(Stdout::open())
    }

    /// A new file, or one that goes on after a checkpoint.
    ///
    /// # Errors
    /// A folder or a device of that name (`InvalidInput`); a part that cannot be opened, that another export writes to
    /// (`WouldBlock`), or that is shorter than the checkpoint says (`UnexpectedEof`).
    pub fn file(path: &Path, checkpoint: Option<&Checkpoint>) -> io::Result<Self> {
        let replaced = replaced(path)?;
        let bytes = checkpoint.map_or(0, |one| one.bytes);
        let part = beside(path, "part");
        let mut file = OpenOptions::new().create(bytes == 0).write(true).truncate(false).open(&part)?;
        lock(&file, &part)?;
        if checkpoint.is_none() {
            // That of an earlier export says nothing of the rows that come now.
            remove(&beside(path, "cursor"))?;
        }
        if file.metadata()?.len() < bytes {
            let message = format!("{} is shorter than it was", part.display());
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        }
        if let Some(replaced) = &replaced {
            take_rights(&file, replaced)?;
        }
        file.set_len(bytes)?;
        file.seek(SeekFrom::Start(bytes))?;
        Ok(Self::File(Part { path: path.to_owned(), file: BufWriter::new(file), bytes }))
    }

    /// Makes what was written last, and remembers how far that is.
    ///
    /// # Errors
    /// As the file.
    pub fn checkpoint(&mut self, checkpoint: impl FnOnce(u64) -> Checkpoint) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::File(part) => {
                part.file.flush()?;
                part.file.get_ref().sync_data()?;
                let text = serde_json::to_vec(&checkpoint(part.bytes))?;
                replace(&beside(&part.path, "cursor"), &text)
            }
        }
    }

    /// Ends it: the file is there, part and cursor are gone.
    ///
    /// # Errors
    /// As the file.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::Stdout(mut stdout) => stdout.flush(),
            Self::File(mut part) => {
                part.file.flush()?;
                part.file.get_ref().sync_all()?;
                fs::rename(beside(&part.path, "part"), &part.path)?;
                remove(&beside(&part.path, "cursor"))
            }
        }
    }
}

/// The file that is there already, and whose place the whole one takes.
///
/// # Errors
/// What is there and no file: an export of hours would end in that, and a device would be gone.
fn replaced(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(Some(metadata)),
        Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a folder or a device, and no file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Gives a part the rights of the file that it replaces, before the first row: what others could not read stays so.
#[cfg(unix)]
fn take_rights(part: &File, replaced: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let rights = |metadata: &Metadata| metadata.permissions().mode() & 0o777;
    // Whoever goes on with it has to write to it.
    let wanted = rights(replaced) | 0o600;
    // Where rights cannot be given, all files have the same ones.
    if rights(&part.metadata()?) == wanted {
        return Ok(());
    }
    part.set_permissions(fs::Permissions::from_mode(wanted))
}

/// Elsewhere rights are inherited from the folder.
#[cfg(not(unix))]
fn take_rights(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Keeps a part from all other exports until the file is closed: two that write to one, such as those of a schedule that
/// is too tight, would cut off and overwrite each other's rows.
fn lock(file: &File, part: &Path) -> io::Result<()> {
    let busy = || io::Error::new(io::ErrorKind::WouldBlock, format!("another export writes to {}", part.display()));
    // By the name of the trait: later versions of the standard library have a method of this name.
    match fs4::FileExt::try_lock(file) {
        // Whoever had it before may have ended just now, and what was opened is the whole file.
        Ok(()) if fs::exists(part)? => Ok(()),
        Ok(()) | Err(TryLockError::WouldBlock) => Err(busy()),
        // Some network shares have no locks: there it is the user who has to take care.
        Err(TryLockError::Error(_)) => Ok(()),
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(bytes),
            Self::File(part) => {
                let written = part.file.write(bytes)?;
                part.bytes = part.bytes.saturating_add(written as u64);
                Ok(written)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::File(part) => part.file.flush(),
        }
    }
}

/// The checkpoint of a file; `None` if there is none. A cursor without its part is none: who wrote it had finished, and
/// died before it could remove it.
///
/// # Errors
/// One that cannot be read.
pub fn checkpoint(path: &Path) -> io::Result<Option<Checkpoint>> {
    if !fs::exists(beside(path, "part"))? {
        return Ok(None);
    }
    match fs::read(beside(path, "cursor")) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(io::Error::from),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(bytes: u64) -> Checkpoint {
        Checkpoint { origin: Origin::default(), cursor: json!(7), bytes, rows: 1, columns: None }
    }

    #[test]
    fn a_file_is_there_when_it_is_whole_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.ndjson");
        let mut target = Target::file(&path, None).unwrap();
        target.write_all(b"one\n").unwrap();
        target.checkpoint(at).unwrap();
        target.write_all(b"half of t").unwrap();
        target.flush().unwrap();
        drop(target);
        assert!(!path.exists());

        let checkpoint = checkpoint(&path).unwrap().unwrap();
        assert_eq!(checkpoint, at(4));
        let mut target = Target::file(&path, Some(&checkpoint)).unwrap();
        target.write_all(b"two\n").unwrap();
        target.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_export_that_starts_again_leaves_no_cursor_of_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.ndjson");
        let mut target = Target::file(&path, None).unwrap();
        target.write_all(b"one\n").unwrap();
        target.checkpoint(at).unwrap();
        drop(target);
        drop(Target::file(&path, None).unwrap());
        assert_eq!(checkpoint(&path).unwrap(), None);
    }

    #[test]
    fn a_cursor_that_was_left_behind_by_a_whole_file_is_no_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.ndjson");
        let mut target = Target::file(&path, None).unwrap();
        target.write_all(b"one\n").unwrap();
        target.checkpoint(at).unwrap();
        // As far as `finish` comes when it is killed before its last step.
        fs::rename(beside(&path, "part"), &path).unwrap();
        drop(target);
        assert_eq!(checkpoint(&path).unwrap(), None);
        Target::file(&path, None).unwrap().finish().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn two_exports_never_write_to_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.ndjson");
        let mut target = Target::file(&path, None).unwrap();
        target.write_all(b"one\n").unwrap();
        target.checkpoint(at).unwrap();
        for before in [None, Some(at(0)), Some(at(4))] {
            let error = Target::file(&path, before.as_ref()).map(drop).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "{error}");
        }
        assert_eq!(checkpoint(&path).unwrap(), Some(at(4)));
        target.write_all(b"two\n").unwrap();
        target.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        Target::file(&path, None).unwrap();
    }

    #[test]
    fn a_part_that_lost_rows_is_not_continued() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.ndjson");
        fs::write(beside(&path, "part"), "on").unwrap();
        assert!(Target::file(&path, Some(&at(4))).is_err());
    }

    #[test]
    fn what_is_no_file_is_refused_before_there_are_rows_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("exports");
        fs::create_dir(&path).unwrap();
        let error = Target::file(&path, None).map(drop).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn rows_have_the_rights_of_those_that_they_replace() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.ndjson");
        let rights = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        for (before, after) in [(0o600, 0o600), (0o640, 0o640), (0o440, 0o640)] {
            fs::write(&path, "the old one").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(before)).unwrap();
            let target = Target::file(&path, None).unwrap();
            assert_eq!(rights(&beside(&path, "part")), after);
            target.finish().unwrap();
            assert_eq!(rights(&path), after);
            fs::remove_file(&path).unwrap();
        }
    }
}
