//! Requests and replies, judged by the document.

mod body;
mod headers;
mod judge;
mod members;
mod parameters;
mod path;
mod reply;
mod security;
mod verdict;

pub use judge::Validator;
pub use security::{Carrier, Credential};
pub use verdict::{Parameters, Verdict};
