//! Items 88 to 90: two vendors in one process.

use std::sync::Arc;

use cx_client::{ClientBuilder, auth::MemoryStore, directly, wootric};
use cx_mock::{FaultServer, Step, issuer};
use serde_json::json;

use crate::{
    item::{Item, item},
    rule::Rule,
    stage::{Stage, client_of},
    time::Time,
    verdict::{Verdict, ensure, equal, succeeds},
};

pub const ITEMS: &[Item] = &[
    item!(item_88_sends_no_token_of_one_vendor_to_another, Rule::StoreKeyWithoutVendor),
    item!(item_89_keeps_two_accounts_of_one_vendor_apart, Rule::StoreKeyWithoutAccount),
    item!(item_90_binds_a_token_to_its_origin, Rule::StoreKeyWithoutOrigin),
];

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

/// A login that brings this token.
fn login(access_token: &str) -> Step {
    Step::json(200, &json!({"access_token": access_token, "token_type": "bearer", "expires_in": 7200}))
}

/// The `Authorization` of the last request, if it was for a resource.
fn last_bearer(server: &FaultServer) -> Option<String> {
    let last = server.take_requests().pop()?;
    if last.path().starts_with("/v1/") { last.header("authorization").map(str::to_owned) } else { None }
}

type Account = fn(ClientBuilder<wootric::Client>) -> ClientBuilder<wootric::Client>;

async fn item_89_keeps_two_accounts_of_one_vendor_apart() -> Verdict {
    let pairs: [(&str, [Account; 2]); 3] = [
        (
            "applications",
            [|one| one.client_credentials("id-1", "secret"), |one| one.client_credentials("id-2", "secret")],
        ),
        ("users", [|one| one.password("a@example.com", "same"), |one| one.password("b@example.com", "same")]),
        (
            "accounts by their token",
            [
                |one| one.token_query("account_token", "NPS-1").client_credentials("id", "secret"),
                |one| one.token_query("account_token", "NPS-2").client_credentials("id", "secret"),
            ],
        ),
    ];
    for (what, accounts) in pairs {
        let list = Step::json(200, &json!([]));
        let steps = vec![login("token-1"), list.clone(), login("token-2"), list];
        let server = FaultServer::start(steps).await.unwrap();
        let (store, time) = (Arc::new(MemoryStore::default()), Time::hurried());
        let builder = || client_of::<wootric::Client>(&server.base_url(), &time).token_store(store.clone());
        let [one, other] = accounts.map(|account| account(builder()).build().unwrap());
        for (client, own) in [(&one, "token-1"), (&other, "token-2"), (&one, "token-1"), (&other, "token-2")] {
            let outcome = client.list_end_users().send().await;
            equal(last_bearer(&server), Some(format!("Bearer {own}")), format!("the token of one of two {what}"))?;
            succeeds(outcome, format!("a call of one of two {what}"))?;
        }
        equal(server.requests(), 6, format!("requests of two {what}"))?;
        // A new client on the store takes up the session of its own account.
        let again = accounts[1](builder()).build().unwrap();
        succeeds(again.list_end_users().send().await, "a call of a client that came later")?;
        equal(last_bearer(&server), Some("Bearer token-2".to_owned()), format!("what one of two {what} finds"))?;
    }
    Ok(())
}

/// That nothing but a client can put its token on a request is seen to by the types: a bearer token is none that anybody
/// outside the crate can name. Here is what the types leave open: where a client sends it, and which it takes from a store.
async fn item_90_binds_a_token_to_its_origin() -> Verdict {
    let list = Step::json(200, &json!([]));
    let first = FaultServer::start(vec![login("token-1"), list.clone()]).await.unwrap();
    let second = FaultServer::start(vec![login("token-2"), list]).await.unwrap();
    let (store, time) = (Arc::new(MemoryStore::default()), Time::hurried());
    for (server, own) in [(&first, "token-1"), (&second, "token-2")] {
        let client = client_of::<wootric::Client>(&server.base_url(), &time).token_store(store.clone());
        let client = client.client_credentials("id", "secret").build().unwrap();
        let outcome = client.list_end_users().send().await;
        equal(last_bearer(server), Some(format!("Bearer {own}")), "the token of an origin")?;
        succeeds(outcome, "a call to an origin")?;
    }

    let thief = FaultServer::start(vec![Step::json(200, &json!({}))]).await.unwrap();
    let vendor = FaultServer::start(vec![Step::json(200, &json!({"id": 1}))]).await.unwrap();
    let (url, host) = (thief.base_url(), thief.address());
    let client = client_of::<wootric::Client>(&vendor.base_url(), &time).static_token("a-token").build().unwrap();
    let hostile =
        [url.clone(), format!("//{host}/"), format!("@{host}/"), format!("\\\\{host}"), format!("../..//{host}")];
    for id in hostile {
        drop(client.get_end_user().id(&id).send().await);
        equal(thief.connections(), 0, format!("connections to the host in the argument {id}"))?;
        equal(vendor.requests() > 0, true, "the request went to the vendor")?;
    }
    Ok(())
}
