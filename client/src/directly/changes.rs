//! What is new in a question since it was last looked at.

use std::collections::HashSet;

use super::types::{Message, Question, QuestionResponse, QuestionStatus};

/// What a poll brought.
///
/// `Debug` shows counts only.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Changes {
    /// Responses that were not there before, oldest first. One is an expert's or a bot's thread on the question.
    pub responses: Vec<QuestionResponse>,
    /// Messages that were not there before, those of new responses included: first those to the question itself, then
    /// those of each response.
    pub messages: Vec<Message>,
    /// The status, if it is another than before.
    pub status: Option<QuestionStatus>,
    /// An expert has claimed the question since. A response may follow later.
    pub claimed: bool,
}

impl Changes {
    /// Nothing is new.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl std::fmt::Debug for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changes")
            .field("responses", &self.responses.len())
            .field("messages", &self.messages.len())
            .field("status", &self.status)
            .field("claimed", &self.claimed)
            .finish()
    }
}

/// What of a question has been seen.
#[derive(Clone, Default)]
pub(super) struct Seen {
    keys: HashSet<String>,
    status: Option<QuestionStatus>,
    claimed: bool,
}

impl Seen {
    /// Takes a question in and tells what of it is new.
    pub fn take_in(&mut self, question: &Question) -> Changes {
        let mut changes = Changes::default();
        let status = question.state.as_ref().and_then(|state| state.status.clone());
        if status.is_some() && status != self.status {
            self.status.clone_from(&status);
            changes.status = status;
        }
        if question.is_claimed == Some(true) && !std::mem::replace(&mut self.claimed, true) {
            changes.claimed = true;
        }
        let Some(conversation) = &question.conversation else { return changes };
        self.messages("", conversation.messages.as_deref(), &mut changes.messages);
        for (at, response) in conversation.responses.iter().flatten().enumerate() {
            let place = format!("response {at}");
            let key = response.uuid.clone().unwrap_or(place);
            self.messages(&key, response.messages.as_deref(), &mut changes.messages);
            if self.keys.insert(key) {
                changes.responses.push(response.clone());
            }
        }
        changes
    }

    /// A message without any id is known by its place, since lists grow at their ends.
    fn messages(&mut self, holder: &str, all: Option<&[Message]>, new: &mut Vec<Message>) {
        for (at, message) in all.into_iter().flatten().enumerate() {
            let id = message.uuid.clone().or_else(|| message.id.map(|id| format!("message id {id}")));
            let key = id.unwrap_or_else(|| format!("message {at} of {holder}"));
            if self.keys.insert(key) {
                new.push(message.clone());
            }
        }
    }
}
