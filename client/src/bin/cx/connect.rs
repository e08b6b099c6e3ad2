//! The client under a command.

use std::sync::Arc;

use cx_client::{Core, CoreBuilder, operation::Api, operation::Location};

use crate::{
    credentials::{self, Found},
    exit::Failure,
    secrets::{Secrets, variable_name},
    session,
    settings::Settings,
};

/// A builder with address and limits.
pub fn builder(api: &'static Api, settings: &Settings, secrets: &Secrets) -> CoreBuilder {
    let mut builder = CoreBuilder::new(api).user_agent(concat!("cx/", env!("CARGO_PKG_VERSION")));
    // Who sends requests elsewhere does not mean credentials to go to the vendor.
    if let Some(url) = settings.token_base_url.as_ref().or(settings.base_url.as_ref()) {
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
    let token = api.oauth.as_ref().map(|oauth| oauth.token.parameters).unwrap_or_default();
    for parameter in token.iter().filter(|one| one.secret && one.location == Location::Query) {
        if let Some(secret) = secrets.variable(&variable_name(parameter.name)) {
            builder = builder.token_query(parameter.name, secret);
        }
    }
    builder
}

/// The client of an API, with the credentials that can be found.
///
/// # Errors
/// None where they are needed; an unusable address.
pub fn core(api: &'static Api, authenticated: bool, settings: &Settings, secrets: &Secrets) -> Result<Core, Failure> {
    let mut builder = builder(api, settings, secrets);
    if authenticated {
        builder = match credentials::find(api, settings, secrets)? {
            Some(Found::Passing(credentials)) => builder.credentials(credentials),
            Some(Found::Lasting(credentials)) => {
                let builder = builder.credentials(credentials);
                // A refresh token that rotates would be spent and its successor lost.
                match session::store() {
                    Some(store) => builder.token_store(Arc::new(store)),
                    None => builder,
                }
            }
            Some(Found::Session(credentials)) => {
                let builder = builder.credentials(credentials).account(session::ACCOUNT);
                match session::store() {
                    Some(store) => builder.token_store(Arc::new(store)),
                    None => builder,
                }
            }
            None => return Err(credentials::none(api)),
        };
    }
    Ok(builder.build()?)
}
