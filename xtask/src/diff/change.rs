//! What `diff` reports.

use cx_spec::{Api, Place};

/// What a change asks of whoever uses the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Code stops compiling, or a call that worked is refused, or a reply keeps less than it promised.
    Breaking,
    /// Nothing, but there is something new.
    Compatible,
}

impl Level {
    /// As output names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Compatible => "compatible",
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// What it asks for.
    pub level: Level,
    /// Where: in the new document, or in the old one if it is gone from the new one.
    pub place: Place,
    /// In the words of the Rust API.
    pub message: String,
}

/// Two documents, and what was found so far.
pub struct Changes<'d> {
    pub old: &'d Api,
    pub new: &'d Api,
    found: Vec<Change>,
}

impl<'d> Changes<'d> {
    pub fn new(old: &'d Api, new: &'d Api) -> Self {
        Self { old, new, found: Vec::new() }
    }

    /// A breaking change at a pointer of the new document.
    pub fn breaking(&mut self, pointer: &str, message: impl Into<String>) {
        self.add(Level::Breaking, self.new.document().place(pointer), message);
    }

    /// A compatible change at a pointer of the new document.
    pub fn compatible(&mut self, pointer: &str, message: impl Into<String>) {
        self.add(Level::Compatible, self.new.document().place(pointer), message);
    }

    /// A breaking change by which something went that stood at a pointer of the old document.
    pub fn lost(&mut self, pointer: &str, message: impl Into<String>) {
        self.add(Level::Breaking, self.old.document().place(pointer), message);
    }

    /// A change of either level.
    pub fn at(&mut self, level: Level, pointer: &str, message: impl Into<String>) {
        self.add(level, self.new.document().place(pointer), message);
    }

    fn add(&mut self, level: Level, place: Place, message: impl Into<String>) {
        self.found.push(Change { level, place, message: message.into() });
    }

    /// Sorted; what was found twice, from two places that share a part, only once. Where one and the same thing is
    /// compatible in a request and breaking in a reply, which says why, it is breaking.
    pub fn into_vec(mut self) -> Vec<Change> {
        self.found.sort();
        let mut kept: Vec<Change> = Vec::new();
        for change in self.found {
            if !kept.iter().any(|one| one.message.starts_with(&change.message) && one.place == change.place) {
                kept.push(change);
            }
        }
        kept
    }
}
