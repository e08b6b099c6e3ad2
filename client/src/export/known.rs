//! Rows that were read before, while they may still be shown again.

use std::collections::HashMap;

/// The rows of a window that may be shown again, by identity.
#[derive(Default)]
pub(super) struct Known {
    rows: HashMap<String, Entry>,
    stretch: u64,
}

struct Entry {
    time: Option<i64>,
    /// Number of the stretch that brought it.
    stretch: u64,
}

/// What is known of a row that is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    New,
    /// This stretch brought it.
    Again,
    /// An earlier stretch brought it.
    Old,
}

impl Known {
    pub(super) fn start_stretch(&mut self) {
        self.stretch += 1;
    }

    pub(super) fn see(&mut self, identity: &str, time: Option<i64>) -> Sight {
        match self.rows.get(identity) {
            Some(entry) if entry.stretch == self.stretch => Sight::Again,
            Some(_) => Sight::Old,
            None => {
                self.rows.insert(identity.to_owned(), Entry { time, stretch: self.stretch });
                Sight::New
            }
        }
    }

    pub(super) fn contains(&self, identity: &str) -> bool {
        self.rows.contains_key(identity)
    }

    /// How many would be shown again from this second on.
    pub(super) fn count_from(&self, second: i64) -> usize {
        self.rows.values().filter(|row| row.time.is_none_or(|time| time >= second)).count()
    }

    /// Forgets what lies before a second.
    pub(super) fn forget_before(&mut self, second: i64) {
        self.rows.retain(|_, row| row.time.is_none_or(|time| time >= second));
    }
}
