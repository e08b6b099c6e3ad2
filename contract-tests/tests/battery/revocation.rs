//! Items 78 to 81: revocation and logout.

use std::{sync::Arc, time::Duration};

use cx_client::{ErrorKind, auth::MemoryStore, wootric};
use cx_mock::{FaultServer, Step};
use serde_json::json;

use crate::{
    item::{Item, Twin, item},
    rule::Rule,
    stage::{client_of, token},
    time::Time,
    verdict::{Verdict, equal, refused},
};

pub const ITEMS: &[Item] =
    &[item!(item_81_logs_out_for_good_under_a_refresh_in_flight, Twin::Cfg(Rule::RenewalOutlivesLogout))];

async fn item_81_logs_out_for_good_under_a_refresh_in_flight() -> Verdict {
    let time = Time::still();
    let (login, list) = (Step::json(200, &token()), Step::json(200, &json!([])));
    let steps = vec![login.clone(), list.clone(), Step::stall_before_headers(), login, list];
    let server = FaultServer::start(steps).await.unwrap();
    let store = Arc::new(MemoryStore::default());
    let client = client_of::<wootric::Client>(&server.base_url(), &time)
        .token_store(store.clone())
        .client_credentials("id", "secret")
        .build()
        .unwrap();
    client.list_end_users().send().await.unwrap();
    time.advance(Duration::from_secs(30 * 24 * 3600));

    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.list_end_users().send().await }
    });
    while server.requests() < 3 {
        tokio::task::yield_now().await;
    }
    client.core().sign_out().await.unwrap();
    refused(waiting.await.unwrap(), ErrorKind::Authentication, "a call under way at the logout")?;
    refused(client.list_end_users().send().await, ErrorKind::Authentication, "a call after the logout")?;
    equal(server.requests(), 3, "requests")?;
    equal(format!("{store:?}"), "MemoryStore { records: 0 }", "the store")
}
