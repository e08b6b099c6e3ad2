//! Builders: what a client is to be, step by step.
//!
//! [`CoreBuilder`] builds the runtime of any API. [`ClientBuilder`] wraps one for a generated client and adds a method for
//! each grant that its vendor takes. Both have the same settings, which are written once.

mod settings;
mod typed;

use std::{fmt, sync::Arc, time::Duration};

use http::HeaderValue;
use url::Url;

use super::{
    Core, Inner, Limits,
    address::{is_loopback, origin, token_url},
    connections::{http_client, user_agent},
};
use crate::{
    auth::{
        AuthorizationOptions, AuthorizationRequest, Credentials, Deps, MemoryStore, TokenManager, TokenOptions,
        TokenStore,
    },
    env::Environment,
    error::{Error, ErrorKind, Result},
    operation::{Api, Operation},
    secret::Secret,
    transport::{HttpExchange, Pacer, RetryBudget},
};

use settings::settings;
pub use typed::ClientBuilder;

/// Builds a [`Core`] for any API.
///
/// Generated clients start one with their `builder()`, which has a method for each grant that the vendor takes and none
/// for the others.
#[must_use]
pub struct CoreBuilder {
    api: &'static Api,
    base_url: Option<String>,
    token_base_url: Option<String>,
    token_media_type: Option<&'static str>,
    client_secret_basic: bool,
    token_in_query: bool,
    credentials: Option<Credentials>,
    store: Option<Arc<dyn TokenStore>>,
    options: TokenOptions,
    http: Option<reqwest::Client>,
    authorities: Vec<Vec<u8>>,
    allow_http: bool,
    limits: Limits,
    environment: Option<Arc<dyn Environment>>,
    user_agent: Option<String>,
}

impl CoreBuilder {
    /// Starts with the defaults of an API.
    pub fn new(api: &'static Api) -> Self {
        Self {
            api,
            base_url: None,
            token_base_url: None,
            token_media_type: None,
            client_secret_basic: false,
            token_in_query: false,
            credentials: None,
            store: None,
            options: TokenOptions::default(),
            http: None,
            authorities: Vec::new(),
            allow_http: false,
            limits: Limits::default(),
            environment: None,
            user_agent: None,
        }
    }

    /// Who asks for tokens.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// The address to send a user to, for APIs with an authorization operation (RFC 6749 §4.1.1).
    ///
    /// # Errors
    /// An API without one, an empty argument, an address that is no URL.
    pub fn authorization_request(&self, options: AuthorizationOptions) -> Result<AuthorizationRequest> {
        let refuse = |message: &'static str| Error::new(ErrorKind::InvalidRequest, message);
        let oauth = self.api.oauth.as_ref().ok_or_else(|| refuse("this API takes no credentials"))?;
        let server = origin(self.server(), self.allow_http)?;
        let server = Url::parse(&server).map_err(|cause| refuse("the base URL is not a URL").with_cause(cause))?;
        AuthorizationRequest::new(&server, oauth, options)
    }

    /// Ends the building.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] for an address that is no URL, that holds a user name, a password, a query or a fragment,
    /// or that is plain `http` to another host than loopback without [`allow_http`](Self::allow_http); for a certificate
    /// that cannot be read, or an application name that no header may hold; for credentials of a grant that the vendor does
    /// not take; where the HTTP client or its TLS cannot be set up. [`ErrorKind::Decode`] for an access token from elsewhere
    /// that cannot be sent in a header.
    pub fn build(self) -> Result<Core> {
        let base_url = origin(self.server(), self.allow_http)?;
        let environment = self.environment.clone().map_or_else(usual_environment, Ok)?;
        let user_agent = user_agent(self.user_agent.as_deref())?;
        let http = match &self.http {
            Some(http) => http.clone(),
            None => http_client(is_loopback(&base_url), &self.authorities)?,
        };
        let (api, limits, token_in_query) = (self.api, self.limits, self.token_in_query);
        let tokens = self.tokens(&base_url, &http, &environment, &user_agent)?;
        Ok(Core(Arc::new(Inner {
            api,
            base_url,
            http,
            tokens,
            token_in_query,
            limits,
            budget: RetryBudget::default(),
            pacer: Pacer::default(),
            environment,
            user_agent,
        })))
    }

    /// Where requests go, as it was given.
    fn server(&self) -> &str {
        match &self.base_url {
            Some(url) => url,
            // Which server an account lives on is known for the token operation alone. Where another document has that
            // operation, nothing follows from it for this API.
            None if self.api.oauth.as_ref().is_some_and(|oauth| oauth.token_server.is_some()) => self.api.server,
            None => self.server_of_account().unwrap_or(self.api.server),
        }
    }

    /// The server of the token operation on which the account lives that its query picks, if that is not the usual one.
    fn server_of_account(&self) -> Option<&'static str> {
        let regions = self.api.oauth.as_ref()?.regions.as_ref()?;
        let (_, value) = self.options.selectors.iter().find(|(name, _)| *name == regions.parameter)?;
        regions.server_of(value.expose())
    }

    /// Who fetches tokens, if there are credentials to fetch them with.
    fn tokens(
        self,
        base_url: &str,
        http: &reqwest::Client,
        environment: &Arc<dyn Environment>,
        user_agent: &HeaderValue,
    ) -> Result<Option<TokenManager>> {
        let server_of_account = self.server_of_account();
        let Some(credentials) = self.credentials else { return Ok(None) };
        let oauth = self.api.oauth.as_ref();
        let oauth = oauth.ok_or_else(|| Error::new(ErrorKind::InvalidRequest, "this API takes no credentials"))?;
        // A token operation of the API itself moves with the API; another document's has its own server.
        let server = match (self.token_base_url.as_deref(), oauth.token_server) {
            (Some(server), _) => origin(server, self.allow_http)?,
            (None, Some(server)) => origin(server_of_account.unwrap_or(server), self.allow_http)?,
            (None, None) => base_url.to_owned(),
        };
        // An HTTP client as a whole asks the proxy of the environment or does not (see `http_client`). Where the tokens come
        // from this machine and the API does not, or the other way round, each needs a client of its own.
        let loopback = is_loopback(&server);
        let http = if self.http.is_none() && loopback != is_loopback(base_url) {
            http_client(loopback, &self.authorities)?
        } else {
            http.clone()
        };
        let exchange = HttpExchange {
            http,
            url: token_url(&server, oauth.token, &self.options.selectors)?,
            template: oauth.token.path,
            media_type: self.token_media_type.or_else(|| default_media_type(oauth.token)),
            client_secret_basic: self.client_secret_basic,
            user_agent: user_agent.clone(),
            environment: Arc::clone(environment),
        };
        let deps = Deps {
            api: self.api.name,
            origin: server,
            oauth,
            exchange: Arc::new(exchange),
            store: self.store.unwrap_or_else(|| Arc::new(MemoryStore::default())),
            environment: Arc::clone(environment),
            options: self.options,
        };
        TokenManager::new(deps, credentials).map(Some)
    }
}

impl fmt::Debug for CoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoreBuilder").field("api", &self.api.name).finish_non_exhaustive()
    }
}

impl CoreBuilder {
    settings!();
}

#[cfg(not(target_family = "wasm"))]
fn usual_environment() -> Result<Arc<dyn Environment>> {
    Ok(Arc::new(crate::env::System::default()))
}

#[cfg(target_family = "wasm")]
fn usual_environment() -> Result<Arc<dyn Environment>> {
    let message = "there is no clock and no timer here but those that you bring: give the builder an `environment`";
    Err(Error::new(ErrorKind::InvalidRequest, message))
}

pub(super) fn default_media_type(token: &Operation) -> Option<&'static str> {
    token.body.as_ref()?.media_types.first().copied()
}
