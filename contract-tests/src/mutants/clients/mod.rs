//! Judge 2: clients that were generated from mutants, with the vendor of the original document.
//!
//! Judge 1 leaves the client as it is and lets a mutant judge it. Here the client is the mutant: it gets the calls that the
//! client of the original document gets, and the vendor, the cases and the fixtures are the original's. The contract tests
//! have no generator, so this is done in three steps, which `cargo xtask mutants --full` takes:
//!
//! 1. [`export`] writes a sample of the mutants as documents, each with no other operations than those that it is about;
//! 2. the xtask generates a client from each, compiles them into one program, and says which make none;
//! 3. that program calls [`run`], and [`outcome`] reads what came of each.
//!
//! A client that is the original's but for its documentation cannot be told from it by anybody; it is counted apart.

mod calls;
pub mod export;
pub mod outcome;
mod replay;
pub mod report;

pub use replay::run;
