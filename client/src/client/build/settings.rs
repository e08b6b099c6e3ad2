//! The settings that [`CoreBuilder`](super::CoreBuilder) and [`ClientBuilder`](super::ClientBuilder) share.

/// Settings that every builder has. `settings!(core)` sets those of the builder in the field `core`. Whoever expands it
/// imports `Duration`, `Environment`, `Secret` and `TokenStore`.
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
        /// server's. It has no effect on an [`http_client`](Self::http_client) of your own.
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

        /// How many times a request that may be repeated is sent at most, the first time included. 3; at least 1.
        pub fn max_attempts(mut self, attempts: u32) -> Self {
            self$(.$core)?.limits.max_attempts = attempts.max(1);
            self
        }

        /// Whether calls wait while the vendor's limit is known to be spent, rather than be refused with 429. On. A call whose
        /// deadline would pass meanwhile fails at once with [`ErrorKind::RateLimited`](crate::ErrorKind::RateLimited). Clones
        /// of a client count together.
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

pub(super) use settings;
