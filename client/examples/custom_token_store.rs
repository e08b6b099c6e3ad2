//! Keeps tokens in a store of your own, so that several clients share one session.
//!
//! The store here is a table in memory, where yours would be one in a database. Files and Redis come with the crate:
//! `FileStore`, and `RedisStore` with the feature `redis`.
//!
//! ```sh
//! cargo run --example custom_token_store
//! ```

use std::{
    collections::BTreeMap,
    error::Error,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use cx_client::{
    auth::{StoreFuture, StoreKey, StoredToken, TokenStore},
    wootric::Client,
};
use cx_mock::{MockVendor, issuer};

/// Rows of key and JSON. A real table would encrypt the second.
#[derive(Default)]
struct Table(Mutex<BTreeMap<String, String>>);

/// Every member of the key: sessions that differ in one of them must not see each other's tokens.
fn row(key: &StoreKey) -> String {
    let scope = key.scope.as_deref().unwrap_or_default();
    [&key.api, &key.origin, &key.account, &key.grant, scope].join("\n")
}

impl Table {
    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<String, String>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Without `lock`, which has a default, clients must take turns: where the vendor rotates refresh tokens, implement it.
impl TokenStore for Table {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async move {
            let text = self.with(|rows| rows.get(&row(key)).cloned());
            println!("load: {}", if text.is_some() { "a session" } else { "nothing yet" });
            Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
        })
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let text = serde_json::to_string(token)?;
            self.with(|rows| rows.insert(row(key), text));
            println!("save: {token:?}");
            Ok(())
        })
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.with(|rows| rows.remove(&row(key)));
            Ok(())
        })
    }
}

/// No token is shown.
impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").finish_non_exhaustive()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let vendor = MockVendor::start(cx_spec::embedded("wootric")?).await;
    let table: Arc<Table> = Arc::default();
    for process in ["first", "second"] {
        let store: Arc<Table> = Arc::clone(&table);
        let client = Client::builder()
            .base_url(vendor.base_url())
            .client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET)
            .token_store(store)
            .build()?;
        let segments = client.list_segments().send().await?;
        println!("{process} client: {} segments", segments.len());
    }
    println!("token requests: {}", vendor.issuer().token_requests());
    Ok(())
}
