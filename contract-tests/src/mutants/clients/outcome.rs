//! What came of the clients, from one program to the next.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Mutants that no client could be judged of, as the xtask writes them.
pub const LEFT_OUT: &str = "left-out.json";
/// What was judged, as the program of all clients prints it.
pub const JUDGED: &str = "judged.json";

/// A client that was judged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Judged {
    /// Number of the mutant.
    pub number: usize,
    /// What told it from the original's client; none if nothing did.
    pub noticed: Option<Noticed>,
}

/// What told a client from the original's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Noticed {
    /// Who noticed.
    pub by: Witness,
    /// What.
    pub message: String,
}

/// Who tells a client from the original's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Witness {
    /// The suite's own cases: what the vendor has against a request, what the caller was not handed.
    Cases,
    /// The requests of the examples, which the snapshots show.
    Snapshots,
    /// Negative fixtures: replies that the original's client refuses.
    Negative,
    /// Replies that break the original document on purpose, and that its client refuses.
    Broken,
    /// The addresses that the original document names.
    Addresses,
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cases => "cases",
            Self::Snapshots => "requests of the examples",
            Self::Negative => "negative fixtures",
            Self::Broken => "replies that are broken on purpose",
            Self::Addresses => "addresses",
        })
    }
}

/// A mutant without a client to judge.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its number.
    pub number: usize,
    /// Why.
    pub why: Why,
}

/// Why there is no client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The edit makes no document.
    NoDocument,
    /// The generator refuses the document, or a part of it.
    NotGenerated,
    /// What is generated does not compile.
    NotCompiled,
    /// What is generated is the original's client but for its documentation.
    SameClient,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoDocument => "make no document",
            Self::NotGenerated => "are refused by the generator",
            Self::NotCompiled => "do not compile",
            Self::SameClient => "make the same client",
        })
    }
}
