//! What a webhook says.

use std::fmt;

use serde_json::Value;

use crate::{
    generated::wootric::types::{WebhookDeclineEvent, WebhookResponseEvent},
    incoming::{self, IncomingError},
};

/// A webhook whose signature was right: the event, and all that came with it.
#[derive(Clone, PartialEq)]
pub struct Webhook {
    event: Event,
    raw: Value,
}

impl Webhook {
    pub(super) fn of(raw: Value) -> Result<Self, IncomingError> {
        let event = match &raw {
            raw if raw.get("response").is_some_and(Value::is_object) => {
                Event::Response(incoming::typed(raw.clone())?)
            }
            raw if raw.get("decline").is_some_and(Value::is_object) => Event::Decline(incoming::typed(raw.clone())?),
            Value::Object(members) => {
                let name = members.get("event_name").and_then(Value::as_str).map(ToOwned::to_owned);
                Event::Unknown(UnknownEvent { name, raw: raw.clone() })
            }
            _ => return Err(IncomingError::NoEvent { path: ".".to_owned() }),
        };
        Ok(Self { event, raw })
    }

    /// The event.
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// The event itself.
    pub fn into_event(self) -> Event {
        self.event
    }

    /// The whole tree, members that no type knows included. Out of a form, every value is a text or `null`. It may hold
    /// personal data.
    pub fn raw(&self) -> &Value {
        &self.raw
    }
}

// The tree holds personal data.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("event", &self.event).finish_non_exhaustive()
    }
}

/// What happened. Whether it was created or updated is the event's `event_name`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A response was created or updated.
    Response(WebhookResponseEvent),
    /// A survey was declined.
    Decline(WebhookDeclineEvent),
    /// Something that nobody has documented yet.
    Unknown(UnknownEvent),
}

/// An event of a kind that is not known. `Debug` shows its name only.
#[derive(Clone, PartialEq)]
pub struct UnknownEvent {
    name: Option<String>,
    raw: Value,
}

impl UnknownEvent {
    /// Its `event_name`, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// All of it. It may hold personal data.
    pub fn raw(&self) -> &Value {
        &self.raw
    }
}

impl fmt::Debug for UnknownEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnknownEvent").field("name", &self.name).finish_non_exhaustive()
    }
}
