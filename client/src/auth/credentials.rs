//! Who asks for a token.

use std::fmt;

use crate::secret::Secret;

/// Who asks for a token, and by which grant.
///
/// Made by the functions named after the grants, refined by the `with_` methods. It is not `Clone`: a code is good for
/// one use, and a password should not be copied without need. `Debug` shows the grant and nothing else.
#[non_exhaustive]
pub enum Credentials {
    /// The account's own password (RFC 6749 §4.3).
    #[non_exhaustive]
    Password {
        /// E-mail address of the account: personal data.
        username: String,
        /// Its password.
        password: Secret,
        /// Keep the password after the first token, so that a lost session is renewed without asking anyone.
        keep: bool,
    },
    /// A registered application (RFC 6749 §4.4).
    #[non_exhaustive]
    ClientCredentials {
        /// Id of the application.
        client_id: String,
        /// Its secret.
        client_secret: Secret,
        /// Space-separated scope to ask for; `None` leaves the choice to the vendor.
        scope: Option<String>,
    },
    /// A refresh token from an earlier session (RFC 6749 §6).
    #[non_exhaustive]
    RefreshToken {
        /// The refresh token.
        refresh_token: Secret,
        /// Id and secret of the application it was given to, where the vendor wants them with a refresh.
        client: Option<(String, Secret)>,
        /// Scope it was given for, where the vendor wants one with a refresh.
        scope: Option<String>,
    },
    /// A code that reached the callback server (RFC 6749 §4.1.3).
    #[non_exhaustive]
    AuthorizationCode {
        /// Id of the application.
        client_id: String,
        /// Its secret.
        client_secret: Secret,
        /// The code. It is sent once. An empty one is none: such credentials only take up a session that the store has.
        code: Secret,
        /// The `redirect_uri` of the authorization request, if it had one; it has to be repeated (RFC 6749 §4.1.3).
        redirect_uri: Option<String>,
        /// What the challenge of the authorization request was made from, if it had one (RFC 7636 §4.5).
        code_verifier: Option<Secret>,
        /// Scope of the authorization request: what was granted when the reply does not say.
        scope: Option<String>,
    },
    /// An access token from elsewhere. It is never renewed.
    #[non_exhaustive]
    Static(Secret),
}

impl Credentials {
    /// The account's own password. It is forgotten once the vendor has given a token for it.
    ///
    /// RFC 9700 §2.4 says not to use this grant where there is another: it puts the account's password into this
    /// program. See [`Self::with_password_kept`] for what forgetting means later.
    pub fn password(username: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::Password { username: username.into(), password: password.into(), keep: false }
    }

    /// A registered application, with whatever scope the vendor gives it.
    pub fn client_credentials(client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        Self::ClientCredentials { client_id: client_id.into(), client_secret: client_secret.into(), scope: None }
    }

    /// A refresh token from an earlier session.
    pub fn refresh_token(refresh_token: impl Into<Secret>) -> Self {
        Self::RefreshToken { refresh_token: refresh_token.into(), client: None, scope: None }
    }

    /// A code that reached the callback server. [`AuthorizationCode::into_credentials`] makes these from a callback.
    ///
    /// [`AuthorizationCode::into_credentials`]: super::AuthorizationCode::into_credentials
    pub fn authorization_code(
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        code: impl Into<Secret>,
    ) -> Self {
        Self::AuthorizationCode {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            code: code.into(),
            redirect_uri: None,
            code_verifier: None,
            scope: None,
        }
    }

    /// An access token from elsewhere, used until the vendor refuses it.
    pub fn fixed(access_token: impl Into<Secret>) -> Self {
        Self::Static(access_token.into())
    }

    /// Keeps the password in memory, so that the client can log in again when its refresh token is refused. Without
    /// it such a client ends with an error of kind `Authentication`. Other credentials stay as they are.
    #[must_use]
    pub fn with_password_kept(mut self) -> Self {
        if let Self::Password { keep, .. } = &mut self {
            *keep = true;
        }
        self
    }

    /// Names the scope, space-separated. A password and an access token from elsewhere have none and stay as they are.
    #[must_use]
    pub fn with_scope(mut self, wanted: impl Into<String>) -> Self {
        if let Self::ClientCredentials { scope, .. }
        | Self::RefreshToken { scope, .. }
        | Self::AuthorizationCode { scope, .. } = &mut self
        {
            *scope = Some(wanted.into());
        }
        self
    }

    /// Names the application a refresh token was given to. Credentials other than a refresh token stay as they are.
    #[must_use]
    pub fn with_client(mut self, client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        if let Self::RefreshToken { client, .. } = &mut self {
            *client = Some((client_id.into(), client_secret.into()));
        }
        self
    }

    /// Repeats the `redirect_uri` of the authorization request. Credentials other than a code stay as they are.
    #[must_use]
    pub fn with_redirect_uri(mut self, uri: impl Into<String>) -> Self {
        if let Self::AuthorizationCode { redirect_uri, .. } = &mut self {
            *redirect_uri = Some(uri.into());
        }
        self
    }

    /// Sends what the challenge of the authorization request was made from. Credentials other than a code stay as they
    /// are.
    #[must_use]
    pub fn with_code_verifier(mut self, verifier: impl Into<Secret>) -> Self {
        if let Self::AuthorizationCode { code_verifier, .. } = &mut self {
            *code_verifier = Some(verifier.into());
        }
        self
    }

    /// The `grant_type` they stand for; `static` for an access token from elsewhere.
    pub fn grant(&self) -> &'static str {
        match self {
            Self::Password { .. } => "password",
            Self::ClientCredentials { .. } => "client_credentials",
            Self::RefreshToken { .. } => "refresh_token",
            Self::AuthorizationCode { .. } => "authorization_code",
            Self::Static(_) => "static",
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("grant", &self.grant()).finish_non_exhaustive()
    }
}
