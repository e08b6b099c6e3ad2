//! The session of a client: who it is, what it may do, how it ends.

use std::fmt;

use futures_util::future::join_all;

use crate::{
    auth::{self, Credentials, TokenManager},
    client::Core,
    error::{Error, ErrorKind, Result},
    transport,
};

/// What a token is good for, as far as anybody said.
///
/// `Debug` hides a scope that holds an e-mail address.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GrantedScope {
    /// Space-separated scope; `None` where neither request nor reply named one.
    pub scope: Option<String>,
    /// The vendor granted less than was asked for (RFC 6749 §3.3).
    pub narrowed: bool,
}

impl fmt::Debug for GrantedScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrantedScope")
            .field("scope", &auth::shown_scope(self.scope.as_deref()))
            .field("narrowed", &self.narrowed)
            .finish()
    }
}

impl Core {
    /// What the present token is good for. Fetches one if there is none, within the deadline of a call.
    ///
    /// # Errors
    /// As any call that needs a token.
    pub async fn granted_scope(&self) -> Result<GrantedScope> {
        let bearer = transport::token(self, self.require_tokens()?).await?;
        Ok(GrantedScope { scope: bearer.scope().map(ToOwned::to_owned), narrowed: bearer.narrowed() })
    }

    /// Starts a new session with other credentials, or fresh ones.
    ///
    /// # Errors
    /// Credentials that the vendor does not take; then the session before goes on.
    pub fn sign_in(&self, credentials: Credentials) -> Result<()> {
        self.require_tokens()?.sign_in(credentials)
    }

    /// Ends the session: forgets token, credentials and the record in the store, then tells the vendor, where it has an
    /// operation for that. A refresh in flight cannot bring the session back, and the vendor is told of its token too. A
    /// token that the vendor no longer knows counts as ended. A vendor that puts it off with 503 or 429 is asked again, as
    /// often as for any call and within the deadline of one.
    ///
    /// # Errors
    /// `Store` when the record may still be in the store, otherwise what the vendor or the way to it said. The session
    /// of this client is over in any case, and the vendor is told in any case.
    pub async fn sign_out(&self) -> Result<()> {
        let signed_out = self.require_tokens()?.sign_out().await;
        let logout = self.api().oauth.as_ref().and_then(|oauth| oauth.logout);
        let Some(operation) = logout else { return signed_out.cleared };
        let told = signed_out.tokens.iter().map(|bearer| transport::logout(self, bearer, operation));
        let told: Result<()> = join_all(told).await.into_iter().collect();
        signed_out.cleared.and(told)
    }

    fn require_tokens(&self) -> Result<&TokenManager> {
        self.tokens().ok_or_else(|| Error::new(ErrorKind::Authentication, "the client was built without credentials"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_shown_without_the_user_that_it_names() {
        let shown = |scope: &str| format!("{:?}", GrantedScope { scope: Some(scope.to_owned()), narrowed: true });
        assert_eq!(shown("read"), r#"GrantedScope { scope: Some("read"), narrowed: true }"#);
        assert_eq!(shown("user:pat@example.com"), r#"GrantedScope { scope: Some("***"), narrowed: true }"#);
    }
}
