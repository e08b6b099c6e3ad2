//! Client for Directly's Messaging API: what is generated from its document, and by hand what makes it convenient.
//!
//! | what | where |
//! |---|---|
//! | a method an operation | [`Client`], [`builder`], [`types`] |
//! | ask, poll, accept, rate, close | [`Client::ask`], [`Conversation`] |
//! | events that Directly posts to you | [`push`] |

mod changes;
mod conversation;
pub mod push;
mod wait;

pub use crate::generated::directly::*;
pub use changes::Changes;
pub use conversation::Conversation;
pub use wait::Backoff;
