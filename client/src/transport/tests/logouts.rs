//! How the vendor is told that a session is over.

use futures_util::FutureExt;
use tokio::sync::Notify;

use super::*;
use crate::auth::{MemoryStore, StoreFuture, StoreKey, StoredToken, TokenStore};

#[tokio::test]
async fn a_logout_is_done_when_the_token_is_gone() {
    for status in [204, 401] {
        let stage = Stage::set([token(FIRST), reply(status)]).await;
        stage.log_out().await.unwrap();
        assert_eq!(stage.requests().pop(), Some(seen("DELETE", "/oauth/token", "Bearer first")), "{status}");
    }
    let stage = Stage::set([token(FIRST), reply(400)]).await;
    let error = stage.log_out().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Api, 1));
}

#[tokio::test]
async fn a_logout_that_is_put_off_is_asked_for_again_and_not_for_ever() {
    let stage = Stage::set([token(FIRST), reply(503), reply(204)]).await;
    stage.log_out().await.unwrap();
    assert_eq!(stage.requests().len(), 3);

    let stage = Stage::set([token(FIRST), reply(503), reply(503), reply(503)]).await;
    let error = stage.log_out().await.unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(StatusCode::SERVICE_UNAVAILABLE), 3));
    assert_eq!(stage.requests().len(), 4);
}

/// A deadline that passes as soon as anything is waited for.
fn at_once(builder: CoreBuilder) -> CoreBuilder {
    builder.deadline(Duration::from_secs(1))
}

#[tokio::test]
async fn a_logout_ends_with_the_deadline_of_a_call() {
    let stage = Stage::set_with([token(FIRST)], at_once).await;
    let error = stage.log_out().await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent(), error.attempts()), (ErrorKind::Timeout, Sent::Unknown, 1), "{error}");
    assert_eq!(error.operation().unwrap().id, "logout");
}

/// A token that another client has got.
async fn bearer() -> Bearer {
    let stage = Stage::set([token(FIRST)]).await;
    stage.core.tokens().unwrap().bearer().await.unwrap()
}

#[tokio::test]
async fn a_logout_whose_repetition_never_left_may_have_reached_the_vendor() {
    let url = gone_after(b"HTTP/1.1 503 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await;
    let stage = Stage::set_with([], |builder| builder.base_url(url)).await;
    let error = logout(&stage.core, &bearer().await, &LOGOUT).await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.attempts()), (ErrorKind::Transport, None, 3), "{error}");
    assert_eq!(error.was_sent(), Sent::Unknown);
}

/// Surroundings in which the deadline passes in the first pause.
#[derive(Debug, Default)]
struct Late(Arc<Notify>);

impl Environment for Late {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn wall_clock(&self) -> SystemTime {
        UNIX_EPOCH
    }

    fn sleep(&self, pause: Duration) -> BoxFuture<()> {
        let passed = Arc::clone(&self.0);
        if pause == LATE {
            return Box::pin(async move { passed.notified().await });
        }
        if pause < SHORTEST_DEADLINE {
            passed.notify_one();
        }
        Box::pin(std::future::pending())
    }

    fn random(&self) -> f64 {
        0.5
    }
}

const LATE: Duration = Duration::from_secs(77);

#[tokio::test]
async fn a_logout_that_is_cut_off_says_how_the_last_request_failed() {
    let late = |builder: CoreBuilder| builder.environment(Arc::new(Late::default())).deadline(LATE);
    let stage = Stage::set_with([reply(503)], late).await;
    let error = logout(&stage.core, &bearer().await, &LOGOUT).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent(), error.attempts()), (ErrorKind::Timeout, Sent::Unknown, 1), "{error}");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("status 503"), "{cause}");
}

#[tokio::test]
async fn a_question_about_the_scope_ends_with_the_deadline_of_a_call() {
    let stage = Stage::set_with([], at_once).await;
    let error = stage.core.granted_scope().await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Timeout, Sent::No), "{error}");
    assert_eq!(error.operation().unwrap().id, "create_token");
}

#[tokio::test]
async fn a_logout_may_take_as_long_as_it_likes() {
    let stage = Stage::set_with([token(FIRST), reply(204)], |builder| builder.deadline(Duration::MAX)).await;
    // So that the end of the deadline is past all times.
    stage.environment.sleep(Duration::from_secs(1)).await;
    stage.log_out().await.unwrap();
    assert_eq!(stage.requests().len(), 2);
}

/// A store that keeps what it has.
#[derive(Debug, Default)]
struct Stubborn(MemoryStore);

impl TokenStore for Stubborn {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        self.0.load(key)
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        self.0.save(key, token)
    }

    fn clear<'a>(&'a self, _: &'a StoreKey) -> StoreFuture<'a, ()> {
        Box::pin(async { Err("cannot remove".into()) })
    }
}

#[tokio::test]
async fn the_vendor_is_told_although_the_store_keeps_its_record() {
    let stubborn = |builder: CoreBuilder| builder.token_store(Arc::new(Stubborn::default()));
    let stage = Stage::set_with([token(FIRST), things(), reply(204)], stubborn).await;
    stage.call(&LIST).await.unwrap();
    assert_eq!(stage.core.sign_out().await.unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(stage.requests().pop(), Some(seen("DELETE", "/oauth/token", "Bearer first")));
}

/// A store whose next `save` says that it has begun, and waits.
#[derive(Debug, Default)]
struct Gated {
    store: MemoryStore,
    begun: Notify,
    gate: Notify,
}

impl TokenStore for Gated {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        self.store.load(key)
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.begun.notify_one();
            self.gate.notified().await;
            self.store.save(key, token).await
        })
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        self.store.clear(key)
    }
}

#[tokio::test]
async fn the_vendor_is_told_of_a_token_that_came_while_the_session_ended() {
    let store = Arc::new(Gated::default());
    let gated = Arc::clone(&store);
    let stage = Stage::set_with([token(FIRST), reply(204)], |builder| builder.token_store(gated)).await;
    let core = stage.core.clone();
    let caller = tokio::spawn(async move { core.granted_scope().await });
    store.begun.notified().await;
    let mut leaving = Box::pin(stage.core.sign_out());
    assert!(leaving.as_mut().now_or_never().is_none());
    store.gate.notify_one();
    leaving.await.unwrap();
    assert!(caller.await.unwrap().unwrap_err().is_authentication());
    assert_eq!(stage.requests().pop(), Some(seen("DELETE", "/oauth/token", "Bearer first")));
}
