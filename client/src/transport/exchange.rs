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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{client::http_client, env::System};

    fn exchange(media_type: Option<&'static str>, client_secret_basic: bool) -> HttpExchange {
        HttpExchange {
            http: http_client(true, &[]).unwrap(),
            url: "http://127.0.0.1:9/oauth/token?account_token=NPS-1".parse().unwrap(),
            template: "/oauth/token",
            media_type,
            client_secret_basic,
            user_agent: HeaderValue::from_static("cx-client/0"),
            environment: Arc::new(System::default()),
        }
    }

    fn pairs() -> Pairs {
        [("grant_type", "client_credentials"), ("client_id", "a:b"), ("client_secret", "c d"), ("scope", "x")]
            .map(|(name, value)| (name, value.into()))
            .into()
    }

    fn text(request: &reqwest::Request) -> &str {
        std::str::from_utf8(request.body().unwrap().as_bytes().unwrap()).unwrap()
    }

    #[test]
    fn a_form_is_posted_with_what_names_the_account_in_the_address() {
        let request = exchange(None, false).request(&pairs()).unwrap();
        assert_eq!((request.method(), request.url().query()), (&Method::POST, Some("account_token=NPS-1")));
        assert_eq!(text(&request), "grant_type=client_credentials&client_id=a%3Ab&client_secret=c+d&scope=x");
        let headers = request.headers();
        assert_eq!(headers[header::CONTENT_TYPE], "application/x-www-form-urlencoded");
        assert_eq!(
            (&headers[header::ACCEPT], &headers[header::USER_AGENT]),
            (&HeaderValue::from_static("application/json"), &HeaderValue::from_static("cx-client/0"))
        );
        assert!(!headers.contains_key(header::AUTHORIZATION));
        let multipart = exchange(Some("multipart/form-data"), false).request(&pairs()).unwrap();
        assert!(multipart.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("multipart/form-data"));
    }

    #[test]
    fn id_and_secret_go_into_the_header_or_the_form_and_never_into_both() {
        let basic = exchange(None, true);
        let request = basic.request(&pairs()).unwrap();
        assert_eq!(text(&request), "grant_type=client_credentials&scope=x");
        let authorization = &request.headers()[header::AUTHORIZATION];
        // `a%3Ab:c+d`: each half is form-encoded (RFC 6749 §2.3.1).
        assert_eq!(
            (authorization.as_bytes(), authorization.is_sensitive()),
            (b"Basic YSUzQWI6Yytk".as_slice(), true)
        );
        let without_secret: Pairs = vec![("grant_type", "refresh_token".into()), ("client_id", "a".into())];
        let request = basic.request(&without_secret).unwrap();
        assert_eq!(text(&request), "grant_type=refresh_token&client_id=a");
        assert!(!request.headers().contains_key(header::AUTHORIZATION));
    }

    #[test]
    fn debug_shows_no_address() {
        let shown = format!("{:?}", exchange(Some("multipart/form-data"), false));
        assert_eq!(shown, r#"HttpExchange { media_type: Some("multipart/form-data"), .. }"#);
    }
}
