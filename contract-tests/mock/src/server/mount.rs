//! One document on the server.

use std::{
    collections::HashMap,
    ops::Deref,
    sync::{PoisonError, RwLock},
};

use cx_spec::Operation;
use serde_json::json;

use super::answer;
use crate::{
    outgoing::{self, Outgoing},
    validator::Validator,
};

/// More than this is no set of `Accept` headers that clients send, and is not kept.
const MOST_KEPT: usize = 1024;

/// A validator, and the replies that are asked for over and over.
pub(super) struct Mount {
    validator: Validator,
    /// By operation and `Accept`.
    successes: RwLock<HashMap<(String, Option<String>), Outgoing>>,
}

impl Mount {
    pub(super) fn new(validator: Validator) -> Self {
        Self { validator, successes: RwLock::default() }
    }

    /// The first example of the first documented success.
    pub(super) fn first_success(&self, operation: &Operation, accept: Option<&str>) -> Outgoing {
        let key = (operation.id.clone(), accept.map(str::to_owned));
        if let Some(known) = self.successes.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let made = match outgoing::success(operation).or_else(|| operation.replies.first()) {
            Some(reply) => answer::documented(self.api(), operation, reply.status.representative(), None, accept),
            None => Outgoing::undocumented(501, &json!({"error": format!("`{}` documents no reply", operation.id)})),
        };
        let mut successes = self.successes.write().unwrap_or_else(PoisonError::into_inner);
        if successes.len() < MOST_KEPT {
            successes.insert(key, made.clone());
        }
        made
    }
}

impl Deref for Mount {
    type Target = Validator;

    fn deref(&self) -> &Validator {
        &self.validator
    }
}
