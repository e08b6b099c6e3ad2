//! The client under a command.

use std::sync::Arc;

use cx_client::{
    Core, CoreBuilder, Secret,
    operation::{Api, Location, Parameter},
};

use crate::{
    account,
    credentials::{self, Found},
    exit::Failure,
    secrets::{Secrets, variable_name},
    session,
    settings::Settings,
};

/// A builder with address and limits.
///
/// # Errors
/// A variable that cannot be read.
pub fn builder(api: &'static Api, settings: &Settings, secrets: &Secrets) -> Result<CoreBuilder, Failure> {
    let mut builder = CoreBuilder::new(api).user_agent(concat!("cx/", env!("CARGO_PKG_VERSION")));
    if let Some(url) = settings.token_server() {
        builder = builder.token_base_url(url);
    }
    if let Some(url) = &settings.base_url {
        builder = builder.base_url(url);
    }
    if let Some(timeout) = settings.timeout {
        builder = builder.deadline(timeout).attempt_deadline(timeout);
    }
    if let Some(retries) = settings.retries {
        builder = builder.max_attempts(retries.saturating_add(1));
    }
    for (name, secret) in selectors(api, secrets)? {
        builder = builder.token_query(name, secret);
    }
    Ok(builder)
}

/// What picks one of the accounts of a login: secrets in the query of the token request.
fn selectors(api: &'static Api, secrets: &Secrets) -> Result<Vec<(&'static str, Secret)>, Failure> {
    let token = api.oauth.as_ref().map(|oauth| oauth.token.parameters).unwrap_or_default();
    let secret = token.iter().filter(|one| one.secret && one.location == Location::Query);
    let read = |one: &Parameter| -> Result<_, Failure> {
        Ok(secrets.variable(&variable_name(one.name))?.map(|secret| (one.name, secret)))
    };
    secret.filter_map(|one| read(one).transpose()).collect()
}

/// A client, and whose data it reads.
pub struct Connection {
    pub core: Core,
    /// What tells the account from others, where the credentials name one.
    pub account: Option<String>,
}

/// The client of an API, with the credentials that can be found.
///
/// # Errors
/// None where they are needed; a variable that cannot be read; no place for a session; an unusable address.
pub fn open(
    api: &'static Api,
    authenticated: bool,
    settings: &Settings,
    secrets: &Secrets,
) -> Result<Connection, Failure> {
    let mut builder = builder(api, settings, secrets)?;
    let mut account = None;
    if authenticated {
        let found = credentials::find(api, settings, secrets)?.ok_or_else(|| credentials::none(api))?;
        account = account::fingerprint(found.credentials(), &selectors(api, secrets)?);
        if let Found::Lasting(_) | Found::Session(_) = &found {
            // A refresh token that rotates would be spent and its successor lost.
            let store = session::store().ok_or_else(|| {
                Failure::usage("there is no home folder, and the next refresh token would be lost")
                    .then("set CX_SESSION_DIR")
            })?;
            builder = builder.token_store(Arc::new(store));
        }
        builder = match found {
            Found::Passing(credentials) | Found::Lasting(credentials) => builder.credentials(credentials),
            Found::Session(credentials) => builder.credentials(credentials).account(session::ACCOUNT),
        };
    }
    Ok(Connection { core: builder.build()?, account })
}
