//! Builders: what a client is to be, step by step.

use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use http::HeaderValue;
use url::Url;

use super::{
    ApiClient, Core, Inner, Limits,
    address::{is_loopback, origin, token_url},
    connections::{http_client, user_agent},
};
use crate::{
    auth::{
        AuthorizationCode, AuthorizationCodeGrant, AuthorizationOptions, AuthorizationRequest,
        ClientCredentialsGrant, Credentials, Deps, MemoryStore, PasswordGrant, RefreshTokenGrant, TokenManager,
        TokenOptions, TokenStore,
    },
    env::Environment,
    error::{Error, ErrorKind, Result},
    operation::{Api, Operation},
    secret::Secret,
    transport::{HttpExchange, Pacer, RetryBudget},
};

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
    /// An address that is no URL, holds user name or password, or is plain `http` without being asked for; a certificate
    /// that is none; a TLS backend that cannot be set up.
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
            // The servers of accounts are those of the token operation.
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
        // Whether a proxy of the environment is asked is a matter of the whole HTTP client.
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

/// Settings that every builder has.
macro_rules! settings {
    ($($core:ident)?) => {
        /// Where requests go instead of the vendor's address: a proxy, a mock, a region. Tokens are then fetched there
        /// too, unless the API takes them from another one's server (Wootric CXI): there set `token_base_url` as well.
        pub fn base_url(mut self, url: impl Into<String>) -> Self {
            self$(.$core)?.base_url = Some(url.into());
            self
        }

        /// Where tokens are fetched, if neither where requests go nor at the server that the document names for them.
        pub fn token_base_url(mut self, url: impl Into<String>) -> Self {
            self$(.$core)?.token_base_url = Some(url.into());
            self
        }

        /// Adds a query parameter to token requests. One that picks an account picks its server too, where the document
        /// knows it, unless an address is given. Clients whose parameters differ never share a session.
        pub fn token_query(mut self, name: &'static str, value: impl Into<Secret>) -> Self {
            self$(.$core)?.options.selectors.push((name, value.into()));
            self
        }

        /// Sends token requests in another of the media types that the document names; form-urlencoded is the default
        /// (RFC 6749 §4).
        pub fn token_media_type(mut self, media_type: &'static str) -> Self {
            self$(.$core)?.token_media_type = Some(media_type);
            self
        }

        /// Sends id and secret of the application in an `Authorization: Basic` header, which RFC 6749 §2.3.1 prefers, and
        /// not in the form of a token request. Off by default: the form is what the vendors document.
        pub fn client_secret_basic(mut self, on: bool) -> Self {
            self$(.$core)?.client_secret_basic = on;
            self
        }

        /// Lifetime of a token whose reply names none. Without it such a token is used until the vendor refuses it.
        pub fn default_token_lifetime(mut self, lifetime: Duration) -> Self {
            self$(.$core)?.options.default_lifetime = Some(lifetime);
            self
        }

        /// Sends the token in the query where the vendor takes it there. URLs are written to logs on their way: leave
        /// it off unless nothing else gets through.
        pub fn token_in_query(mut self, on: bool) -> Self {
            self$(.$core)?.token_in_query = on;
            self
        }

        /// Where tokens are kept; in memory unless told otherwise.
        pub fn token_store(mut self, store: ::std::sync::Arc<dyn TokenStore>) -> Self {
            self$(.$core)?.store = Some(store);
            self
        }

        /// Name of the account in the token store, to find a session again after a restart. It takes the place of user
        /// name, application, code and refresh token there: clients of two users on one store need two names, or one is
        /// served the session of the other.
        pub fn account(mut self, name: impl Into<String>) -> Self {
            self$(.$core)?.options.account = Some(name.into());
            self
        }

        /// An HTTP client of your own. It must not follow redirects: they would carry credentials along.
        pub fn http_client(mut self, client: reqwest::Client) -> Self {
            self$(.$core)?.http = Some(client);
            self
        }

        /// Trusts a certificate authority, given in DER, beside those that the platform trusts: a company's own, a test
        /// server's. An HTTP client of your own does not hear of it.
        #[cfg(feature = "rustls")]
        pub fn root_certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
            self$(.$core)?.authorities.push(der.into());
            self
        }

        /// Allows plain `http` to hosts other than loopback.
        pub fn allow_http(mut self, on: bool) -> Self {
            self$(.$core)?.allow_http = on;
            self
        }

        /// Everything a call does, retries and token included, ends within this time. 60 s.
        pub fn deadline(mut self, deadline: Duration) -> Self {
            self$(.$core)?.limits.deadline = deadline;
            self
        }

        /// One attempt ends within this time. 30 s.
        pub fn attempt_deadline(mut self, deadline: Duration) -> Self {
            self$(.$core)?.limits.attempt_deadline = deadline;
            self
        }

        /// How many times a request that may be repeated is sent at most. 3.
        pub fn max_attempts(mut self, attempts: u32) -> Self {
            self$(.$core)?.limits.max_attempts = attempts.max(1);
            self
        }

        /// Whether calls wait while the vendor's limit is known to be spent, rather than be refused with 429. A call whose
        /// deadline would pass meanwhile fails at once with [`ErrorKind::RateLimited`]. Clones count together. On.
        pub fn pacing(mut self, on: bool) -> Self {
            self$(.$core)?.limits.pacing = on;
            self
        }

        /// Largest reply in bytes. 16 MiB.
        pub fn max_body_bytes(mut self, bytes: usize) -> Self {
            self$(.$core)?.limits.max_body_bytes = bytes;
            self
        }

        /// Your application's name and version, such as `shop/1.2`, put before the client's in `User-Agent`.
        pub fn user_agent(mut self, application: impl Into<String>) -> Self {
            self$(.$core)?.user_agent = Some(application.into());
            self
        }

        /// Clock, timer and random numbers other than the machine's, for tests.
        pub fn environment(mut self, environment: ::std::sync::Arc<dyn Environment>) -> Self {
            self$(.$core)?.environment = Some(environment);
            self
        }
    };
}

impl CoreBuilder {
    settings!();
}

/// Builds a generated client. It has a method for each grant that the vendor takes.
#[must_use]
pub struct ClientBuilder<C> {
    core: CoreBuilder,
    client: PhantomData<fn() -> C>,
}

impl<C: ApiClient> ClientBuilder<C> {
    /// Starts with the defaults of the API.
    pub fn new() -> Self {
        Self { core: CoreBuilder::new(C::API), client: PhantomData }
    }

    /// Ends the building.
    ///
    /// # Errors
    /// See [`CoreBuilder::build`].
    pub fn build(self) -> Result<C> {
        self.core.build().map(C::from_core)
    }

    /// An access token from elsewhere, used until the vendor refuses it.
    pub fn static_token(self, token: impl Into<Secret>) -> Self {
        self.with_credentials(Credentials::fixed(token))
    }

    settings!(core);

    pub(crate) fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.core.credentials = Some(credentials);
        self
    }
}

impl<C: ApiClient> Default for ClientBuilder<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core.fmt(f)
    }
}

impl<C: ApiClient + PasswordGrant> ClientBuilder<C> {
    /// Logs in with the account's e-mail address and password (RFC 6749 §4.3), and forgets the password once a token is
    /// held. Prefer client credentials: this grant puts the account's password into your program (RFC 9700 §2.4).
    pub fn password(self, username: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.with_credentials(Credentials::password(username, password))
    }

    /// As [`Self::password`], but keeps the password in memory to log in again when the session is lost.
    pub fn password_kept(self, username: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.with_credentials(Credentials::password(username, password).with_password_kept())
    }
}

impl<C: ApiClient + ClientCredentialsGrant> ClientBuilder<C> {
    /// Logs in as a registered application (RFC 6749 §4.4).
    pub fn client_credentials(self, client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        self.with_credentials(Credentials::client_credentials(client_id, client_secret))
    }
}

impl<C: ApiClient + RefreshTokenGrant> ClientBuilder<C> {
    /// Takes up a session by its refresh token (RFC 6749 §6). [`Credentials::refresh_token`] makes them; some vendors
    /// want the application and the scope with it.
    pub fn refresh_token(self, credentials: Credentials) -> Self {
        self.with_credentials(credentials)
    }
}

impl<C: ApiClient + AuthorizationCodeGrant> ClientBuilder<C> {
    /// The address to send a user to (RFC 6749 §4.1.1). What it returns reads the callback.
    ///
    /// # Errors
    /// See [`CoreBuilder::authorization_request`].
    pub fn authorization_request(&self, options: AuthorizationOptions) -> Result<AuthorizationRequest> {
        self.core.authorization_request(options)
    }

    /// Exchanges the code of an authorization (RFC 6749 §4.1.3).
    pub fn authorization_code(self, code: AuthorizationCode, client_secret: impl Into<Secret>) -> Self {
        self.with_credentials(code.into_credentials(client_secret))
    }
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
