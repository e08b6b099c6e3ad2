//! The token request on the wire: no redirect, no old token, a small cap.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderValue, Method, header};
use tracing::Instrument;
use url::{Url, form_urlencoded::byte_serialize};

use super::{
    receive::{self, Received},
    trace,
};
use crate::{
    auth::{Exchange, ExchangeReply, Pairs},
    env::{BoxFuture, Environment},
    error::{Error, ErrorKind, Result},
    form, rate_limit,
    twin::{self, Rule},
};

/// Token replies are small; a larger one is none.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// Sends token requests.
pub(crate) struct HttpExchange {
    pub http: reqwest::Client,
    pub url: Url,
    /// Path of the token operation, to name it by: the URL may hold an account token.
    pub template: &'static str,
    pub media_type: Option<&'static str>,
    /// Id and secret of the application go into the header instead of the form.
    pub client_secret_basic: bool,
    pub user_agent: HeaderValue,
    pub environment: Arc<dyn Environment>,
}

impl Exchange for HttpExchange {
    fn exchange(&self, pairs: Pairs) -> BoxFuture<Result<ExchangeReply, Error>> {
        let request = self.request(&pairs);
        let (http, environment, template) = (self.http.clone(), Arc::clone(&self.environment), self.template);
        Box::pin(async move {
            let request = request?;
            let span = trace::request(request.method(), template, &request, 0);
            // The token manager has a limit of its own.
            let timer = Box::pin(std::future::pending());
            let outcome = receive::send(&http, request, MAX_BODY_BYTES, timer).instrument(span.clone()).await;
            trace::received(&span, &outcome);
            let Received { status, headers, body } = outcome?;
            let retry_after = rate_limit::retry_after(&headers, environment.wall_clock());
            Ok(ExchangeReply { status, headers, body, retry_after })
        })
    }
}

impl HttpExchange {
    fn request(&self, pairs: &Pairs) -> Result<reqwest::Request> {
        let method = if twin::broken(Rule::TokenRequestIsGet) { Method::GET } else { Method::POST };
        let mut url = self.url.clone();
        if twin::broken(Rule::SecretsInQuery) {
            url.query_pairs_mut().extend_pairs(pairs.iter().map(|(name, value)| (name, value.expose())));
        }
        let mut request = self.http.request(method, url);
        if twin::broken(Rule::BearerOnTokenRequest) {
            request = request.bearer_auth("an-old-token");
        }
        let basic = if self.client_secret_basic { basic(pairs) } else { None };
        let in_header = |name: &str| basic.is_some() && matches!(name, "client_id" | "client_secret");
        let pairs: Vec<(&'static str, &str)> = pairs
            .iter()
            .filter(|(name, _)| !in_header(name) || twin::broken(Rule::SecretInHeaderAndForm))
            .map(|(name, value)| (*name, value.expose()))
            .collect();
        if let Some(basic) = basic {
            request = request.header(header::AUTHORIZATION, basic);
        }
        let accept = if twin::broken(Rule::AnyAccept) { "*/*" } else { "application/json" };
        let request = request
            .header(header::ACCEPT, HeaderValue::from_static(accept))
            .header(header::USER_AGENT, self.user_agent.clone());
        let request = if self.media_type.is_some_and(|media_type| media_type.starts_with("multipart/")) {
            let form = reqwest::multipart::Form::new();
            request.multipart(pairs.into_iter().fold(form, |form, (name, value)| form.text(name, value.to_owned())))
        } else {
            let body = if twin::broken(Rule::ValuesUnescaped) {
                pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
            } else {
                form::urlencoded(pairs)
            };
            request
                .header(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
                .body(body)
        };
        request.build().map_err(|cause| {
            Error::new(ErrorKind::InvalidRequest, "the token request cannot be built").with_cause(cause.without_url())
        })
    }
}

/// Id and secret of the application as a header, marked sensitive: each is form-encoded before they are joined (RFC 6749
/// §2.3.1). `None` for a grant that carries no secret.
fn basic(pairs: &Pairs) -> Option<HeaderValue> {
    let half = |wanted: &str| {
        let value = pairs.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.expose())?;
        Some(if twin::broken(Rule::BasicUnencoded) {
            value.to_owned()
        } else {
            byte_serialize(value.as_bytes()).collect::<String>()
        })
    };
    let joined = format!("{}:{}", half("client_id")?, half("client_secret")?);
    let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(joined))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl fmt::Debug for HttpExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpExchange").field("media_type", &self.media_type).finish_non_exhaustive()
    }
}
