//! The one door to the vendor: a server on the loopback device between the client and the network.
//!
//! The client cannot show the replies to its token requests, nor those that it asked again after; and a budget that only
//! counts calls is none. So the client talks to the gate, and the gate to the vendor.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header, request::Parts},
};
use cx_mock::{Incoming, Validator};
use cx_spec::{Api, OAuthRole, Operation, Retry};
use tokio::task::JoinHandle;

use super::{pace::Pace, settings::Settings};

/// Largest body that is taken in, either way.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Headers that belong to one connection, or that the next hop writes anew (RFC 9110 §7.6.1).
const HOP_BY_HOP: &[&str] = &[
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// One request that reached the vendor, and its reply.
#[derive(Clone)]
pub struct Exchange {
    /// Name of the document that has the operation.
    pub api: String,
    /// `operationId`.
    pub operation: String,
    /// The request.
    pub request: Incoming,
    /// Status of the reply.
    pub status: u16,
    /// Headers of the reply, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body of the reply.
    pub body: Vec<u8>,
}

impl Exchange {
    /// The first value of a header of the reply; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

// Everything else may be secret or personal.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The gate. It closes when it is dropped.
pub struct Gate {
    base_url: String,
    inner: Arc<Inner>,
    server: JoinHandle<()>,
}

struct Inner {
    http: reqwest::Client,
    validator: Arc<Validator>,
    tokens: Option<Arc<Validator>>,
    base_url: String,
    token_base_url: String,
    budget: u32,
    pace: Pace,
    /// Known to our client alone, so that no other process of this machine gets through.
    pass: String,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    sent: u32,
    spent: bool,
    exchanges: Vec<Exchange>,
    failure: Option<String>,
}

impl Gate {
    /// Opens the gate. `http` must not follow redirects; `tokens` judges requests that `validator` does not know.
    ///
    /// # Errors
    /// No free port.
    pub async fn open(
        settings: &Settings,
        http: reqwest::Client,
        validator: Arc<Validator>,
        tokens: Option<Arc<Validator>>,
    ) -> Result<Self> {
        let random = |_| format!("{:08x}", (settings.environment.random() * f64::from(u32::MAX)) as u32);
        let inner = Arc::new(Inner {
            http,
            validator,
            tokens,
            base_url: settings.base_url.clone(),
            token_base_url: settings.token_base_url.clone(),
            budget: settings.budget,
            pace: Pace::new(Arc::clone(&settings.environment), settings.rate),
            pass: format!("gate-pass/{}", (0..4).map(random).collect::<String>()),
            log: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.context("no free port on loopback")?;
        let base_url = format!("http://{}", listener.local_addr().context("the gate has no address")?);
        let app = axum::Router::new().fallback(handle).with_state(Arc::clone(&inner));
        let server = tokio::spawn(async move {
            // It ends with the gate; until then accepting goes on after any error.
            drop(axum::serve(listener, app).await);
        });
        Ok(Self { base_url, inner, server })
    }

    /// Where the client is to go.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What the client has to call itself to be let through. The vendor does not get to see it.
    pub fn pass(&self) -> &str {
        &self.inner.pass
    }

    /// Requests that were sent so far.
    pub fn sent(&self) -> u32 {
        self.inner.log().sent
    }

    /// Whether a request was held back because the budget is spent, or the next one would be.
    pub fn is_spent(&self) -> bool {
        let log = self.inner.log();
        log.spent || log.sent >= self.inner.budget
    }

    /// Whether a request was held back because the budget is spent.
    pub fn held_back(&self) -> bool {
        self.inner.log().spent
    }

    /// What was exchanged since the last look.
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.inner.log().exchanges)
    }

    /// Why the vendor could not be reached, if the last request found it so.
    pub fn failure(&self) -> Option<String> {
        self.inner.log().failure.clone()
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Inner {
    fn log(&self) -> std::sync::MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The document and the operation of a request, and where it goes; none for one that must not go anywhere.
    fn destination(&self, request: &Incoming) -> Option<(&Validator, &Operation, &str)> {
        let own = (&self.validator, &self.base_url);
        let (validator, operation, base_url) =
            std::iter::once(own).chain(self.tokens.iter().map(|tokens| (tokens, &self.token_base_url))).find_map(
                |(validator, url)| Some((validator, validator.route(request.method(), request.path())?, url)),
            )?;
        let token = operation.oauth.as_ref().is_some_and(|oauth| oauth.role == OAuthRole::Token);
        let lends_tokens_only = !Arc::ptr_eq(validator, &self.validator);
        let base_url = if token { &self.token_base_url } else { base_url };
        (token || (operation.retry == Retry::Safe && !lends_tokens_only)).then_some((validator, operation, base_url))
    }

    /// Takes one request from the budget.
    fn spend(&self) -> bool {
        let mut log = self.log();
        log.spent |= log.sent >= self.budget;
        if !log.spent {
            log.sent += 1;
        }
        !log.spent
    }

    async fn forward(&self, method: reqwest::Method, url: &str, headers: HeaderMap, body: Vec<u8>) -> Result<Answer> {
        let request = self.http.request(method, url).headers(headers);
        // A body of nothing would still be announced.
        let request = if body.is_empty() { request } else { request.body(body) };
        let mut reply = request.send().await?;
        let mut body = Vec::new();
        while let Some(chunk) = reply.chunk().await? {
            body.extend_from_slice(&chunk);
            anyhow::ensure!(body.len() <= MAX_BODY_BYTES, "the reply is larger than {MAX_BODY_BYTES} bytes");
        }
        Ok(Answer { status: reply.status(), headers: reply.headers().clone(), body })
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

async fn handle(State(gate): State<Arc<Inner>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let called = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(agent) = called.strip_prefix(gate.pass.as_str()) else {
        return refused(StatusCode::FORBIDDEN, "only the client of this run may pass");
    };
    let agent = format!("cx-conformance{agent}");
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large");
    };
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let incoming = incoming(&parts, target, &body);
    let Some((validator, operation, base_url)) = gate.destination(&incoming) else {
        return refused(StatusCode::FORBIDDEN, "only safe operations may pass");
    };
    if !gate.spend() {
        return refused(StatusCode::FORBIDDEN, "the budget is spent");
    }
    gate.pace.turn().await;
    let mut headers = parts.headers.clone();
    HOP_BY_HOP.iter().for_each(|name| drop(headers.remove(*name)));
    if let Ok(agent) = agent.parse() {
        headers.insert(header::USER_AGENT, agent);
    }
    match gate.forward(parts.method, &format!("{base_url}{target}"), headers, body.to_vec()).await {
        Ok(answer) => {
            let exchange = exchange(validator.api(), operation, incoming, &answer);
            let mut log = gate.log();
            log.failure = None;
            log.exchanges.push(exchange);
            answer.into_response()
        }
        Err(error) => {
            gate.log().failure = Some(without_address(error));
            refused(StatusCode::BAD_GATEWAY, "the vendor cannot be reached")
        }
    }
}

/// The request of our client, as a validator reads it.
fn incoming(parts: &Parts, target: &str, body: &[u8]) -> Incoming {
    let mut incoming = Incoming::new(parts.method.as_str(), target);
    for (name, value) in parts.headers.iter().filter(|(name, _)| *name != header::CONTENT_TYPE) {
        incoming = incoming.with_header(name.as_str(), &text(value));
    }
    match parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) {
        Some(media_type) => incoming.with_body(media_type, body.to_vec()),
        None => incoming,
    }
}

/// What is kept of a request and its answer.
fn exchange(api: &Api, operation: &Operation, request: Incoming, answer: &Answer) -> Exchange {
    Exchange {
        api: api.name().to_owned(),
        operation: operation.id.clone(),
        request,
        status: answer.status.as_u16(),
        headers: answer.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body: answer.body.clone(),
    }
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// What went wrong. The address is left out: it may hold secrets, and the person knows it anyway.
fn without_address(error: anyhow::Error) -> String {
    error
        .downcast::<reqwest::Error>()
        .map_or_else(|other| format!("{other:#}"), |error| format!("{:#}", anyhow::Error::new(error.without_url())))
}

impl Answer {
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        HOP_BY_HOP.iter().for_each(|name| drop(response.headers_mut().remove(*name)));
        response
    }
}

fn refused(status: StatusCode, message: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(message));
    *response.status_mut() = status;
    response
}
