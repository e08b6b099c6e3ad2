//! The token request on the wire: no redirect, no old token, a small cap.

use std::{fmt, sync::Arc};

use http::{HeaderValue, Method, header};
use tracing::Instrument;
use url::Url;

use super::{
    receive::{self, Received},
    trace,
};
use crate::{
    auth::{Exchange, ExchangeReply, Pairs},
    env::{BoxFuture, Environment},
    error::{Error, ErrorKind, Result},
    form, rate_limit,
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
        let request = self.http.request(Method::POST, self.url.clone());
        let request = request
            .header(header::ACCEPT, HeaderValue::from_static("application/json"))
            .header(header::USER_AGENT, self.user_agent.clone());
        let request = if self.media_type.is_some_and(|media_type| media_type.starts_with("multipart/")) {
            let form = reqwest::multipart::Form::new();
            let form = pairs.iter().fold(form, |form, (name, value)| form.text(*name, value.expose().to_owned()));
            request.multipart(form)
        } else {
            request
                .header(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
                .body(form::urlencoded(pairs.iter().map(|(name, value)| (name, value.expose()))))
        };
        request.build().map_err(|cause| {
            Error::new(ErrorKind::InvalidRequest, "the token request cannot be built").with_cause(cause.without_url())
        })
    }
}

impl fmt::Debug for HttpExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpExchange").field("media_type", &self.media_type).finish_non_exhaustive()
    }
}
