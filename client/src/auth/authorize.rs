//! The authorization request and the callback that answers it (RFC 6749 §4.1).

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

use super::{credentials::Credentials, reply::code};
use crate::{
    error::{Error, ErrorKind},
    operation::OAuth,
    secret::Secret,
    twin::{self, Rule},
};

/// What an authorization request asks for.
#[derive(Clone)]
#[non_exhaustive]
pub struct AuthorizationOptions {
    /// Id of the registered application.
    pub client_id: String,
    /// Space-separated scope. At Directly `read write`; with a user's e-mail address added, the session is narrowed to
    /// that user and cannot be refreshed.
    pub scope: Option<String>,
    /// Which of the registered callbacks gets the code; the first one when absent. The same value is sent again with
    /// the code.
    pub redirect_uri: Option<String>,
    /// Whether to send a `state`. On by default.
    pub state: bool,
}

impl AuthorizationOptions {
    /// The request of an application, with a `state` and nothing that can be left out.
    pub fn new(client_id: impl Into<String>) -> Self {
        Self { client_id: client_id.into(), scope: None, redirect_uri: None, state: true }
    }

    /// Names the scope, space-separated.
    #[must_use]
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Picks the callback.
    #[must_use]
    pub fn with_redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uri = Some(uri.into());
        self
    }

    /// Leaves the `state` out, for a vendor that does not send it back. Directly's page does not mention it. Without it
    /// nothing tells a forged callback from a true one: somebody else's account may be slipped in (RFC 6749 §10.12).
    #[must_use]
    pub fn without_state(mut self) -> Self {
        self.state = false;
        self
    }
}

impl fmt::Debug for AuthorizationOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationOptions").field("state", &self.state).finish_non_exhaustive()
    }
}

/// An authorization request that was made and is not yet answered.
///
/// Open [`Self::url`] in the user's browser, keep this in the user's session (it can be serialised; it holds a secret),
/// and hand the callback to [`Self::finish`].
#[derive(Serialize, Deserialize)]
pub struct AuthorizationRequest {
    url: String,
    state: Option<Secret>,
    client_id: String,
    redirect_uri: Option<String>,
    scope: Option<String>,
}

impl AuthorizationRequest {
    /// Builds the address to send a user to.
    ///
    /// # Errors
    ///
    /// `InvalidRequest` when the vendor has no authorization operation, an argument is empty, or the machine gives no
    /// random numbers.
    pub(crate) fn new(origin: &Url, oauth: &OAuth, options: AuthorizationOptions) -> Result<Self, Error> {
        let invalid = |message: &'static str| Error::new(ErrorKind::InvalidRequest, message);
        let operation = oauth.authorize.ok_or_else(|| invalid("the vendor has no authorization operation"))?;
        let AuthorizationOptions { client_id, scope, redirect_uri, state } = options;
        if client_id.is_empty() || [&scope, &redirect_uri].into_iter().flatten().any(String::is_empty) {
            return Err(invalid("an empty argument of an authorization request").with_operation(operation));
        }
        if redirect_uri.as_deref().is_some_and(|uri| Url::parse(uri).is_err()) {
            return Err(invalid("a redirect_uri that is not an absolute address").with_operation(operation));
        }
        let state = if state { Some(random_state()?) } else { None };
        let mut url = origin.clone();
        url.set_path(operation.path);
        url.set_fragment(None);
        url.set_query(None);
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("client_id", &client_id);
            for (name, value) in [
                ("scope", scope.as_deref()),
                ("redirect_uri", redirect_uri.as_deref()),
                ("state", state.as_ref().map(Secret::expose)),
            ] {
                if let Some(value) = value {
                    query.append_pair(name, value);
                }
            }
        }
        Ok(Self { url: url.into(), state, client_id, redirect_uri, scope })
    }

    /// Where to send the user. It holds the `state`, which belongs to this user's session and nobody else's log.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The `state` to expect, for callers who match callbacks to sessions by it.
    pub fn state(&self) -> Option<&Secret> {
        self.state.as_ref()
    }

    /// Reads the callback: its whole address, its path with the query, or the query alone with its `?`. Unknown parameters
    /// are ignored (RFC 6749 §4.1.2).
    ///
    /// It takes the request, because a `state` is good for one callback.
    ///
    /// # Errors
    ///
    /// `Authentication` when the `state` is missing or wrong, when the vendor reports an error (see
    /// [`Error::oauth_error`]), or when there is no code. Nothing is sent in any of these cases.
    pub fn finish(self, callback: &str) -> Result<AuthorizationCode, Error> {
        let refused = |message: &'static str| Error::new(ErrorKind::Authentication, message);
        let address = callback.split('#').next().unwrap_or_default();
        let query = address.split_once('?').map(|(_, query)| query).unwrap_or_default();
        let [state, error, code] = ["state", "error", "code"].map(|name| single(query, name));
        if let Some(expected) = self.state.as_ref().filter(|_| !twin::broken(Rule::StateUnchecked)) {
            let given = state.map_err(|_| refused("the callback repeats its state"))?;
            let given = given.ok_or_else(|| refused("the callback has no state"))?;
            if !equal(given.expose().as_bytes(), expected.expose().as_bytes()) {
                return Err(refused("the callback has the state of another request"));
            }
        }
        if let Some(error) = error.map_err(|_| refused("the callback repeats its error"))? {
            return Err(refused("the authorization was refused").with_oauth_error(self::code(error.expose())));
        }
        let code = code.map_err(|_| refused("the callback repeats its code"))?;
        let code =
            code.filter(|code| !code.expose().is_empty()).ok_or_else(|| refused("the callback has no code"))?;
        Ok(AuthorizationCode { code, client_id: self.client_id, redirect_uri: self.redirect_uri, scope: self.scope })
    }
}

impl fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationRequest").field("state", &self.state.is_some()).finish_non_exhaustive()
    }
}

/// A code from a callback whose `state` was right. It can be turned into credentials once.
pub struct AuthorizationCode {
    code: Secret,
    client_id: String,
    redirect_uri: Option<String>,
    scope: Option<String>,
}

impl AuthorizationCode {
    /// The credentials that trade the code for a token, for the application that asked for it.
    pub fn into_credentials(self, client_secret: impl Into<Secret>) -> Credentials {
        Credentials::AuthorizationCode {
            client_id: self.client_id,
            client_secret: client_secret.into(),
            code: self.code,
            redirect_uri: self.redirect_uri,
            scope: self.scope,
        }
    }
}

impl fmt::Debug for AuthorizationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationCode").finish_non_exhaustive()
    }
}

/// A parameter is there more than once (RFC 6749 §3.1).
struct Repeated;

fn single(query: &str, name: &str) -> Result<Option<Secret>, Repeated> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(there, _)| there == name);
    let value = values.next().map(|(_, value)| Secret::from(value.into_owned()));
    if values.next().is_some() { Err(Repeated) } else { Ok(value) }
}

/// 256 random bits, in letters that need no encoding.
fn random_state() -> Result<Secret, Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|cause| {
        Error::new(ErrorKind::InvalidRequest, "the machine gives no random numbers").with_cause(cause)
    })?;
    Ok(Secret::from(URL_SAFE_NO_PAD.encode(bytes)))
}

/// Whether two texts are equal, in a time that does not tell where they differ.
fn equal(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |sum, (left, right)| sum | (left ^ right)) == 0
}
