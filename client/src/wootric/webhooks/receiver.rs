//! From headers and bytes to an event.

use std::fmt;

use http::{HeaderMap, header::CONTENT_TYPE};

use super::{SIGNATURE_HEADER, event::Webhook, form, signature::Key};
use crate::{
    error::Result,
    incoming::{self, IncomingError},
    secret::Secret,
};

/// Takes webhooks of one account: bounds their size, checks their signature, decodes them. Cheap to clone.
#[derive(Clone)]
pub struct Receiver {
    key: Key,
    max_body_bytes: usize,
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("max_body_bytes", &self.max_body_bytes).finish_non_exhaustive()
    }
}

impl Receiver {
    /// A receiver with the webhook secret of the account's settings page.
    ///
    /// # Errors
    /// An empty secret, with which anybody could sign.
    pub fn new(secret: impl Into<Secret>) -> Result<Self> {
        Ok(Self { key: Key::new(&secret.into())?, max_body_bytes: incoming::MAX_BODY_BYTES })
    }

    /// Largest body in bytes. 1 MiB. Have your HTTP server stop reading there too.
    #[must_use]
    pub fn with_max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// The limit for bodies, in bytes.
    pub fn max_body_bytes(&self) -> usize {
        self.max_body_bytes
    }

    /// Checks and decodes a webhook. `body` is what came over the wire, byte for byte.
    ///
    /// # Errors
    /// See [`IncomingError`]; [`IncomingError::status`] is what to answer. Nothing is decoded before the signature was
    /// found right.
    pub fn receive(&self, headers: &HeaderMap, body: &[u8]) -> Result<Webhook, IncomingError> {
        self.verify(headers, body)?;
        let value = match Encoding::of(headers) {
            Some(Encoding::Json) => incoming::json(body)?,
            Some(Encoding::Form) => form::value(body),
            None => return Err(IncomingError::UnknownContentType),
        };
        Webhook::of(value)
    }

    /// Checks size and signature only.
    ///
    /// # Errors
    /// [`IncomingError::TooLarge`], [`IncomingError::Unsigned`], [`IncomingError::WrongSignature`].
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), IncomingError> {
        incoming::within(self.max_body_bytes, body)?;
        let mut signatures = headers.get_all(SIGNATURE_HEADER).iter();
        match (signatures.next(), signatures.next()) {
            (None, _) => Err(IncomingError::Unsigned),
            (Some(signature), None) if self.key.verifies(signature.as_bytes(), body) => Ok(()),
            // One vendor signs once: of two signatures, somebody on the way added one.
            (Some(_), _) => Err(IncomingError::WrongSignature),
        }
    }

    /// The value of [`SIGNATURE_HEADER`] for a body, for tests of your own endpoint.
    pub fn sign(&self, body: &[u8]) -> String {
        self.key.sign(body)
    }
}

/// The two notations that can be chosen on the settings page.
enum Encoding {
    Json,
    Form,
}

impl Encoding {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let media_type = value.split(';').next()?.trim();
        if media_type.eq_ignore_ascii_case("application/json") {
            Some(Self::Json)
        } else if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Some(Self::Form)
        } else {
            None
        }
    }
}
