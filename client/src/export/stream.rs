//! The rows of an export.

use std::{
    collections::{HashSet, VecDeque},
    fmt,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll, ready},
    vec,
};

use futures_core::{FusedStream, Stream};

use super::{
    cursor::Cursor,
    plan::{Plan, Range},
    progress::Progress,
    reader::Run,
    row::Row,
    schedule::Schedule,
};
use crate::{error::Result, pages::List};

pub(super) type Hook = Box<dyn FnMut(Progress) + Send>;

/// The rows of an export, in the order of time. See [`export`](crate::export) for what is promised.
///
/// An error ends it; the rows before the error have been handed out, and [`cursor`](Self::cursor) goes on from there. Whoever
/// takes long over a row lets deadlines of windows pass that are read ahead, since those move on only while the stream is
/// polled: such a window is read anew when it is wanted.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Rows<'a, L: List + 'a> {
    plan: Arc<Plan>,
    schedule: Schedule<'a, L>,
    window: Window<L::Item>,
    seen: Seen,
    cursor: Cursor,
    /// Where the run starts, if anyone knows.
    start: Option<i64>,
    /// Rows of this run.
    rows: u64,
    /// Rows until requests are moved on again while a window is handed out.
    until_poll: usize,
    hook: Option<Hook>,
    ended: bool,
}

/// The window that is being handed out.
struct Window<T> {
    rows: vec::IntoIter<Row<T>>,
    /// Where reading starts again when it is done.
    end: i64,
}

impl<'a, L: List + 'a> Rows<'a, L> {
    pub(super) fn new(
        call: L,
        plan: Plan,
        cursor: Cursor,
        windows: usize,
        window_rows: usize,
        hook: Option<Hook>,
    ) -> Self {
        let plan = Arc::new(plan);
        let whole = Range { from: cursor.from, until: cursor.until };
        let schedule = Schedule::new(call, Arc::clone(&plan), whole, windows, window_rows);
        let window = Window { rows: Vec::new().into_iter(), end: cursor.from };
        let seen = Seen::from_cursor(&cursor);
        let start = (cursor.from > 0).then_some(cursor.from);
        Self { plan, schedule, window, seen, cursor, start, rows: 0, until_poll: 0, hook, ended: false }
    }

    /// Where the export stands: after the last row that was handed out. Take it when that row is safe.
    pub fn cursor(&self) -> Cursor {
        let mut cursor = self.cursor.clone();
        cursor.seen = self.seen.since(cursor.from.saturating_sub(self.plan.grain()));
        cursor
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        Progress {
            rows: self.rows,
            received: self.plan.received.load(Ordering::Relaxed),
            requests: self.plan.requests.load(Ordering::Relaxed),
            windows: self.schedule.windows_read(),
            in_flight: self.schedule.in_flight(),
            start: self.start.unwrap_or(self.cursor.from),
            reached: self.cursor.from,
            until: self.cursor.until,
        }
    }

    fn report(&mut self) {
        let progress = self.progress();
        if let Some(hook) = &mut self.hook {
            hook(progress);
        }
    }

    /// The next row of the window that was not handed out before.
    fn next_of_window(&mut self) -> Option<L::Item> {
        for row in self.window.rows.by_ref() {
            if !self.seen.add(&row.identity, row.last) {
                continue;
            }
            self.start = self.start.or(row.time);
            self.cursor.from = row.floor;
            self.cursor.rows += 1;
            self.rows += 1;
            return Some(row.item);
        }
        None
    }

    fn close_window(&mut self) {
        self.cursor.from = self.window.end;
        self.seen.forget_before(self.window.end.saturating_sub(self.plan.grain()));
    }

    fn end(&mut self) {
        self.ended = true;
        self.schedule.clear();
        self.report();
    }
}

impl<'a, L: List + 'a> Stream for Rows<'a, L> {
    type Item = Result<L::Item>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.ended {
            return Poll::Ready(None);
        }
        loop {
            if let Some(item) = this.next_of_window() {
                // Other windows go on while this one is handed out.
                if this.until_poll == 0 {
                    this.until_poll = this.plan.per_page;
                    this.schedule.advance(context);
                }
                this.until_poll -= 1;
                return Poll::Ready(Some(Ok(item)));
            }
            this.close_window();
            match ready!(this.schedule.poll_next(context)) {
                Some(Ok(Run { rows, end, .. })) => {
                    this.window = Window { rows: rows.into_iter(), end };
                    this.report();
                }
                Some(Err(error)) => {
                    this.end();
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    this.end();
                    return Poll::Ready(None);
                }
            }
        }
    }
}

impl<'a, L: List + 'a> FusedStream for Rows<'a, L> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<'a, L: List + 'a> fmt::Debug for Rows<'a, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("operation", &self.plan.operation.id)
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}

/// Rows that were handed out and may be shown again.
struct Seen {
    identities: HashSet<Arc<str>>,
    /// In the order in which they were handed out, with the last second at which they may be shown.
    order: VecDeque<(Arc<str>, i64)>,
}

impl Seen {
    fn from_cursor(cursor: &Cursor) -> Self {
        let mut seen = Self { identities: HashSet::new(), order: VecDeque::new() };
        for (identity, last) in &cursor.seen {
            seen.add(identity, *last);
        }
        seen
    }

    /// Says whether it is new.
    fn add(&mut self, identity: &str, last: i64) -> bool {
        if self.identities.contains(identity) {
            return false;
        }
        let identity: Arc<str> = identity.into();
        self.order.push_back((Arc::clone(&identity), last));
        self.identities.insert(identity)
    }

    fn forget_before(&mut self, second: i64) {
        let identities = &mut self.identities;
        self.order.retain(|(identity, last)| {
            let kept = *last >= second;
            if !kept {
                identities.remove(identity);
            }
            kept
        });
    }

    /// Those that may be shown from a second on.
    fn since(&self, second: i64) -> Vec<(String, i64)> {
        let shown = self.order.iter().filter(|(_, last)| *last >= second);
        shown.map(|(identity, last)| (identity.to_string(), *last)).collect()
    }
}
