//! The builder of a generated client: the grants that its vendor takes, and no others.

use std::{fmt, marker::PhantomData, time::Duration};

use super::{CoreBuilder, settings::settings};
use crate::{
    auth::{
        AuthorizationCode, AuthorizationCodeGrant, AuthorizationOptions, AuthorizationRequest,
        ClientCredentialsGrant, Credentials, PasswordGrant, RefreshTokenGrant, TokenStore,
    },
    client::ApiClient,
    env::Environment,
    error::Result,
    secret::Secret,
};

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
