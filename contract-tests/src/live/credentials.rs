//! Credentials of a live run: from the environment, under the names that `cx` takes, and never from the command line.

use anyhow::{Result, bail};
use cx_client::{
    CoreBuilder, Secret,
    auth::Credentials,
    operation::{Api, Location},
};

/// Reads a variable; an empty one counts as none.
pub type Variables<'v> = &'v (dyn Fn(&str) -> Option<String> + Sync);

/// The environment of the process.
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A builder with the first credentials that the environment has and the vendor takes, in the order of `cx`.
///
/// # Errors
/// There are none.
pub fn apply(mut builder: CoreBuilder, api: &'static Api, variables: Variables<'_>) -> Result<CoreBuilder> {
    let Some(oauth) = &api.oauth else { return Ok(builder) };
    let secret = |name: &str| variables(name).map(Secret::from);
    let secret_queries = oauth.token.parameters.iter().filter(|one| one.secret && one.location == Location::Query);
    for parameter in secret_queries {
        if let Some(value) = secret(&variable_name(parameter.name)) {
            builder = builder.token_query(parameter.name, value);
        }
    }
    if let Some(token) = secret("CX_TOKEN") {
        return Ok(builder.credentials(Credentials::fixed(token)));
    }
    let takes = |grant: &str| oauth.grants.iter().any(|one| one.name == grant);
    let client = variables("CX_CLIENT_ID").zip(secret("CX_CLIENT_SECRET"));
    let user = variables("CX_USERNAME").zip(secret("CX_PASSWORD"));
    let scoped = |credentials: Credentials| match variables("CX_SCOPE") {
        Some(scope) => credentials.with_scope(scope),
        None => credentials,
    };
    let found = match (secret("CX_REFRESH_TOKEN"), user, client) {
        (Some(token), _, client) if takes("refresh_token") => {
            let credentials = scoped(Credentials::refresh_token(token));
            Some(match client {
                Some((id, secret)) => credentials.with_client(id, secret),
                None => credentials,
            })
        }
        (_, Some((name, password)), _) if takes("password") => Some(Credentials::password(name, password)),
        (.., Some((id, secret))) if takes("client_credentials") => {
            Some(scoped(Credentials::client_credentials(id, secret)))
        }
        _ => None,
    };
    match found {
        Some(credentials) => Ok(builder.credentials(credentials)),
        None => bail!(
            "{} needs credentials, and the environment has none: set CX_TOKEN, or CX_CLIENT_ID and CX_CLIENT_SECRET, or \
             CX_USERNAME and CX_PASSWORD, or CX_REFRESH_TOKEN",
            api.title
        ),
    }
}

/// The variable of a secret parameter: `account_token` is `CX_ACCOUNT_TOKEN`.
fn variable_name(parameter: &str) -> String {
    let upper = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("CX_{}", parameter.chars().map(upper).collect::<String>())
}
