//! Push events: what Directly posts to a customer's server.
//!
//! The customer writes the template of the body; [`PushEvent`] is what the vendor's recommended template yields. Only
//! `eventType` is required, members of a template of your own are in `extra`, and event types that nobody has documented
//! are [`PushEventType::Unknown`].
//!
//! **No signature is documented**, so nothing here can tell a forged event from a true one: receive them under an address
//! that cannot be guessed, and ask the API before you act on one.

use serde_json::Value;

pub use super::types::{PushEvent, PushEventType};
use crate::incoming::{self, IncomingError};

/// Members that are no text. A template that puts a variable between quotes leaves an empty text where it has no value.
const FLAGS: [&str; 3] = ["messageIsAutoAnswer", "messageAuthorIsPoster", "messageAuthorIsChatbot"];

/// Reads a push event of at most 1 MiB.
///
/// # Errors
/// A body that is too large, no JSON (a variable without value and without quotes in the template makes it so) or without
/// `eventType`.
pub fn decode(body: &[u8]) -> Result<PushEvent, IncomingError> {
    decode_within(incoming::MAX_BODY_BYTES, body)
}

/// As [`decode`], with another limit in bytes.
///
/// # Errors
/// As [`decode`].
pub fn decode_within(limit: usize, body: &[u8]) -> Result<PushEvent, IncomingError> {
    incoming::within(limit, body)?;
    let mut value = incoming::json(body)?;
    if let Some(members) = value.as_object_mut() {
        members.retain(|name, value| !(FLAGS.contains(&name.as_str()) && value.as_str() == Some("")));
    }
    incoming::typed::<PushEvent>(value)
}

/// Who wrote the message of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageAuthor {
    /// The person who asked.
    Poster,
    /// A bot.
    Chatbot,
    /// An expert: neither of the two.
    Expert,
}

impl PushEvent {
    /// Who wrote the message; `None` where the event does not say.
    pub fn author(&self) -> Option<MessageAuthor> {
        match (self.message_author_is_poster, self.message_author_is_chatbot) {
            (Some(true), _) => Some(MessageAuthor::Poster),
            (_, Some(true)) => Some(MessageAuthor::Chatbot),
            (Some(false), Some(false)) => Some(MessageAuthor::Expert),
            _ => None,
        }
    }

    /// Whether the event only echoes the poster's own words. The vendor's own client drops such events.
    pub fn is_echo(&self) -> bool {
        self.message_author_is_poster == Some(true)
    }

    /// A member of a template of your own.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.extra.get(name)
    }
}
