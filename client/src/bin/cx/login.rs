//! `cx login`: the authorization code flow, answered by a server on loopback (RFC 8252 §7.3).

use std::{sync::Arc, time::Duration};

use clap::{Arg, ArgMatches, Command, builder::PossibleValuesParser, value_parser};
use cx_client::{
    Secret,
    auth::{AuthorizationOptions, Credentials},
    dynamic::Registered,
    generated::REGISTRY,
    operation::Api,
};

use crate::{
    connect,
    exit::Failure,
    output::{printable, tell},
    secrets::{Secrets, plain_variable},
    session::{self, Session},
    settings::Settings,
    tree,
};

mod callback;

use callback::Callback;

pub const NAME: &str = "login";

/// The command, if there is an API to log in to.
pub fn command() -> Option<Command> {
    let api = api_argument()?;
    let command = Command::new(NAME)
        .about("Starts a session in the browser; later calls use it")
        .after_help(
            "CX_CLIENT_ID and CX_CLIENT_SECRET name the registered application.\n\
             Later calls need the secret too, to renew the session. `cx logout` ends it.\n\n\
             Example:\n  cx login --redirect-uri http://127.0.0.1:8917/callback --scope 'read write'",
        )
        .args([
            api.help("The API to log in to"),
            Arg::new("redirect-uri")
                .long("redirect-uri")
                .value_name("URL")
                .default_value("http://127.0.0.1:8917/callback")
                .help("The registered callback, on this machine; port 0 takes a free one"),
            Arg::new("scope")
                .long("scope")
                .value_name("TEXT")
                .help("Space-separated scope to ask for, instead of CX_SCOPE"),
            Arg::new("wait")
                .long("wait")
                .value_name("SECONDS")
                .value_parser(value_parser!(u64))
                .default_value("300")
                .help("How long to wait for the browser"),
        ]);
    Some(command)
}

fn apis() -> impl Iterator<Item = &'static Registered> {
    REGISTRY.iter().filter(|one| one.api.oauth.as_ref().is_some_and(|oauth| oauth.authorize.is_some()))
}

/// The API of a login, if there is one to log in to.
pub fn api_argument() -> Option<Arg> {
    let names: Vec<&str> = apis().map(|one| one.api.name).collect();
    let first = *names.first()?;
    Some(Arg::new("api").value_name("API").value_parser(PossibleValuesParser::new(names)).default_value(first))
}

/// The API that was named.
///
/// # Errors
/// None of that name.
pub fn api(matches: &ArgMatches) -> Result<&'static Api, Failure> {
    let registered = matches.get_one::<String>("api").and_then(|name| tree::api(name));
    let registered = registered.ok_or_else(|| Failure::usage("no such API").then("`cx login --help` lists them"))?;
    Ok(registered.api)
}

/// Logs in.
///
/// # Errors
/// No application, a variable that cannot be read, nobody who answers in time, a callback that is not the answer, a
/// refused code.
pub async fn run(matches: &ArgMatches, settings: &Settings, secrets: &Secrets) -> Result<(), Failure> {
    let api = api(matches)?;
    let needed = || {
        Failure::authentication("a login needs the registered application")
            .then("set CX_CLIENT_ID and CX_CLIENT_SECRET")
    };
    let client_id = plain_variable("CX_CLIENT_ID")?.ok_or_else(needed)?;
    let client_secret = secrets.variable("CX_CLIENT_SECRET")?.ok_or_else(needed)?;
    let scope = match matches.get_one::<String>("scope") {
        Some(scope) => Some(scope.clone()),
        None => session::scope()?,
    };
    let store =
        session::store().ok_or_else(|| Failure::usage("there is no home folder").then("set CX_SESSION_DIR"))?;
    let wait = Duration::from_secs(matches.get_one::<u64>("wait").copied().unwrap_or(300));
    let uri = matches.get_one::<String>("redirect-uri").map(String::as_str).unwrap_or_default();

    let callback = Callback::listen(uri).await?;
    let mut options = AuthorizationOptions::new(&client_id).with_redirect_uri(callback.uri());
    if let Some(scope) = &scope {
        options = options.with_scope(scope);
    }
    let builder = connect::builder(api, settings, secrets)?;
    let request = builder.authorization_request(options)?;
    // Not opened from here: the address holds the state, and a command line can be read by others.
    tell(format_args!("Open this address in your browser, and allow the access:\n\n  {}\n", request.url()));
    let code = callback.answer(wait, request).await?;

    // The store may hold the session of an earlier login under the same key. A client looks there before it uses the
    // credentials that it is built with; those of a sign-in go first.
    let mut earlier = Credentials::authorization_code(client_id.clone(), Secret::from(""), "");
    if let Some(scope) = &scope {
        earlier = earlier.with_scope(scope);
    }
    let core = builder.credentials(earlier).token_store(Arc::new(store)).account(session::ACCOUNT).build()?;
    core.sign_in(code.into_credentials(client_secret))?;
    let granted = core.granted_scope().await?;
    session::write(api, settings, &Session { client_id, scope })?;
    if granted.narrowed {
        let scope = printable(granted.scope.as_deref().unwrap_or_default());
        tell(format_args!("note: the vendor granted less than was asked for: {scope}"));
    }
    tell(format_args!("Logged in to {}.", api.title));
    Ok(())
}
