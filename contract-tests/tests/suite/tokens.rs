//! The token flow, from the client's first call to the end of the session.

use cx_client::{ErrorKind, auth::Credentials, directly, wootric};
use cx_mock::{Answer, Exchange, ManualClock, MockVendor, form, issuer};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

use crate::environment::Still;

const LIFETIME: Duration = Duration::from_secs(7200);

/// A vendor and the clock that it shares with its clients.
async fn vendor(name: &str) -> (MockVendor, ManualClock) {
    let clock = ManualClock::default();
    let api = Arc::new(cx_spec::embedded(name).unwrap());
    (MockVendor::builder(api).clock(clock.clone()).record(5_000).start().await, clock)
}

fn wootric(vendor: &MockVendor, clock: &ManualClock) -> cx_client::ClientBuilder<wootric::Client> {
    wootric::Client::builder().base_url(vendor.base_url()).environment(Still(clock.clone()).shared())
}

/// What a token request looked like, without what varies.
fn shown(exchange: &Exchange) -> Value {
    let headers: Vec<_> = exchange
        .request
        .headers()
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "host" | "content-length"))
        .map(|(name, value)| match value.split_once("boundary=") {
            Some((before, _)) => format!("{name}: {before}boundary=…"),
            None => format!("{name}: {value}"),
        })
        .collect();
    let target = match exchange.request.query() {
        "" => exchange.request.path().to_owned(),
        query => format!("{}?{query}", exchange.request.path()),
    };
    let pairs: Vec<_> = exchange.verdict.pairs.iter().map(|pair| format!("{}={}", pair.name, masked(pair))).collect();
    json!({"request": format!("{} {target}", exchange.request.method()), "headers": headers, "body": pairs})
}

/// A snapshot is no place for a secret, be it a made-up one.
fn masked(pair: &form::Pair) -> &str {
    match text(pair) {
        issuer::PASSWORD | issuer::CLIENT_SECRET => "…",
        other => other,
    }
}

fn text(pair: &form::Pair) -> &str {
    match &pair.part {
        form::Part::Text(text) => text,
        _ => "a file",
    }
}

/// The exchanges with the token operation.
fn token_requests(vendor: &MockVendor) -> Vec<Exchange> {
    vendor.take_exchanges().into_iter().filter(|one| one.operation() == Some("create_token")).collect()
}

#[tokio::test]
async fn the_password_grant_sends_what_the_seed_says() {
    let (vendor, clock) = vendor("wootric").await;
    let client = wootric(&vendor, &clock).password(issuer::USERNAME, issuer::PASSWORD).build().unwrap();
    client.list_end_users().send().await.unwrap();
    insta::assert_json_snapshot!(token_requests(&vendor).iter().map(shown).collect::<Vec<_>>());
    vendor.assert_no_violations();
}

#[tokio::test]
async fn the_client_credentials_grant_sends_what_the_seed_says() {
    let (vendor, clock) = vendor("wootric").await;
    let client =
        wootric(&vendor, &clock).client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build().unwrap();
    client.list_end_users().send().await.unwrap();
    insta::assert_json_snapshot!(token_requests(&vendor).iter().map(shown).collect::<Vec<_>>());
    vendor.assert_no_violations();
}

#[tokio::test]
async fn a_refresh_carries_the_refresh_token_and_neither_client_id_nor_secret() {
    let (vendor, clock) = vendor("wootric").await;
    let client = wootric(&vendor, &clock).password(issuer::USERNAME, issuer::PASSWORD).build().unwrap();
    client.list_end_users().send().await.unwrap();
    clock.advance(LIFETIME);
    vendor.take_exchanges();
    client.list_end_users().send().await.unwrap();
    let refreshes = token_requests(&vendor);
    let names: Vec<Vec<_>> =
        refreshes.iter().map(|one| one.verdict.pairs.iter().map(|pair| pair.name.as_str()).collect()).collect();
    assert_eq!(names, [["grant_type", "refresh_token"]]);
    assert_eq!(refreshes[0].verdict.body.as_ref().unwrap()["grant_type"], "refresh_token");
    vendor.assert_no_violations();
}

#[tokio::test]
async fn the_seeds_multipart_form_of_a_token_request_can_be_chosen() {
    let (vendor, clock) = vendor("wootric").await;
    let client = wootric(&vendor, &clock)
        .password(issuer::USERNAME, issuer::PASSWORD)
        .token_media_type("multipart/form-data")
        .build()
        .unwrap();
    client.list_end_users().send().await.unwrap();
    insta::assert_json_snapshot!(token_requests(&vendor).iter().map(shown).collect::<Vec<_>>());
    vendor.assert_no_violations();
}

#[tokio::test]
async fn an_account_token_travels_in_the_query_of_the_token_request_only() {
    let (vendor, clock) = vendor("wootric").await;
    let client = wootric(&vendor, &clock)
        .password(issuer::USERNAME, issuer::PASSWORD)
        .token_query("account_token", "NPS-example")
        .build()
        .unwrap();
    client.list_end_users().send().await.unwrap();
    let queries: Vec<_> = vendor.take_exchanges().iter().map(|one| one.request.query().to_owned()).collect();
    assert_eq!(queries, ["account_token=NPS-example", ""]);
}

/// The three samples of the Wootric seed.
#[tokio::test]
async fn the_token_samples_of_the_seed_decode() {
    let (vendor, clock) = vendor("wootric").await;
    let client = wootric(&vendor, &clock).build().unwrap();
    for (sample, access, refresh) in [
        ("seed_password", "<youraccesstoken>", Some("<yourrefreshtoken>")),
        ("seed_refresh", "<yournewaccesstoken>", Some("<yournewrefreshtoken>")),
        ("seed_client_credentials", "<youraccesstoken>", None),
    ] {
        vendor.script("create_token", Answer::example(200, sample));
        let grant = wootric::types::RefreshTokenGrant::builder()
            .grant_type(wootric::types::RefreshTokenGrantGrantType::RefreshToken)
            .refresh_token("example");
        let grant: wootric::types::RefreshTokenGrant = grant.try_into().unwrap();
        let token = client.create_token().body(grant).send().await.unwrap();
        assert_eq!(token.access_token.expose(), access, "{sample}");
        assert_eq!(token.refresh_token.as_ref().map(|token| token.expose()), refresh, "{sample}");
        assert_eq!((token.expires_in, token.scope.as_deref()), (Some(7200), Some("public")), "{sample}");
        assert_eq!(token.token_type, "bearer", "{sample}");
    }
}

#[tokio::test]
async fn a_token_that_expires_under_a_thousand_calls_costs_one_request() {
    let (vendor, clock) = vendor("wootric").await;
    let client = wootric(&vendor, &clock).password(issuer::USERNAME, issuer::PASSWORD).build().unwrap();
    client.list_end_users().send().await.unwrap();
    clock.advance(LIFETIME);
    let calls = (0..1_000).map(|_| client.list_end_users().send());
    let outcomes = join_all(calls).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1_000);
    assert_eq!(vendor.issuer().token_requests(), 2);
}

#[tokio::test]
async fn a_rotating_refresh_token_holds_over_three_rounds() {
    let (vendor, clock) = vendor("wootric").await;
    let client = wootric(&vendor, &clock).password(issuer::USERNAME, issuer::PASSWORD).build().unwrap();
    for round in 1..=4 {
        client.list_end_users().send().await.unwrap();
        assert_eq!(vendor.issuer().token_requests(), round);
        clock.advance(LIFETIME);
    }
    assert_eq!(vendor.issuer().reuse_detected(), 0);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let (vendor, clock) = vendor("wootric").await;
    let client = wootric(&vendor, &clock).password(issuer::USERNAME, issuer::PASSWORD).build().unwrap();
    client.list_end_users().send().await.unwrap();
    clock.advance(LIFETIME - Duration::from_secs(30));
    client.list_end_users().send().await.unwrap();
    assert_eq!(vendor.issuer().token_requests(), 2);
    let refused = vendor.take_exchanges().iter().filter(|one| one.reply.status == 401).count();
    assert_eq!(refused, 0);
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_request_replayed_once() {
    let (vendor, clock) = vendor("wootric").await;
    let client =
        wootric(&vendor, &clock).client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build().unwrap();
    client.list_end_users().send().await.unwrap();
    vendor.take_exchanges();
    vendor.script("list_end_users", Answer::status(401));
    client.list_end_users().send().await.unwrap();
    let seen: Vec<_> =
        vendor.take_exchanges().iter().map(|one| (one.operation().unwrap().to_owned(), one.reply.status)).collect();
    let list = |status| ("list_end_users".to_owned(), status);
    assert_eq!(seen, [list(401), ("create_token".to_owned(), 200), list(200)]);
}

#[tokio::test]
async fn a_refused_grant_ends_in_one_typed_error() {
    let (vendor, clock) = vendor("wootric").await;
    let client = wootric(&vendor, &clock).password(issuer::USERNAME, issuer::PASSWORD).build().unwrap();
    client.list_end_users().send().await.unwrap();
    vendor.take_exchanges();
    vendor.script("list_end_users", Answer::status(401));
    let said = format!("It is\u{7} spent. {}", "x".repeat(2_000));
    let uri = "https://example.com/errors";
    let refusal = json!({"error": "invalid_grant", "error_description": said, "error_uri": uri});
    vendor.script("create_token", Answer::value(400, refusal));
    let error = client.list_end_users().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    // The reply is that of the call; what the vendor said of the renewal goes along.
    assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
    assert_eq!((error.oauth_error(), error.oauth_error_uri()), (Some("invalid_grant"), Some(uri)));
    let description = error.oauth_error_description().unwrap();
    assert!(description.starts_with("It is spent. xxx"), "{description}");
    assert_eq!(description.chars().count(), 1_000);
    assert!(!String::from_utf8_lossy(error.body().unwrap()).contains("spent"));
    assert!(!format!("{error} {error:?}").contains("spent"));
    let requests = vendor.take_exchanges();
    let of = |operation: &str| requests.iter().filter(|one| one.operation() == Some(operation)).count();
    assert_eq!((of("list_end_users"), of("create_token")), (1, 1));
}

#[tokio::test]
async fn a_wrong_password_is_one_typed_error_and_one_request() {
    let (vendor, clock) = vendor("wootric").await;
    let client = wootric(&vendor, &clock).password(issuer::USERNAME, "wrong").build().unwrap();
    let error = client.list_end_users().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.oauth_error(), Some("invalid_grant"));
    assert_eq!(vendor.issuer().token_requests(), 1);
}

#[tokio::test]
async fn no_credential_and_no_token_travels_in_a_url_unless_asked_for() {
    let (vendor, clock) = vendor("wootric").await;
    let client = wootric(&vendor, &clock).password(issuer::USERNAME, issuer::PASSWORD).build().unwrap();
    client.list_end_users().send().await.unwrap();
    clock.advance(LIFETIME);
    client.list_end_users().send().await.unwrap();
    for exchange in vendor.take_exchanges() {
        assert_eq!(exchange.request.query(), "", "{exchange:?}");
    }

    let asked = wootric(&vendor, &clock).static_token(issuer::ACCESS_TOKEN).token_in_query(true).build().unwrap();
    asked.list_end_users().send().await.unwrap();
    let exchange = vendor.take_exchanges().pop().unwrap();
    assert_eq!(exchange.request.query(), "access_token=mock-token");
    assert_eq!(exchange.request.header("authorization"), None);
    vendor.assert_no_violations();
}

#[tokio::test]
async fn two_vendors_in_one_process_never_mix_tokens() {
    let (wootric_vendor, clock) = vendor("wootric").await;
    let (directly_vendor, _) = vendor("directly").await;
    let store: Arc<cx_client::auth::MemoryStore> = Arc::default();
    let wootric = wootric(&wootric_vendor, &clock)
        .client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET)
        .token_store(store.clone())
        .build()
        .unwrap();
    let directly = directly::Client::builder()
        .base_url(directly_vendor.base_url())
        .client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET)
        .token_store(store)
        .build()
        .unwrap();
    wootric.list_end_users().send().await.unwrap();
    directly.list_questions().send().await.unwrap();
    wootric.list_end_users().send().await.unwrap();
    let bearer = |vendor: &MockVendor| -> Vec<String> {
        let seen = vendor.take_exchanges();
        seen.iter().filter_map(|one| one.request.header("authorization").map(ToOwned::to_owned)).collect()
    };
    let (ours, theirs) = (bearer(&wootric_vendor), bearer(&directly_vendor));
    assert_eq!((ours.len(), theirs.len()), (2, 1));
    assert!(theirs.iter().all(|token| !ours.contains(token)));
    assert_eq!((wootric_vendor.issuer().token_requests(), directly_vendor.issuer().token_requests()), (1, 1));
}

#[tokio::test]
async fn a_token_is_bound_to_the_origin_it_was_fetched_from() {
    let (first, clock) = vendor("wootric").await;
    let (second, _) = vendor("wootric").await;
    let store: Arc<cx_client::auth::MemoryStore> = Arc::default();
    for vendor in [&first, &second] {
        let client = wootric(vendor, &clock)
            .client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET)
            .token_store(store.clone())
            .build()
            .unwrap();
        client.list_end_users().send().await.unwrap();
        assert_eq!(vendor.issuer().token_requests(), 1, "a token of the other origin was used");
    }
}

#[tokio::test]
async fn a_session_is_taken_up_by_its_refresh_token() {
    let (vendor, clock) = vendor("wootric").await;
    let client =
        wootric(&vendor, &clock).refresh_token(Credentials::refresh_token(issuer::REFRESH_TOKEN)).build().unwrap();
    client.list_end_users().send().await.unwrap();
    assert_eq!(vendor.issuer().token_requests(), 1);
    vendor.assert_no_violations();
}
