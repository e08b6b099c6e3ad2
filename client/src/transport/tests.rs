//! The loop around a call, against a server that answers as it is told.

mod logouts;
mod spans;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, OnceLock},
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
};
use http::{Method, header};
use serde_json::Value;

use super::*;
use crate::{
    auth::Credentials,
    client::{CoreBuilder, http_client},
    env::{BoxFuture, Environment},
    operation::{Api, File, OAuth, Retry},
    upload::Upload,
};

static TOKEN: Operation = operation(Method::POST, "create_token", "/oauth/token", false);
static LOGOUT: Operation = operation(Method::DELETE, "logout", "/oauth/token", true);
static LIST: Operation = operation(Method::GET, "list", "/v1/things", true);
static OPEN: Operation = operation(Method::GET, "open", "/v1/open", false);
static POLL: Operation = polled();

pub(super) static API: Api =
    Api { oauth: Some(OAuth { logout: Some(&LOGOUT), ..OAuth::made_up(&TOKEN) }), ..Api::made_up() };

const fn operation(method: Method, id: &'static str, path: &'static str, authenticated: bool) -> Operation {
    let mut operation = Operation::made_up(method, id, path);
    operation.authenticated = authenticated;
    // Nothing is repeated but what each test is about.
    operation.retry = Retry::Never;
    operation
}

static COUNT: Operation = counted();

const fn counted() -> Operation {
    let mut operation = operation(Method::GET, "count", "/v1/count", false);
    operation.reply = crate::operation::Reply::Json { shape: crate::operation::Shape::Any, optional: false };
    operation
}

const fn polled() -> Operation {
    let mut operation = operation(Method::GET, "poll", "/v1/news", false);
    operation.statuses = &["200", "304"];
    operation
}

/// Pauses end at once, and the clock shows that they did; deadlines never pass.
#[derive(Debug, Default)]
struct Hasty(Mutex<Duration>);

const SHORTEST_DEADLINE: Duration = Duration::from_secs(30);

impl Environment for Hasty {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn wall_clock(&self) -> SystemTime {
        UNIX_EPOCH + self.now()
    }

    fn sleep(&self, pause: Duration) -> BoxFuture<()> {
        if pause >= SHORTEST_DEADLINE {
            return Box::pin(std::future::pending());
        }
        *self.0.lock().unwrap() += pause;
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> f64 {
        0.5
    }
}

type Reply = http::Response<&'static str>;

fn reply(status: u16) -> Reply {
    http::Response::builder().status(status).body("").unwrap()
}

fn things() -> Reply {
    http::Response::new("[1]")
}

fn token(text: &'static str) -> Reply {
    let reply = http::Response::builder().header(header::CONTENT_TYPE, "application/json");
    reply.body(text).unwrap()
}

const FIRST: &str = r#"{"access_token":"first","token_type":"Bearer","expires_in":7200}"#;
const SECOND: &str = r#"{"access_token":"second","token_type":"Bearer","expires_in":7200}"#;

/// Method, path and token of a request.
type Seen = (String, String, String);

fn seen(method: &str, path: &str, token: &str) -> Seen {
    (method.to_owned(), path.to_owned(), token.to_owned())
}

/// A client, and the server that it talks to.
struct Stage {
    core: Core,
    environment: Arc<Hasty>,
    script: Arc<Mutex<VecDeque<Reply>>>,
    requests: Arc<Mutex<Vec<Seen>>>,
}

impl Stage {
    async fn set<const N: usize>(replies: [Reply; N]) -> Self {
        Self::set_with(replies, |builder| builder).await
    }

    async fn set_with<const N: usize>(replies: [Reply; N], set: impl FnOnce(CoreBuilder) -> CoreBuilder) -> Self {
        let script = Arc::new(Mutex::new(VecDeque::from(replies)));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let state = (Arc::clone(&script), Arc::clone(&requests));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, Router::new().fallback(answer).with_state(state)).into_future());

        // One for all: setting up TLS takes longer than all else.
        static HTTP: OnceLock<reqwest::Client> = OnceLock::new();
        let http = HTTP.get_or_init(|| http_client(true, &[]).unwrap()).clone();
        let environment = Arc::new(Hasty::default());
        let builder = CoreBuilder::new(&API)
            .base_url(url)
            .http_client(http)
            .environment(Arc::clone(&environment) as Arc<dyn Environment>)
            .credentials(Credentials::client_credentials("id", "secret"));
        let core = set(builder).build().unwrap();
        Self { core, environment, script, requests }
    }

    async fn call(&self, operation: &'static Operation) -> Result<Response<Value>> {
        self.call_with(operation, CallOptions::new()).await
    }

    async fn call_with(&self, operation: &'static Operation, options: CallOptions) -> Result<Response<Value>> {
        let url = format!("{}{}", self.core.base_url(), operation.path);
        let request = self.core.http().request(operation.method.clone(), url).build().unwrap();
        execute(&self.core, request, Payload::none(), operation, options).await
    }

    async fn log_out(&self) -> Result<()> {
        let bearer = self.core.tokens().unwrap().bearer().await.unwrap();
        logout(&self.core, &bearer, &LOGOUT).await
    }

    /// What was asked, once all that was prepared was answered.
    fn requests(&self) -> Vec<Seen> {
        assert!(self.script.lock().unwrap().is_empty(), "a reply was not asked for");
        self.requests.lock().unwrap().clone()
    }
}

type Shared = (Arc<Mutex<VecDeque<Reply>>>, Arc<Mutex<Vec<Seen>>>);

async fn answer(State((script, requests)): State<Shared>, request: Request) -> http::Response<Body> {
    let token = request.headers().get(header::AUTHORIZATION).map_or("", |value| value.to_str().unwrap());
    requests.lock().unwrap().push(seen(request.method().as_str(), request.uri().path(), token));
    // Read to its end, or the connection might be reset before the reply is read.
    axum::body::to_bytes(request.into_body(), 64 * 1024).await.unwrap();
    let next = script.lock().unwrap().pop_front().unwrap_or_else(|| reply(418));
    next.map(Body::from)
}

/// The address of a server that answers one request and is gone: whoever comes next is refused.
async fn gone_after(reply: &'static [u8]) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        drop(listener);
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            assert_ne!(socket.read_buf(&mut head).await.unwrap(), 0);
        }
        socket.write_all(reply).await.unwrap();
    });
    url
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_the_request_sent_again() {
    let stage = Stage::set([token(FIRST), reply(401), token(SECOND), things()]).await;
    let response = stage.call(&LIST).await.unwrap();
    assert_eq!((response.attempts(), response.into_inner()), (2, serde_json::json!([1])));
    let expected = [
        seen("POST", "/oauth/token", ""),
        seen("GET", "/v1/things", "Bearer first"),
        seen("POST", "/oauth/token", ""),
        seen("GET", "/v1/things", "Bearer second"),
    ];
    assert_eq!(stage.requests(), expected);
}

#[tokio::test]
async fn a_request_that_brings_no_answer_may_have_arrived() {
    let url = gone_after(b"").await;
    let stage = Stage::set_with([], |builder| builder.base_url(url)).await;
    let error = stage.call(&OPEN).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Transport, Sent::Unknown), "{error}");
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = http::Response::builder().status(302).header(header::LOCATION, "/v1/open").body("").unwrap();
    let stage = Stage::set([token(FIRST), elsewhere]).await;
    let error = stage.call(&LIST).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::FOUND), "{error}");
    assert_eq!(stage.requests().pop(), Some(seen("GET", "/v1/things", "Bearer first")));
}

#[tokio::test]
async fn whoever_signs_in_has_a_token_of_their_own() {
    let stage = Stage::set([token(FIRST), things(), token(SECOND), things()]).await;
    stage.call(&LIST).await.unwrap();
    stage.core.sign_in(Credentials::client_credentials("another", "secret")).unwrap();
    stage.call(&LIST).await.unwrap();
    assert_eq!(stage.requests().pop(), Some(seen("GET", "/v1/things", "Bearer second")));
    let refused = stage.core.sign_in(Credentials::password("pat", "secret")).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidRequest, "{refused}");
}

#[tokio::test]
async fn a_token_that_the_vendor_sends_back_is_not_in_the_error() {
    let fetched = r#"{"access_token":"canary-4711","token_type":"Bearer","expires_in":7200}"#;
    for status in [400, 403, 500] {
        let echo = http::Response::builder().status(status);
        let stage = Stage::set([token(fetched), echo.body(r#"{"error":"bad: Bearer canary-4711"}"#).unwrap()]).await;
        let error = stage.call(&LIST).await.unwrap_err();
        assert_eq!(error.vendor_message().as_deref(), Some("bad: Bearer ***"), "{status}");
        assert!(!error.body_excerpt().unwrap().contains("canary"), "{status}");
    }
    // A success is data, and stays as it is.
    let stage = Stage::set([token(fetched), http::Response::new(r#"["canary-4711"]"#)]).await;
    assert_eq!(stage.call(&LIST).await.unwrap().raw().as_ref(), br#"["canary-4711"]"#);
}

#[tokio::test]
async fn a_second_refusal_is_the_outcome() {
    let stage = Stage::set([token(FIRST), reply(401), token(SECOND), reply(401)]).await;
    let error = stage.call(&LIST).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Authentication, 2));
    assert_eq!(stage.requests().len(), 4);
}

#[tokio::test]
async fn a_token_that_was_refused_with_a_stream_is_not_used_again() {
    static FILES: [File; 1] = [File { name: "csv", max_bytes: None }];
    let mut upload = operation(Method::POST, "upload", "/v1/files", true);
    upload.body = Some(crate::operation::Body {
        required: true,
        media_types: &["multipart/form-data"],
        indexed: false,
        indexed_members: &[],
        files: &FILES,
        alternatives: &[],
    });
    let upload: &'static Operation = Box::leak(Box::new(upload));
    let stage = Stage::set([token(FIRST), reply(401), token(SECOND), things()]).await;
    let request = stage.core.http().post(format!("{}{}", stage.core.base_url(), upload.path)).build().unwrap();
    let once = Upload::stream("a.csv", futures_util::stream::empty());
    let payload = Payload { json: Some("{}".into()), ..Payload::none() }.with_file("csv", &once);
    let outcome = execute::<Value>(&stage.core, request, payload, upload, CallOptions::new()).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Authentication, 1), "{error}");
    stage.call(&LIST).await.unwrap();
    assert_eq!(stage.requests().pop(), Some(seen("GET", "/v1/things", "Bearer second")));
}

#[tokio::test]
async fn a_call_without_a_token_never_left_whatever_became_of_the_token_request() {
    let stage = Stage::set([reply(500), reply(500), reply(500)]).await;
    let error = stage.call(&LIST).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(StatusCode::INTERNAL_SERVER_ERROR)));
    assert_eq!((error.was_sent(), error.attempts()), (Sent::No, 0));
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.ends_with("after 3 attempts"), "{source}");
    assert_eq!(stage.requests().len(), 3);
    // One that was refused and cannot be renewed did leave.
    let stage = Stage::set([token(FIRST), reply(401), reply(400)]).await;
    let error = stage.call(&LIST).await.unwrap_err();
    assert_eq!((error.was_sent(), error.attempts()), (Sent::Yes, 1));
    assert_eq!(stage.requests().len(), 3);
}

#[tokio::test]
async fn a_token_server_that_is_not_there_is_no_answer_to_the_call() {
    let stage = Stage::set([reply(404)]).await;
    let error = stage.call(&LIST).await.unwrap_err();
    assert_eq!((error.status(), error.was_sent()), (Some(StatusCode::NOT_FOUND), Sent::No));
    assert!(error.is_authentication() && !error.is_not_found(), "{error}");
    assert_eq!(stage.requests().len(), 1);
    let stage = Stage::set([token(FIRST), reply(404)]).await;
    assert!(stage.call(&LIST).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_refusal_that_ends_in_a_busy_token_server_says_how_long_to_wait() {
    let mut busy = reply(429);
    busy.headers_mut().insert(header::RETRY_AFTER, "90".parse().unwrap());
    let stage = Stage::set([token(FIRST), reply(401), busy]).await;
    let error = stage.call(&LIST).await.unwrap_err();
    assert_eq!(
        (error.status(), error.retry_after()),
        (Some(StatusCode::UNAUTHORIZED), Some(Duration::from_secs(90)))
    );
    assert_eq!(stage.requests().len(), 3);
}

#[tokio::test]
async fn a_repetition_that_never_left_does_not_hide_the_request_before_it() {
    static REPEATED: Operation = Operation::made_up(Method::GET, "repeated", "/v1/things");
    let url = gone_after(b"HTTP/1.1 500 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await;
    let stage = Stage::set([]).await;
    let request = stage.core.http().get(url).build().unwrap();
    let outcome = execute::<Value>(&stage.core, request, Payload::none(), &REPEATED, CallOptions::new()).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.attempts()), (ErrorKind::Transport, None, 3), "{error}");
    assert_eq!(error.was_sent(), Sent::Unknown);
}

#[tokio::test]
async fn nothing_but_a_401_has_the_token_replaced() {
    for status in [400, 403, 404] {
        let mut refused = reply(status);
        refused.headers_mut().insert(header::WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#.parse().unwrap());
        let stage = Stage::set([token(FIRST), refused]).await;
        let error = stage.call(&LIST).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Api, 1), "{status}");
        assert_eq!(stage.requests().len(), 2, "{status}");
    }
}

#[tokio::test]
async fn a_status_is_a_success_or_an_error_that_says_which() {
    let outcome = async |operation: &'static Operation, status: u16| {
        let stage = Stage::set([reply(status)]).await;
        let outcome = stage.call(operation).await;
        assert_eq!(stage.requests().len(), 1);
        outcome.map(|response| response.is_not_modified()).map_err(|error| (error.kind(), error.to_string()))
    };
    assert_eq!(outcome(&OPEN, 204).await, Ok(false));
    assert_eq!(outcome(&POLL, 204).await, Ok(false));
    assert_eq!(outcome(&POLL, 304).await, Ok(true));
    for (operation, status, expected, words) in [
        (&POLL, 404, ErrorKind::Api, "answered with an error"),
        (&OPEN, 304, ErrorKind::Api, "a redirect, which is not followed"),
        (&OPEN, 302, ErrorKind::Api, "a redirect, which is not followed"),
        (&OPEN, 500, ErrorKind::Api, "answered with an error"),
        (&OPEN, 401, ErrorKind::Authentication, "refused the credentials"),
    ] {
        let (kind, message) = outcome(operation, status).await.unwrap_err();
        assert_eq!(kind, expected, "{status}");
        assert!(message.contains(words), "{status}: {message}");
    }
}

#[tokio::test]
async fn a_token_reply_has_at_most_256_kib() {
    for (padding, good) in [(255 * 1024, true), (256 * 1024, false)] {
        let text = FIRST.replacen('{', &format!(r#"{{"padding":"{}","#, "x".repeat(padding)), 1);
        let stage = Stage::set([token(text.leak()), things()]).await;
        assert_eq!(stage.call(&LIST).await.is_ok(), good, "{padding}");
    }
}

#[tokio::test]
async fn a_reply_may_be_as_large_as_the_limit_and_what_was_read_of_a_larger_one_is_kept() {
    for (limit, kept) in [(4, None), (3, None), (2, Some("[1"))] {
        let stage = Stage::set([things()]).await;
        let request = stage.core.http().get(stage.core.base_url()).build().unwrap();
        let outcome = receive::send(stage.core.http(), request, limit, Box::pin(std::future::pending())).await;
        match kept {
            None => assert_eq!(outcome.unwrap().body, "[1]"),
            Some(kept) => {
                let error = outcome.unwrap_err();
                assert_eq!((error.is_decode(), error.body().unwrap().as_ref()), (true, kept.as_bytes()));
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_is_one_however_little_of_its_body_is_read() {
    let stage = Stage::set([http::Response::builder().status(404).body("[1]").unwrap()]).await;
    let request = stage.core.http().get(stage.core.base_url()).build().unwrap();
    let outcome = receive::send(stage.core.http(), request, 2, Box::pin(std::future::pending())).await;
    let received = outcome.unwrap();
    assert_eq!((received.status, &received.body[..]), (StatusCode::NOT_FOUND, b"[1".as_slice()));
}

/// A success that leaves no request until some second of the server's clock.
fn spent(until: &str) -> Reply {
    let mut reply = things();
    // Resets are told by the server's clock, which hyper would set to today.
    reply.headers_mut().insert(header::DATE, "Thu, 01 Jan 1970 00:00:00 GMT".parse().unwrap());
    reply.headers_mut().insert("x-rate-limit-remaining", "0".parse().unwrap());
    reply.headers_mut().insert("x-rate-limit-reset", until.parse().unwrap());
    reply
}

#[tokio::test]
async fn a_spent_limit_is_waited_for_unless_told_otherwise() {
    let stage = Stage::set([spent("10"), things()]).await;
    stage.call(&OPEN).await.unwrap();
    assert_eq!(stage.environment.now(), Duration::ZERO);
    stage.call(&OPEN).await.unwrap();
    assert_eq!(stage.environment.now(), Duration::from_secs(10));

    let stage = Stage::set([spent("10"), things()]).await;
    stage.call(&OPEN).await.unwrap();
    stage.call_with(&OPEN, CallOptions::new().pacing(false)).await.unwrap();
    assert_eq!(stage.environment.now(), Duration::ZERO);
}

#[tokio::test]
async fn a_limit_that_is_spent_past_the_deadline_is_an_error_at_once() {
    for (until, sent) in [("29", 2), ("30", 1), ("31", 1)] {
        let stage = Stage::set([spent(until)]).await;
        stage.call(&OPEN).await.unwrap();
        let outcome = stage.call_with(&OPEN, CallOptions::new().deadline(SHORTEST_DEADLINE)).await;
        let kind = if sent == 2 { ErrorKind::Api } else { ErrorKind::RateLimited };
        assert_eq!(outcome.unwrap_err().kind(), kind, "{until}");
        assert_eq!(stage.requests().len(), sent, "{until}");
    }
}
