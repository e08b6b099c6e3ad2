//! Many threads that see what goes over the wire of one API.

use std::{
    collections::HashSet,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cx_mock::{Exchange, Outgoing};
use cx_spec::{Api, Operation};

use super::{Recorder, seen, unit::Unit};

/// Collects what was seen of one API, each exchange where it took place.
pub struct Watch {
    api: Arc<Api>,
    recorder: Mutex<Recorder>,
    /// Replies that were looked at: what half of all cases change is the request.
    replies: Mutex<HashSet<Reply>>,
}

/// All of a reply that [`seen::of_reply`] looks at.
#[derive(PartialEq, Eq, Hash)]
struct Reply {
    operation: String,
    status: u16,
    content_type: Option<String>,
    body: Vec<u8>,
}

impl Watch {
    /// Nothing is seen yet.
    pub fn new(api: Arc<Api>) -> Self {
        Self { api, recorder: Mutex::default(), replies: Mutex::default() }
    }

    /// Takes note of exchanges.
    pub fn see(&self, exchanges: &[Exchange]) {
        let units: Vec<Unit> = exchanges.iter().flat_map(|exchange| self.units(exchange)).collect();
        lock(&self.recorder).seen.extend(units);
    }

    /// What was seen, and forgets it.
    pub fn take(&self) -> Recorder {
        lock(&self.replies).clear();
        mem::take(&mut *lock(&self.recorder))
    }

    fn units(&self, exchange: &Exchange) -> Vec<Unit> {
        let Some(operation) = exchange.operation().and_then(|id| self.api.operation(id)) else { return Vec::new() };
        let mut units = seen::of_request(&self.api, operation, exchange);
        if self.is_new(operation, &exchange.reply) {
            units.extend(seen::of_reply(&self.api, operation, &exchange.reply));
        }
        units
    }

    fn is_new(&self, operation: &Operation, reply: &Outgoing) -> bool {
        lock(&self.replies).insert(Reply {
            operation: operation.id.clone(),
            status: reply.status,
            content_type: reply.content_type().map(str::to_owned),
            body: reply.body.clone(),
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
