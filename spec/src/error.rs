//! Where a fact stands, and what is wrong with it.

use std::fmt;

/// A place in a document: file, line, column (both from 1) and JSON pointer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file as it was named when it was loaded.
    pub file: String,
    /// Line, from 1; 0 where the place has no line of its own.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// JSON pointer (RFC 6901); empty for the whole document.
    pub pointer: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        let pointer = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, ": {pointer}")
    }
}

/// A document that cannot be used as it stands.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {message}")]
pub struct SpecError {
    /// Where.
    pub place: Place,
    /// What, and what to do about it.
    pub message: String,
}

impl SpecError {
    pub(crate) fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, message: message.into() }
    }
}
