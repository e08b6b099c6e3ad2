//! One token request, repeated as far as its grant allows.

use std::time::Duration;

use super::{
    exchange::{ExchangeReply, Pairs},
    failure::Failure,
    flight::{Control, Step},
    options::Deps,
    reply::TokenResponse,
};
use crate::{
    env::jitter,
    error::{Error, ErrorKind, Sent},
    twin::{self, Rule},
};

/// Most requests for one answer.
const ATTEMPTS: u32 = 3;
/// Longest wait between two of them. A vendor who asks for more gets no repetition now.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// First wait where the vendor does not name one; it doubles, and a random part of it is waited.
const BACKOFF: Duration = Duration::from_millis(500);
/// How long a reply that nobody waited for is given to be read, once somebody does.
const GRACE: Duration = Duration::from_secs(1);

/// What may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Whatever failed: a second login does no harm.
    Freely,
    /// What never left, and what the vendor put off with 429 or 503: a refresh token may be spent by an answer that was
    /// lost (RFC 9700 §4.14.2).
    Carefully,
    /// What never left: a code is presented once (RFC 6749 §4.1.2).
    Unsent,
}

/// What came of a token request.
pub(crate) enum Answer {
    /// A token, and when the request for it was sent.
    Token(TokenResponse, Duration),
    /// The vendor answered with an error status, or with an error in a success.
    Refused(Failure),
    /// The answer did not arrive, or cannot be read: what the vendor did is unknown.
    Lost(Failure),
    /// It was not sent.
    Unsent(Failure),
}

/// Sends a token request, again where `repeat` and the answer allow it.
pub(crate) async fn ask(deps: &Deps, control: &Control, pairs: Pairs, repeat: Repeat) -> Answer {
    let mut attempt = 1;
    loop {
        if control.cancelled() {
            return Answer::Unsent(Failure::signed_out());
        }
        if !deps.keep_lease(control).await {
            let error = Error::new(ErrorKind::Store, "the lock of the token store was lost").with_sent(Sent::No);
            return Answer::Unsent(Failure::new(error.with_operation(deps.oauth.token)));
        }
        if repeat != Repeat::Freely {
            control.set_precious();
        }
        let answer = once(deps, control, pairs.clone(), attempt).await;
        let Some(wait) = pause(deps, &answer, repeat, attempt) else {
            return answer;
        };
        tracing::debug!(api = deps.api, attempt, wait_ms = wait.as_millis(), "the token request is repeated");
        if !wait.is_zero() && control.interruptible(Step::Pause, deps.environment.sleep(wait)).await.is_none() {
            return answer;
        }
        attempt += 1;
    }
}

async fn once(deps: &Deps, control: &Control, pairs: Pairs, attempt: u32) -> Answer {
    let sent_at = deps.now();
    let exchange = reply_to(deps, pairs, sent_at);
    let lost = |kind, message| {
        let error = Error::new(kind, message).with_sent(Sent::Unknown).with_attempts(attempt);
        Answer::Lost(Failure::new(error.with_operation(deps.oauth.token)))
    };
    let reply = match control.interruptible(Step::Answer, exchange).await {
        None => return lost(ErrorKind::Transport, "the token request was abandoned"),
        Some(None) => return lost(ErrorKind::Timeout, "the token request took too long"),
        Some(Some(Err(error))) => {
            let failure = Failure::new(error.with_operation(deps.oauth.token).with_attempts(attempt));
            return if failure.error().was_sent() == Sent::No {
                Answer::Unsent(failure)
            } else {
                Answer::Lost(failure)
            };
        }
        Some(Some(Ok(reply))) => reply,
    };
    match TokenResponse::read(&reply) {
        Ok(token) => Answer::Token(token, sent_at),
        Err(error) => {
            let unreadable = error.is_decode();
            let failure = Failure::new(error.with_operation(deps.oauth.token).with_attempts(attempt));
            if unreadable { Answer::Lost(failure) } else { Answer::Refused(failure) }
        }
    }
}

/// The reply to a request, unless it takes too long.
///
/// A flight that all had left, and a process that was stopped, may notice only much later that the time is over. The reply
/// is mostly there by then, but not read yet: it is given a moment, because a refresh token or a code may be spent by it.
async fn reply_to(deps: &Deps, pairs: Pairs, sent_at: Duration) -> Option<Result<ExchangeReply, Error>> {
    let limit = deps.options.exchange_timeout;
    let mut exchange = deps.exchange.exchange(pairs);
    if let Some(reply) = deps.within(limit, &mut exchange).await {
        return Some(reply);
    }
    let overslept = deps.now().saturating_sub(sent_at) > limit.saturating_add(GRACE);
    if overslept { deps.within(GRACE, exchange).await } else { None }
}

/// How long to wait before the next attempt; `None` ends it.
fn pause(deps: &Deps, answer: &Answer, repeat: Repeat, attempt: u32) -> Option<Duration> {
    if attempt >= ATTEMPTS {
        return None;
    }
    let failure = match answer {
        Answer::Token(..) => return None,
        Answer::Unsent(failure) => failure.never_sent().then_some(failure)?,
        Answer::Lost(failure) => (repeat == Repeat::Freely && failure.answer_lost()).then_some(failure)?,
        Answer::Refused(failure) => {
            let again = match failure.error().status()?.as_u16() {
                429 | 503 => repeat != Repeat::Unsent,
                408 | 500..=599 => repeat == Repeat::Freely,
                _ => twin::broken(Rule::RefusalRetried),
            };
            again.then_some(failure)?
        }
    };
    let backoff = jitter(&*deps.environment, BACKOFF.saturating_mul(1 << (attempt - 1)));
    let asked = failure.error().retry_after().filter(|_| !twin::broken(Rule::RetryAfterIgnored));
    let wait = asked.unwrap_or(backoff);
    (wait <= LONGEST_WAIT).then_some(wait)
}
