//! Files that are whole whenever they are there.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// `people.csv` with `part` is `people.csv.part`.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// A text without the mark that some editors and shells put before it: it is no part of it, and does not show.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Removes a file that may not be there.
///
/// # Errors
/// One that stays.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes a file in one step: whatever dies meanwhile, the old one is there or the new one. On Unix it is its owner's
/// alone from the first moment on.
///
/// # Errors
/// A folder that takes no file. The old one is still there.
pub fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let new = beside(path, "new");
    // Left over by a process that died in the middle of this; its rights may be others.
    remove(&new)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    let written = file.write_all(text).and_then(|()| file.sync_data()).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _ = remove(&new);
    }
    written
}

#[cfg(all(test, unix))]
mod tests {
    use std::{io::Read, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn a_file_is_replaced_in_one_step_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.json");
        for left in [path.clone(), beside(&path, "new")] {
            fs::write(&left, "the old one").unwrap();
            fs::set_permissions(&left, fs::Permissions::from_mode(0o644)).unwrap();
        }
        let mut reader = fs::File::open(&path).unwrap();
        replace(&path, b"new").unwrap();
        let mut old = String::new();
        reader.read_to_string(&mut old).unwrap();
        // Who reads meanwhile gets no half of it.
        assert_eq!((old.as_str(), fs::read_to_string(&path).unwrap().as_str()), ("the old one", "new"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_replaced_stays_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.json");
        fs::create_dir_all(path.join("in the way")).unwrap();
        assert!(replace(&path, b"new").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
