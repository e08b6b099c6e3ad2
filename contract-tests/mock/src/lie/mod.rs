//! A mock vendor that departs from its document on purpose, in one named way.
//!
//! Whoever claims to notice that a vendor drifted is asked to notice these. A lie is told wherever the reply gives room
//! for it, and only where the document is contradicted: a number cannot be too large where no bound is documented, and a
//! member that is optional is not missing. What was told is kept as [`Told`], with the place of it.

mod body;
mod catalogue;
mod head;
mod members;
mod teller;
mod told;

pub use catalogue::{Lie, UnknownLie};
pub(crate) use teller::tell;
pub use told::Told;
pub(crate) use told::{Ledger, Plan};
