//! A session: what credentials begin and a sign-out ends.

use std::{sync::Arc, time::Duration};

use super::{
    bearer::Bearer,
    credentials::Credentials,
    login::{Login, REFRESH},
    options::Deps,
    renewal::Means,
    token::Token,
};
use crate::{
    error::{Error, ErrorKind},
    secret::Secret,
};

/// What there is to renew a token with.
pub(crate) enum Session {
    /// Renewed by these means.
    Open(Arc<Means>),
    /// A token from elsewhere.
    Fixed,
    /// Ended by a sign-out.
    Ended,
}

/// The session that credentials start, and the token they bring along. One that starts `afresh` does not look into the
/// store before the credentials have brought a token.
///
/// # Errors
///
/// `InvalidRequest` when the vendor does not take the grant, `Decode` when a token from elsewhere cannot be sent.
pub(crate) fn open(deps: &Deps, credentials: Credentials, afresh: bool) -> Result<(Session, Option<Bearer>), Error> {
    let (login, token) = Login::new(credentials);
    if login.grant == "static" {
        let access_token = token.unwrap_or_else(|| Secret::from(""));
        let (obtained_at, age) = (deps.now(), Duration::ZERO);
        let token = Token { access_token, refresh_token: None, scope: None, obtained_at, expires_in: None, age };
        return Ok((Session::Fixed, Some(Bearer::new(token, false, false)?)));
    }
    if deps.grant(login.grant).is_none() {
        return Err(Error::new(ErrorKind::InvalidRequest, "the vendor does not take this grant"));
    }
    let key = Arc::new(deps.key(&login, token.as_ref()));
    let refresh = token.filter(|_| deps.grant(REFRESH).is_some());
    let means = Means { key, login, refresh, lost: 0, scope: None, buried: None, shelved: None, afresh, ended: None };
    Ok((Session::Open(Arc::new(means)), None))
}
