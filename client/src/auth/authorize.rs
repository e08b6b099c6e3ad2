//! The authorization request and the callback that answers it (RFC 6749 §4.1).

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

use super::credentials::Credentials;
use crate::{
    error::{Error, ErrorKind},
    operation::OAuth,
    refusal::Refusal,
    secret::Secret,
    twin::{self, Rule},
    vendor_message,
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
    /// Whether to send a challenge that only this program can meet with the code (RFC 7636, S256). Off by default.
    pub pkce: bool,
    /// The `iss` that the callback has to carry (RFC 9207); without one it is not looked at.
    pub issuer: Option<String>,
}

impl AuthorizationOptions {
    /// The request of an application, with a `state` and nothing that can be left out.
    pub fn new(client_id: impl Into<String>) -> Self {
        Self { client_id: client_id.into(), scope: None, redirect_uri: None, state: true, pkce: false, issuer: None }
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

    /// Sends a challenge, and with the code what it was made from, so that a stolen code is of no use (RFC 7636). Directly's
    /// page does not mention it; a vendor that does not know it ignores it (RFC 6749 §3.1 and §3.2) or refuses the request.
    #[must_use]
    pub fn with_pkce(mut self) -> Self {
        self.pkce = true;
        self
    }

    /// Demands that the callback names its vendor by `iss`, letter for letter (RFC 9207 §2.4). For programs that send users
    /// to more than one, so that the code of one is never presented to another.
    #[must_use]
    pub fn with_issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
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
        let mut shown = f.debug_struct("AuthorizationOptions");
        shown.field("state", &self.state).field("pkce", &self.pkce).finish_non_exhaustive()
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verifier: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
}

impl AuthorizationRequest {
    /// Builds the address to send a user to.
    ///
    /// # Errors
    ///
    /// `InvalidRequest` when the vendor has no authorization operation, an argument is empty, or the machine gives no
    /// random numbers.
    pub(crate) fn new(server: &Url, oauth: &OAuth, options: AuthorizationOptions) -> Result<Self, Error> {
        let invalid = |message: &'static str| Error::new(ErrorKind::InvalidRequest, message);
        let operation = oauth.authorize.ok_or_else(|| invalid("the vendor has no authorization operation"))?;
        let AuthorizationOptions { client_id, scope, redirect_uri, state, pkce, issuer } = options;
        if client_id.is_empty() || [&scope, &redirect_uri, &issuer].into_iter().flatten().any(String::is_empty) {
            return Err(invalid("an empty argument of an authorization request").with_operation(operation));
        }
        if redirect_uri.as_deref().is_some_and(|uri| Url::parse(uri).is_err()) {
            return Err(invalid("a redirect_uri that is not an absolute address").with_operation(operation));
        }
        let state = if state { Some(random()?) } else { None };
        let verifier = if pkce { Some(random()?) } else { None };
        let challenge = verifier.as_ref().map(challenge);
        let mut url = server.clone();
        url.set_path(&format!("{}{}", server.path().trim_end_matches('/'), operation.path));
        url.set_fragment(None);
        url.set_query(None);
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("client_id", &client_id);
            for (name, value) in [
                ("scope", scope.as_deref()),
                ("redirect_uri", redirect_uri.as_deref()),
                ("state", state.as_ref().map(Secret::expose)),
                ("code_challenge", challenge.as_deref()),
                ("code_challenge_method", challenge.as_ref().map(|_| "S256")),
            ] {
                if let Some(value) = value {
                    query.append_pair(name, value);
                }
            }
        }
        Ok(Self { url: url.into(), state, client_id, redirect_uri, scope, verifier, issuer })
    }

    /// Where to send the user. It holds the `state`, which belongs to this user's session and nobody else's log.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The `state` to expect, for callers who match callbacks to sessions by it.
    pub fn state(&self) -> Option<&Secret> {
        self.state.as_ref()
    }

    /// Whether a callback, in any of the forms of [`Self::finish`], has the `state` of this request; to one that was made
    /// without a state any callback may belong. A server that strangers can reach too refuses what has another one, and
    /// waits on.
    pub fn is_answered_by(&self, callback: &str) -> bool {
        self.check_state(query(callback)).is_ok()
    }

    /// Reads the callback: its whole address, its path with the query, or the query alone with its `?`. Unknown parameters
    /// are ignored (RFC 6749 §4.1.2).
    ///
    /// It takes the request, because a `state` is good for one callback.
    ///
    /// # Errors
    ///
    /// `Authentication` when the `state` or a demanded `iss` is missing or wrong, when the vendor reports an error (see
    /// [`Error::oauth_error`]), or when there is no code. Nothing is sent in any of these cases.
    pub fn finish(self, callback: &str) -> Result<AuthorizationCode, Error> {
        let query = query(callback);
        self.check_state(query)?;
        let [issuer, error, code] = ["iss", "error", "code"].map(|name| single(query, name));
        if let Some(expected) = self.issuer.as_deref().filter(|_| !twin::broken(Rule::IssuerUnchecked)) {
            let given = issuer.map_err(|_| refused("the callback repeats its iss"))?;
            let given = given.ok_or_else(|| refused("the callback has no iss"))?;
            if given.expose() != expected {
                return Err(refused("the callback has the iss of another vendor"));
            }
        }
        let error = error.map_err(|_| refused("the callback repeats its error"))?;
        if let Some(error) = error.filter(|_| !twin::broken(Rule::CallbackErrorIgnored)) {
            return Err(refused("the authorization was refused")
                .with_refusal(vendor_message::code(error.expose()).map(Refusal::of)));
        }
        let code = code.map_err(|_| refused("the callback repeats its code"))?;
        let code =
            code.filter(|code| !code.expose().is_empty()).ok_or_else(|| refused("the callback has no code"))?;
        let Self { client_id, redirect_uri, scope, verifier, .. } = self;
        Ok(AuthorizationCode { code, client_id, redirect_uri, scope, verifier })
    }

    fn check_state(&self, query: &str) -> Result<(), Error> {
        let Some(expected) = self.state.as_ref().filter(|_| !twin::broken(Rule::StateUnchecked)) else {
            return Ok(());
        };
        let given = single(query, "state").map_err(|_| refused("the callback repeats its state"))?;
        let given = given.ok_or_else(|| refused("the callback has no state"))?;
        if given == *expected { Ok(()) } else { Err(refused("the callback has the state of another request")) }
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
    verifier: Option<Secret>,
}

impl AuthorizationCode {
    /// The credentials that trade the code for a token, for the application that asked for it.
    pub fn into_credentials(self, client_secret: impl Into<Secret>) -> Credentials {
        Credentials::AuthorizationCode {
            client_id: self.client_id,
            client_secret: client_secret.into(),
            code: self.code,
            redirect_uri: self.redirect_uri,
            code_verifier: self.verifier,
            scope: self.scope,
        }
    }
}

impl fmt::Debug for AuthorizationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationCode").finish_non_exhaustive()
    }
}

fn refused(message: &'static str) -> Error {
    Error::new(ErrorKind::Authentication, message)
}

/// The query of an address, of a path or of itself.
fn query(callback: &str) -> &str {
    let address = callback.split('#').next().unwrap_or_default();
    address.split_once('?').map(|(_, query)| query).unwrap_or_default()
}

/// A parameter is there more than once (RFC 6749 §3.1).
struct Repeated;

fn single(query: &str, name: &str) -> Result<Option<Secret>, Repeated> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(there, _)| there == name);
    let value = values.next().map(|(_, value)| Secret::from(value.into_owned()));
    if values.next().is_some() { Err(Repeated) } else { Ok(value) }
}

/// 256 random bits, in letters that need no encoding.
fn random() -> Result<Secret, Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|cause| {
        Error::new(ErrorKind::InvalidRequest, "the machine gives no random numbers").with_cause(cause)
    })?;
    Ok(Secret::from(URL_SAFE_NO_PAD.encode(bytes)))
}

/// What the authorization request carries of a verifier (RFC 7636 §4.2).
fn challenge(verifier: &Secret) -> String {
    if twin::broken(Rule::PlainChallenge) {
        return verifier.expose().to_owned();
    }
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose().as_bytes()))
}
