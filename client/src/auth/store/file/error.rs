//! What can be wrong with a file.

use std::{error::Error as StdError, fmt, io, path::Path};

/// What is wrong with a file, and with which. It quotes nothing of what the file holds.
#[derive(Debug)]
pub(super) struct FileError {
    path: String,
    what: String,
    cause: Option<io::Error>,
}

impl FileError {
    pub(super) fn new(path: &Path, what: impl Into<String>) -> Self {
        Self { path: path.display().to_string(), what: what.into(), cause: None }
    }

    /// For `map_err` after an operation on a path.
    pub(super) fn io(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self { cause: Some(cause), ..Self::new(path, what) }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.what)
    }
}

impl StdError for FileError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_file_and_keeps_what_the_system_said() {
        let path = Path::new("a.json");
        let error = FileError::io(path, "cannot be read")(io::ErrorKind::PermissionDenied.into());
        assert_eq!(error.to_string(), "a.json cannot be read");
        assert_eq!(error.source().unwrap().to_string(), "permission denied");
        assert!(FileError::new(path, "is not a file").source().is_none());
    }
}
