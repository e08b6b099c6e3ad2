//! Items 78 to 81: revocation and logout.

use std::{sync::Arc, time::Duration};

use cx_client::{ErrorKind, auth::MemoryStore, directly, wootric};
use cx_mock::{Clock, FaultServer, Standing, Step, issuer};
use serde_json::json;

use crate::{
    item::{Item, item},
    rule::Rule,
    stage::{Stage, client_of, token},
    time::Time,
    verdict::{Verdict, equal, refused, succeeds},
};

pub const ITEMS: &[Item] = &[
    item!(item_78_ends_the_token_at_the_vendor_known_there_or_not, Rule::UnknownTokenFails),
    item!(item_79_takes_a_token_as_alive_while_its_end_is_put_off, Rule::PutOffLogoutDone),
    item!(item_81_logs_out_for_good_under_a_refresh_in_flight, Rule::RenewalOutlivesLogout),
];

/// Neither vendor has RFC 7009. Directly has a logout, which is told the token by the header and knows no client.
async fn item_78_ends_the_token_at_the_vendor_known_there_or_not() -> Verdict {
    let stage = Stage::directly(Time::hurried()).await;
    let client = stage.client::<directly::Client>().authorization_code(stage.code(), issuer::CLIENT_SECRET).build();
    let client = client.unwrap();
    client.list_questions().send().await.unwrap();
    let call = stage.vendor.take_exchanges().pop().unwrap();
    let bearer = call.request.header("authorization").unwrap().to_owned();
    succeeds(client.core().sign_out().await, "a logout")?;
    let exchanges = stage.vendor.take_exchanges();
    equal(exchanges.iter().map(|one| one.operation()).collect::<Vec<_>>(), [Some("logout")], "what was sent")?;
    let request = &exchanges[0].request;
    equal(request.header("authorization"), Some(bearer.as_str()), "the token that is ended")?;
    equal((request.query(), request.body()), ("", &[][..]), "what is sent beside the token")?;
    let token = bearer.trim_start_matches("Bearer ");
    equal(stage.vendor.issuer().standing(token), Standing::Ended, "the token at the vendor")?;

    // The vendor's word for a token that it does not know is 401.
    let client = stage.client::<directly::Client>().static_token("a-token-of-yesterday").build().unwrap();
    succeeds(client.core().sign_out().await, "a logout with an unknown token")?;
    let statuses: Vec<u16> = stage.vendor.take_exchanges().iter().map(|one| one.reply.status).collect();
    equal(statuses, [401], "answers to it")?;

    let done = [("text/html", "<p>Bye"), ("application/json", "{}"), ("application/json", "")];
    for (media_type, body) in done {
        let step = Step::reply(200, &[("content-type", media_type)], body);
        let server = FaultServer::start(vec![step]).await.unwrap();
        let client = client_of::<directly::Client>(&server.base_url(), &Time::hurried()).static_token("a-token");
        let outcome = client.build().unwrap().core().sign_out().await;
        succeeds(outcome, format!("a logout answered with `{body}`"))?;
    }

    // Where the vendor has no operation for it, a logout is a matter of the client alone.
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in().await;
    succeeds(client.core().sign_out().await, "a logout without a vendor to tell")?;
    equal(stage.vendor.take_exchanges().len(), 0, "requests to a vendor without logout")
}

async fn item_79_takes_a_token_as_alive_while_its_end_is_put_off() -> Verdict {
    let later = Step::reply(503, &[("retry-after", "7")], "");
    let client = |server: &FaultServer, time: &Time| {
        client_of::<directly::Client>(&server.base_url(), time).static_token("a-token").build().unwrap()
    };

    let (time, server) = (Time::hurried(), FaultServer::start(vec![later.clone(), Step::ok()]).await.unwrap());
    let before = time.clock().now();
    succeeds(client(&server, &time).core().sign_out().await, "a logout that is put off once")?;
    equal(server.requests(), 2, "requests of a logout that is put off once")?;
    equal(time.clock().now() - before, Duration::from_secs(7), "the wait in between")?;
    let bearers: Vec<_> =
        server.take_requests().iter().map(|one| one.header("authorization").map(str::to_owned)).collect();
    equal(bearers, vec![Some("Bearer a-token".to_owned()); 2], "the token that is ended")?;

    let server = FaultServer::start(vec![later]).await.unwrap();
    let outcome = client(&server, &Time::hurried()).core().sign_out().await;
    let error = refused(outcome, ErrorKind::Api, "a logout that is put off for ever")?;
    equal(error.retry_after(), Some(Duration::from_secs(7)), "what the error says of when to ask again")?;
    equal(server.requests(), 3, "requests of a logout that is put off for ever")?;

    // Anything else that fails may have ended it: it is asked for once.
    let server = FaultServer::start(vec![Step::json(500, &json!({}))]).await.unwrap();
    refused(client(&server, &Time::hurried()).core().sign_out().await, ErrorKind::Api, "a logout that failed")?;
    equal(server.requests(), 1, "requests of a logout that failed")
}

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
