//! The token request on the wire: no redirect, no old token, a small cap.

use std::{fmt, sync::Arc};

use http::{HeaderValue, Method, header};
use url::Url;

use super::receive::{self, Received};
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
    pub media_type: Option<&'static str>,
    pub user_agent: HeaderValue,
    pub environment: Arc<dyn Environment>,
}

impl Exchange for HttpExchange {
    fn exchange(&self, pairs: Pairs) -> BoxFuture<Result<ExchangeReply, Error>> {
        let request = self.request(&pairs);
        let (http, environment) = (self.http.clone(), Arc::clone(&self.environment));
        Box::pin(async move {
            let Received { status, headers, body } = receive::send(&http, request?, MAX_BODY_BYTES).await?;
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
