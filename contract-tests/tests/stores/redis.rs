//! What is special to a Redis server: names, times, addresses, failures.

use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use cx_client::auth::{Lock, RedisStore, StoredToken, TokenStore as _};
use serde_json::json;

use crate::{
    contract::{key, token},
    server::Server,
};

async fn left(connection: &mut MultiplexedConnection, keys: &[String], ending: &str) -> i64 {
    let key = keys.iter().find(|key| key.ends_with(ending)).unwrap();
    ::redis::cmd("PTTL").arg(key).query_async(connection).await.unwrap()
}

#[tokio::test]
async fn names_of_keys_show_neither_account_nor_scope() {
    let Some(server) = Server::start() else { return };
    let store = RedisStore::new(&server.url()).unwrap().with_prefix("tests");
    let key = key("pat@example.com#0123456789abcdef");
    let lock = store.lock(&key).await.unwrap();
    let Lock::Held(lease) = &lock else { panic!("{lock:?}") };
    assert!(lease.save(&token("1")).await.unwrap());
    let mut keys = server.keys().await;
    keys.sort();
    assert_eq!(keys.len(), 3);
    for (key, ending) in keys.iter().zip(["fence", "lock", "token"]) {
        assert!(key.starts_with("tests:{api-password-") && key.ends_with(&format!("}}:{ending}")), "{key}");
        assert!(!key.contains("pat") && !key.contains("0123456789abcdef"), "{key}");
    }
}

#[tokio::test]
async fn nothing_stays_for_ever() {
    let Some(server) = Server::start() else { return };
    let store = RedisStore::new(&server.url()).unwrap().with_lifetime(Duration::from_secs(1000));
    let mut connection = server.connection().await;
    let lock = store.lock(&key("pat")).await.unwrap();
    store.save(&key("pat"), &token("1")).await.unwrap();
    let keys = server.keys().await;
    let term = left(&mut connection, &keys, ":lock").await;
    assert!((1..=60_000).contains(&term), "{term}");
    let session = left(&mut connection, &keys, ":token").await;
    assert!((1..=1_000_000).contains(&session), "{session}");
    assert!(left(&mut connection, &keys, ":fence").await > 60_000);
    // A token without a refresh token is of no use after its end.
    let body = json!({"access_token": "a", "obtained_at": 100, "expires_at": 130});
    let short: StoredToken = serde_json::from_value(body).unwrap();
    store.save(&key("pat"), &short).await.unwrap();
    let session = left(&mut connection, &keys, ":token").await;
    assert!((1..=30_000).contains(&session), "{session}");
    drop(lock);
}

#[tokio::test]
async fn a_session_may_be_asked_to_be_kept_however_long() {
    let Some(server) = Server::start() else { return };
    let store = RedisStore::new(&server.url()).unwrap();
    let store = store.with_lifetime(Duration::MAX).with_lock_term(Duration::MAX);
    let lock = store.lock(&key("pat")).await.unwrap();
    let Lock::Held(lease) = &lock else { panic!("{lock:?}") };
    assert!(lease.extend().await.unwrap());
    assert!(lease.save(&token("1")).await.unwrap());
    store.save(&key("pat"), &token("2")).await.unwrap();
    assert_eq!(store.load(&key("pat")).await.unwrap(), Some(token("2")));
}

#[tokio::test]
async fn an_address_is_shown_by_neither_store_nor_error() {
    let Some(server) = Server::with(&["--requirepass", "pass:word"]) else { return };
    for (url, right) in [
        (format!("{}?pass=pass%3Aword", server.url()), true),
        (format!("{}?pass=wrong-pass%3Aword", server.url()), false),
    ] {
        let store = RedisStore::new(&url).unwrap();
        let shown = format!("{store:?} {store:#?}");
        assert!(!shown.contains("word") && !shown.contains("unix"), "{shown}");
        match store.load(&key("pat")).await {
            Ok(record) => assert!(right && record.is_none()),
            Err(error) => {
                let shown = format!("{error} {error:?}");
                assert!(!right && !shown.contains("word") && !shown.contains("unix"), "{shown}");
            }
        }
    }
    let error = RedisStore::new("http://:pass-word@example.com").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("word"));
}

#[tokio::test]
async fn a_record_that_is_none_is_an_error_that_does_not_quote_it() {
    let Some(server) = Server::start() else { return };
    let store = RedisStore::new(&server.url()).unwrap();
    store.save(&key("pat"), &token("1")).await.unwrap();
    let keys = server.keys().await;
    let name = keys.iter().find(|key| key.ends_with(":token")).unwrap();
    let mut connection = server.connection().await;
    for text in ["", "{\"access_token\": 12345678}", "access-9"] {
        let _: () = ::redis::cmd("SET").arg(name).arg(text).query_async(&mut connection).await.unwrap();
        let error = store.load(&key("pat")).await.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("12345678") && !shown.contains("access-9"), "{shown}");
    }
}

#[tokio::test]
async fn a_server_that_became_a_replica_gives_way_to_the_one_that_has_its_address_now() {
    let (Some(first), Some(second)) = (Server::start(), Server::start()) else { return };
    let store = RedisStore::new(&first.url()).unwrap();
    store.save(&key("pat"), &token("1")).await.unwrap();
    let mut connection = first.connection().await;
    let _: () = ::redis::cmd("REPLICAOF").arg(&["127.0.0.1", "1"]).query_async(&mut connection).await.unwrap();
    second.take_the_place_of(&first);
    let lock = store.lock(&key("pat")).await.unwrap();
    let Lock::Held(lease) = &lock else { panic!("{lock:?}") };
    assert!(lease.save(&token("2")).await.unwrap());
    assert_eq!(store.load(&key("pat")).await.unwrap(), Some(token("2")));
}

#[tokio::test]
async fn a_server_that_is_gone_is_an_error_and_a_dead_connection_is_none() {
    let Some(server) = Server::start() else { return };
    let store = RedisStore::new(&server.url()).unwrap();
    store.save(&key("pat"), &token("1")).await.unwrap();
    // The server ends all other connections: the store makes a new one.
    let mut connection = server.connection().await;
    let _: i64 = ::redis::cmd("CLIENT")
        .arg(&["KILL", "TYPE", "normal", "SKIPME", "yes"])
        .query_async(&mut connection)
        .await
        .unwrap();
    assert_eq!(store.load(&key("pat")).await.unwrap(), Some(token("1")));
    drop(server);
    assert!(store.load(&key("pat")).await.is_err());
    assert!(store.lock(&key("pat")).await.is_err());
    assert!(store.save(&key("pat"), &token("2")).await.is_err());
}
