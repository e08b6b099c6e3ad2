//! Credentials as the manager holds them: what is left of them, and the form of a request made from them.

use std::fmt;

use super::{credentials::Credentials, exchange::Pairs, scope::names_one_user};
use crate::{
    error::{Error, ErrorKind},
    operation::{Grant, OAuth},
    secret::Secret,
    twin::{self, Rule},
};

/// `grant_type` of a refresh.
pub(crate) const REFRESH: &str = "refresh_token";

/// What is left of the credentials: a code goes when it is sent, a password when it has brought a token.
#[derive(Clone, Default)]
pub(crate) struct Login {
    pub(crate) grant: &'static str,
    pub(crate) username: Option<Secret>,
    pub(crate) password: Option<Secret>,
    pub(crate) keep_password: bool,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<Secret>,
    pub(crate) code: Option<Secret>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) code_verifier: Option<Secret>,
    pub(crate) scope: Option<String>,
}

impl Login {
    /// Takes credentials apart: the login and the token they bring along, a refresh token or an access token.
    pub(crate) fn new(credentials: Credentials) -> (Self, Option<Secret>) {
        let mut login = Self { grant: credentials.grant(), ..Self::default() };
        let mut token = None;
        match credentials {
            Credentials::Password { username, password, keep } => {
                login.username = Some(Secret::from(username));
                login.password = Some(password);
                login.keep_password = keep;
            }
            Credentials::ClientCredentials { client_id, client_secret, scope } => {
                login.client_id = Some(client_id);
                login.client_secret = Some(client_secret);
                login.scope = scope;
            }
            Credentials::RefreshToken { refresh_token, client, scope } => {
                (login.client_id, login.client_secret) = client.unzip();
                login.scope = scope;
                token = Some(refresh_token);
            }
            Credentials::AuthorizationCode { client_id, client_secret, code, redirect_uri, code_verifier, scope } => {
                login.client_id = Some(client_id);
                login.client_secret = Some(client_secret);
                // An empty one is none: it stands for a session that lies in the store.
                login.code = Some(code).filter(|code| !code.expose().is_empty());
                login.redirect_uri = redirect_uri.map(as_given);
                login.code_verifier = code_verifier;
                login.scope = scope;
            }
            Credentials::Static(access_token) => token = Some(access_token),
        }
        (login, token)
    }

    /// Whether a session can be started with what is left.
    pub(crate) fn can_start(&self) -> bool {
        match self.grant {
            "password" => self.password.is_some(),
            "client_credentials" => true,
            "authorization_code" => self.code.is_some(),
            _ => false,
        }
    }

    /// Forgets a password that has brought a token (RFC 6749 §4.3.1), unless told to keep it.
    pub(crate) fn forget_password(&mut self) {
        if !self.keep_password && !twin::broken(Rule::PasswordKept) {
            self.password = None;
        }
    }

    /// The form of a login: what the row lists, then what RFC 6749 lets this grant carry and the caller configured:
    /// `scope` (§4.4.2), the `redirect_uri` that has to equal that of the authorization request (§4.1.3), and the verifier
    /// of its challenge (RFC 7636 §4.5).
    ///
    /// # Errors
    ///
    /// `InvalidRequest` when a listed member is missing or empty.
    pub(crate) fn start(&self, row: &Grant) -> Result<Pairs, Error> {
        let mut pairs = self.listed(row, None, self.scope.as_deref())?;
        let verifier = self.code_verifier.as_ref().map(Secret::expose);
        let optional: &[(&'static str, Option<&str>)] = match row.name {
            "client_credentials" => &[("scope", self.scope.as_deref())],
            "authorization_code" => &[("redirect_uri", self.redirect_uri.as_deref()), ("code_verifier", verifier)],
            _ => &[],
        };
        for &(name, value) in optional {
            let empty_too = twin::broken(Rule::EmptyParameterSent);
            let fits =
                |value: &&str| (empty_too || !value.is_empty()) && !pairs.iter().any(|(there, _)| *there == name);
            let value = value.filter(fits).map(|value| (name, Secret::from(value)));
            pairs.extend(value);
        }
        if twin::broken(Rule::ScopeAdded) {
            pairs.retain(|(name, _)| *name != "scope");
            pairs.push(("scope", Secret::from("read write offline_access")));
        }
        Ok(pairs)
    }

    /// The form of a refresh: what the row lists and nothing else.
    ///
    /// # Errors
    ///
    /// `InvalidRequest` when a listed member is missing or empty, or the scope names one user and the vendor cannot
    /// refresh such a scope.
    pub(crate) fn refresh(
        &self,
        oauth: &OAuth,
        row: &Grant,
        refresh_token: &Secret,
        scope: Option<&str>,
    ) -> Result<Pairs, Error> {
        if oauth.single_user_scope && scope.is_some_and(names_one_user) {
            return Err(Error::new(
                ErrorKind::InvalidRequest,
                "a scope that names a single user cannot be refreshed: authorize again, or ask for a general scope",
            ));
        }
        let mut pairs = self.listed(row, Some(refresh_token), scope)?;
        if twin::broken(Rule::PasswordInRefresh) {
            pairs.extend(self.password.clone().map(|password| ("password", password)));
        }
        Ok(pairs)
    }

    fn listed(&self, row: &Grant, refresh_token: Option<&Secret>, scope: Option<&str>) -> Result<Pairs, Error> {
        let mut pairs: Pairs = vec![("grant_type", Secret::from(row.name))];
        for &name in row.parameters {
            if pairs.iter().any(|(there, _)| *there == name) {
                continue;
            }
            let value = match name {
                "username" => self.username.clone(),
                "password" => self.password.clone(),
                "client_id" => self.client_id.as_deref().map(Secret::from),
                "client_secret" => self.client_secret.clone(),
                "code" => self.code.clone(),
                "redirect_uri" => self.redirect_uri.as_deref().map(Secret::from),
                "refresh_token" => refresh_token.cloned(),
                "scope" => scope.map(Secret::from),
                _ => None,
            };
            match value.filter(|value| !value.expose().is_empty()) {
                Some(value) => pairs.push((name, value)),
                // RFC 6749 leaves these two to the caller, except where a refresh has to name its scope.
                None if matches!(name, "redirect_uri" | "scope") && refresh_token.is_none() => {}
                None => {
                    let message = format!("the grant {} needs a {name}, and none was given", row.name);
                    return Err(Error::new(ErrorKind::InvalidRequest, message));
                }
            }
        }
        Ok(pairs)
    }
}

/// An address letter for letter: the vendor compares it as a text (RFC 6749 §4.1.3).
fn as_given(uri: String) -> String {
    if twin::broken(Rule::RedirectUriNormalised) { url::Url::parse(&uri).map_or(uri, String::from) } else { uri }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("grant", &self.grant)
            .field("can_start", &self.can_start())
            .finish_non_exhaustive()
    }
}
