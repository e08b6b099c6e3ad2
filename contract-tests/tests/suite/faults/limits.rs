//! What one call may set for itself, what a client says of itself, and what a deadline leaves behind.

use std::{error::Error as _, process::Command, sync::Arc};

use cx_client::{CallOptions, Core, CoreBuilder, ErrorKind, Sent, wootric};
use cx_mock::{FaultServer, Incoming, Step};
use http::{HeaderName, HeaderValue, header};
use serde_json::json;

use super::surroundings::{Clocks, REAL_DEADLINE, Surroundings};
use crate::support::{self, Patient};

const GOOD: &str = r#"{"id":1}"#;

fn good() -> Step {
    Step::reply(200, &[("content-type", "application/json")], GOOD)
}

fn builder(server: &FaultServer) -> CoreBuilder {
    support::builder(&support::subject("wootric"), &server.base_url(), &Arc::<Patient>::default())
}

async fn call(core: &Core, options: CallOptions) -> cx_client::Result<cx_client::dynamic::Reply> {
    (support::subject("wootric").client.call)(core.clone(), "get_end_user", json!({"id": "1"}), options).await
}

/// The one request of a call.
async fn request(builder: impl FnOnce(CoreBuilder) -> CoreBuilder, options: CallOptions) -> Incoming {
    let server = FaultServer::start(vec![good()]).await.unwrap();
    call(&builder(self::builder(&server)).build().unwrap(), options).await.unwrap();
    server.take_requests().remove(0)
}

fn values<'r>(request: &'r Incoming, name: &str) -> Vec<&'r str> {
    request.headers().iter().filter(|(one, _)| one == name).map(|(_, value)| value.as_str()).collect()
}

#[tokio::test]
async fn a_call_may_set_headers_of_its_own_and_in_the_place_of_the_clients() {
    let header = |name: &'static str, value| (HeaderName::from_static(name), HeaderValue::from_static(value));
    let given = [
        header("accept", "text/csv"),
        header("user-agent", "mine"),
        header("x-a", "first"),
        header("x-a", "second"),
        (header::AUTHORIZATION, HeaderValue::from_static("Bearer other")),
    ];
    let options = given.into_iter().fold(CallOptions::new(), |options, (name, value)| options.header(name, value));
    let request = request(|builder| builder, options).await;
    assert_eq!(values(&request, "accept"), ["text/csv"]);
    assert_eq!(values(&request, "user-agent"), ["mine"]);
    assert_eq!(values(&request, "x-a"), ["first", "second"]);
    assert_eq!(values(&request, "authorization"), [format!("Bearer {}", support::TOKEN)]);
}

#[tokio::test]
async fn a_client_names_itself_and_the_application_and_asks_for_no_compression() {
    let plain = request(|builder| builder, CallOptions::new()).await;
    let own = plain.header("user-agent").unwrap().to_owned();
    assert!(own.starts_with("cx-client/"), "{own}");
    assert_eq!(values(&plain, "accept-encoding"), [""; 0]);
    let named = request(|builder| builder.user_agent("shop/2.1"), CallOptions::new()).await;
    assert_eq!(named.header("user-agent"), Some(format!("shop/2.1 {own}").as_str()));
}

#[test]
fn plain_http_is_for_loopback_or_for_whoever_asks() {
    let build = |url: &str, allowed| wootric::Client::builder().base_url(url).allow_http(allowed).build();
    for url in ["http://127.0.0.1:1", "http://127.8.9.1:1", "http://localhost", "http://[::1]:1", "https://a.example"]
    {
        assert!(build(url, false).is_ok(), "{url}");
    }
    for url in ["http://a.example", "http://localhost.a.example", "http://10.0.0.1", "http://[::2]", "http://0.0.0.0"]
    {
        assert_eq!(build(url, false).unwrap_err().kind(), ErrorKind::InvalidRequest, "{url}");
        assert!(build(url, true).is_ok(), "{url}");
    }
}

#[tokio::test]
async fn an_error_of_the_deadline_says_what_happened_before() {
    let refused = Step::reply(503, &[("retry-after", "0")], "busy");
    let server = FaultServer::start(vec![refused, Step::stall_before_headers()]).await.unwrap();
    let core = builder(&server).environment(Arc::new(Surroundings::new(Clocks::Calm))).build().unwrap();
    let error = call(&core, CallOptions::new().deadline(REAL_DEADLINE)).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent(), error.attempts()), (ErrorKind::Timeout, Sent::Unknown, 2));
    let cause = error.source().unwrap().downcast_ref::<cx_client::Error>().unwrap();
    assert_eq!((cause.kind(), cause.status().unwrap().as_u16(), cause.attempts()), (ErrorKind::Api, 503, 1));
    assert_eq!(cause.body().unwrap(), "busy");
}

#[tokio::test]
async fn a_deadline_that_passes_before_the_first_request_says_that_nothing_was_sent() {
    let server = FaultServer::start(vec![Step::stall_before_headers()]).await.unwrap();
    let core = builder(&server)
        .environment(Arc::new(Surroundings::new(Clocks::Calm)))
        .credentials(cx_client::auth::Credentials::client_credentials("id", "secret"))
        .build()
        .unwrap();
    let error = call(&core, CallOptions::new().deadline(REAL_DEADLINE)).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent(), error.attempts()), (ErrorKind::Timeout, Sent::No, 0));
    assert_eq!(server.take_requests().iter().map(Incoming::path).collect::<Vec<_>>(), ["/oauth/token"]);
}

/// A client of the caller's own may decompress, which the client's own never does: the limit is for what comes out.
#[tokio::test]
async fn a_limit_counts_what_a_client_of_the_callers_own_decompresses() {
    const LIMIT: usize = 100_000;
    // An error says that another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().gzip(true).build().unwrap();
    for bytes in [20_000_000, 200_000_000] {
        let server = FaultServer::start(vec![Step::gzip_bomb(bytes)]).await.unwrap();
        let core = builder(&server).http_client(http.clone()).max_body_bytes(LIMIT).build().unwrap();
        let error = call(&core, CallOptions::new()).await.unwrap_err();
        assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Decode, 200));
        assert_eq!(error.to_string().matches("larger than the limit").count(), 1, "{error}");
        // What was kept is what came out of the stream, a fraction of it, and not the stream.
        let kept = error.body().unwrap();
        assert_eq!((kept.len(), kept.iter().all(|byte| *byte == b' ')), (LIMIT, true));
        assert_eq!(server.requests(), 1);
    }
}

#[tokio::test]
async fn an_outage_empties_the_budget_that_clones_share() {
    let server = FaultServer::start(vec![Step::json(503, &json!({}))]).await.unwrap();
    let core = builder(&server).build().unwrap();
    let mut requests = Vec::new();
    for _ in 0..30 {
        call(&core.clone(), CallOptions::new()).await.unwrap_err();
        requests.push(server.take_requests().len());
    }
    // Fifty retries, two a call; then none.
    assert_eq!(requests, [vec![3; 25], vec![1; 5]].concat());
    let other = builder(&server).build().unwrap();
    call(&other, CallOptions::new()).await.unwrap_err();
    assert_eq!(server.take_requests().len(), 3);
}

/// Proxies are named by the environment, which is one for all tests: the call runs in a process of its own.
#[tokio::test]
async fn a_loopback_address_is_reached_past_the_proxy_of_the_environment() {
    let (server, proxy) =
        (FaultServer::start(vec![good()]).await.unwrap(), FaultServer::start(vec![good()]).await.unwrap());
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "faults::limits::asks_once", "--ignored"]).env(ADDRESS, server.base_url());
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        child.env(name, proxy.base_url());
    }
    let output = tokio::task::spawn_blocking(move || child.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!((server.requests(), proxy.connections()), (1, 0));
}

const ADDRESS: &str = "CX_TEST_ADDRESS";

#[tokio::test]
#[ignore = "the test above runs it"]
async fn asks_once() {
    let client = wootric::Client::builder().base_url(std::env::var(ADDRESS).unwrap()).static_token("a-token").build();
    assert_eq!(client.unwrap().get_end_user().id("1").send().await.unwrap().id, 1);
}
