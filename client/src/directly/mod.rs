//! Client for Directly's Messaging API: generated from its document, with conveniences written by hand.
//!
//! | what | where |
//! |---|---|
//! | a method for every operation | [`Client`], [`builder`], [`types`] |
//! | a conversation: ask, poll, accept, rate, close | [`Client::ask`], [`Conversation`] |
//! | events that Directly posts to you | [`push`] |

mod changes;
mod conversation;
pub mod push;
mod wait;

pub use crate::generated::directly::*;
pub use changes::Changes;
pub use conversation::Conversation;
pub use wait::Backoff;
