//! Writes the rows of an export as they come.

use std::{
    io,
    path::{Path, PathBuf},
    pin::pin,
    time::Duration,
};

use super::{
    line::{Line, Lines},
    order::Order,
    origin::Origin,
    progress::Progress,
    rows::Rows,
    stop::{Stop, goes_on},
    target::{Checkpoint, Target},
    time,
};
use crate::{
    exit::Failure,
    output::{Format, tell},
};
use cx_client::export::Rows as Stream;
use futures_util::TryStreamExt;

/// How often it is told how much was read, as long as nothing can be written: windows are read side by side, and written
/// in their order.
const GLANCE: Duration = Duration::from_millis(250);

/// Rows between two checkpoints: few enough to lose little, many enough to write seldom.
const BATCH: usize = 1_000;

/// Writes the rows of an export as they come.
pub struct Writer {
    origin: Origin,
    target: Target,
    rows: Rows,
    /// Rows that are safe.
    written: u64,
    progress: Progress,
    out: Option<PathBuf>,
}

impl Writer {
    /// Opens what it writes to.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn open(order: Order) -> Result<Self, Failure> {
        let Order { origin, format, out, checkpoint } = order;
        let target = match &out {
            Some(path) => Target::file(path, checkpoint.as_ref()).map_err(|error| unusable(path, &error))?,
            None => Target::stdout(),
        };
        let rows = match format {
            Format::Csv => Rows::Csv { columns: checkpoint.as_ref().and_then(|one| one.columns.clone()) },
            _ => Rows::Ndjson,
        };
        let written = checkpoint.map_or(0, |one| one.rows);
        Ok(Self { origin, target, rows, written, progress: Progress::start(written), out })
    }

    /// Writes all rows, and says how many they were.
    ///
    /// # Errors
    /// What the stream ended in; a file that cannot be written; an interruption.
    pub async fn write(mut self, mut stream: Stream<'static, Lines>) -> Result<(), Failure> {
        let mut interrupt = pin!(tokio::signal::ctrl_c());
        let mut glance = tokio::time::interval(GLANCE);
        let mut batch = Vec::new();
        let ended = loop {
            tokio::select! {
                biased;
                _ = &mut interrupt => break Err(Stop::Interrupt),
                row = stream.try_next() => match row {
                    Ok(Some(row)) => batch.push(row),
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(Stop::Error(error)),
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
                self.target.finish().map_err(|error| broken_off(out.as_deref(), self.written, &error))?;
                let place = out.as_ref().map(|path| format!(" in {}", path.display()));
                tell(format_args!("{} rows{}", self.written, place.unwrap_or_default()));
                Ok(())
            }
            (Err(stop), out) => Err(stop.failure(out.is_some(), self.written, stream.cursor().reached())),
        }
    }

    /// Writes a batch, and how far that is; `false` when whoever read stdout went away, such as `head`.
    fn put(&mut self, batch: &mut Vec<Line>, stream: &Stream<'static, Lines>) -> Result<bool, Failure> {
        match self.try_put(batch, stream) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe && self.out.is_none() => return Ok(false),
            put => put.map_err(|error| broken_off(self.out.as_deref(), self.written, &error))?,
        }
        let state = stream.progress();
        self.progress.tell(self.written, &time::day(state.reached), state.fraction());
        Ok(true)
    }

    fn try_put(&mut self, batch: &mut Vec<Line>, stream: &Stream<'static, Lines>) -> io::Result<()> {
        self.rows.write(&mut self.target, batch)?;
        let cursor = serde_json::to_value(stream.cursor())?;
        let rows = self.written.saturating_add(batch.len() as u64);
        let (origin, columns) = (self.origin.clone(), self.rows.columns());
        self.target.checkpoint(|bytes| Checkpoint { origin, cursor, bytes, rows, columns })?;
        self.written = rows;
        batch.clear();
        Ok(())
    }
}

/// A file that cannot even be opened, or lost rows that the cursor counts; or no file.
fn unusable(path: &Path, error: &io::Error) -> Failure {
    let next = match error.kind() {
        io::ErrorKind::WouldBlock => "wait until it has ended, or name another file by --out",
        io::ErrorKind::UnexpectedEof => "start again without --resume",
        io::ErrorKind::InvalidInput => "name a file by --out",
        _ => "check that the folder is there, may be written to and has room",
    };
    Failure::usage(format!("the export cannot be written to {}: {error}", path.display())).then(next)
}

/// An export that cannot be written any further, after so many rows.
fn broken_off(out: Option<&Path>, rows: u64, error: &io::Error) -> Failure {
    let (place, next) = match out {
        Some(path) => (path.display().to_string(), "make room, or see that the file may be written to"),
        None => ("stdout".to_owned(), "make room where stdout goes"),
    };
    Failure::output(format!("the export cannot be written to {place}: {error}"))
        .then(next)
        .and_then(goes_on(out.is_some(), rows))
}
