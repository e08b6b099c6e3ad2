//! Which credentials a command uses: the first that is there and the vendor takes. A token comes before a session of a
//! person, and that before the application itself.

use cx_client::{
    Secret,
    auth::Credentials,
    operation::{Api, Grant, Operation},
};
use serde_json::{Map, Value};

use crate::{
    exit::Failure,
    secrets::{Secrets, plain_variable, variable_name},
    session::{self, Session},
    settings::Settings,
};

/// Credentials, and how long what they bring is kept.
pub enum Found {
    /// For this call.
    Passing(Credentials),
    /// Their tokens are kept for the next call.
    Lasting(Credentials),
    /// A session from `cx login`.
    Session(Credentials),
}

impl Found {
    /// The credentials, however long what they bring is kept.
    pub fn credentials(&self) -> &Credentials {
        let (Self::Passing(credentials) | Self::Lasting(credentials) | Self::Session(credentials)) = self;
        credentials
    }
}

/// The credentials of an API.
///
/// # Errors
/// A file or a variable that cannot be read.
pub fn find(api: &'static Api, settings: &Settings, secrets: &Secrets) -> Result<Option<Found>, Failure> {
    if let Some(token) = secrets.file_or_variable(settings.token_file.as_ref(), "CX_TOKEN")? {
        return Ok(Some(Found::Passing(Credentials::fixed(sendable(token)?))));
    }
    let client_id = plain_variable("CX_CLIENT_ID")?;
    let client = client_id.clone().zip(secrets.variable("CX_CLIENT_SECRET")?);
    let scope = session::scope()?;
    let scoped = |credentials: Credentials| match scope {
        Some(scope) => credentials.with_scope(scope),
        None => credentials,
    };
    if takes(api, "refresh_token")
        && let Some(token) = secrets.variable("CX_REFRESH_TOKEN")?
    {
        let credentials = scoped(Credentials::refresh_token(token));
        return Ok(Some(Found::Lasting(match client {
            Some((id, secret)) => credentials.with_client(id, secret),
            None => credentials,
        })));
    }
    if takes(api, "password")
        && let Some((username, password)) = plain_variable("CX_USERNAME")?.zip(secrets.variable("CX_PASSWORD")?)
    {
        // The environment keeps it in any case, and an export may outlive the session.
        return Ok(Some(Found::Passing(Credentials::password(username, password).with_password_kept())));
    }
    // Whoever logged in means that session, though the variables of the login are still there.
    if takes(api, "authorization_code")
        && let Some(session) = session::read(api, settings)
        && client_id.is_none_or(|id| id == session.client_id)
    {
        return Ok(Some(Found::Session(of_session(session, secrets)?)));
    }
    if takes(api, "client_credentials")
        && let Some((id, secret)) = client
    {
        return Ok(Some(Found::Passing(scoped(Credentials::client_credentials(id, secret)))));
    }
    Ok(None)
}

/// The credentials of a session. The code is spent; the store has what it brought.
///
/// # Errors
/// A variable that cannot be read.
pub fn of_session(session: Session, secrets: &Secrets) -> Result<Credentials, Failure> {
    // A refresh needs the application's secret.
    let secret = secrets.variable("CX_CLIENT_SECRET")?.unwrap_or_else(|| Secret::from(""));
    let credentials = Credentials::authorization_code(session.client_id, secret, "");
    Ok(match session.scope {
        Some(scope) => credentials.with_scope(scope),
        None => credentials,
    })
}

/// A token that a header can carry. Of another one the client would say that a reply cannot be read.
fn sendable(token: Secret) -> Result<Secret, Failure> {
    if token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(token);
    }
    Err(Failure::usage("the access token holds a blank, a line break or a letter that no token has")
        .then("give the token and nothing else in CX_TOKEN or by --token-file"))
}

fn takes(api: &Api, grant: &str) -> bool {
    api.oauth.as_ref().is_some_and(|oauth| oauth.grants.iter().any(|one| one.name == grant))
}

/// A call that needs credentials and has none.
pub fn none(api: &Api) -> Failure {
    let grants = api.oauth.as_ref().map(|oauth| oauth.grants).unwrap_or_default();
    let mut ways = vec!["CX_TOKEN (or --token-file)".to_owned()];
    ways.extend(grants.iter().filter(|grant| grant.name != "authorization_code").map(variables));
    if api.oauth.as_ref().is_some_and(|oauth| oauth.authorize.is_some()) {
        ways.push(format!("run `cx login {}`", api.name));
    }
    Failure::authentication(format!("{} needs credentials, and there are none", api.title))
        .then(format!("set {}", ways.join("; or ")))
}

fn variables(grant: &Grant) -> String {
    grant.parameters.iter().map(|name| variable_name(name)).collect::<Vec<_>>().join(" and ")
}

/// Whether an operation is the one that gives tokens.
pub fn is_token_operation(api: &Api, operation: &Operation) -> bool {
    api.oauth.as_ref().is_some_and(|oauth| oauth.token.id == operation.id && oauth.token.api == operation.api)
}

/// The body of a token request: what was given, and from the environment what its grant still lacks. Without a body the
/// first grant is taken that the environment has everything for.
///
/// # Errors
/// No body, and no grant that the environment has everything for; a variable that cannot be read.
pub fn token_request(api: &'static Api, given: Option<Value>, secrets: &Secrets) -> Result<Option<Value>, Failure> {
    let grants = api.oauth.as_ref().map(|oauth| oauth.grants).unwrap_or_default();
    let Some(given) = given else {
        let request = grants.iter().find_map(|grant| completed(grant, Map::new(), secrets).transpose());
        return match request.transpose()? {
            Some(request) => Ok(Some(Value::Object(request))),
            None => {
                let ways: Vec<_> = grants.iter().map(variables).collect();
                Err(Failure::usage("a token request needs credentials, and there are none")
                    .then(format!("set {}; or give the request as --body @FILE", ways.join("; or "))))
            }
        };
    };
    let named = given.get("grant_type").and_then(Value::as_str);
    let grant = grants.iter().find(|grant| Some(grant.name) == named);
    match (given, grant) {
        (Value::Object(members), Some(grant)) => {
            let request = completed(grant, members.clone(), secrets)?.unwrap_or(members);
            Ok(Some(Value::Object(request)))
        }
        (given, _) => Ok(Some(given)),
    }
}

/// A request with every member of its grant; `None` if the environment does not have them all.
fn completed(
    grant: &Grant,
    mut request: Map<String, Value>,
    secrets: &Secrets,
) -> Result<Option<Map<String, Value>>, Failure> {
    request.entry("grant_type").or_insert_with(|| grant.name.into());
    for name in grant.parameters {
        if !request.contains_key(*name) {
            let Some(value) = secrets.variable(&variable_name(name))? else { return Ok(None) };
            request.insert((*name).to_owned(), Value::String(value.expose().to_owned()));
        }
    }
    Ok(Some(request))
}
