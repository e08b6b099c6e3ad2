//! The client under every generated one: address, connections, limits, token.

mod address;
mod build;
mod connections;

use std::{fmt, sync::Arc, time::Duration};

use http::HeaderValue;

use crate::{
    auth::{Bearer, TokenManager},
    env::Environment,
    operation::{Api, Operation},
    transport::{Pacer, RetryBudget},
    twin::{self, Rule},
};

pub use build::{ClientBuilder, CoreBuilder};
#[cfg(test)]
pub(crate) use connections::http_client;

/// What a generated client is: an API's table, and a [`Core`] to run it on.
pub trait ApiClient: Sized {
    /// The API's table.
    const API: &'static Api;

    /// A client on a core that was made for the same API.
    fn from_core(core: Core) -> Self;
}

/// Address, connections, limits and token of a client. Cheap to clone; clones share all of it.
#[derive(Clone)]
pub struct Core(Arc<Inner>);

struct Inner {
    api: &'static Api,
    base_url: String,
    http: reqwest::Client,
    tokens: Option<TokenManager>,
    token_in_query: bool,
    limits: Limits,
    budget: RetryBudget,
    pacer: Pacer,
    environment: Arc<dyn Environment>,
    user_agent: HeaderValue,
}

/// Limits on what a call may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub deadline: Duration,
    pub attempt_deadline: Duration,
    pub max_attempts: u32,
    pub max_body_bytes: usize,
    pub first_pause: Duration,
    pub longest_pause: Duration,
    pub pacing: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(60),
            attempt_deadline: Duration::from_secs(30),
            max_attempts: 3,
            max_body_bytes: 16 * 1024 * 1024,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(20),
            pacing: true,
        }
    }
}

impl Limits {
    /// The longest pause after the attempt of that number; jitter takes a random part of it.
    pub fn backoff(&self, attempt: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        self.first_pause.saturating_mul(doubled).min(self.longest_pause)
    }
}

impl Core {
    /// The API's table.
    pub fn api(&self) -> &'static Api {
        self.0.api
    }

    /// Where requests go, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.0.base_url
    }

    /// The HTTP client under it.
    pub fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    pub(crate) fn tokens(&self) -> Option<&TokenManager> {
        self.0.tokens.as_ref()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn budget(&self) -> &RetryBudget {
        &self.0.budget
    }

    pub(crate) fn pacer(&self) -> &Pacer {
        &self.0.pacer
    }

    pub(crate) fn environment(&self) -> &dyn Environment {
        &*self.0.environment
    }

    pub(crate) fn user_agent(&self) -> &HeaderValue {
        &self.0.user_agent
    }

    /// Whether an operation is the one that fetches tokens.
    pub(crate) fn is_token_request(&self, operation: &Operation) -> bool {
        self.0.api.oauth.as_ref().is_some_and(|oauth| std::ptr::eq(oauth.token, operation))
    }

    /// Puts a token on a request: into the header, or into the query if the caller asked for that.
    pub(crate) fn authorize(&self, request: &mut reqwest::Request, bearer: &Bearer) {
        match self.0.api.token_parameter.filter(|_| self.0.token_in_query) {
            Some(parameter) => {
                request.url_mut().query_pairs_mut().append_pair(parameter, bearer.access_token().expose());
            }
            None => {
                request.headers_mut().insert(http::header::AUTHORIZATION, bearer.header());
                if twin::broken(Rule::TokenInQueryToo) {
                    request.url_mut().query_pairs_mut().append_pair("access_token", bearer.access_token().expose());
                }
            }
        }
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("api", &self.0.api.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
