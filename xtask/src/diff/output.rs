//! What `diff` prints.

use serde_json::{Value, json};

use super::{Bump, Change, Level};

/// What was compared, and what came of it.
pub struct Comparison {
    /// What the documents were compared with: a revision or a file.
    pub base: Option<String>,
    /// Files, as messages name them.
    pub documents: Vec<String>,
    /// Changes, breaking ones first.
    pub changes: Vec<Change>,
    /// Version of the client now.
    pub version: String,
    /// Why there was nothing to compare with.
    pub notice: Option<String>,
}

impl Comparison {
    /// How many changes of a level there are.
    pub fn count(&self, level: Level) -> usize {
        self.changes.iter().filter(|change| change.level == level).count()
    }

    fn bump(&self) -> Bump {
        Bump::of(&self.changes, &self.version)
    }

    /// The verdict in one sentence.
    pub fn verdict(&self) -> String {
        let next = self.bump().after(&self.version);
        match self.bump() {
            Bump::None => "nothing changed for users of the client".to_owned(),
            bump => format!("this asks for a {} bump: {} to {next}", bump.name(), self.version),
        }
    }
}

/// One line a change, then the verdict.
pub fn to_text(comparison: &Comparison) -> String {
    let lines: String = comparison.changes.iter().map(|change| format!("{}\n", line(change))).collect();
    match &comparison.notice {
        Some(notice) => format!("nothing to compare with: {notice}\n"),
        None => format!("{lines}{}\n", comparison.verdict()),
    }
}

fn line(change: &Change) -> String {
    let Change { level, place, message } = change;
    let pointer = if place.pointer.is_empty() { "/" } else { &place.pointer };
    format!("{}: {}:{}:{}: {message} at {pointer}", level.name(), place.file, place.line, place.column)
}

/// One document.
pub fn to_json(comparison: &Comparison) -> Value {
    let changes: Vec<Value> = comparison
        .changes
        .iter()
        .map(|Change { level, place, message }| {
            json!({
                "level": level.name(),
                "file": place.file,
                "line": place.line,
                "column": place.column,
                "pointer": place.pointer,
                "message": message,
            })
        })
        .collect();
    json!({
        "base": comparison.base,
        "documents": comparison.documents,
        "changes": changes,
        "breaking": comparison.count(Level::Breaking),
        "compatible": comparison.count(Level::Compatible),
        "bump": comparison.bump().name(),
        "version": comparison.version,
        "next_version": comparison.bump().after(&comparison.version),
        "notice": comparison.notice,
    })
}
