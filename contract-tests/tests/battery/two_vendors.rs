//! Items 88 to 90: two vendors in one process.

use std::sync::Arc;

use cx_client::{auth::MemoryStore, directly, wootric};
use cx_mock::issuer;

use crate::{
    item::{Item, Twin, item},
    rule::Rule,
    stage::Stage,
    time::Time,
    verdict::{Verdict, ensure, equal},
};

pub const ITEMS: &[Item] =
    &[item!(item_88_sends_no_token_of_one_vendor_to_another, Twin::Cfg(Rule::StoreKeyWithoutVendor))];

/// One store, one client id, one grant: nothing but vendor and origin tells the two apart.
async fn item_88_sends_no_token_of_one_vendor_to_another() -> Verdict {
    let (wootric, directly) = (Stage::wootric(Time::hurried()).await, Stage::directly(Time::hurried()).await);
    let store = Arc::new(MemoryStore::default());
    let one = wootric
        .client::<wootric::Client>()
        .token_store(store.clone())
        .client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET)
        .build()
        .unwrap();
    let other = directly
        .client::<directly::Client>()
        .token_store(store)
        .client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET)
        .build()
        .unwrap();
    one.list_end_users().send().await.unwrap();
    let outcome = other.list_questions().send().await;
    for (stage, label) in [(&wootric, "wootric-"), (&directly, "directly-")] {
        let exchanges = stage.vendor.take_exchanges();
        let bearers: Vec<&str> = exchanges.iter().filter_map(|one| one.request.header("authorization")).collect();
        equal(bearers.len(), 1, format!("requests with a token to the vendor of {label}"))?;
        let own = bearers.iter().all(|bearer| bearer.starts_with(&format!("Bearer {label}")));
        ensure(own, format!("every token sent there is one of {label}"))?;
    }
    ensure(outcome.is_ok(), "the second vendor's call succeeds")
}
