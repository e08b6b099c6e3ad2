//! What an export is to be like.

use std::{
    fmt,
    marker::PhantomData,
    time::{Duration, SystemTime},
};

use super::{
    cursor::Cursor,
    plan::{Plan, given_bounds},
    progress::Progress,
    stream::{Hook, Rows},
};
use crate::{
    error::{Error, ErrorKind, Result},
    pages::List,
};

/// An export of a list: from when to when, over which of its times, how much at once. See [`export`](crate::export).
///
/// Filters that the call has stay; bounds on the time that is exported over are those of the export as well, and its order
/// is the export's.
#[must_use]
pub struct Export<'a, L: List + 'a> {
    call: L,
    over: Option<String>,
    from: Option<i64>,
    until: Option<i64>,
    behind: Duration,
    look_back: Duration,
    windows: usize,
    window_rows: Option<usize>,
    cursor: Option<Cursor>,
    hook: Option<Hook>,
    lifetime: PhantomData<&'a ()>,
}

/// Rows of a window where the document names no last page.
const WINDOW_ROWS: u64 = 1_500;

impl<'a, L: List + 'a> Export<'a, L> {
    #[doc(hidden)]
    pub fn new(call: L) -> Self {
        Self {
            call,
            over: None,
            from: None,
            until: None,
            behind: Duration::from_secs(1),
            look_back: Duration::ZERO,
            windows: 4,
            window_rows: None,
            cursor: None,
            hook: None,
            lifetime: PhantomData,
        }
    }

    /// The time to export over, by the parameter that filters on it, such as `created` or `updated`. The first that the
    /// document names, which is `created` for all of Wootric's, unless told otherwise.
    pub fn over(mut self, window: impl Into<String>) -> Self {
        self.over = Some(window.into());
        self
    }

    /// First UNIX second to export. The beginning of the list unless told otherwise.
    pub fn from(mut self, second: i64) -> Self {
        self.from = Some(second);
        self
    }

    /// UNIX second at which to stop, which is not exported itself. One second behind the clock unless told otherwise, and
    /// never later than that.
    pub fn until(mut self, second: i64) -> Self {
        self.until = Some(second);
        self
    }

    /// How far the end of the export stays behind the clock, at least; whole seconds, 1 unless told otherwise. Make it longer
    /// if your clock may be ahead of the vendor's: rows that arrive in a second that was already read are missed.
    pub fn behind(mut self, time: Duration) -> Self {
        self.behind = time;
        self
    }

    /// How far a run that goes on from a finished one reaches back, to find rows that were put into the past meanwhile.
    /// What it reads again comes again. Nothing unless told otherwise.
    pub fn look_back(mut self, time: Duration) -> Self {
        self.look_back = time;
        self
    }

    /// How many windows are read at once, each with one request at a time; 4 unless told otherwise. At most half as
    /// many again are held in memory.
    pub fn windows(mut self, windows: usize) -> Self {
        self.windows = windows.max(1);
        self
    }

    /// About how many rows a window shall have; 2,900 for Wootric unless told otherwise. Fewer take less memory and more
    /// requests. The first windows have fewer in any case, so that the first rows come soon.
    pub fn window_rows(mut self, rows: usize) -> Self {
        self.window_rows = Some(rows.max(1));
        self
    }

    /// Goes on from where another run of the same export stood. An unfinished one is brought to its end, whatever bounds
    /// are given here; a finished one is followed by the next, up to the present.
    pub fn resume(mut self, cursor: Cursor) -> Self {
        self.cursor = Some(cursor);
        self
    }

    /// Called after every window, with how far the export is.
    pub fn on_progress(mut self, hook: impl FnMut(Progress) + Send + 'static) -> Self {
        self.hook = Some(Box::new(hook));
        self
    }

    /// The rows. Nothing is asked for before the first of them is.
    ///
    /// # Errors
    /// An operation that cannot be exported, a window that it does not have, a cursor of another export.
    pub fn stream(self) -> Result<Rows<'a, L>> {
        let over = self.over.as_deref().or_else(|| Some(self.cursor.as_ref()?.over.as_str()));
        let (plan, call) = Plan::new(self.call.clone(), over)?;
        let cursor = self.bounds(&plan)?;
        let shown = if plan.pagination.max_page.is_some() { plan.shown() } else { WINDOW_ROWS };
        // Two runs of pages, less the page by which they overlap. The end of a window costs a few requests however long it
        // is, and so does each run.
        let two_runs = shown.saturating_sub(plan.per_page as u64).saturating_mul(2).max(1);
        let rows = self.window_rows.unwrap_or_else(|| usize::try_from(two_runs).unwrap_or(usize::MAX));
        Ok(Rows::new(call, plan, cursor, self.windows, rows, self.hook))
    }

    /// Where the run starts and ends, as a cursor that has handed out nothing of it.
    fn bounds(&self, plan: &Plan) -> Result<Cursor> {
        let parameter = plan.window.parameter;
        let (from, until) = given_bounds(&self.call, parameter);
        let now = self.call.core().environment().wall_clock().duration_since(SystemTime::UNIX_EPOCH);
        let now = now.unwrap_or_default().saturating_sub(self.behind).as_secs();
        let present = plan.align(i64::try_from(now).unwrap_or(i64::MAX));
        let until = [self.until, until, Some(present)].into_iter().flatten().min().unwrap_or(present);
        // Nothing was created before 1970, and below a bound far before it there is no number for the second before.
        let from = plan.align([self.from, from].into_iter().flatten().max().unwrap_or(0).max(0));
        let operation = plan.operation;
        let Some(cursor) = &self.cursor else {
            let (api, id) = (operation.api.to_owned(), operation.id.to_owned());
            return Ok(Cursor {
                api,
                operation: id,
                over: parameter.to_owned(),
                from,
                until: until.max(from),
                seen: Vec::new(),
                rows: 0,
            });
        };
        if cursor.api != operation.api || cursor.operation != operation.id || cursor.over != parameter {
            let message = "the cursor belongs to another export";
            return Err(Error::new(ErrorKind::InvalidRequest, message).with_operation(operation));
        }
        let mut cursor = cursor.clone();
        if cursor.is_finished() {
            let back = i64::try_from(self.look_back.as_secs()).unwrap_or(i64::MAX);
            cursor.until = until.max(cursor.from);
            cursor.from = plan.align(cursor.from.saturating_sub(back).max(0));
        }
        Ok(cursor)
    }
}

impl<'a, L: List + 'a> fmt::Debug for Export<'a, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export")
            .field("operation", &self.call.operation().id)
            .field("over", &self.over)
            .field("from", &self.from)
            .field("until", &self.until)
            .field("windows", &self.windows)
            .finish_non_exhaustive()
    }
}
