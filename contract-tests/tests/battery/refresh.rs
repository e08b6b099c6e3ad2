//! Items 46 to 50: what a refresh keeps, asks for and saves.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use cx_client::{
    auth::{AuthorizationOptions, MemoryStore, StoreFuture, StoreKey, StoredToken, TokenStore},
    directly, wootric,
};
use cx_mock::{Answer, Exchange, issuer};
use futures_util::poll;
use serde_json::{Value, json};

use crate::{
    item::{Item, item},
    rule::Rule,
    stage::{AGES, Stage, field, seen, token_requests},
    time::Time,
    timers::Timers,
    verdict::{Verdict, ensure, equal, succeeds},
};

pub const ITEMS: &[Item] = &[
    item!(item_46_keeps_a_refresh_token_that_is_not_replaced, Rule::RefreshTokenDropped),
    item!(item_47_widens_no_scope_on_refresh, Rule::ScopeWidened),
    item!(item_48_renews_early_by_a_margin_capped_by_the_lifetime, Rule::MarginUncapped),
    item!(item_49_is_immune_to_jumps_of_the_wall_clock, Rule::WallClockLifetime),
    item!(item_50_keeps_the_new_pair_before_it_drops_the_old, Rule::OldPairDroppedFirst),
];

const CALL: [(&str, u16); 1] = [("list_end_users", 200)];
const RENEWAL_AND_CALL: [(&str, u16); 2] = [("create_token", 200), ("list_end_users", 200)];

async fn item_46_keeps_a_refresh_token_that_is_not_replaced() -> Verdict {
    let stage = Stage::wootric(Time::hurried()).await;
    stage.vendor.issuer().trust_unknown_tokens(true);
    stage.vendor.on("create_token", |_, verdict| {
        let mut reply = json!({"access_token": "an-access-token", "token_type": "bearer", "expires_in": 7200});
        if verdict.body.as_ref().and_then(|body| body.get("grant_type")) == Some(&json!("password")) {
            reply["refresh_token"] = json!("the-only-one");
        }
        Some(Answer::value(200, reply))
    });
    let client = stage.logged_in_by_password().await;
    for round in 1..=3 {
        stage.time.advance(AGES);
        succeeds(client.list_end_users().send().await, format!("the call after refresh {round}"))?;
        let exchanges = stage.vendor.take_exchanges();
        let sent: Vec<Option<String>> =
            token_requests(&exchanges).into_iter().map(|one| field(one, "refresh_token")).collect();
        equal(sent, [Some("the-only-one".to_owned())], format!("the refresh tokens sent for refresh {round}"))?;
    }
    Ok(())
}

async fn item_47_widens_no_scope_on_refresh() -> Verdict {
    // What is asked for, what the vendor says was granted, and what a refresh may name at most.
    let cases = [("read write", Some("read"), "read"), ("read", None, "read"), ("read write", None, "read write")];
    for (asked, granted, most) in cases {
        let stage = Stage::directly(Time::hurried()).await;
        stage.vendor.issuer().accept_refresh_token("first");
        let mut reply = json!({"access_token": "an-access-token", "token_type": "bearer", "expires_in": 7200,
            "refresh_token": "first"});
        if let Some(granted) = granted {
            reply["scope"] = json!(granted);
        }
        stage.vendor.issuer().trust_unknown_tokens(true);
        stage.vendor.script("create_token", Answer::value(201, reply));
        let options = AuthorizationOptions::new(issuer::CLIENT_ID).with_scope(asked);
        let builder = stage.client::<directly::Client>();
        let request = builder.authorization_request(options).unwrap();
        let state = request.state().unwrap().expose().to_owned();
        let code = request.finish(&format!("/callback?code={}&state={state}", issuer::CODE)).unwrap();
        let client = builder.authorization_code(code, issuer::CLIENT_SECRET).build().unwrap();
        client.list_questions().send().await.unwrap();
        stage.vendor.take_exchanges();
        for round in 1..=2 {
            stage.time.advance(AGES);
            let outcome = client.list_questions().send().await;
            let exchanges = stage.vendor.take_exchanges();
            let refreshes: Vec<&Exchange> = token_requests(&exchanges);
            equal(refreshes.len(), 1, format!("token requests for refresh {round}"))?;
            for refresh in refreshes {
                let scope = field(refresh, "scope").unwrap_or_default();
                let within = scope.split(' ').all(|word| most.split(' ').any(|one| one == word));
                ensure(within, format!("refresh {round} of a grant of `{most}` asks for no more (`{scope}`)"))?;
            }
            succeeds(outcome, format!("the call after refresh {round}"))?;
        }
    }
    Ok(())
}

async fn item_48_renews_early_by_a_margin_capped_by_the_lifetime() -> Verdict {
    // Lifetime; an age at which the token is used as it is; one at which it is good still, but renewed before use.
    for (lifetime, fresh, early) in [(5.0, 4.0, 4.8), (100.0, 89.0, 95.0), (3600.0, 3530.0, 3550.0)] {
        let stage = Stage::wootric(Time::still()).await;
        stage.vendor.issuer().set_lifetime(Some(Duration::from_secs_f64(lifetime)));
        let client = stage.logged_in().await;
        for _ in 0..5 {
            succeeds(client.list_end_users().send().await, "a call with a fresh token")?;
        }
        let sent = [CALL[0]; 5];
        equal(seen(&stage.vendor.take_exchanges()), sent, format!("what was sent at once, of {lifetime} s"))?;
        stage.time.advance(Duration::from_secs_f64(fresh));
        succeeds(client.list_end_users().send().await, "a call before the margin")?;
        equal(seen(&stage.vendor.take_exchanges()), CALL, format!("what was sent at {fresh} s of {lifetime}"))?;
        stage.time.advance(Duration::from_secs_f64(early - fresh));
        succeeds(client.list_end_users().send().await, "a call within the margin")?;
        let exchanges = stage.vendor.take_exchanges();
        equal(seen(&exchanges), RENEWAL_AND_CALL, format!("what was sent at {early} s of {lifetime}"))?;
    }
    Ok(())
}

async fn item_49_is_immune_to_jumps_of_the_wall_clock() -> Verdict {
    for jump in [3600, -3600] {
        let stage = Stage::wootric(Time::hurried()).await;
        stage.vendor.issuer().set_lifetime(Some(Duration::from_secs(3600)));
        let timers = Timers::new();
        let client = stage.client::<wootric::Client>().environment(timers.environment());
        let client = client.client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build().unwrap();
        client.list_end_users().send().await.unwrap();
        stage.vendor.take_exchanges();

        timers.jump(jump);
        succeeds(client.list_end_users().send().await, "a call after a jump")?;
        equal(seen(&stage.vendor.take_exchanges()), CALL, format!("what was sent after a jump by {jump} s"))?;
        for by in [3300, 290] {
            timers.advance(Duration::from_secs(by));
            stage.time.advance(Duration::from_secs(by));
            succeeds(client.list_end_users().send().await, "a call on the way to the end of the token")?;
        }
        let sent = [CALL[0], RENEWAL_AND_CALL[0], RENEWAL_AND_CALL[1]];
        equal(seen(&stage.vendor.take_exchanges()), sent, format!("what was sent in the hour after {jump} s"))?;
    }
    Ok(())
}

/// A store that fails, or never gets done with saving, when it is told to.
#[derive(Debug, Default)]
struct Moody {
    records: MemoryStore,
    fails: AtomicBool,
    hangs: AtomicBool,
}

impl TokenStore for Moody {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        self.records.load(key)
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        if self.hangs.load(Ordering::SeqCst) {
            return Box::pin(std::future::pending());
        }
        if self.fails.load(Ordering::SeqCst) {
            return Box::pin(std::future::ready(Err("the disk is full".into())));
        }
        self.records.save(key, token)
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        self.records.clear(key)
    }
}

/// A client of the account, and its only record.
fn client(stage: &Stage, store: &Arc<Moody>) -> wootric::Client {
    let builder = stage.client::<wootric::Client>().token_store(store.clone());
    builder.password_kept(issuer::USERNAME, issuer::PASSWORD).build().unwrap()
}

fn records(store: &Moody) -> String {
    format!("{:?}", store.records)
}

fn grant(exchange: &Exchange) -> Option<&Value> {
    exchange.verdict.body.as_ref()?.get("grant_type")
}

async fn item_50_keeps_the_new_pair_before_it_drops_the_old() -> Verdict {
    const ONE: &str = "MemoryStore { records: 1 }";
    let (stage, store) = (Stage::wootric(Time::hurried()).await, Arc::new(Moody::default()));
    let first = client(&stage, &store);
    first.list_end_users().send().await.unwrap();

    // Killed once the new token is used: the next process finds the new pair.
    stage.time.advance(AGES);
    succeeds(first.list_end_users().send().await, "a call with a store that works")?;
    drop(first);
    stage.vendor.take_exchanges();
    stage.time.advance(AGES);
    let second = client(&stage, &store);
    succeeds(second.list_end_users().send().await, "the first call of the next process")?;
    let exchanges = stage.vendor.take_exchanges();
    let grants: Vec<Option<&Value>> = token_requests(&exchanges).into_iter().map(grant).collect();
    equal(grants, [Some(&json!("refresh_token"))], "grants of the next process")?;

    // A store that fails: the old pair stays in it, and the new one in memory.
    store.fails.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        stage.time.advance(AGES);
        succeeds(second.list_end_users().send().await, "a call with a store that fails")?;
        equal(records(&store), ONE, "the store that fails")?;
    }
    store.fails.store(false, Ordering::SeqCst);
    stage.time.advance(AGES);
    succeeds(second.list_end_users().send().await, "a call with a store that works again")?;
    equal(stage.vendor.issuer().reuse_detected(), 0, "spent refresh tokens sent again")?;

    // Killed while the store saves: it has the old pair still, and the next process gets by.
    store.hangs.store(true, Ordering::SeqCst);
    stage.time.advance(AGES);
    stage.vendor.take_exchanges();
    let requests = stage.vendor.issuer().token_requests();
    let mut killed = Box::pin(second.list_end_users().send());
    while stage.vendor.issuer().token_requests() == requests {
        ensure(poll!(&mut killed).is_pending(), "a call waits for the store")?;
        tokio::task::yield_now().await;
    }
    for _ in 0..1_000 {
        ensure(poll!(&mut killed).is_pending(), "a call waits for the store")?;
        tokio::task::yield_now().await;
    }
    drop(killed);
    drop(second);
    equal(records(&store), ONE, "the store of a process that was killed")?;
    store.hangs.store(false, Ordering::SeqCst);
    succeeds(client(&stage, &store).list_end_users().send().await, "a call of the process after that")?;
    equal(records(&store), ONE, "the store in the end")
}
