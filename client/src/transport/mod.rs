//! From a built request to a decoded reply.
//!
//! [`execute`] is all that generated code knows: it adds the token, writes the body in the operation's notation, sends,
//! repeats what may be repeated, and decodes. Nothing else in the crate sends a request for an operation.

mod attempt;
mod decode;
mod echo;
mod encode;
mod exchange;
mod logout;
mod outcome;
mod pacing;
mod progress;
mod receive;
mod retry;
mod trace;
mod twins;

use std::{future::Future, time::Duration};

use futures_util::future::{Either, select};
use http::StatusCode;
use serde::de::DeserializeOwned;
use tracing::Instrument;

use crate::{
    auth::{Bearer, TokenManager},
    client::Core,
    error::{Error, ErrorKind, Result, Sent},
    operation::Operation,
    options::CallOptions,
    response::{Meta, Response},
    runtime::Payload,
    twin::{self, Rule},
};

pub(crate) use decode::json_text;
#[cfg(fuzzing)]
pub(crate) use decode::success;
pub(crate) use exchange::HttpExchange;
pub(crate) use logout::logout;
pub(crate) use pacing::Pacer;
pub(crate) use receive::Received;
pub(crate) use retry::RetryBudget;

use attempt::attempt;
use encode::Outgoing;
use outcome::finish;
use progress::Progress;

/// Sends a request and decodes its reply.
///
/// # Errors
/// See [`ErrorKind`].
pub async fn execute<T: DeserializeOwned>(
    core: &Core,
    request: reqwest::Request,
    payload: Payload,
    operation: &'static Operation,
    options: CallOptions,
) -> Result<Response<T>> {
    let span = trace::call(operation);
    let call = exchange_with_deadline(core, request, payload, operation, &options).instrument(span.clone());
    let outcome = call.await.and_then(|(received, attempts)| {
        let value = decode::success(&received, operation).map_err(|error| error.with_attempts(attempts))?;
        Ok((value, received, attempts))
    });
    let (value, Received { status, headers, body }, attempts) =
        outcome.inspect_err(|error| trace::failed(&span, error))?;
    Ok(Response::new(value, Meta { status, headers, body, attempts }))
}

/// All of a call but the decoding. It is a function of its own because [`execute`] is compiled anew for each type of reply, and
/// this part need not be.
async fn exchange_with_deadline(
    core: &Core,
    request: reqwest::Request,
    payload: Payload,
    operation: &'static Operation,
    options: &CallOptions,
) -> Result<(Received, u32)> {
    let deadline = options.deadline.unwrap_or(core.limits().deadline);
    let started = core.environment().now();
    let progress = Progress::default();
    let call = async {
        let outgoing = Outgoing::new(core, request, payload, operation, options)?;
        attempts(core, outgoing, operation, options, started.saturating_add(deadline), &progress).await
    };
    before(core, deadline, Box::pin(call), || progress.cut_off(operation)).await
}

/// A token, within the deadline of a call.
pub(crate) async fn token(core: &Core, tokens: &TokenManager) -> Result<Bearer> {
    let progress = Progress::default();
    let token = Box::pin(tokens.bearer());
    before(core, core.limits().deadline, token, || progress.cut_off(tokens.operation())).await
}

/// What a future comes to, or the error of a deadline that passes first.
async fn before<T, F: Future<Output = Result<T>> + Unpin>(
    core: &Core,
    deadline: Duration,
    future: F,
    late: impl FnOnce() -> Error,
) -> Result<T> {
    let timer = core.environment().sleep(deadline);
    match select(future, timer).await {
        Either::Left((result, _)) => result,
        Either::Right(((), future)) => {
            // Ends the exchange, if there is one.
            drop(future);
            Err(late())
        }
    }
}

/// Sends until there is an outcome: a reply that is not worth a retry, or an error that is not.
async fn attempts(
    core: &Core,
    mut outgoing: Outgoing,
    operation: &'static Operation,
    options: &CallOptions,
    deadline: Duration,
    progress: &Progress,
) -> Result<(Received, u32)> {
    let retry = retry::Schedule::new(core, operation, options, deadline, outgoing.can_repeat());
    // The wait comes before the token, which might expire in the course of it.
    pace(core, operation, options, deadline, progress).await?;
    let mut bearer = first_bearer(core, operation).await?;
    let mut replayed = false;
    loop {
        let sent = progress.sending();
        let outcome = attempt(core, &outgoing, bearer.as_ref(), operation, sent - 1).await;
        progress.ended(&outcome);
        if let Ok(received) = &outcome {
            let environment = core.environment();
            core.pacer().observe(operation, received, environment.now(), environment.wall_clock());
        }
        let outcome = match (outcome, &bearer) {
            (Ok(received), Some(rejected))
                if received.status == StatusCode::UNAUTHORIZED && !replayed
                    || sent < 3 && twins::renewed_by_twin(&received, replayed) =>
            {
                replayed = true;
                match renew(core, rejected, &received, operation, &outgoing).await {
                    Ok(fresh) => {
                        bearer = Some(fresh);
                        if twin::broken(Rule::ReplayWithoutBody) {
                            outgoing.body = encode::Written::None;
                        }
                        pace(core, operation, options, deadline, progress).await?;
                        continue;
                    }
                    Err(error) => return Err(error.with_attempts(sent)),
                }
            }
            (outcome, _) => outcome,
        };
        if twin::broken(Rule::LinkFollowed) {
            twins::follow(core, &outcome, bearer.as_ref()).await;
        }
        let Some(pause) = retry.after(&outcome, sent) else {
            return finish(core, outcome, operation, sent).map_err(|error| progress.of_call(error));
        };
        tracing::debug!(pause_ms = pause.as_millis(), "the request is sent again after a pause");
        progress.failed(finish(core, outcome, operation, sent).err());
        core.environment().sleep(pause).await;
        pace(core, operation, options, deadline, progress).await?;
    }
}

/// The token that a call starts with; `None` for an operation that needs none.
async fn first_bearer(core: &Core, operation: &'static Operation) -> Result<Option<Bearer>> {
    if !operation.authenticated {
        return Ok(None);
    }
    let Some(tokens) = core.tokens() else {
        let message = "the operation needs a token, and the client was built without credentials";
        return Err(Error::new(ErrorKind::Authentication, message).with_operation(operation));
    };
    tokens.bearer().await.map(Some).map_err(|error| {
        // Whatever became of the token request: the call itself was never sent.
        error.with_operation(operation).with_sent(Sent::No).with_attempts(0)
    })
}

/// Waits until the vendor's limit leaves room for one more request.
async fn pace(
    core: &Core,
    operation: &'static Operation,
    options: &CallOptions,
    deadline: Duration,
    progress: &Progress,
) -> Result<()> {
    if !options.pacing.unwrap_or(core.limits().pacing) {
        return Ok(());
    }
    let environment = core.environment();
    loop {
        let now = environment.now();
        let Some(wait) = core.pacer().take(operation, now) else { return Ok(()) };
        if now.saturating_add(wait) >= deadline {
            return Err(progress.out_of_budget(operation, wait));
        }
        tracing::debug!(wait_ms = wait.as_millis(), "the vendor's limit is spent, its reset is waited for");
        environment.sleep(wait).await;
    }
}

/// A token in the place of one that the vendor refused.
async fn renew(
    core: &Core,
    rejected: &Bearer,
    received: &Received,
    operation: &'static Operation,
    outgoing: &Outgoing,
) -> Result<Bearer> {
    let refused = |message: &'static str| received.error(ErrorKind::Authentication, message, operation);
    let Some(tokens) = core.tokens() else { return Err(refused("the vendor refused the token")) };
    if !outgoing.can_repeat() {
        tokens.discard(rejected);
        return Err(refused("the vendor refused the token, and the body cannot be sent again"));
    }
    tokens.rejected(rejected).await.map_err(|error| {
        refused("the vendor refused the token, and no other could be had")
            .with_refusal(error.refusal().cloned())
            .with_retry_after(error.retry_after())
            .with_cause(error)
    })
}

#[cfg(test)]
mod tests;
