//! From a built request to a decoded reply.
//!
//! [`execute`] is all that generated code knows: it adds the token, writes the body in the operation's notation, sends,
//! repeats what may be repeated, and decodes. Nothing else in the crate sends a request for an operation.

mod decode;
mod encode;
mod exchange;
mod pacing;
mod progress;
mod receive;
mod retry;
mod trace;

use std::time::Duration;

use http::StatusCode;
use serde::de::DeserializeOwned;
use tracing::Instrument;

use crate::{
    auth::Bearer,
    challenge,
    client::Core,
    error::{Error, ErrorKind, Result, Sent},
    operation::Operation,
    options::CallOptions,
    rate_limit,
    refusal::Refusal,
    response::{Meta, Response},
    runtime::Payload,
    twin::{self, Rule},
    vendor_message,
};

#[cfg(fuzzing)]
pub(crate) use decode::success;
pub(crate) use exchange::HttpExchange;
pub(crate) use pacing::Pacer;
pub(crate) use receive::Received;
pub(crate) use retry::RetryBudget;

use encode::Outgoing;
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

/// Everything but decoding, which is the only part that differs by type.
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
    let timer = core.environment().sleep(deadline);
    match futures_util::future::select(Box::pin(call), timer).await {
        futures_util::future::Either::Left((result, _)) => result,
        futures_util::future::Either::Right(((), call)) => {
            // Ends the exchange, if there is one.
            drop(call);
            Err(progress.cut_off(operation))
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
    let mut retry = retry::Schedule::new(core, operation, options, deadline, outgoing.can_repeat());
    // Before the token, which might expire meanwhile.
    pace(core, operation, options, deadline, progress).await?;
    let mut bearer = match (operation.authenticated, core.tokens()) {
        (false, _) => None,
        (true, Some(tokens)) => Some(tokens.bearer().await.map_err(|error| {
            // Whatever became of the token request: the call never left.
            error.with_operation(operation).with_sent(Sent::No).with_attempts(0)
        })?),
        (true, None) => {
            let message = "the operation needs a token, and the client was built without credentials";
            return Err(Error::new(ErrorKind::Authentication, message).with_operation(operation));
        }
    };
    let mut replayed = false;
    loop {
        let sent = progress.sending();
        let outcome = attempt(core, &outgoing, bearer.as_ref(), operation, sent - 1).await;
        if let Ok(received) = &outcome {
            let environment = core.environment();
            core.pacer().observe(operation, received, environment.now(), environment.wall_clock());
        }
        let outcome = match (outcome, &bearer) {
            (Ok(received), Some(rejected))
                if received.status == StatusCode::UNAUTHORIZED
                    && (!replayed || twin::broken(Rule::SecondReplay) && sent < 3)
                    || sent < 3 && renewed_by_twin(&received, replayed) =>
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
            follow(core, &outcome, bearer.as_ref()).await;
        }
        let Some(pause) = retry.after(&outcome, sent) else { return finish(core, outcome, operation, sent) };
        tracing::debug!(pause_ms = pause.as_millis(), "the request is sent again after a pause");
        progress.failed(finish(core, outcome, operation, sent).err());
        core.environment().sleep(pause).await;
        pace(core, operation, options, deadline, progress).await?;
    }
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

/// Whether a twin has the token renewed after this reply.
fn renewed_by_twin(received: &Received, replayed: bool) -> bool {
    let named = || challenge::bearer_parameter(&received.headers, "error").is_some();
    match received.status {
        StatusCode::UNAUTHORIZED => twin::broken(Rule::SecondReplayWithoutError) && replayed && !named(),
        StatusCode::FORBIDDEN => twin::broken(Rule::ForbiddenRenewed),
        StatusCode::BAD_REQUEST => twin::broken(Rule::BadRequestRenewed) && named(),
        _ => false,
    }
}

/// Where a twin goes that follows links.
async fn follow(core: &Core, outcome: &Result<Received>, bearer: Option<&Bearer>) {
    let link = outcome.as_ref().ok().and_then(|received| received.headers.get(http::header::LOCATION)?.to_str().ok());
    if let (Some(link), Some(bearer)) = (link, bearer) {
        drop(core.http().get(link).header(http::header::AUTHORIZATION, bearer.header()).send().await);
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
    let refused = |message: &'static str| {
        Error::new(ErrorKind::Authentication, message).with_operation(operation).with_reply(
            received.status,
            received.headers.clone(),
            received.body.clone(),
        )
    };
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

async fn attempt(
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
    outcome
}

/// Tells the vendor that a session is over. Asked again only where the vendor did nothing: until then the token is alive
/// (RFC 7009 §2.2.1). A token that the vendor does not know is one that has ended.
pub(crate) async fn logout(core: &Core, bearer: &Bearer, operation: &'static Operation) -> Result<()> {
    let url = format!("{}{}", core.base_url(), operation.path);
    let request = core.http().request(operation.method.clone(), url).build();
    let request = request.map_err(|cause| crate::runtime::unbuilt(cause, operation))?;
    let options = CallOptions::new();
    let outgoing = Outgoing::new(core, request, Payload::none(), operation, &options)?;
    let deadline = core.environment().now().saturating_add(core.limits().deadline);
    let mut retry = retry::Schedule::new(core, operation, &options, deadline, outgoing.can_repeat()).with_put_off();
    let mut sent = 0;
    loop {
        sent += 1;
        let outcome = attempt(core, &outgoing, Some(bearer), operation, sent - 1).await;
        match outcome.as_ref().map(|received| received.status) {
            Ok(StatusCode::UNAUTHORIZED) if !twin::broken(Rule::UnknownTokenFails) => return Ok(()),
            Ok(StatusCode::SERVICE_UNAVAILABLE) if twin::broken(Rule::PutOffLogoutDone) => return Ok(()),
            _ => {}
        }
        match retry.after(&outcome, sent) {
            Some(pause) => core.environment().sleep(pause).await,
            None => return finish(core, outcome, operation, sent).map(drop),
        }
    }
}

/// An error status becomes an error that keeps the reply.
fn finish(
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

#[cfg(test)]
mod tests;
