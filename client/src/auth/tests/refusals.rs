//! What is repeated, and what is not.

use super::*;

/// Answers with these, one after the other; then with tokens.
fn script(reactions: impl IntoIterator<Item = Reaction>) -> impl FnMut(&Form) -> Reaction {
    let mut reactions: std::collections::VecDeque<_> = reactions.into_iter().collect();
    move |_| reactions.pop_front().unwrap_or_else(|| Reaction::Answer(200, pair(9)))
}

/// A session whose token has expired, and whose vendor then reacts as told.
async fn expired(
    oauth: &'static OAuth,
    credentials: Credentials,
    reactions: impl IntoIterator<Item = Reaction> + Send,
) -> Bench {
    let bench = Bench::new(oauth, Vendor::plain(), credentials);
    bench.token().await;
    let reactions: Vec<_> = reactions.into_iter().collect();
    bench.vendor.react(script(reactions));
    bench.advance(3600.0);
    bench
}

#[tokio::test]
async fn a_login_is_tried_three_times_at_most() {
    for (reactions, requests, good) in [
        (vec![Reaction::Fail(Sent::Unknown), Reaction::Answer(502, json!({}))], 3, true),
        (vec![Reaction::Fail(Sent::No), Reaction::Fail(Sent::No)], 3, true),
        (vec![Reaction::Fail(Sent::No), Reaction::Fail(Sent::No), Reaction::Fail(Sent::No)], 3, false),
        (vec![Reaction::Answer(400, json!({}))], 1, false),
        (vec![Reaction::Answer(401, json!({"error": "invalid_client"}))], 1, false),
        (vec![Reaction::Answer(302, json!({}))], 1, false),
        (vec![Reaction::Answer(200, json!({"token_type": "mac", "access_token": "x"}))], 1, false),
    ] {
        let bench = Bench::new(&WOOTRIC, Vendor::new(script(reactions)), application());
        let outcome = bench.manager.bearer().await;
        assert_eq!((outcome.is_ok(), bench.vendor.count()), (good, requests));
        if let Err(error) = outcome {
            assert_eq!(error.attempts() as usize, requests, "{error}");
        }
    }
}

#[tokio::test]
async fn a_repetition_waits_for_a_random_part_of_a_pause_that_doubles() {
    let lost = || Reaction::Fail(Sent::Unknown);
    let bench = Bench::new(&WOOTRIC, Vendor::new(script([lost(), lost()])), application());
    bench.clock.0.load_die(0.5);
    let caller = bench.callers(1).await.remove(0);
    // Half of 500 ms, then half of a second.
    for (seconds, requests) in [(0.24, 1), (0.02, 2), (0.48, 2), (0.04, 3)] {
        bench.advance(seconds);
        quiet().await;
        assert_eq!(bench.vendor.count(), requests);
    }
    assert!(caller.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_is_resent_once() {
    for (lost, grants) in [
        (1, vec!["password", "refresh_token", "refresh_token"]),
        (2, vec!["password", "refresh_token", "refresh_token", "password"]),
    ] {
        let reactions = (0..lost).map(|_| Reaction::Fail(Sent::Unknown));
        let bench = expired(&WOOTRIC, password().with_password_kept(), reactions).await;
        assert_eq!(bench.token().await, "access-9");
        assert_eq!(bench.vendor.grants(), grants);
    }
}

#[tokio::test]
async fn a_refresh_whose_answers_were_lost_ends_a_session_that_cannot_log_in() {
    let bench = expired(&WOOTRIC, password(), (0..9).map(|_| Reaction::Fail(Sent::Unknown))).await;
    let error = bench.manager.bearer().await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Transport, Sent::Unknown));
    bench.advance(60.0);
    assert!(bench.manager.bearer().await.is_err());
    assert_eq!(bench.vendor.grants(), ["password", "refresh_token", "refresh_token"]);
}

#[tokio::test]
async fn a_refresh_token_that_can_be_used_again_outlives_lost_answers() {
    let bench = expired(&STEADY, password(), (0..4).map(|_| Reaction::Fail(Sent::Unknown))).await;
    for requests in [3, 5] {
        assert_eq!(bench.manager.bearer().await.unwrap_err().kind(), ErrorKind::Transport);
        assert_eq!(bench.vendor.count(), requests);
        bench.advance(5.0);
    }
    assert_eq!(bench.token().await, "access-9");
    assert!(bench.vendor.grants()[1..].iter().all(|grant| grant == "refresh_token"));
}

#[tokio::test]
async fn a_login_follows_a_refresh_that_was_refused_for_its_own_sake() {
    let refused = |status, code| Reaction::Answer(status, json!({"error": code}));
    for (reaction, grants) in [
        (refused(400, "invalid_grant"), vec!["password", "refresh_token", "password"]),
        (refused(400, "invalid_request"), vec!["password", "refresh_token", "password"]),
        (refused(401, "invalid_client"), vec!["password", "refresh_token"]),
        (Reaction::Answer(500, json!({})), vec!["password", "refresh_token"]),
    ] {
        let bench = expired(&WOOTRIC, password().with_password_kept(), [reaction]).await;
        assert_eq!(bench.manager.bearer().await.is_ok(), grants.len() == 3);
        assert_eq!(bench.vendor.grants(), grants);
    }
}

#[tokio::test]
async fn a_refresh_that_panicked_counts_as_lost() {
    for (panics, outcome, requests) in [(1, Ok(()), 3), (2, Err(ErrorKind::Authentication), 3)] {
        let bench = expired(&WOOTRIC, password(), (0..panics).map(|_| Reaction::Panic)).await;
        for _ in 0..panics {
            assert!(bench.manager.bearer().await.is_err());
        }
        let last = bench.manager.bearer().await.map(drop).map_err(|error| error.kind());
        assert_eq!((last, bench.vendor.count()), (outcome, requests));
    }
}

#[tokio::test]
async fn an_unreadable_answer_to_a_refresh_counts_as_lost() {
    let garbage = || Reaction::Answer(200, json!([]));
    let bench = expired(&WOOTRIC, password(), [garbage(), garbage(), garbage()]).await;
    for _ in 0..2 {
        assert!(bench.manager.bearer().await.unwrap_err().is_decode());
    }
    for _ in 0..2 {
        assert!(says_why(&bench.manager.bearer().await.unwrap_err(), "is not an object"));
    }
    assert_eq!(bench.vendor.count(), 3);
}

#[tokio::test]
async fn a_refresh_that_was_never_sent_is_tried_again() {
    let reactions = || (0..3).map(|_| Reaction::Fail(Sent::No));
    let bench = expired(&WOOTRIC, password(), reactions().take(2)).await;
    assert_eq!(bench.token().await, "access-9");
    let bench = expired(&WOOTRIC, password(), reactions()).await;
    assert!(bench.manager.bearer().await.is_err());
    assert_eq!(bench.token().await, "access-9");
    assert_eq!(bench.vendor.count(), 5);
}

#[tokio::test]
async fn a_refresh_is_not_repeated_after_a_500_but_tried_afresh_later() {
    let bench = expired(&WOOTRIC, password(), [Reaction::Answer(500, json!({}))]).await;
    assert!(bench.manager.bearer().await.is_err());
    assert_eq!(bench.vendor.count(), 2);
    assert_eq!(bench.token().await, "access-9");
}

#[tokio::test]
async fn a_named_wait_is_kept() {
    for status in [429, 503] {
        let bench = expired(&WOOTRIC, password(), [Reaction::Busy(status, 7)]).await;
        let caller = bench.callers(1).await;
        bench.advance(6.9);
        quiet().await;
        assert_eq!(bench.vendor.count(), 2);
        bench.advance(0.1);
        for caller in caller {
            assert_eq!(text(&caller.await.unwrap().unwrap()), "access-9");
        }
    }
}

#[tokio::test]
async fn a_long_wait_is_left_to_the_caller() {
    let bench = expired(&WOOTRIC, password(), [Reaction::Busy(429, 120)]).await;
    for _ in 0..3 {
        let error = bench.manager.bearer().await.unwrap_err();
        assert!(error.is_rate_limited());
        assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    }
    bench.advance(50.0);
    let error = bench.manager.bearer().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(70)), "what is left of it");
    assert_eq!(bench.vendor.count(), 2);
    bench.advance(70.0);
    assert_eq!(bench.token().await, "access-9");
}

#[tokio::test]
async fn a_request_that_stalls_is_given_up() {
    let stalls = || (0..9).map(|_| Reaction::Stall);
    let bench = expired(&WOOTRIC, password(), stalls()).await;
    let caller = bench.callers(1).await;
    for _ in 0..2 {
        bench.advance(30.0);
        quiet().await;
    }
    for caller in caller {
        assert!(caller.await.unwrap().unwrap_err().is_timeout());
    }
    assert_eq!(bench.vendor.count(), 3);
}

/// Whether an error sends the caller to sign in again, and has a cause that says so.
fn says_why(error: &Error, so: &str) -> bool {
    let mut causes =
        std::iter::successors(std::error::Error::source(error), |cause| std::error::Error::source(*cause));
    error.is_authentication() && causes.any(|cause| cause.to_string().contains(so))
}

#[tokio::test]
async fn a_code_is_presented_once() {
    for (reaction, why) in [
        (Reaction::Fail(Sent::Unknown), "no connection"),
        (Reaction::Answer(503, json!({})), "status 503"),
        (Reaction::Answer(201, json!({})), "token_type"),
        (invalid_grant(), "invalid_grant"),
        (Reaction::Panic, "panicked"),
    ] {
        let bench = Bench::new(&DIRECTLY, Vendor::new(script([reaction])), code());
        assert!(bench.manager.bearer().await.is_err());
        for _ in 0..2 {
            bench.advance(60.0);
            let error = bench.manager.bearer().await.unwrap_err();
            assert!(says_why(&error, why), "{error:?}");
        }
        assert_eq!(bench.vendor.count(), 1);
    }
    let bench = Bench::new(&DIRECTLY, Vendor::new(script((0..3).map(|_| Reaction::Fail(Sent::No)))), code());
    assert!(bench.manager.bearer().await.is_err());
    assert_eq!(bench.token().await, "access-9");
}

#[tokio::test]
async fn a_refusal_without_a_code_leads_to_a_login_and_keeps_the_refresh_token() {
    let refused = || Reaction::Answer(404, json!({}));
    let bench = expired(&WOOTRIC, password().with_password_kept(), [refused()]).await;
    assert_eq!(bench.token().await, "access-9");
    assert_eq!(bench.vendor.grants(), ["password", "refresh_token", "password"]);
    let bench = expired(&WOOTRIC, password(), [refused()]).await;
    assert!(bench.manager.bearer().await.unwrap_err().is_authentication());
    bench.advance(5.0);
    assert_eq!(bench.token().await, "access-9");
    assert_eq!(bench.vendor.grants(), ["password", "refresh_token", "refresh_token"]);
}
