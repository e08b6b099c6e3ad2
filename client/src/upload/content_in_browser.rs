//! Where the content of an upload comes from in a browser: memory.

use std::error::Error as StdError;

use bytes::Bytes;
use reqwest::multipart::Part;

use super::{invalid, too_large};
use crate::error::Error;

#[derive(Clone, PartialEq)]
pub(super) enum Content {
    Bytes(Bytes),
}

impl Content {
    pub(super) fn len(&self) -> Option<u64> {
        let Self::Bytes(bytes) = self;
        Some(bytes.len() as u64)
    }

    pub(super) const fn is_replayable(&self) -> bool {
        true
    }

    #[expect(clippy::unused_async, reason = "a file is read, where there are files")]
    pub(super) async fn part(&self, max_bytes: Option<u64>) -> Result<Part, Error> {
        let Self::Bytes(bytes) = self;
        match max_bytes {
            Some(max) if bytes.len() as u64 > max => Err(invalid(too_large(max))),
            _ => Ok(Part::bytes(bytes.to_vec())),
        }
    }
}

/// Whether an error is the upload's: never, for what is in memory cannot fail.
pub(crate) fn fault(_: &(dyn StdError + 'static)) -> Option<Error> {
    None
}
