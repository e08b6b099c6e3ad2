//! What a rule reports.

use cx_spec::{Document, Place};

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// Which rule.
    pub rule: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub fix: String,
}

/// Collects what one rule finds in one document.
pub struct Findings<'d> {
    rule: &'static str,
    document: &'d Document,
    found: Vec<Finding>,
}

impl<'d> Findings<'d> {
    pub fn new(rule: &'static str, document: &'d Document) -> Self {
        Self { rule, document, found: Vec::new() }
    }

    /// Reports the value at a JSON pointer.
    pub fn at(&mut self, pointer: &str, message: impl Into<String>, fix: impl Into<String>) {
        let place = self.document.place(pointer);
        self.found.push(Finding { place, rule: self.rule, message: message.into(), fix: fix.into() });
    }

    pub fn into_vec(self) -> Vec<Finding> {
        self.found
    }
}
