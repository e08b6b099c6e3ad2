//! One request, and what came of it.

use std::time::Duration;

use tracing::Instrument;

use super::{
    echo,
    encode::Outgoing,
    receive::{self, Received},
    trace,
};
use crate::{
    auth::Bearer,
    client::Core,
    error::Result,
    operation::Operation,
    twin::{self, Rule},
};

/// Sends a request once; `resent` counts the requests of the same call before it.
pub(super) async fn attempt(
    core: &Core,
    outgoing: &Outgoing,
    bearer: Option<&Bearer>,
    operation: &'static Operation,
    resent: u32,
) -> Result<Received> {
    let mut request = outgoing.request(operation).await?;
    if let Some(bearer) = bearer {
        core.authorize(&mut request, bearer);
    }
    let span = trace::request(&operation.method, operation.path, &request, resent);
    let limits = core.limits();
    let deadline = if twin::broken(Rule::AttemptWithoutDeadline) { Duration::MAX } else { limits.attempt_deadline };
    let timer = core.environment().sleep(deadline);
    let exchange = receive::send(core.http(), request, limits.max_body_bytes, timer).instrument(span.clone());
    let outcome = exchange.await.map_err(|error| error.with_operation(operation));
    trace::received(&span, &outcome);
    match (outcome, bearer) {
        (Ok(Received { status, headers, body }), Some(bearer)) if !status.is_success() => {
            Ok(Received { status, headers, body: echo::without(body, bearer.access_token()) })
        }
        (outcome, _) => outcome,
    }
}
