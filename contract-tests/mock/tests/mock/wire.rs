//! Requests to a vendor, and what came back.

use cx_mock::{Incoming, MockVendor};
use serde_json::Value;

thread_local! {
    /// One client a test: reading the roots of trust for each of thousands of requests would take minutes.
    static HTTP: reqwest::Client = client();
}

/// A client that heeds no proxy of the environment and shows a redirect instead of following it. Each request has a
/// connection of its own, since vendors that lie break theirs off.
fn client() -> reqwest::Client {
    // An error says that another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy().no_gzip().pool_max_idle_per_host(0);
    builder.redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

fn http() -> reqwest::Client {
    HTTP.with(Clone::clone)
}

/// A reply off the wire.
pub struct Wired {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Wired {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn content_type(&self) -> Option<&str> {
        self.header("content-type")
    }

    /// The body; null if it is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

async fn wired(request: reqwest::RequestBuilder) -> Wired {
    let reply = request.send().await.unwrap();
    let headers = reply.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    Wired { status: reply.status().as_u16(), headers, body: reply.bytes().await.unwrap().to_vec() }
}

/// Sends a request as it stands.
pub async fn send(base_url: &str, request: &Incoming) -> Wired {
    let url = format!("{base_url}{}?{}", request.path(), request.query());
    let mut sent = http().request(request.method().parse().unwrap(), url);
    for (name, value) in request.headers() {
        sent = sent.header(name, value);
    }
    wired(sent.body(request.body().to_vec())).await
}

/// A GET with a good token.
pub async fn get(vendor: &MockVendor, target: &str) -> Wired {
    get_as(vendor, target, Some("mock-token")).await
}

/// A GET with a token, or with none.
pub async fn get_as(vendor: &MockVendor, target: &str, token: Option<&str>) -> Wired {
    request_as(vendor, "GET", target, token, &[]).await
}

/// Any request with a good token and, unless it is empty, a form.
pub async fn request(vendor: &MockVendor, method: &str, target: &str, form: &[(&str, &str)]) -> Wired {
    request_as(vendor, method, target, Some("mock-token"), form).await
}

/// Any request with a token or with none and, unless it is empty, a form.
pub async fn request_as(
    vendor: &MockVendor,
    method: &str,
    target: &str,
    token: Option<&str>,
    form: &[(&str, &str)],
) -> Wired {
    let mut request = http().request(method.parse().unwrap(), format!("{}{target}", vendor.base_url()));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if !form.is_empty() {
        request = request.form(form);
    }
    wired(request).await
}

/// Any request with a good token, a header more and a body of JSON.
pub async fn json(vendor: &MockVendor, method: &str, target: &str, header: (&str, &str), body: &Value) -> Wired {
    let url = format!("{}{target}", vendor.base_url());
    let request = http().request(method.parse().unwrap(), url).bearer_auth("mock-token").header(header.0, header.1);
    wired(request.json(body)).await
}
