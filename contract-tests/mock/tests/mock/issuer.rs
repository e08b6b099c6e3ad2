//! Tokens that expire, rotate and end.

use std::time::Duration;

use cx_mock::{ManualClock, MockVendor, Standing};
use cx_spec::{Api, Document};
use serde_json::Value;

use crate::orchard;

struct Desk {
    vendor: MockVendor,
    clock: ManualClock,
    http: reqwest::Client,
}

impl Desk {
    async fn open() -> Self {
        Self::of(orchard()).await
    }

    async fn of(api: Api) -> Self {
        let clock = ManualClock::default();
        let vendor = MockVendor::builder(api).clock(clock.clone()).start().await;
        Self { vendor, clock, http: crate::server::http() }
    }

    async fn token(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let reply =
            self.http.post(format!("{}/oauth/token", self.vendor.base_url())).form(form).send().await.unwrap();
        (reply.status().as_u16(), reply.json().await.unwrap())
    }

    async fn refresh(&self, token: &str) -> (u16, Value) {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    async fn login(&self) -> (String, String) {
        let form = [("grant_type", "password"), ("username", "mock@example.com"), ("password", "mock-password")];
        let (status, reply) = self.token(&form).await;
        assert_eq!(status, 201);
        (reply["access_token"].as_str().unwrap().into(), reply["refresh_token"].as_str().unwrap().into())
    }

    async fn list(&self, token: &str) -> u16 {
        let url = format!("{}/v1/trees", self.vendor.base_url());
        self.http.get(url).bearer_auth(token).send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn a_grant_brings_what_the_document_shows_for_it() {
    let desk = Desk::open().await;
    let form = [("grant_type", "client_credentials"), ("client_id", "mock-client"), ("client_secret", "mock-secret")];
    let (status, reply) = desk.token(&form).await;
    assert_eq!((status, reply["expires_in"].as_u64(), reply.get("refresh_token")), (201, Some(60), None));
    let (access, _) = desk.login().await;
    assert_eq!(access, "orchard-access-000002");
    let (status, _) = desk.token(&[("grant_type", "authorization_code"), ("code", "mock-code")]).await;
    assert_eq!(status, 201);
    assert_eq!((desk.vendor.issuer().token_requests(), desk.vendor.issuer().tokens_issued()), (3, 3));
    desk.vendor.assert_no_violations();
}

#[tokio::test]
async fn a_token_lives_as_long_as_the_example_says() {
    let desk = Desk::open().await;
    let (access, _) = desk.login().await;
    desk.clock.advance(Duration::from_secs(3599));
    assert_eq!((desk.list(&access).await, desk.vendor.issuer().live_tokens()), (200, 1));
    desk.clock.advance(Duration::from_secs(1));
    assert_eq!((desk.list(&access).await, desk.vendor.issuer().live_tokens()), (401, 0));
    assert_eq!(desk.vendor.issuer().standing(&access), Standing::Expired);
    assert_eq!((desk.list("mock-token").await, desk.list("made-up").await), (200, 401));
    desk.vendor.assert_no_violations();
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_its_reuse_ends_the_family() {
    let desk = Desk::open().await;
    let (_, first) = desk.login().await;
    let (status, reply) = desk.refresh(&first).await;
    let access = reply["access_token"].as_str().unwrap();
    assert_eq!((status, desk.list(access).await), (201, 200));
    let (status, reply) = desk.refresh(&first).await;
    assert_eq!((status, reply["error"].as_str()), (400, Some("invalid_grant")));
    assert_eq!((desk.list(access).await, desk.vendor.issuer().reuse_detected()), (401, 1));
    for _ in 0..2 {
        assert_eq!(desk.refresh("mock-refresh-token").await.0, 201);
    }
}

#[tokio::test]
async fn a_refresh_that_is_refused_for_its_scope_spends_no_token() {
    let text = orchard()
        .document()
        .text()
        .replace("scopes: {all: Everything.}", "scopes: {all: Everything., some: A part.}");
    let text = text.replace("username: {type: string},", "username: {type: string}, scope: {type: string},");
    let desk = Desk::of(Api::index(Document::parse("orchard", "scoped.yaml", &text).unwrap()).unwrap()).await;
    let (_, login) = desk
        .token(&[
            ("grant_type", "password"),
            ("username", "mock@example.com"),
            ("password", "mock-password"),
            ("scope", "some"),
        ])
        .await;
    let token = login["refresh_token"].as_str().unwrap();
    let refresh = |scope| [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
    let (status, refusal) = desk.token(&refresh("some all")).await;
    assert_eq!((status, refusal["error"].as_str()), (400, Some("invalid_scope")));
    assert_eq!(desk.token(&refresh("some")).await.0, 201);
    assert_eq!(desk.vendor.issuer().reuse_detected(), 0);
}

#[tokio::test]
async fn a_code_of_its_own_is_good_once() {
    let desk = Desk::open().await;
    let code = desk.vendor.issuer().issue_code();
    let form = [("grant_type", "authorization_code"), ("code", code.as_str())];
    assert_eq!(desk.token(&form).await.0, 201);
    assert_eq!(desk.token(&form).await.0, 400);
}

#[tokio::test]
async fn refusals_speak_rfc_6749_in_the_documented_status() {
    let desk = Desk::open().await;
    for (form, status, error) in [
        (
            [("grant_type", "password"), ("username", "mock@example.com"), ("password", "x")].as_slice(),
            400,
            "invalid_grant",
        ),
        (
            &[("grant_type", "client_credentials"), ("client_id", "mock-client"), ("client_secret", "x")],
            401,
            "invalid_client",
        ),
        (&[("grant_type", "magic")], 400, "unsupported_grant_type"),
        (&[("grant_type", "password"), ("username", "mock@example.com")], 400, "invalid_request"),
        (&[("username", "mock@example.com")], 400, "invalid_request"),
        (
            &[("grant_type", "refresh_token"), ("refresh_token", "mock-refresh-token"), ("scope", "none")],
            400,
            "invalid_scope",
        ),
    ] {
        let (found, reply) = desk.token(form).await;
        assert_eq!((found, reply["error"].as_str()), (status, Some(error)), "{form:?}");
    }
}

#[tokio::test]
async fn a_lenient_vendor_gives_a_token_to_a_request_that_breaks_the_document() {
    let form = [
        ("grant_type", "password"),
        ("username", "mock@example.com"),
        ("password", "mock-password"),
        ("client_id", "mock-client"),
    ];
    let strict = Desk::open().await;
    assert_eq!(strict.token(&form).await.0, 400);
    let lenient = MockVendor::builder(orchard()).lenient().start().await;
    let url = format!("{}/oauth/token", lenient.base_url());
    let http = crate::server::http();
    assert_eq!(http.post(&url).form(&form).send().await.unwrap().status(), 201);
    let rules: Vec<_> = lenient.violations().into_iter().map(|violation| violation.rule).collect();
    assert_eq!(rules, ["unknown-member"]);
    // What the grant itself lacks is another matter.
    assert_eq!(http.post(&url).form(&form[..2]).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn logout_ends_the_token() {
    let desk = Desk::open().await;
    let (access, _) = desk.login().await;
    let url = format!("{}/oauth/logout", desk.vendor.base_url());
    assert_eq!(desk.http.get(&url).bearer_auth(&access).send().await.unwrap().status(), 200);
    assert_eq!(desk.vendor.issuer().standing(&access), Standing::Ended);
    assert_eq!(desk.http.get(&url).bearer_auth(&access).send().await.unwrap().status(), 401);
}
