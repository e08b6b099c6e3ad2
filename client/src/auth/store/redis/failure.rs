//! Why the server could not help.

use std::{error::Error as StdError, fmt};

use redis::RedisError;

/// Why the server could not help: the class of the error and its code. The text is left out, because a server may quote
/// the arguments of a command in it.
#[derive(Debug)]
pub(super) struct RedisFailure {
    category: String,
    code: Option<String>,
}

impl RedisFailure {
    pub(super) fn new(error: RedisError) -> Self {
        Self { category: error.category().to_owned(), code: error.code().map(str::to_owned) }
    }
}

impl fmt::Display for RedisFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redis: {}", self.category)?;
        match &self.code {
            Some(code) => write!(f, " ({code})"),
            None => Ok(()),
        }
    }
}

impl StdError for RedisFailure {}
