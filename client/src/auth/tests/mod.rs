#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]
//! A vendor, a clock and a store that do what a test says, and the tests.

mod authorize;
mod cancellation;
mod clock;
mod flights;
mod forms;
mod locks;
#[cfg(cx_shuttle)]
mod model;
mod refusals;
mod renewals;
mod replies;
mod rows;
mod schedules;
mod stores;
mod vendor;

use std::{
    collections::HashMap,
    future::{Future, poll_fn},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Poll, Waker},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use clock::Env;
use rows::{DIRECTLY, STEADY, WOOTRIC};
use vendor::{Form, Line, Reaction, Vendor, reply};

use super::*;
use crate::{
    env::{BoxFuture, Environment},
    error::{Error, ErrorKind, Sent},
    operation::{Grant, OAuth, Operation, Reply, Retry},
    secret::Secret,
};

fn pair(number: u32) -> Value {
    json!({
        "access_token": format!("access-{number}"),
        "refresh_token": format!("refresh-{number}"),
        "token_type": "bearer",
        "expires_in": 3600,
        "scope": "public",
    })
}

fn invalid_grant() -> Reaction {
    Reaction::Answer(400, json!({"error": "invalid_grant"}))
}

/// Not ready for a number of polls.
async fn yields(times: usize) {
    let mut left = times;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Lets everything that can run do so.
async fn quiet() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

/// What a test works with.
struct Bench {
    vendor: Arc<Vendor>,
    clock: Env,
    store: Arc<dyn TokenStore>,
    manager: TokenManager,
}

impl Bench {
    fn new(oauth: &'static OAuth, vendor: Arc<Vendor>, credentials: Credentials) -> Self {
        Self::with_store(oauth, vendor, credentials, Arc::new(MemoryStore::default()))
    }

    fn with_store(
        oauth: &'static OAuth,
        vendor: Arc<Vendor>,
        credentials: Credentials,
        store: Arc<dyn TokenStore>,
    ) -> Self {
        let clock = Env::default();
        clock.0.advance(1000.0);
        let manager = manager(oauth, &vendor, credentials, &store, &clock).unwrap();
        Self { vendor, clock, store, manager }
    }

    fn advance(&self, seconds: f64) {
        self.clock.0.advance(seconds);
    }

    /// A token for a request, as text.
    async fn token(&self) -> String {
        text(&self.manager.bearer().await.unwrap())
    }

    /// Starts callers that wait for a token.
    async fn callers(&self, number: usize) -> Vec<tokio::task::JoinHandle<Result<Bearer, Error>>> {
        let callers = (0..number)
            .map(|_| {
                let manager = self.manager.clone();
                tokio::spawn(async move { manager.bearer().await })
            })
            .collect();
        quiet().await;
        callers
    }
}

fn manager(
    oauth: &'static OAuth,
    vendor: &Arc<Vendor>,
    credentials: Credentials,
    store: &Arc<dyn TokenStore>,
    clock: &Env,
) -> Result<TokenManager, Error> {
    manager_over(oauth, Arc::new(Line(Arc::clone(vendor))), credentials, store, clock)
}

fn manager_over(
    oauth: &'static OAuth,
    exchange: Arc<dyn Exchange>,
    credentials: Credentials,
    store: &Arc<dyn TokenStore>,
    clock: &Env,
) -> Result<TokenManager, Error> {
    TokenManager::new(deps(oauth, exchange, store, clock), credentials)
}

fn deps(oauth: &'static OAuth, exchange: Arc<dyn Exchange>, store: &Arc<dyn TokenStore>, clock: &Env) -> Deps {
    Deps {
        api: "example",
        origin: "https://api.example.com".to_owned(),
        oauth,
        exchange,
        store: Arc::clone(store),
        environment: Arc::new(clock.clone()),
        options: TokenOptions::default(),
    }
}

fn text(bearer: &Bearer) -> String {
    bearer.header().to_str().unwrap().strip_prefix("Bearer ").unwrap().to_owned()
}

fn password() -> Credentials {
    Credentials::password("pat@example.com", "the-password")
}

fn application() -> Credentials {
    Credentials::client_credentials("the-client", "the-secret")
}

fn code() -> Credentials {
    Credentials::authorization_code("the-client", "the-secret", "the-code").with_scope("read write")
}

/// Polls a future a number of times; whether it was ready.
fn poll_times<T>(future: std::pin::Pin<&mut impl Future<Output = T>>, times: usize) -> Option<T> {
    let mut future = future;
    let mut context = std::task::Context::from_waker(Waker::noop());
    (0..times).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    })
}
