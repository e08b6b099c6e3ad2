//! What is exported, and whether an export that was stopped may go on with it.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use cx_client::operation::Operation;
use serde_json::{Map, Value};

use super::{
    origin::Origin,
    target::{self, Checkpoint},
};
use crate::{
    connect::Connection,
    exit::Failure,
    files::beside,
    output::{Format, tell},
    settings::Settings,
};

/// What is exported, and how.
pub struct Order {
    pub origin: Origin,
    pub format: Format,
    /// File to write, if not stdout.
    pub out: Option<PathBuf>,
    /// Where it goes on.
    pub checkpoint: Option<Checkpoint>,
}

/// Reads what is to be exported.
///
/// # Errors
/// A format that an export does not have; an export that was stopped and is another one.
pub fn order(
    operation: &'static Operation,
    arguments: &Map<String, Value>,
    matches: &ArgMatches,
    settings: &Settings,
    connection: &Connection,
) -> Result<Order, Failure> {
    // As everywhere, and as for `--body`: no file has that name but by mistake.
    let out = matches.get_one::<PathBuf>("out").filter(|path| path.as_os_str() != "-").cloned();
    if out.is_none() && matches.get_flag("resume") {
        return Err(Failure::usage("`--resume` goes on with a file, and there is none").then("name a file by --out"));
    }
    let extension = out.as_ref().and_then(|path| path.extension());
    let is_csv = extension.is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    let format = match settings.output {
        None if is_csv => Format::Csv,
        None => Format::Ndjson,
        Some(format @ (Format::Csv | Format::Ndjson)) => format,
        Some(_) => return Err(Failure::usage("an export is ndjson or csv").then("give --output ndjson or csv")),
    };
    // A secret is not written down: whoever goes on with another one asks for trouble that no file can spare him.
    let secret = |name: &str| operation.parameters.iter().any(|one| one.name == name && one.secret);
    let shown: Map<String, Value> = arguments
        .iter()
        .filter(|(name, _)| !secret(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let origin = Origin {
        api: operation.api.to_owned(),
        operation: operation.id.to_owned(),
        server: connection.core.base_url().to_owned(),
        account: connection.account.clone(),
        arguments: shown,
        by: matches.get_one::<String>("by").cloned(),
        from: matches.get_one::<i64>("from").copied(),
        until: matches.get_one::<i64>("until").copied(),
        format: if format == Format::Csv { "csv" } else { "ndjson" }.to_owned(),
    };
    let checkpoint = match &out {
        Some(path) => checkpoint(path, &origin, matches.get_flag("resume"))?,
        None => None,
    };
    Ok(Order { origin, format, out, checkpoint })
}

/// Where an export that was stopped goes on, if it is to.
///
/// # Errors
/// One that was another export, or of which that can no longer be said.
fn checkpoint(path: &Path, origin: &Origin, resume: bool) -> Result<Option<Checkpoint>, Failure> {
    match target::checkpoint(path) {
        Ok(None) => Ok(None),
        // Whatever state it is in: nothing of it is used.
        _ if !resume => {
            tell("note: an export that was stopped is started again; --resume would have kept its rows");
            Ok(None)
        }
        Ok(Some(checkpoint)) if checkpoint.origin != *origin => {
            let differences = checkpoint.origin.differences(origin).join(", ");
            Err(Failure::usage(format!("the export that was stopped was another one: {differences}"))
                .then("give the same server, account and arguments as then, or start again without --resume"))
        }
        Ok(checkpoint) => Ok(checkpoint),
        Err(error) => Err(Failure::usage(format!("{} cannot be read: {error}", beside(path, "cursor").display()))
            .then("start again without --resume")),
    }
}
