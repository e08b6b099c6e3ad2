//! `cx API export LIST`: a list of any length, read in windows of time, to stdout or into a file.

mod command;
mod line;
mod order;
mod origin;
mod progress;
mod rows;
mod stop;
mod target;
mod time;
mod writer;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use clap::ArgMatches;
use cx_client::{
    CallOptions,
    dynamic::Registered,
    export::{Cursor, Export},
    pages::JsonList,
};
use serde_json::Value;

use crate::{arguments, connect, exit::Failure, output::tell, secrets::Secrets, settings::Settings, tree};
use line::Lines;
use writer::Writer;

pub use command::command;

pub const NAME: &str = "export";

/// Rows of a window. Some windows are held at a time: shorter ones than the library's cost one request in twenty, and keep
/// what a long list takes near to what a short one does.
const WINDOW_ROWS: usize = 1_000;

/// Exports a list.
///
/// # Errors
/// As any call; a file that cannot be written; an interruption.
pub async fn run(
    registered: &'static Registered,
    matches: &ArgMatches,
    settings: &Settings,
    secrets: &Secrets,
) -> Result<(), Failure> {
    let refuse = |message: &str| {
        Failure::usage(message).then(format!("`cx {} {NAME} --help` lists what can be exported", registered.api.name))
    };
    let (name, matches) = matches.subcommand().ok_or_else(|| refuse("no list was named"))?;
    let operation = tree::operation(registered, name)?;
    let pagination = operation.pagination.as_ref().ok_or_else(|| refuse("the operation has no pages"))?;
    let parameters = command::filters(operation, pagination);
    let arguments = arguments::read(parameters, matches, secrets)?;
    let (from, until) = (matches.get_one::<i64>("from"), matches.get_one::<i64>("until"));
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        return Err(Failure::usage("`--until` is not after `--from`, so there is nothing to export")
            .then("give the first moment by --from, and by --until the one after the last"));
    }
    let connection = connect::open(registered.api, operation.authenticated, settings, secrets)?;
    let order = order::order(operation, &arguments, matches, settings, &connection)?;

    let list =
        JsonList::new(registered, connection.core, operation.id, Value::Object(arguments), CallOptions::new())?;
    let odd = Arc::new(AtomicBool::new(false));
    let heard = Arc::clone(&odd);
    let list = list.odd_values_as_text(move || heard.store(true, Ordering::Relaxed));
    let mut export = Export::new(Lines(list)).window_rows(WINDOW_ROWS);
    if let Some(by) = matches.get_one::<String>("by") {
        export = export.over(by);
    }
    if let Some(from) = from {
        export = export.from(*from);
    }
    if let Some(until) = until {
        export = export.until(*until);
    }
    if let Some(windows) = matches.get_one::<u8>("in-flight") {
        export = export.windows(usize::from(*windows));
    }
    if let Some(checkpoint) = &order.checkpoint {
        let cursor: Cursor = serde_json::from_value(checkpoint.cursor.clone()).map_err(|_| {
            Failure::usage("the cursor beside the file cannot be read").then("start again without --resume")
        })?;
        export = export.resume(cursor);
    }
    let written = Writer::open(order)?.write(export.stream()?).await;
    if odd.load(Ordering::Relaxed) {
        tell(
            "note: values that no JSON reader can hold, such as 1e400 or half of a letter, are written as texts, letter \
             for letter as they came",
        );
    }
    written
}
