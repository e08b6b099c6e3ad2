//! Replies that were written down before: what half of all cases change is the request.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use cx_mock::Outgoing;
use cx_spec::{Api, Operation};

use super::{
    redact::Redactor,
    wire::{self, Message},
};

/// The replies of one subject. Cases that run side by side share them.
#[derive(Default)]
pub(super) struct Replies(Mutex<HashMap<Sent, Arc<Written>>>);

/// A reply of an operation, as it was sent.
#[derive(PartialEq, Eq, Hash)]
struct Sent {
    operation: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// A reply, written down.
pub(super) struct Written {
    /// What is shown of it.
    pub message: Message,
    /// What is not.
    pub hidden: BTreeSet<String>,
}

impl Replies {
    /// A reply, written down now or before.
    pub(super) fn written(&self, api: &Api, operation: &Operation, reply: &Outgoing) -> Arc<Written> {
        let sent = Sent {
            operation: operation.id.clone(),
            status: reply.status,
            headers: reply.headers.clone(),
            body: reply.body.clone(),
        };
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&sent) {
            return Arc::clone(known);
        }
        let mut redactor = Redactor::new(api, operation);
        let message = wire::reply(&mut redactor, operation, reply);
        let written = Arc::new(Written { message, hidden: redactor.into_hidden() });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(sent, Arc::clone(&written));
        written
    }
}
