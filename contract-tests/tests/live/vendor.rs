//! A vendor that has changed: a proxy before an honest mock, which rewrites the replies of one operation.

use std::sync::{Arc, Mutex};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
};
use cx_client::CoreBuilder;
use cx_mock::{MockVendor, Validator};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::support;

/// A reply on its way from the honest vendor.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn set_json(&mut self, value: &Value) {
        self.body = value.to_string().into_bytes();
    }

    pub fn set_header(&mut self, name: &str, value: &str) {
        self.headers.insert(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    }
}

/// What happens to a reply of an operation.
pub type Rewrite = Arc<dyn Fn(&str, &mut Reply) + Send + Sync>;

/// The vendor. It ends when it is dropped.
pub struct Drifting {
    pub base_url: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    validators: Vec<Validator>,
    honest: String,
    http: reqwest::Client,
    rewrite: Rewrite,
    asked: Mutex<Vec<String>>,
}

impl Drifting {
    pub async fn start(api: &str, honest: &MockVendor, rewrite: Rewrite) -> Self {
        let subject = support::subject(api);
        let http = CoreBuilder::new(subject.client.api).base_url(honest.base_url()).build().unwrap();
        let shared = Arc::new(Shared {
            validators: std::iter::once(subject.api).chain(subject.tokens).map(Validator::new).collect(),
            honest: honest.base_url(),
            http: http.http().clone(),
            rewrite,
            asked: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let app = axum::Router::new().fallback(handle).with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { base_url, shared, server }
    }

    /// The operations that were asked for, in order.
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
    }
}

impl Drop for Drifting {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let route = |validator: &Validator| Some(validator.route(parts.method.as_str(), parts.uri.path())?.id.clone());
    let operation = shared.validators.iter().find_map(route).unwrap();
    shared.asked.lock().unwrap().push(operation.clone());
    let url = format!("{}{}", shared.honest, parts.uri.path_and_query().unwrap());
    parts.headers.remove(header::HOST);
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let sent = shared.http.request(parts.method, url).headers(parts.headers).body(body).send().await.unwrap();
    let mut reply = Reply { status: sent.status().as_u16(), headers: sent.headers().clone(), body: Vec::new() };
    reply.body = sent.bytes().await.unwrap().to_vec();
    (shared.rewrite)(&operation, &mut reply);
    reply.headers.remove(header::CONTENT_LENGTH);
    reply.headers.remove(header::TRANSFER_ENCODING);
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap();
    *response.headers_mut() = reply.headers;
    response
}
