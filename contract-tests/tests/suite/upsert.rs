//! Create or update, whichever it takes, against a vendor that remembers.

use std::sync::Arc;

use cx_client::{
    ApiClient, ErrorKind, Sent,
    wootric::{
        Client, EndUserKey,
        types::{self, PropertyInput},
    },
};
use cx_mock::{Answer, FaultServer, MockVendor, Step, issuer};
use serde_json::{Value, json};

use crate::support;

/// A vendor with one end user, and a client of it.
async fn vendor() -> (MockVendor, Client) {
    let api = Arc::new(cx_spec::embedded("wootric").unwrap());
    let vendor = MockVendor::builder(api).stateful().start().await;
    vendor.seed(
        "end_users",
        vec![json!({
            "id": 11, "email": "pat@example.com", "external_id": "u-11", "phone_number": "+15550100",
            "properties": {"plan": "Pro", "seats": 12, "beta": true, "left": null, "list": [1]},
        })],
    );
    let client = Client::builder().base_url(vendor.base_url()).static_token(issuer::ACCESS_TOKEN).build().unwrap();
    (vendor, client)
}

/// Operations and bodies that reached the vendor.
fn seen(vendor: &MockVendor) -> Vec<(String, Value)> {
    let exchanges = vendor.take_exchanges().into_iter();
    let shown = exchanges
        .map(|one| (one.operation().unwrap_or_default().to_owned(), one.verdict.body.clone().unwrap_or_default()));
    shown.collect()
}

fn operations(vendor: &MockVendor) -> Vec<String> {
    seen(vendor).into_iter().map(|(operation, _)| operation).collect()
}

fn plan(plan: &str) -> types::builder::CreateEndUserRequest {
    let properties = PropertyInput([("plan".to_owned(), plan.to_owned())].into());
    types::CreateEndUserRequest::builder().properties(properties)
}

fn email(text: &str) -> EndUserKey {
    EndUserKey::Email(text.to_owned())
}

#[tokio::test]
async fn whoever_is_found_by_any_key_is_updated() {
    for (key, lookup) in [
        (EndUserKey::Id(11), "get_end_user"),
        (EndUserKey::ExternalId("u-11".to_owned()), "get_end_user"),
        (email("pat@example.com"), "get_end_user"),
        (EndUserKey::PhoneNumber("+15550100".to_owned()), "get_end_user_by_phone_number"),
    ] {
        let (vendor, client) = vendor().await;
        let upserted = client.upsert_end_user(key.clone()).body(plan("Team")).send().await.unwrap();
        assert!(!upserted.is_created(), "{key:?}");
        assert_eq!(upserted.end_user().id, 11);
        let seen = seen(&vendor);
        assert_eq!((seen[0].0.as_str(), seen[1].0.as_str(), seen.len()), (lookup, "update_end_user", 2), "{key:?}");
        // What a form can hold of the stored properties goes along; nothing but what was given does besides.
        assert_eq!(seen[1].1, json!({"properties": {"plan": "Team", "seats": "12", "beta": "true"}}), "{key:?}");
        assert_eq!(vendor.stored("end_users").len(), 1);
        vendor.assert_no_violations();
    }
}

#[tokio::test]
async fn a_stored_property_whose_name_no_form_can_hold_is_not_sent_along() {
    let (vendor, client) = vendor().await;
    let stored = json!({"plan": "Pro", "seats[eu]": 3, "a]": 1, "": 2, "kept.so": "yes"});
    vendor.seed("end_users", vec![json!({"id": 11, "email": "pat@example.com", "properties": stored})]);
    let upserted = client.upsert_end_user(email("pat@example.com")).body(plan("Team")).send().await.unwrap();
    assert!(!upserted.is_created());
    assert_eq!(seen(&vendor)[1].1, json!({"properties": {"plan": "Team", "kept.so": "yes"}}));
    // One that the caller gives is no reason to send another request than the one that was meant.
    let given = PropertyInput([("seats[eu]".to_owned(), "4".to_owned())].into());
    let given = types::CreateEndUserRequest::builder().properties(given);
    let error = client.upsert_end_user(email("pat@example.com")).body(given).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(operations(&vendor), ["get_end_user"]);
}

#[tokio::test]
async fn properties_can_be_sent_alone_or_left_out() {
    let (vendor, client) = vendor().await;
    let upsert = client.upsert_end_user(email("pat@example.com"));
    upsert.clone().body(plan("Team")).keep_properties(false).send().await.unwrap();
    upsert.body(types::CreateEndUserRequest::builder().email("new@example.com".to_owned())).send().await.unwrap();
    let seen = seen(&vendor);
    assert_eq!(seen[1].1, json!({"properties": {"plan": "Team"}}));
    assert_eq!(seen[3].1, json!({"email": "new@example.com"}), "the address by which somebody is found can change");
    vendor.assert_no_violations();
}

#[tokio::test]
async fn whoever_is_not_found_is_created_with_the_key() {
    for (key, given, expected) in [
        (email("ann@example.com"), plan("Pro"), json!({"email": "ann@example.com", "properties": {"plan": "Pro"}})),
        (
            EndUserKey::PhoneNumber("+15550199".to_owned()),
            types::CreateEndUserRequest::builder(),
            json!({"phone_number": "+15550199"}),
        ),
        (
            EndUserKey::ExternalId("u-99".to_owned()),
            types::CreateEndUserRequest::builder().email("ann@example.com".to_owned()),
            json!({"email": "ann@example.com", "external_id": "u-99"}),
        ),
    ] {
        let (vendor, client) = vendor().await;
        let upserted = client.upsert_end_user(key.clone()).body(given).send().await.unwrap();
        assert!(upserted.is_created(), "{key:?}");
        let seen = seen(&vendor);
        assert_eq!((seen[1].0.as_str(), &seen[1].1, seen.len()), ("create_end_user", &expected, 2), "{key:?}");
        assert_eq!(vendor.stored("end_users").len(), 2);

        let again = client.upsert_end_user(key).send().await.unwrap();
        assert!(!again.is_created());
        assert_eq!(again.into_response().id, upserted.end_user().id);
        assert_eq!(vendor.stored("end_users").len(), 2);
        vendor.assert_no_violations();
    }
}

#[tokio::test]
async fn an_id_that_nobody_has_is_not_found() {
    let (vendor, client) = vendor().await;
    let error = client.upsert_end_user(EndUserKey::Id(99)).body(plan("Pro")).send().await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(operations(&vendor), ["get_end_user"]);
}

#[tokio::test]
async fn a_race_that_ends_in_a_duplicate_is_an_update() {
    for status in [400, 422] {
        let (vendor, client) = vendor().await;
        vendor.script("get_end_user", Answer::value(404, json!({})));
        vendor.script("create_end_user", Answer::value(status, json!({"error": "Email has already been taken"})));
        let upserted = client.upsert_end_user(email("pat@example.com")).body(plan("Team")).send().await.unwrap();
        assert!(!upserted.is_created());
        let expected = ["get_end_user", "create_end_user", "get_end_user", "update_end_user"];
        assert_eq!(operations(&vendor), expected, "{status}");
    }
}

#[tokio::test]
async fn a_refusal_for_another_reason_is_the_error() {
    for status in [400, 422] {
        let (vendor, client) = vendor().await;
        vendor.script("create_end_user", Answer::value(status, json!({"error": "Email is invalid"})));
        let error = client.upsert_end_user(email("ann@example.com")).send().await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!(error.vendor_message().as_deref(), Some("Email is invalid"));
        assert_eq!(operations(&vendor), ["get_end_user", "create_end_user", "get_end_user"]);
    }
    let (vendor, client) = vendor().await;
    vendor.script("create_end_user", Answer::status(500));
    let error = client.upsert_end_user(email("ann@example.com")).send().await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(500));
    assert_eq!(operations(&vendor), ["get_end_user", "create_end_user"], "no lookup, and no second creation");
}

#[tokio::test]
async fn a_creation_of_which_nobody_knows_is_not_repeated() {
    let steps = vec![Step::json(404, &json!({})), Step::reset_before_headers(), Step::ok()];
    let server = FaultServer::start(steps).await.unwrap();
    let client = Client::from_core(support::core(&support::subject("wootric"), &server.base_url()));
    let error = client.upsert_end_user(email("ann@example.com")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Transport, Sent::Unknown));
    let methods: Vec<String> = server.take_requests().iter().map(|request| request.method().to_owned()).collect();
    assert_eq!(methods, ["GET", "POST"]);
}

#[tokio::test]
async fn a_lookup_that_fails_ends_it() {
    let (vendor, client) = vendor().await;
    vendor.script("get_end_user", Answer::status(401));
    let error = client.upsert_end_user(email("ann@example.com")).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(operations(&vendor), ["get_end_user"]);
}

#[tokio::test]
async fn what_can_only_go_wrong_is_not_sent() {
    let (vendor, client) = vendor().await;
    // Digits alone would be read as an id.
    let key = EndUserKey::PhoneNumber("15550100".to_owned());
    assert_eq!(client.upsert_end_user(key).send().await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert_eq!(operations(&vendor), [""; 0]);
    let key = EndUserKey::ExternalId("u-99".to_owned());
    let error = client.upsert_end_user(key).body(plan("Pro")).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(operations(&vendor), ["get_end_user"], "nobody can be created without address and number");
}
