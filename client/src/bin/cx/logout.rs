//! `cx logout`: ends a session of `cx login`, at the vendor and on this machine.

use std::sync::Arc;

use clap::{ArgMatches, Command};
use cx_client::ErrorKind;

use crate::{
    connect, credentials, exit::Failure, login, output::tell, secrets::Secrets, session, settings::Settings,
};

pub const NAME: &str = "logout";

/// The command, if there is an API to log out of.
pub fn command() -> Option<Command> {
    let api = login::api_argument()?.help("The API to log out of");
    let command = Command::new(NAME)
        .about("Ends the session of a login, at the vendor and on this machine")
        .after_help("Example:\n  cx logout")
        .arg(api);
    Some(command)
}

/// Logs out. Where there is no session, none has to be ended.
///
/// # Errors
/// A variable that cannot be read; a record that cannot be removed; a vendor that cannot be told.
pub async fn run(matches: &ArgMatches, settings: &Settings, secrets: &Secrets) -> Result<(), Failure> {
    let api = login::api(matches)?;
    let (Some(started), Some(store)) = (session::read(api, settings), session::store()) else {
        tell(format_args!("There is no session of {}.", api.title));
        return Ok(());
    };
    let credentials = credentials::of_session(started, secrets)?;
    let builder = connect::builder(api, settings, secrets)?.credentials(credentials);
    let core = builder.token_store(Arc::new(store)).account(session::ACCOUNT).build()?;
    // The vendor is told of the token that the store holds. Where none can be had, none is good any more.
    let _none = core.granted_scope().await;
    match core.sign_out().await {
        // The tokens may still be there: so is the session, and can be ended once more.
        Err(error) if error.kind() == ErrorKind::Store => Err(error.into()),
        told => {
            session::forget(api, settings)?;
            told.map_err(|error| {
                let next =
                    "this machine has forgotten the session; at the vendor its token may be good until it expires";
                Failure::from(error).then(next)
            })?;
            tell(format_args!("Logged out of {}.", api.title));
            Ok(())
        }
    }
}
