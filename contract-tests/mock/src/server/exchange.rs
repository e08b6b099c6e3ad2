//! What went over the wire, kept for the test.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, PoisonError},
};

use crate::{incoming::Incoming, outgoing::Outgoing, validator::Verdict, violation::Violation};

/// One request and its reply.
#[derive(Clone)]
#[non_exhaustive]
pub struct Exchange {
    /// The request as it came: method, path, query, headers, body.
    pub request: Incoming,
    /// What the validator found: operation, decoded parameters and body, violations, credentials.
    pub verdict: Verdict,
    /// What was answered.
    pub reply: Outgoing,
}

impl Exchange {
    /// `operationId`, if one matched.
    pub fn operation(&self) -> Option<&str> {
        self.verdict.operation.as_deref()
    }
}

// Bodies hold tokens and personal data, and a test prints its exchanges when it fails.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("request", &self.request)
            .field("verdict", &self.verdict)
            .field("status", &self.reply.status)
            .finish_non_exhaustive()
    }
}

/// The last exchanges, and all violations up to a bound: a soak test must not fill the memory.
pub(super) struct Record {
    exchanges: Mutex<VecDeque<Exchange>>,
    capacity: usize,
    violations: Mutex<Vec<Violation>>,
}

/// More violations than this tell nobody anything new.
const MOST_VIOLATIONS: usize = 10_000;

impl Record {
    pub(super) fn new(capacity: usize) -> Self {
        Self { exchanges: Mutex::default(), capacity, violations: Mutex::default() }
    }

    pub(super) fn keep(&self, request: Incoming, verdict: Verdict, reply: &Outgoing) {
        if !verdict.violations.is_empty() {
            let mut violations = self.violations.lock().unwrap_or_else(PoisonError::into_inner);
            let room = MOST_VIOLATIONS.saturating_sub(violations.len());
            violations.extend(verdict.violations.iter().take(room).cloned());
        }
        if self.capacity == 0 {
            return;
        }
        let mut exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        if exchanges.len() >= self.capacity {
            exchanges.pop_front();
        }
        exchanges.push_back(Exchange { request, verdict, reply: reply.clone() });
    }

    pub(super) fn violations(&self) -> Vec<Violation> {
        self.violations.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn take_violations(&self) -> Vec<Violation> {
        std::mem::take(&mut *self.violations.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn take_exchanges(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.exchanges.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}
