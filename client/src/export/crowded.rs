//! More rows in one second than can be shown.

use std::fmt;

/// One second holds more rows than a run of pages shows, and no filter is finer than a second. It is the source of an
/// [`Error`](crate::Error) of the kind [`Truncated`](crate::ErrorKind::Truncated).
///
/// Rows before that second have been handed out. Another filter of the list may take it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrowdedSecond {
    /// The second, in UNIX time.
    pub second: i64,
    /// How many rows can be shown of it.
    pub shown: u64,
}

impl fmt::Display for CrowdedSecond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the second {} holds more than the {} rows that can be shown", self.second, self.shown)
    }
}

impl std::error::Error for CrowdedSecond {}
