//! What a reply comes to, before it is decoded.

use http::StatusCode;

use super::receive::Received;
use crate::{
    client::Core,
    error::{Error, ErrorKind, Result},
    operation::Operation,
    rate_limit,
    refusal::Refusal,
    vendor_message,
};

/// An error status becomes an error that keeps the reply.
pub(super) fn finish(
    core: &Core,
    outcome: Result<Received>,
    operation: &'static Operation,
    attempts: u32,
) -> Result<(Received, u32)> {
    let received = outcome.map_err(|error| error.with_attempts(attempts))?;
    let documented_304 = received.status == StatusCode::NOT_MODIFIED && operation.documents_not_modified();
    if received.status.is_success() || documented_304 {
        return Ok((received, attempts));
    }
    let wait = rate_limit::retry_after(&received.headers, core.environment().wall_clock());
    let (kind, message) = match received.status {
        StatusCode::UNAUTHORIZED => (ErrorKind::Authentication, "the vendor refused the credentials"),
        status if status.is_redirection() => {
            (ErrorKind::Api, "the vendor answered with a redirect, which is not followed")
        }
        _ => (ErrorKind::Api, "the vendor answered with an error"),
    };
    let code = core.is_token_request(operation).then(|| vendor_message::oauth_code(&received.body)).flatten();
    Err(Error::new(kind, message)
        .with_operation(operation)
        .with_attempts(attempts)
        .with_retry_after(wait)
        .with_refusal(code.map(|code| Refusal::explained(code, &received.body)))
        .with_reply(received.status, received.headers, received.body))
}
