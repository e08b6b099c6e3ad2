//! What every store promises, over all of them.

use std::{
    future::poll_fn,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use cx_client::auth::{
    FileStore, Lease, Lock, MemoryStore, RedisStore, StoreFuture, StoreKey, StoredToken, TokenStore,
};
use serde_json::json;

use crate::server::Server;

pub fn key(account: &str) -> StoreKey {
    StoreKey::new("api", "https://api.example.com", account, "password").with_scope("read pat@example.com")
}

pub fn token(name: &str) -> StoredToken {
    let body = json!({
        "access_token": format!("access-{name}"),
        "refresh_token": format!("refresh-{name}"),
        "scope": "read",
        "obtained_at": 1_700_000_000,
        "expires_at": 1_700_007_200,
    });
    serde_json::from_value(body).unwrap()
}

/// Two handles on one store, as two processes have them.
type Pair = [Arc<dyn TokenStore>; 2];

async fn held(store: &dyn TokenStore, key: &StoreKey) -> Box<dyn Lease> {
    match store.lock(key).await.unwrap() {
        Lock::Held(lease) => lease,
        other => panic!("{other:?}"),
    }
}

async fn taken(store: &dyn TokenStore, key: &StoreKey) -> bool {
    matches!(store.lock(key).await.unwrap(), Lock::Taken)
}

/// Less than a lock lasts by itself.
const WATCHDOG: Duration = Duration::from_secs(30);

/// Asks for a lock until it is free.
async fn wait(store: &dyn TokenStore, key: &StoreKey) -> Box<dyn Lease> {
    let start = Instant::now();
    loop {
        match store.lock(key).await.unwrap() {
            Lock::Held(lease) => return lease,
            _ => tokio::task::yield_now().await,
        }
        assert!(start.elapsed() < WATCHDOG, "nobody gives the lock back");
    }
}

async fn records_are_kept_replaced_and_removed([one, two]: Pair) {
    let (pat, sam) = (key("pat"), key("sam"));
    assert_eq!(one.load(&pat).await.unwrap(), None);
    one.clear(&pat).await.unwrap();
    one.save(&pat, &token("1")).await.unwrap();
    one.save(&sam, &token("2")).await.unwrap();
    assert_eq!(two.load(&pat).await.unwrap(), Some(token("1")));
    assert_eq!(two.load(&sam).await.unwrap(), Some(token("2")));
    two.save(&pat, &token("3")).await.unwrap();
    assert_eq!(one.load(&pat).await.unwrap(), Some(token("3")));
    two.clear(&pat).await.unwrap();
    two.clear(&pat).await.unwrap();
    assert_eq!(one.load(&pat).await.unwrap(), None);
    assert_eq!(one.load(&sam).await.unwrap(), Some(token("2")));
}

async fn a_lock_is_held_by_one([one, two]: Pair) {
    let key = key("pat");
    let lease = held(&*one, &key).await;
    assert!(taken(&*two, &key).await && taken(&*one, &key).await);
    // Another record has a lock of its own.
    let other = held(&*two, &self::key("sam")).await;
    assert!(lease.extend().await.unwrap());
    assert!(lease.save(&token("1")).await.unwrap());
    assert_eq!(two.load(&key).await.unwrap(), Some(token("1")));
    assert!(lease.clear().await.unwrap());
    assert_eq!(two.load(&key).await.unwrap(), None);
    let first = lease.number();
    lease.release().await.unwrap();
    let lease = held(&*two, &key).await;
    assert!(lease.number() > first);
    assert!(lease.extend().await.unwrap());
    other.release().await.unwrap();
}

async fn a_lease_that_is_dropped_gives_the_lock_back([one, two]: Pair) {
    let key = key("pat");
    drop(held(&*one, &key).await);
    wait(&*two, &key).await.release().await.unwrap();
}

/// Polls a future so many times, or until it is ready, and drops it.
async fn drop_after<T>(polls: usize, mut future: StoreFuture<'_, T>) {
    for _ in 0..polls {
        if poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await {
            break;
        }
        tokio::task::yield_now().await;
    }
}

async fn a_lock_is_lost_neither_when_it_is_asked_for_nor_when_it_is_given_back([one, two]: Pair) {
    let key = key("pat");
    for polls in 0..20 {
        drop_after(polls, one.lock(&key)).await;
        let lease = wait(&*two, &key).await;
        drop_after(polls, lease.release()).await;
        wait(&*one, &key).await.release().await.unwrap();
    }
}

async fn a_write_past_a_lease_fences_it_out([one, two]: Pair) {
    let key = key("pat");
    one.save(&key, &token("1")).await.unwrap();
    let lease = held(&*one, &key).await;
    two.clear(&key).await.unwrap();
    assert!(!lease.save(&token("2")).await.unwrap());
    assert!(!lease.extend().await.unwrap());
    assert_eq!(one.load(&key).await.unwrap(), None);
    two.save(&key, &token("3")).await.unwrap();
    assert!(!lease.clear().await.unwrap());
    assert_eq!(one.load(&key).await.unwrap(), Some(token("3")));
    lease.release().await.unwrap();
    let lease = held(&*two, &key).await;
    assert!(lease.save(&token("4")).await.unwrap());
}

/// Many read, add one and write, each under the lock: nothing is lost.
async fn turns_do_not_overlap([one, two]: Pair) {
    let mut tasks = Vec::new();
    for number in 0..8 {
        let store = Arc::clone(if number % 2 == 0 { &one } else { &two });
        tasks.push(tokio::spawn(async move {
            let key = key("pat");
            for _ in 0..5 {
                let lease = wait(&*store, &key).await;
                let record = store.load(&key).await.unwrap().unwrap_or_else(|| token("0"));
                let count: u32 = record.access_token.expose().strip_prefix("access-").unwrap().parse().unwrap();
                assert!(lease.save(&token(&(count + 1).to_string())).await.unwrap());
                lease.release().await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(one.load(&key("pat")).await.unwrap(), Some(token("40")));
}

async fn nothing_secret_is_shown([one, _]: Pair) {
    let key = key("pat@example.com");
    let lock = one.lock(&key).await.unwrap();
    one.save(&key, &token("1")).await.unwrap();
    let shown = format!("{one:?} {lock:?} {key:?} {:?}", token("1"));
    assert!(!["access-1", "refresh-1", "pat@", "pass:word"].iter().any(|secret| shown.contains(secret)), "{shown}");
}

macro_rules! promises {
    ($($name:ident)*) => {
        mod memory {
            $(#[tokio::test]
            async fn $name() {
                let store: std::sync::Arc<dyn super::TokenStore> = std::sync::Arc::new(super::MemoryStore::default());
                super::$name([std::sync::Arc::clone(&store), store]).await;
            })*
        }

        mod file {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let store = || std::sync::Arc::new(super::FileStore::new(folder.path().join("tokens")));
                super::$name([store(), store()]).await;
            })*
        }

        mod redis {
            $(#[tokio::test]
            async fn $name() {
                let Some(server) = super::Server::start() else { return };
                let store = || std::sync::Arc::new(super::RedisStore::new(&server.url()).unwrap());
                super::$name([store(), store()]).await;
            })*
        }
    };
}

promises! {
    records_are_kept_replaced_and_removed
    a_lock_is_held_by_one
    a_lease_that_is_dropped_gives_the_lock_back
    a_lock_is_lost_neither_when_it_is_asked_for_nor_when_it_is_given_back
    a_write_past_a_lease_fences_it_out
    turns_do_not_overlap
    nothing_secret_is_shown
}

/// A holder that is stopped for longer than a term loses the lock to the next, and cannot write after it.
async fn overtaken(one: &dyn TokenStore, two: &dyn TokenStore) {
    let key = key("pat");
    let late = held(one, &key).await;
    let next = wait(two, &key).await;
    assert!(next.number() > late.number());
    assert!(!late.save(&token("late")).await.unwrap());
    assert!(!late.clear().await.unwrap());
    assert!(!late.extend().await.unwrap());
    assert_eq!(two.load(&key).await.unwrap(), None);
    // What the late one gives back is not the lock of the next.
    late.release().await.unwrap();
    assert!(taken(one, &key).await);
    assert!(next.save(&token("next")).await.unwrap());
    assert_eq!(one.load(&key).await.unwrap(), Some(token("next")));
}

const SHORT: Duration = Duration::from_millis(1);

#[tokio::test]
async fn a_lock_on_a_file_ends_with_its_term() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens");
    overtaken(&FileStore::new(&path).with_lock_term(SHORT), &FileStore::new(&path)).await;
}

#[tokio::test]
async fn a_lock_on_a_server_ends_with_its_term() {
    let Some(server) = Server::start() else { return };
    let store = || RedisStore::new(&server.url()).unwrap();
    overtaken(&store().with_lock_term(SHORT), &store()).await;
}
