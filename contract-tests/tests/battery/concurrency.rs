//! Items 42 to 51: refresh and concurrency.

use std::{collections::BTreeSet, time::Duration};

use cx_client::wootric;
use cx_mock::issuer;
use futures_util::future::join_all;

use crate::{
    item::{Item, Twin, item},
    rule::Rule,
    stage::{Stage, field, token_requests},
    time::Time,
    verdict::{Verdict, equal, succeeds},
};

pub const ITEMS: &[Item] = &[
    item!(item_42_coalesces_refreshes, Twin::Cfg(Rule::FlightPerCaller)),
    item!(item_45_replaces_a_rotated_refresh_token, Twin::Cfg(Rule::OldRefreshToken)),
];

/// Longer than any token lives.
const LONG: Duration = Duration::from_secs(30 * 24 * 3600);

async fn item_42_coalesces_refreshes() -> Verdict {
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in().await;
    stage.time.advance(LONG);
    for outcome in join_all((0..1_000).map(|_| client.list_end_users().send())).await {
        succeeds(outcome, "a call on an expired token")?;
    }
    equal(token_requests(&stage.vendor.take_exchanges()).len(), 1, "token requests for a thousand calls")
}

async fn item_45_replaces_a_rotated_refresh_token() -> Verdict {
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.client::<wootric::Client>().password(issuer::USERNAME, issuer::PASSWORD).build().unwrap();
    client.list_end_users().send().await.unwrap();
    stage.vendor.take_exchanges();
    let mut sent = BTreeSet::new();
    for round in 1..=3 {
        stage.time.advance(LONG);
        succeeds(client.list_end_users().send().await, format!("the call after refresh {round}"))?;
        let exchanges = stage.vendor.take_exchanges();
        sent.extend(token_requests(&exchanges).into_iter().filter_map(|one| field(one, "refresh_token")));
        equal(sent.len(), round, "different refresh tokens sent")?;
        equal(stage.vendor.issuer().reuse_detected(), 0, "spent refresh tokens sent again")?;
    }
    Ok(())
}
