//! Commands that `cx` has beside those that it makes from the documents. A test of the tool reads this file too, and compares
//! it with the tool's help.

/// Those of `cx` itself.
pub const OF_CX: &[&str] = &["completions", "help", "login", "logout"];

/// Those of an API.
pub const OF_AN_API: &[&str] = &["export", "help"];
