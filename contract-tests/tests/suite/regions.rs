//! Which server an account's requests go to.

use std::sync::Arc;

use cx_client::{
    ClientBuilder,
    wootric::{Client, Region},
};
use cx_mock::{MockVendor, issuer};

fn server(set: impl Fn(ClientBuilder<Client>) -> ClientBuilder<Client>) -> String {
    set(Client::builder()).static_token("token").build().unwrap().core().base_url().to_owned()
}

#[test]
fn the_account_token_names_the_region() {
    for (token, region, url) in [
        ("NPS-1a2b", Region::Com, "https://api.wootric.com"),
        ("NPS-EU-1a2b", Region::Eu, "https://api.wootric.eu"),
        ("NPS-AU-1a2b", Region::Au, "https://api.wootric.au"),
        ("NPS-US-1a2b", Region::Com, "https://api.wootric.com"),
        ("nps-eu-1a2b", Region::Com, "https://api.wootric.com"),
        ("NPS-EU", Region::Com, "https://api.wootric.com"),
        ("X-NPS-EU-1", Region::Com, "https://api.wootric.com"),
        ("", Region::Com, "https://api.wootric.com"),
    ] {
        assert_eq!((Region::of_account_token(token), region.server()), (region, url), "{token}");
        assert_eq!(server(|builder| builder.account_token(token)), url, "{token}");
    }
    assert_eq!(server(|builder| builder), Region::default().server());
}

#[test]
fn a_region_and_an_address_have_the_last_word_in_any_order() {
    let au = Region::Au.server();
    assert_eq!(server(|builder| builder.account_token("NPS-EU-1").region(Region::Au)), au);
    assert_eq!(server(|builder| builder.region(Region::Au).account_token("NPS-EU-1")), au);
    let own = "http://127.0.0.1:9";
    assert_eq!(server(|builder| builder.account_token("NPS-EU-1").base_url(own)), own);
    assert_eq!(server(|builder| builder.base_url(own).account_token("NPS-EU-1")), own);
    assert_eq!(server(|builder| builder.base_url(own).region(Region::Eu)), Region::Eu.server());
}

#[tokio::test]
async fn the_account_token_goes_into_the_query_of_the_token_request_only() {
    let vendor = MockVendor::start(Arc::new(cx_spec::embedded("wootric").unwrap())).await;
    let client = Client::builder()
        .account_token("NPS-EU-1a2b")
        .base_url(vendor.base_url())
        .password(issuer::USERNAME, issuer::PASSWORD)
        .build()
        .unwrap();
    client.list_end_users().send().await.unwrap();
    let seen: Vec<_> = vendor
        .take_exchanges()
        .iter()
        .map(|one| {
            let query = crate::support::texts(one.request.query_pairs());
            (one.operation().unwrap_or_default().to_owned(), query.iter().any(|(_, value)| value == "NPS-EU-1a2b"))
        })
        .collect();
    assert_eq!(seen, [("create_token".to_owned(), true), ("list_end_users".to_owned(), false)]);
    vendor.assert_no_violations();
}
