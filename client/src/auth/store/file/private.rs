//! Files and folders that nobody else can read or change. Only Unix is asked: elsewhere rights are inherited.

use std::{
    fs::{self, DirBuilder, File, Metadata, OpenOptions},
    io,
    path::Path,
};

use super::error::FileError;

/// Makes a folder for its owner alone, or holds the one there is to what that means: that nobody else can put a file in
/// the place of ours.
pub(super) fn folder(path: &Path) -> Result<(), FileError> {
    if !path.exists() {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(FileError::io(path, "cannot be made"))?;
    }
    let metadata = fs::metadata(path).map_err(FileError::io(path, "cannot be read"))?;
    if !metadata.is_dir() {
        return Err(FileError::new(path, "is not a folder"));
    }
    if others_may(&metadata, 0o022) {
        return Err(FileError::new(path, "can be changed by others: give it the mode 0700"));
    }
    Ok(())
}

/// Opens a file that is read as a whole, if it is there and its owner's alone.
pub(super) fn read(path: &Path) -> Result<Option<File>, FileError> {
    let opened =
        fs::symlink_metadata(path).and_then(|metadata| metadata.is_file().then(|| File::open(path)).transpose());
    let file = match opened {
        Ok(Some(file)) => file,
        Ok(None) => return Err(FileError::new(path, "is not a file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(FileError::io(path, "cannot be read")(error)),
    };
    let metadata = file.metadata().map_err(FileError::io(path, "cannot be read"))?;
    if others_may(&metadata, 0o077) {
        return Err(FileError::new(path, "can be read by others: give it the mode 0600, and renew the token in it"));
    }
    Ok(Some(file))
}

/// Opens a file to read and write, and makes it if it is missing.
pub(super) fn open(path: &Path) -> Result<File, FileError> {
    let mut options = options();
    options.read(true).create(true).truncate(false);
    options.open(path).map_err(FileError::io(path, "cannot be opened"))
}

/// Makes a file that is not there.
pub(super) fn create(path: &Path) -> Result<File, FileError> {
    options().create_new(true).open(path).map_err(FileError::io(path, "cannot be made"))
}

/// Removes a file that may be missing.
pub(super) fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::io(path, "cannot be removed")(error)),
        _ => Ok(()),
    }
}

/// Makes a change in a folder outlast a loss of power, where a folder can be opened.
pub(super) fn sync(folder: &Path) -> Result<(), FileError> {
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(FileError::io(folder, "cannot be written"))?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Whether anybody but the owner has one of these rights.
fn others_may(metadata: &Metadata, rights: u32) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & rights != 0;
    #[cfg(not(unix))]
    {
        let _ = (metadata, rights);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_missing_is_no_error_and_one_that_cannot_be_reached_is() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        assert!(read(&file).unwrap().is_none());
        remove(&file).unwrap();
        create(&file).unwrap();
        assert!(read(&file).unwrap().is_some());
        // A file is no folder.
        let beyond = file.join("file");
        assert!(read(&beyond).unwrap_err().to_string().ends_with(" cannot be read"));
        assert!(remove(&beyond).unwrap_err().to_string().ends_with(" cannot be removed"));
        #[cfg(unix)]
        assert!(sync(&beyond).unwrap_err().to_string().ends_with(" cannot be written"));
    }
}
