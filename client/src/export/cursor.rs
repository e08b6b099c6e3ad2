//! Where an export stands.

use serde::{Deserialize, Serialize};

/// Where an export stands: all that is needed to go on, now or in another process. Write it with serde after the rows
/// before it are safe.
///
/// It belongs to one operation with one set of filters; what the filters were it does not know. It holds ids and times,
/// no other part of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub(super) api: String,
    pub(super) operation: String,
    /// Parameter of the window.
    pub(super) over: String,
    /// All seconds before this one are done.
    pub(super) from: i64,
    /// Where the run ends; this second is not part of it.
    pub(super) until: i64,
    /// Rows from `from` on that were handed out, each with the last second at which it may be shown again.
    pub(super) seen: Vec<(String, i64)>,
    /// Rows handed out so far.
    pub(super) rows: u64,
}

impl Cursor {
    /// The operation that is exported.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// The window parameter that it is exported over, such as `created`.
    pub fn over(&self) -> &str {
        &self.over
    }

    /// UNIX second up to which all rows were handed out.
    pub fn reached(&self) -> i64 {
        self.from
    }

    /// UNIX second at which the run ends, which is not part of it.
    pub fn until(&self) -> i64 {
        self.until
    }

    /// Rows handed out so far, all runs together.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether the run is done. What a finished cursor resumes is the next run, up to the then present.
    pub fn is_finished(&self) -> bool {
        self.from >= self.until
    }
}
