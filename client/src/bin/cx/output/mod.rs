//! stdout: the data of a reply and nothing else. stderr: words for people.

pub mod csv;
pub mod json;
mod rows;
mod stdout;
mod table;

use std::{
    fmt::Display,
    io::{self, IsTerminal, Write},
};

use cx_client::operation::Operation;
use serde_json::Value;

use crate::exit::Failure;

pub use stdout::Stdout;

/// Form of the data on stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The reply as one JSON value.
    Json,
    /// One line of JSON an item.
    Ndjson,
    /// RFC 4180, one record an item.
    Csv,
    /// For people.
    Table,
}

impl Format {
    /// A format by its name on the command line.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "ndjson" => Some(Self::Ndjson),
            "csv" => Some(Self::Csv),
            "table" => Some(Self::Table),
            _ => None,
        }
    }

    /// A table for people on a terminal, JSON for programs behind a pipe.
    pub fn usual() -> Self {
        if io::stdout().is_terminal() { Self::Table } else { Self::Json }
    }
}

/// Writes the data of a reply.
///
/// # Errors
/// As the writer.
pub fn write(out: &mut dyn Write, format: Format, data: &Value, operation: &Operation) -> io::Result<()> {
    let rows = rows::of(data, operation);
    match format {
        Format::Json => json::pretty(out, data),
        Format::Ndjson => rows.iter().try_for_each(|row| json::line(out, row)),
        Format::Csv => csv::write(out, &rows),
        Format::Table => table::write(out, &rows, width()),
    }
}

/// Writes a reply that is no JSON as it was received. What comes after it on a terminal starts a line.
///
/// # Errors
/// As the writer.
pub fn write_bytes(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(bytes)?;
    let ended = bytes.is_empty() || bytes.ends_with(b"\n");
    if ended || !io::stdout().is_terminal() { Ok(()) } else { writeln!(out) }
}

/// Writes to stdout. A reader that went away, such as `head`, is no failure.
///
/// # Errors
/// A stdout that takes nothing for another reason.
pub fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut stdout = Stdout::open();
    written(write(&mut stdout).and_then(|()| stdout.flush()))
}

/// What came of writing to stdout. A reader that went away, such as `head`, is no failure.
///
/// # Errors
/// As [`to_stdout`].
pub fn written(outcome: io::Result<()>) -> Result<(), Failure> {
    match outcome {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::output(format!("stdout cannot be written to: {error}"))
                .then("make room where stdout goes, or send it elsewhere"))
        }
        _ => Ok(()),
    }
}

/// Says something on stderr. That nobody reads it is no failure: `eprintln!` would end the tool with a code of its own.
pub fn tell(text: impl Display) {
    let _unread = writeln!(io::stderr(), "{text}");
}

/// A text without control characters: on a terminal, those of a stranger could do anything.
pub fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// Columns of the terminal; `None` where stdout is none.
fn width() -> Option<usize> {
    console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
}

/// What stands in a cell.
pub fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// The members of all rows, in the order in which they are first seen.
pub fn columns(rows: &[&Value]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for name in rows.iter().filter_map(|row| row.as_object()).flat_map(|members| members.keys()) {
        if !columns.contains(name) {
            columns.push(name.clone());
        }
    }
    columns
}
