//! One call: arguments in, data out.

use clap::ArgMatches;
use cx_client::{
    CallOptions,
    dynamic::{Registered, Reply},
    operation::{Operation, Reply as Documented},
};
use serde_json::Value;

use crate::{
    arguments, body, confirm, connect, credentials, exit::Failure, flags, headers, mask, output, secrets::Secrets,
    session, settings::Settings,
};

/// Calls an operation and prints what it brings.
///
/// # Errors
/// Whatever stands in its way, and what the vendor answers.
pub async fn run(
    registered: &'static Registered,
    operation: &'static Operation,
    matches: &ArgMatches,
    settings: &Settings,
    secrets: &Secrets,
) -> Result<(), Failure> {
    let guide = registered.guide(operation.id);
    let mut arguments = arguments::read(flags::names(operation), matches, secrets)?;
    let given = body::read(operation, guide, matches, secrets)?;
    let body = match given {
        given if credentials::is_token_operation(registered.api, operation) => {
            credentials::token_request(registered.api, given, secrets)?
        }
        given => given,
    };
    match body {
        Some(body) => {
            arguments.insert("body".to_owned(), body);
        }
        None if operation.body.as_ref().is_some_and(|body| body.required) => {
            return Err(body::missing(operation, guide));
        }
        None => {}
    }
    let mut options = headers::add(CallOptions::new(), matches)?;
    if let Some(media_type) = body::media_type(operation, matches) {
        options = options.media_type(media_type);
    }
    let core = connect::open(registered.api, operation.authenticated, settings, secrets)?.core;
    confirm::confirm(operation, guide, matches)?;
    let reply = (registered.call)(core, operation.id, Value::Object(arguments), options).await?;
    print(operation, reply, guide.map(|guide| guide.reply_secrets).unwrap_or_default(), settings)?;
    // It ended one token, and a session has more than that.
    let logout = registered.api.oauth.as_ref().and_then(|oauth| oauth.logout);
    if logout.is_some_and(|logout| logout.id == operation.id) && session::read(registered.api, settings).is_some() {
        let api = registered.api.name;
        output::tell(format_args!(
            "note: the session of `cx login` may go on with a new token; `cx logout {api}` ends it"
        ));
    }
    Ok(())
}

fn print(operation: &Operation, reply: Reply, secret: &[&str], settings: &Settings) -> Result<(), Failure> {
    if reply.status.as_u16() == 304 {
        output::tell("nothing new (304)");
        return Ok(());
    }
    let format = settings.output.unwrap_or_else(output::Format::usual);
    let data = match reply.raw {
        // Shown as it was received it would be shown unmasked.
        None if is_json(operation) && !reply.body.trim_ascii().is_empty() => {
            output::tell("a value in the reply cannot be shown, nor members that the document does not know");
            Some(reply.typed)
        }
        raw => raw,
    };
    match data {
        Some(mut data) => {
            if !settings.show_secrets && mask::mask(&mut data, secret) {
                output::tell("credentials are masked; --show-secrets prints them");
            }
            output::to_stdout(|stdout| output::write(stdout, format, &data, operation))
        }
        None => output::to_stdout(|stdout| output::write_bytes(stdout, &reply.body)),
    }
}

fn is_json(operation: &Operation) -> bool {
    matches!(operation.reply, Documented::Json { .. })
}
