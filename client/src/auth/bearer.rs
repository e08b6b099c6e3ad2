//! A token as a request carries it.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use http::HeaderValue;

use super::token::Token;
use crate::{
    error::{Error, ErrorKind},
    secret::Secret,
};

static SERIAL: AtomicU64 = AtomicU64::new(1);

/// A token as a request carries it. Cheap to clone; `Debug` shows no part of the token.
#[derive(Clone)]
pub(crate) struct Bearer(Arc<Inner>);

struct Inner {
    serial: u64,
    token: Token,
    header: HeaderValue,
    narrowed: bool,
    stored: bool,
}

impl Bearer {
    /// # Errors
    ///
    /// `Decode` when the token cannot be the value of a header.
    pub(crate) fn new(token: Token, narrowed: bool, stored: bool) -> Result<Self, Error> {
        let header = header(&token.access_token)?;
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        Ok(Self(Arc::new(Inner { serial, token, header, narrowed, stored })))
    }

    /// Value of the `Authorization` header, marked sensitive.
    pub(crate) fn header(&self) -> HeaderValue {
        self.0.header.clone()
    }

    /// The token itself.
    pub(crate) fn access_token(&self) -> &Secret {
        &self.0.token.access_token
    }

    /// What the token is good for, as far as anybody said.
    pub(crate) fn scope(&self) -> Option<&str> {
        self.0.token.scope.as_deref()
    }

    /// Whether the vendor granted less than was asked for (RFC 6749 §3.3).
    pub(crate) fn narrowed(&self) -> bool {
        self.0.narrowed
    }

    /// Whether the store holds it.
    pub(super) fn stored(&self) -> bool {
        self.0.stored
    }

    pub(super) fn token(&self) -> &Token {
        &self.0.token
    }

    /// Whether both are the same token of the same exchange.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.0.serial == other.0.serial
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").field("serial", &self.0.serial).finish_non_exhaustive()
    }
}

/// The header with a token (RFC 6750 §2.1).
///
/// # Errors
///
/// `Decode` when the token is empty or holds anything but visible ASCII: CR, LF and NUL above all.
pub(super) fn header(access_token: &Secret) -> Result<HeaderValue, Error> {
    let token = access_token.expose();
    let unusable = || Error::new(ErrorKind::Decode, "the access token cannot be sent in a header");
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(unusable());
    }
    let mut value = Vec::with_capacity("Bearer ".len() + token.len());
    value.extend_from_slice(b"Bearer ");
    value.extend_from_slice(token.as_bytes());
    let mut value = HeaderValue::from_maybe_shared(Bytes::from(value)).map_err(|_| unusable())?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_which_token_it_is_and_nothing_of_it() {
        let token = Token {
            access_token: "canary".into(),
            refresh_token: None,
            scope: None,
            obtained_at: std::time::Duration::ZERO,
            expires_in: None,
            age: std::time::Duration::ZERO,
        };
        let bearer = Bearer::new(token, false, false).unwrap();
        assert_eq!(format!("{bearer:?}"), format!("Bearer {{ serial: {}, .. }}", bearer.0.serial));
        assert!(bearer.header().is_sensitive());
    }
}
