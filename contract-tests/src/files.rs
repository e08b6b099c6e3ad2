//! Files that are there as a whole or not at all: each is written beside its place and then moved there.

use std::{fs, io::Write as _, path::Path};

use anyhow::{Context, Result};
use serde::{Serialize, de::DeserializeOwned};
use tempfile::NamedTempFile;

/// Writes a file in the place of whatever is there.
///
/// # Errors
/// A folder that cannot be written.
pub(crate) fn replace(path: &Path, text: &str) -> Result<()> {
    beside(path, text)?.persist(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

/// Writes a file unless there is one, and says whether it did.
///
/// # Errors
/// A folder that cannot be written.
pub(crate) fn create(path: &Path, text: &str) -> Result<bool> {
    match beside(path, text)?.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot write {}", path.display())),
    }
}

/// The value in a file of JSON.
///
/// # Errors
/// A file that cannot be read or holds something else, by its path.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not what it should be", path.display()))
}

/// A value as the text of a file.
pub(crate) fn json(value: &impl Serialize) -> Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(value)?))
}

fn beside(path: &Path, text: &str) -> Result<NamedTempFile> {
    let folder = path.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut builder = tempfile::Builder::new();
    // A temporary file is its owner's alone, and a report is for all who may read the folder (the umask still holds).
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).with_context(|| format!("cannot write into {}", folder.display()))?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports/report.json");
        for text in ["a long one", "short"] {
            replace(&path, text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing stays beside it");
    }

    #[test]
    fn a_file_that_is_there_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fixture.json");
        assert!(create(&path, "first").unwrap());
        assert!(!create(&path, "second").unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_it_as_any_other_file() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let (plain, written) = (folder.path().join("plain"), folder.path().join("written"));
        fs::write(&plain, "").unwrap();
        replace(&written, "").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&written), mode(&plain));
    }
}
