//! Which lies are to be told, and which were.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{Mutex, PoisonError, RwLock},
};

use super::Lie;
use crate::violation::Place;

/// A lie that went over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told {
    /// The lie.
    pub lie: Lie,
    /// Name of the API.
    pub api: String,
    /// `operationId`; none where no operation matched.
    pub operation: Option<String>,
    /// Status of the reply, as it was sent.
    pub status: u16,
    /// Where it lies. A pointer into the body is that of the member itself, also of one that is missing.
    pub place: Place,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.operation.as_deref().unwrap_or("no operation");
        write!(f, "{} {operation} {}: {} in the {}", self.api, self.status, self.lie, self.place)
    }
}

/// More lies than this tell nobody anything new.
const MOST_KEPT: usize = 10_000;

/// The lies of a vendor.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    everywhere: Option<Lie>,
    about: BTreeMap<String, Option<Lie>>,
}

impl Plan {
    pub(crate) fn everywhere(&mut self, lie: Option<Lie>) {
        self.everywhere = lie;
    }

    pub(crate) fn about(&mut self, operation: &str, lie: Option<Lie>) {
        self.about.insert(operation.to_owned(), lie);
    }
}

/// The plan, and what came of it.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    plan: RwLock<Plan>,
    told: Mutex<VecDeque<Told>>,
}

impl Ledger {
    pub(crate) fn new(plan: Plan) -> Self {
        Self { plan: RwLock::new(plan), told: Mutex::default() }
    }

    /// The operations that the plan names.
    pub(crate) fn named(&self) -> Vec<String> {
        self.plan.read().unwrap_or_else(PoisonError::into_inner).about.keys().cloned().collect()
    }

    pub(crate) fn plan(&self, change: impl FnOnce(&mut Plan)) {
        change(&mut self.plan.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// The lie about an operation. One of the token flow is spared unless it is named: without a token, nobody would
    /// get as far as the other lies.
    pub(crate) fn about(&self, operation: &cx_spec::Operation) -> Option<Lie> {
        let plan = self.plan.read().unwrap_or_else(PoisonError::into_inner);
        match plan.about.get(&operation.id) {
            Some(lie) => *lie,
            None => plan.everywhere.filter(|_| operation.oauth.is_none()),
        }
    }

    /// The lie about what is no operation.
    pub(crate) fn elsewhere(&self) -> Option<Lie> {
        self.plan.read().unwrap_or_else(PoisonError::into_inner).everywhere
    }

    pub(crate) fn keep(&self, told: Told) {
        let mut kept = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.pop_front();
        }
        kept.push_back(told);
    }

    pub(crate) fn take(&self) -> Vec<Told> {
        std::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}
