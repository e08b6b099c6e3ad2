//! `cx API export LIST`: a list of any length, read in windows of time, to stdout or into a file.

mod line;
mod progress;
mod rows;
mod target;
mod time;

use std::{
    io,
    path::{Path, PathBuf},
    pin::pin,
    time::Duration,
};

use clap::{Arg, ArgAction, ArgMatches, Command, builder::PossibleValuesParser, value_parser};
use cx_client::{
    CallOptions,
    dynamic::Registered,
    export::{Cursor, Export, Rows as Stream},
    operation::{Operation, Pagination},
    pages::JsonList,
};
use futures_util::TryStreamExt;
use serde_json::{Map, Value, json};

use crate::{
    arguments, connect,
    exit::Failure,
    flags::{self, Named},
    output::Format,
    secrets::Secrets,
    settings::Settings,
    tree,
};
use line::{Line, Lines};
use progress::Progress;
use rows::Rows;
use target::{Checkpoint, Target};

pub const NAME: &str = "export";

/// How often it is told how much was read, as long as nothing can be written: windows are read side by side, and written
/// in their order.
const GLANCE: Duration = Duration::from_millis(250);

/// Rows of a window. Some windows are held at a time: shorter ones than the library's cost one request in twenty, and keep
/// what a long list takes near to what a short one does.
const WINDOW_ROWS: usize = 1_000;

/// Rows between two checkpoints: few enough to lose little, many enough to write seldom.
const BATCH: usize = 1_000;

/// The command, if the API has a list that can be cut into windows.
pub fn command(registered: &'static Registered) -> Option<Command> {
    let lists: Vec<Command> = registered.api.operations.iter().filter_map(|one| list_command(one)).collect();
    if lists.is_empty() {
        return None;
    }
    Some(
        Command::new(NAME)
            .about("Exports a list of any length, past what its pages show")
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommands(lists),
    )
}

fn list_command(operation: &'static Operation) -> Option<Command> {
    let pagination = operation.pagination.as_ref().filter(|one| !one.windows.is_empty())?;
    let name = flags::kebab_case(operation.id);
    let windows: Vec<&str> = pagination.windows.iter().map(|window| window.parameter).collect();
    let default = windows.first().copied().unwrap_or_default();
    let command = Command::new(&name)
        .about(operation.summary)
        .after_help(format!(
            "Example:\n  cx {} {NAME} {name} --from 2024-01-01 --out rows.csv --resume",
            operation.api
        ))
        .args(arguments::flags(filters(operation, pagination)))
        .args([
            Arg::new("by")
                .long("by")
                .value_name("TIME")
                .value_parser(PossibleValuesParser::new(windows))
                .default_value(default)
                .help("The time that the list is cut by"),
            moment("from", "First moment of the export: UNIX seconds, a day or RFC 3339 [default: the first row]"),
            moment("until", "End of the export, which is not part of it [default: now]"),
            tree::file_flag("out".to_owned(), "out".to_owned())
                .help("File to write instead of stdout; it is there when it is whole and not before"),
            Arg::new("resume")
                .long("resume")
                .action(ArgAction::SetTrue)
                .requires("out")
                .help("Goes on where an export into the same file was stopped; starts one if there is none"),
            Arg::new("in-flight")
                .long("in-flight")
                .value_name("N")
                .value_parser(value_parser!(u8).range(1..=16))
                .default_value("4")
                .help("How many windows are read at a time"),
        ]);
    Some(command)
}

fn moment(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("TIME").value_parser(time::seconds).allow_negative_numbers(true).help(help)
}

/// The parameters that the export leaves to the caller: not those that it pages and cuts by.
fn filters(operation: &'static Operation, pagination: &Pagination) -> Vec<Named> {
    let own = [Some(pagination.page), Some(pagination.per_page), pagination.sort_key, pagination.sort_order];
    let is_bound = |name: &str| {
        let windows = pagination.windows.iter().map(|window| window.parameter);
        windows
            .into_iter()
            .any(|window| name.strip_prefix(window).is_some_and(|rest| rest.is_empty() || rest.starts_with('[')))
    };
    let names = flags::names(operation).into_iter();
    names.filter(|(parameter, _)| !own.contains(&Some(parameter.name)) && !is_bound(parameter.name)).collect()
}

/// What is exported, and how.
struct Order {
    call: Value,
    format: Format,
    out: Option<PathBuf>,
    checkpoint: Option<Checkpoint>,
}

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
    let Some((name, matches)) = matches.subcommand() else { return Err(Failure::usage("no list was named")) };
    let operation = tree::operation(registered, name)?;
    let Some(pagination) = &operation.pagination else { return Err(Failure::usage("the operation has no pages")) };
    let parameters = filters(operation, pagination);
    let arguments = arguments::read(parameters, matches, secrets)?;
    let order = order(operation, &arguments, matches, settings)?;
    let (from, until) = (matches.get_one::<i64>("from"), matches.get_one::<i64>("until"));
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        return Err(Failure::usage("`--until` is not after `--from`, so there is nothing to export")
            .then("give the first moment by --from, and by --until the one after the last"));
    }
    let core = connect::core(registered.api, operation.authenticated, settings, secrets)?;

    let list = JsonList::new(registered, core, operation.id, Value::Object(arguments), CallOptions::new())?;
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
    Writer::open(order)?.write(export.stream()?).await
}

fn order(
    operation: &'static Operation,
    arguments: &Map<String, Value>,
    matches: &ArgMatches,
    settings: &Settings,
) -> Result<Order, Failure> {
    let out = matches.get_one::<PathBuf>("out").cloned();
    let is_csv = out.as_ref().and_then(|path| path.extension()).is_some_and(|extension| extension == "csv");
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
    let call = json!({
        "api": operation.api,
        "operation": operation.id,
        "arguments": shown,
        "by": matches.get_one::<String>("by"),
        "from": matches.get_one::<i64>("from"),
        "until": matches.get_one::<i64>("until"),
        "format": if format == Format::Csv { "csv" } else { "ndjson" },
    });
    let checkpoint = match &out {
        Some(path) => target::checkpoint(path).map_err(|error| {
            Failure::usage(format!("the cursor beside {} cannot be read: {error}", path.display()))
                .then("start again: remove it, and leave --resume out")
        })?,
        None => None,
    };
    let checkpoint = match checkpoint {
        Some(_) if !matches.get_flag("resume") => {
            eprintln!("note: an export that was stopped is started again; --resume goes on with it");
            None
        }
        Some(checkpoint) if checkpoint.call != call => {
            return Err(Failure::usage("the export that was stopped was another one")
                .then("give the same arguments as then, or start again without --resume"));
        }
        checkpoint => checkpoint,
    };
    Ok(Order { call, format, out, checkpoint })
}

/// Writes the rows of an export as they come.
struct Writer {
    call: Value,
    target: Target,
    rows: Rows,
    written: u64,
    progress: Progress,
    out: Option<PathBuf>,
}

impl Writer {
    fn open(order: Order) -> Result<Self, Failure> {
        let Order { call, format, out, checkpoint } = order;
        let target = match &out {
            Some(path) => Target::file(path, checkpoint.as_ref()).map_err(|error| unusable(Some(path), &error))?,
            None => Target::stdout(),
        };
        let rows = match format {
            Format::Csv => Rows::Csv { columns: checkpoint.as_ref().and_then(|one| one.columns.clone()) },
            _ => Rows::Ndjson,
        };
        let written = checkpoint.map_or(0, |one| one.rows);
        Ok(Self { call, target, rows, written, progress: Progress::start(written), out })
    }

    async fn write(mut self, mut stream: Stream<'static, Lines>) -> Result<(), Failure> {
        let mut interrupt = pin!(tokio::signal::ctrl_c());
        let mut glance = tokio::time::interval(GLANCE);
        let mut batch = Vec::new();
        let ended = loop {
            tokio::select! {
                biased;
                _ = &mut interrupt => break Err(Failure::interrupted()),
                row = stream.try_next() => match row {
                    Ok(Some(row)) => batch.push(row),
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(Failure::from(error)),
                },
                // A request that is underway stays so: the stream holds it, not this wait.
                _ = glance.tick() => self.progress.read(stream.progress().received),
            }
            if batch.len() >= BATCH && !self.put(&mut batch, &stream)? {
                return Ok(());
            }
        };
        // What came is kept, however it ended.
        if !self.put(&mut batch, &stream)? {
            return Ok(());
        }
        drop(self.progress);
        match (ended, &self.out) {
            (Ok(()), out) => {
                self.target.finish().map_err(|error| unusable(out.as_deref(), &error))?;
                let place = out.as_ref().map(|path| format!(" in {}", path.display()));
                eprintln!("{} rows{}", self.written, place.unwrap_or_default());
                Ok(())
            }
            (Err(failure), Some(_)) => Err(failure.and_then(format!(
                "the same command with --resume goes on after the {} rows that came",
                self.written
            ))),
            (Err(failure), None) => Err(failure),
        }
    }

    /// Writes a batch, and how far that is; `false` when whoever read stdout went away, such as `head`.
    fn put(&mut self, batch: &mut Vec<Line>, stream: &Stream<'static, Lines>) -> Result<bool, Failure> {
        match self.try_put(batch, stream) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe && self.out.is_none() => return Ok(false),
            put => put.map_err(|error| unusable(self.out.as_deref(), &error))?,
        }
        let state = stream.progress();
        self.progress.tell(self.written, &time::day(state.reached), state.fraction());
        Ok(true)
    }

    fn try_put(&mut self, batch: &mut Vec<Line>, stream: &Stream<'static, Lines>) -> io::Result<()> {
        self.rows.write(&mut self.target, batch)?;
        self.written = self.written.saturating_add(batch.len() as u64);
        batch.clear();
        let cursor = serde_json::to_value(stream.cursor())?;
        let (call, rows, columns) = (self.call.clone(), self.written, self.rows.columns());
        self.target.checkpoint(|bytes| Checkpoint { call, cursor, bytes, rows, columns })
    }
}

fn unusable(out: Option<&Path>, error: &io::Error) -> Failure {
    let place = out.map_or_else(|| "stdout".to_owned(), |path| path.display().to_string());
    Failure::usage(format!("the export cannot be written to {place}: {error}"))
        .then("check that the folder is there, may be written to and has room")
}
