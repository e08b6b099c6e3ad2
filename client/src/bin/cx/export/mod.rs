//! `cx API export LIST`: a list of any length, read in windows of time, to stdout or into a file.

mod progress;
mod rows;
mod target;
mod time;

use std::{io, path::PathBuf, pin::pin};

use clap::{Arg, ArgAction, ArgMatches, Command, builder::PossibleValuesParser, value_parser};
use cx_client::{
    CallOptions,
    dynamic::Registered,
    export::{Cursor, Rows as Stream},
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
use progress::Progress;
use rows::Rows;
use target::{Checkpoint, Target};

pub const NAME: &str = "export";

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
    let core = connect::core(registered.api, operation.authenticated, settings, secrets)?;

    let list = JsonList::new(registered, core, operation.id, Value::Object(arguments), CallOptions::new())?;
    let mut export = list.export();
    if let Some(by) = matches.get_one::<String>("by") {
        export = export.over(by);
    }
    if let Some(from) = matches.get_one::<i64>("from") {
        export = export.from(*from);
    }
    if let Some(until) = matches.get_one::<i64>("until") {
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
        Some(path) => target::checkpoint(path).map_err(unusable)?,
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
    is_file: bool,
}

impl Writer {
    fn open(order: Order) -> Result<Self, Failure> {
        let Order { call, format, out, checkpoint } = order;
        let target = match &out {
            Some(path) => Target::file(path, checkpoint.as_ref()).map_err(unusable)?,
            None => Target::stdout(),
        };
        let rows = match format {
            Format::Csv => Rows::Csv { columns: checkpoint.as_ref().and_then(|one| one.columns.clone()) },
            _ => Rows::Ndjson,
        };
        let written = checkpoint.map_or(0, |one| one.rows);
        Ok(Self { call, target, rows, written, progress: Progress::start(written), is_file: out.is_some() })
    }

    async fn write(mut self, mut stream: Stream<'static, JsonList>) -> Result<(), Failure> {
        let mut interrupt = pin!(tokio::signal::ctrl_c());
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
            }
            if batch.len() >= BATCH && !self.put(&mut batch, &stream)? {
                return Ok(());
            }
        };
        // What came is kept, however it ended.
        if !self.put(&mut batch, &stream)? {
            return Ok(());
        }
        self.progress.end();
        match ended {
            Ok(()) => {
                self.target.finish().map_err(unusable)?;
                eprintln!("{} rows", self.written);
                Ok(())
            }
            Err(failure) if self.is_file => Err(failure
                .then(format!("the same command with --resume goes on after the {} rows that came", self.written))),
            Err(failure) => Err(failure),
        }
    }

    /// Writes a batch, and how far that is; `false` when whoever read stdout went away, such as `head`.
    fn put(&mut self, batch: &mut Vec<Value>, stream: &Stream<'static, JsonList>) -> Result<bool, Failure> {
        match self.try_put(batch, stream) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe && !self.is_file => {
                self.progress.end();
                return Ok(false);
            }
            put => put.map_err(unusable)?,
        }
        let state = stream.progress();
        self.progress.tell(self.written, &time::day(state.reached), state.fraction());
        Ok(true)
    }

    fn try_put(&mut self, batch: &mut Vec<Value>, stream: &Stream<'static, JsonList>) -> io::Result<()> {
        self.rows.write(&mut self.target, batch)?;
        self.written = self.written.saturating_add(batch.len() as u64);
        batch.clear();
        let cursor = serde_json::to_value(stream.cursor())?;
        let (call, rows, columns) = (self.call.clone(), self.written, self.rows.columns());
        self.target.checkpoint(|bytes| Checkpoint { call, cursor, bytes, rows, columns })
    }
}

fn unusable(error: io::Error) -> Failure {
    Failure::usage(format!("the export cannot be written: {error}"))
}
