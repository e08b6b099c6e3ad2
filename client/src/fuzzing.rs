//! Doors for the fuzz targets of `client/fuzz`, into what no caller reaches without a connection. There are none in any
//! other build.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::{
    auth,
    error::{Error, ErrorKind, Result},
    operation::Operation,
    rate_limit, transport,
};

fn status(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or_default()
}

/// Decodes a reply as its operation says, envelope included.
///
/// # Errors
/// `Decode`, with the reply.
pub fn reply(operation: &'static Operation, status: u16, body: &[u8]) -> Result<Value> {
    let body = Bytes::copy_from_slice(body);
    let received = transport::Received { status: self::status(status), headers: HeaderMap::new(), body };
    transport::success(&received, operation)
}

/// The error of a reply.
pub fn error(status: u16, headers: HeaderMap, body: &[u8]) -> Error {
    Error::new(ErrorKind::Api, "the vendor answered with an error").with_reply(
        self::status(status),
        headers,
        Bytes::copy_from_slice(body),
    )
}

/// The error of a reply to a token request, if it is one.
pub fn token(status: u16, headers: HeaderMap, body: &[u8]) -> Option<Error> {
    auth::read_token(self::status(status), headers, Bytes::copy_from_slice(body)).err()
}

/// How long a vendor asks to wait.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    rate_limit::retry_after(headers, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777))
}
