//! Items 42 to 45: one refresh for all.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use cx_client::{ErrorKind, wootric};
use cx_mock::{Answer, FaultServer, Step};
use futures_util::{future::join_all, poll};
use serde_json::json;
use tokio::sync::Notify;

use crate::{
    item::{Item, item},
    rule::Rule,
    stage::{AGES, Stage, client_of, field, seen, token, token_requests},
    time::Time,
    verdict::{Verdict, ensure, equal, refused, succeeds},
};

pub const ITEMS: &[Item] = &[
    item!(item_42_coalesces_refreshes, Rule::FlightPerCaller),
    item!(item_43_shares_a_failure_then_tries_afresh, Rule::FailureForEver),
    item!(item_44_survives_the_loss_of_the_leading_task, Rule::LeaverEndsFlight),
    item!(item_45_replaces_a_rotated_refresh_token, Rule::OldRefreshToken),
];

async fn item_42_coalesces_refreshes() -> Verdict {
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in().await;
    stage.time.advance(AGES);
    for outcome in join_all((0..1_000).map(|_| client.list_end_users().send())).await {
        succeeds(outcome, "a call on an expired token")?;
    }
    equal(token_requests(&stage.vendor.take_exchanges()).len(), 1, "token requests for a thousand calls")
}

async fn item_43_shares_a_failure_then_tries_afresh() -> Verdict {
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in().await;
    for round in 1..=3 {
        stage.time.advance(AGES);
        stage.vendor.script("create_token", Answer::value(400, json!({"error": "unauthorized_client"})));
        for outcome in join_all((0..100).map(|_| client.list_end_users().send())).await {
            let error = refused(outcome, ErrorKind::Authentication, format!("a call of round {round}"))?;
            equal(error.oauth_error(), Some("unauthorized_client"), "what each caller is told")?;
        }
        equal(seen(&stage.vendor.take_exchanges()), [("create_token", 400)], "what was sent for a hundred calls")?;

        // The vendor is left alone for a while, then asked again.
        stage.time.advance(Duration::from_secs(6));
        succeeds(client.list_end_users().send().await, format!("the first call after failure {round}"))?;
        let sent = [("create_token", 200), ("list_end_users", 200)];
        equal(seen(&stage.vendor.take_exchanges()), sent, "what was sent afresh")?;
    }
    Ok(())
}

async fn item_44_survives_the_loss_of_the_leading_task() -> Verdict {
    let (gate, time) = (Arc::new(Notify::new()), Time::still());
    let (login, list) = (Step::json(200, &token()), Step::json(200, &json!([])));
    let steps = vec![login.clone(), list.clone(), login.held(&gate), list];
    let server = FaultServer::start(steps).await.unwrap();
    let client = client_of::<wootric::Client>(&server.base_url(), &time).client_credentials("id", "secret").build();
    let client = client.unwrap();
    client.list_end_users().send().await.unwrap();
    time.advance(AGES);

    let mut leader = Box::pin(client.list_end_users().send());
    while server.requests() < 3 {
        ensure(poll!(&mut leader).is_pending(), "the leader waits for its token")?;
        tokio::task::yield_now().await;
    }
    let mut followers: Vec<_> = (0..10).map(|_| Box::pin(client.list_end_users().send())).collect();
    for follower in &mut followers {
        ensure(poll!(follower).is_pending(), "a follower waits for the leader's token")?;
    }
    drop(leader);
    gate.notify_one();
    for outcome in join_all(followers).await {
        succeeds(outcome, "a call of a follower")?;
    }
    let requests = server.take_requests();
    equal(requests.iter().filter(|one| one.path() == "/oauth/token").count(), 2, "token requests, the login included")
}

async fn item_45_replaces_a_rotated_refresh_token() -> Verdict {
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in_by_password().await;
    let mut sent = BTreeSet::new();
    for round in 1..=3 {
        stage.time.advance(AGES);
        succeeds(client.list_end_users().send().await, format!("the call after refresh {round}"))?;
        let exchanges = stage.vendor.take_exchanges();
        sent.extend(token_requests(&exchanges).into_iter().filter_map(|one| field(one, "refresh_token")));
        equal(sent.len(), round, "different refresh tokens sent")?;
        equal(stage.vendor.issuer().reuse_detected(), 0, "spent refresh tokens sent again")?;
    }
    Ok(())
}
