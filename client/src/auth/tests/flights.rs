//! Many callers, few requests.

use super::*;

async fn all(callers: Vec<tokio::task::JoinHandle<Result<Bearer, Error>>>) -> Vec<Result<Bearer, Error>> {
    let mut results = Vec::new();
    for caller in callers {
        results.push(caller.await.unwrap());
    }
    results
}

#[tokio::test]
async fn a_thousand_callers_share_one_request() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), application());
    bench.vendor.hold();
    let callers = bench.callers(1000).await;
    bench.vendor.release();
    assert!(all(callers).await.iter().all(|result| text(result.as_ref().unwrap()) == "access-1"));
    assert_eq!(bench.vendor.count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_callers_on_an_expired_token_share_one_request() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    assert_eq!(bench.token().await, "access-1");
    bench.advance(3600.0);
    bench.vendor.hold();
    let callers = bench.callers(10_000).await;
    while bench.manager.waiting() < 10_000 {
        tokio::task::yield_now().await;
    }
    bench.vendor.release();
    assert!(all(callers).await.iter().all(|result| text(result.as_ref().unwrap()) == "access-2"));
    assert_eq!(bench.vendor.grants(), ["password", "refresh_token"]);
}

#[tokio::test]
async fn a_failure_is_shared_and_then_tried_afresh() {
    let vendor = Vendor::new(|_| Reaction::Answer(500, json!({"error": "server_error"})));
    let bench = Bench::new(&WOOTRIC, vendor, resumed());
    bench.vendor.hold();
    let callers = bench.callers(100).await;
    bench.vendor.release();
    for result in all(callers).await {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(StatusCode::INTERNAL_SERVER_ERROR)));
        assert_eq!(error.oauth_error(), Some("server_error"));
        assert!(std::error::Error::source(&error).is_some());
    }
    assert_eq!(bench.vendor.count(), 1);
    bench.vendor.react(|_| Reaction::Answer(200, pair(7)));
    assert_eq!(bench.token().await, "access-7");
    assert_eq!(bench.vendor.count(), 2);
}

/// A session that starts with a refresh, which is not repeated after a 500.
fn resumed() -> Credentials {
    Credentials::refresh_token("refresh-0")
}

#[tokio::test]
async fn a_refusal_rests_for_a_while() {
    let vendor = Vendor::new(|_| Reaction::Answer(401, json!({"error": "invalid_client"})));
    let bench = Bench::new(&WOOTRIC, vendor, application());
    for _ in 0..3 {
        let error = bench.manager.bearer().await.unwrap_err();
        assert_eq!((error.kind(), error.oauth_error()), (ErrorKind::Authentication, Some("invalid_client")));
    }
    assert_eq!(bench.vendor.count(), 1);
    bench.advance(5.0);
    assert!(bench.manager.bearer().await.is_err());
    assert_eq!(bench.vendor.count(), 2);
}

#[tokio::test]
async fn a_panic_does_not_stick() {
    let bench = Bench::new(&WOOTRIC, Vendor::new(|_| Reaction::Panic), application());
    let callers = bench.callers(3).await;
    for result in all(callers).await {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Authentication);
    }
    bench.vendor.react(|_| Reaction::Answer(200, pair(2)));
    assert_eq!(bench.token().await, "access-2");
}

#[tokio::test]
async fn in_the_early_window_one_renews_and_the_others_go_on() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    assert_eq!(bench.token().await, "access-1");
    bench.advance(3539.0);
    assert_eq!(bench.token().await, "access-1");
    assert_eq!(bench.vendor.count(), 1);
    bench.advance(2.0);
    bench.vendor.hold();
    let leader = bench.callers(1).await;
    for _ in 0..10 {
        assert_eq!(bench.token().await, "access-1");
    }
    bench.vendor.release();
    assert_eq!(text(all(leader).await[0].as_ref().unwrap()), "access-2");
    assert_eq!(bench.token().await, "access-2");
    assert_eq!(bench.vendor.count(), 2);
}

#[tokio::test]
async fn an_early_renewal_that_fails_keeps_serving_the_live_token() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    assert_eq!(bench.token().await, "access-1");
    bench.vendor.react(|_| Reaction::Answer(500, json!({})));
    bench.advance(3545.0);
    for _ in 0..10 {
        assert_eq!(bench.token().await, "access-1");
    }
    assert_eq!(bench.vendor.count(), 2);
    bench.advance(5.0);
    assert_eq!(bench.token().await, "access-1");
    assert_eq!(bench.vendor.count(), 3);
    bench.advance(51.0);
    assert!(bench.manager.bearer().await.is_err());
}

#[tokio::test]
async fn an_early_renewal_that_stalls_is_not_waited_for() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    assert_eq!(bench.token().await, "access-1");
    bench.advance(3545.0);
    bench.vendor.hold();
    let leader = bench.callers(1).await;
    bench.advance(5.0);
    assert_eq!(text(all(leader).await[0].as_ref().unwrap()), "access-1");
    assert_eq!(bench.token().await, "access-1");
    bench.vendor.release();
    bench.advance(5.0);
    assert_eq!(bench.token().await, "access-2");
    assert_eq!(bench.vendor.count(), 2);
}

#[tokio::test]
async fn a_401_renews_once_for_all() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    let first = bench.manager.bearer().await.unwrap();
    let late = first.clone();
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let (manager, first) = (bench.manager.clone(), first.clone());
            tokio::spawn(async move { manager.rejected(&first).await })
        })
        .collect();
    assert!(all(callers).await.iter().all(|result| text(result.as_ref().unwrap()) == "access-2"));
    assert_eq!(bench.vendor.count(), 2);
    assert_eq!(text(&bench.manager.rejected(&late).await.unwrap()), "access-2");
    assert_eq!(bench.vendor.count(), 2);
}

#[tokio::test]
async fn a_late_401_is_answered_with_the_present_token_even_if_that_is_due() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    let first = bench.manager.bearer().await.unwrap();
    bench.manager.rejected(&first).await.unwrap();
    bench.advance(3545.0);
    assert_eq!(text(&bench.manager.rejected(&first).await.unwrap()), "access-2");
    assert_eq!(bench.vendor.count(), 2);
}

#[tokio::test]
async fn a_refused_token_is_not_served_again() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    let first = bench.manager.bearer().await.unwrap();
    bench.vendor.react(|_| Reaction::Answer(500, json!({})));
    assert!(bench.manager.rejected(&first).await.is_err());
    assert!(bench.manager.bearer().await.is_err());
    bench.vendor.react(|_| Reaction::Answer(200, pair(3)));
    assert_eq!(bench.token().await, "access-3");
}

#[tokio::test]
async fn a_token_that_was_taken_out_of_use_is_renewed_by_the_next_caller() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    let first = bench.manager.bearer().await.unwrap();
    bench.manager.discard(&first);
    assert_eq!(bench.vendor.count(), 1);
    assert_eq!(bench.token().await, "access-2");
    // Not the present one any more.
    bench.manager.discard(&first);
    assert_eq!((bench.token().await.as_str(), bench.vendor.count()), ("access-2", 2));
}

#[tokio::test]
async fn a_token_from_elsewhere_is_never_renewed() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), Credentials::fixed("given"));
    let bearer = bench.manager.bearer().await.unwrap();
    assert!(bearer.header().is_sensitive());
    assert_eq!(text(&bearer), "given");
    assert_eq!(bench.manager.rejected(&bearer).await.unwrap_err().kind(), ErrorKind::Authentication);
    bench.manager.discard(&bearer);
    assert_eq!(bench.token().await, "given");
    assert_eq!(bench.vendor.count(), 0);
    assert!(bench.manager.key().is_none());
}

#[tokio::test]
async fn a_token_from_elsewhere_serves_whoever_was_refused_before_it_came() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), application());
    let before = bench.manager.bearer().await.unwrap();
    bench.manager.sign_in(Credentials::fixed("given")).unwrap();
    let given = bench.manager.rejected(&before).await.unwrap();
    assert_eq!(text(&given), "given");
    assert!(bench.manager.rejected(&given).await.unwrap_err().is_authentication());
}

#[tokio::test]
async fn a_session_that_was_ended_stays_ended() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), application());
    let key = bench.manager.key().unwrap();
    let bearer = bench.manager.bearer().await.unwrap();
    assert!(bench.store.load(&key).await.unwrap().is_some());
    assert_eq!(bench.manager.sign_out().await.tokens.iter().map(text).collect::<Vec<_>>(), ["access-1"]);
    assert!(bench.store.load(&key).await.unwrap().is_none());
    assert!(bench.manager.bearer().await.unwrap_err().is_authentication());
    assert!(bench.manager.rejected(&bearer).await.unwrap_err().is_authentication());
    assert_eq!(bench.vendor.count(), 1);
    bench.manager.sign_in(application()).unwrap();
    assert_eq!(bench.token().await, "access-2");
}

#[tokio::test]
async fn fresh_credentials_go_before_a_stored_session() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    bench.token().await;
    bench.manager.sign_in(password()).unwrap();
    assert_eq!(bench.token().await, "access-2");
    assert_eq!(bench.vendor.grants(), ["password", "password"]);
    bench.advance(3600.0);
    assert_eq!(bench.token().await, "access-3");
    assert_eq!(bench.vendor.form(2)["refresh_token"], "refresh-2");
}
