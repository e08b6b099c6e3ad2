//! Which windows are read, and how many at once.

use std::{
    collections::VecDeque,
    future::Future,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use super::{
    plan::{Plan, Range},
    reader::{Reader, Run, first_second},
    row::usual_density,
};
use crate::{
    error::Result,
    pages::{List, may_be_slept_through},
};

type Reading<'a, T> = Pin<Box<dyn Future<Output = Result<Run<T>>> + Send + 'a>>;

/// A new window is at most so many times as long as the one before it: a gap says little about what comes after.
const GROWTH: f64 = 16.0;

/// Pages of the first window after the one that only looks how dense the list is: rows are handed out in the order of
/// time, and the first ones shall not wait for all of a long window.
const FIRST_PAGES: usize = 10;

/// Each window after that is so many times as long, up to what is wanted.
const LENGTHENING: usize = 4;

/// The windows that are not handed out yet, in the order of time.
pub(super) struct Schedule<'a, L: List> {
    call: L,
    plan: Arc<Plan>,
    slots: VecDeque<Slot<'a, L::Item>>,
    /// Rows that a window should hold.
    window_rows: usize,
    /// How many are read at once.
    windows: usize,
    /// Rows a second of the windows so far.
    density: Option<f64>,
    /// Seconds of the window before.
    length: Option<f64>,
    /// Windows begun.
    begun: usize,
    read: u64,
}

enum Slot<'a, T> {
    /// Not cut into windows yet. It has a density of its own where all that is known of it is that it is too full.
    Waiting {
        range: Range,
        density: Option<f64>,
    },
    Underway {
        range: Range,
        reading: Reading<'a, T>,
        /// It was begun before anybody waited for it.
        ahead: bool,
    },
    Read(Result<Run<T>>),
    /// It failed, perhaps because nobody waited for it: it is read anew once somebody does.
    Failed(Range),
}

impl<'a, L: List + 'a> Schedule<'a, L> {
    pub(super) fn new(call: L, plan: Arc<Plan>, whole: Range, windows: usize, window_rows: usize) -> Self {
        let slots = match whole.seconds() {
            ..=0 => VecDeque::new(),
            _ => VecDeque::from([Slot::Waiting { range: whole, density: None }]),
        };
        Self { call, plan, slots, window_rows, windows, density: None, length: None, begun: 0, read: 0 }
    }

    /// Windows that were read to their end.
    pub(super) fn windows_read(&self) -> u64 {
        self.read
    }

    pub(super) fn in_flight(&self) -> usize {
        self.slots.iter().filter(|slot| matches!(slot, Slot::Underway { .. })).count()
    }

    /// Gives up what is underway.
    pub(super) fn clear(&mut self) {
        self.slots.clear();
    }

    /// The next window in the order of time; none when all are handed out. Moves on all that are underway.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Run<L::Item>>>> {
        loop {
            // Before another window is begun in its place.
            if let Some(slot) = self.slots.front_mut()
                && let Slot::Failed(range) = *slot
            {
                *slot = Slot::Waiting { range, density: None };
            }
            self.move_on(true, context);
            match self.slots.pop_front() {
                None => return Poll::Ready(None),
                Some(Slot::Read(run)) => return Poll::Ready(Some(run)),
                Some(slot) => {
                    let failed = matches!(slot, Slot::Failed(_));
                    self.slots.push_front(slot);
                    if !failed {
                        return Poll::Pending;
                    }
                }
            }
        }
    }

    /// Moves on what is underway while nobody waits for a window.
    pub(super) fn advance(&mut self, context: &mut Context<'_>) {
        self.move_on(false, context);
    }

    /// Starts what may be started and moves on what is underway, until all of it waits. Whether the first window is
    /// `wanted` by now.
    fn move_on(&mut self, wanted: bool, context: &mut Context<'_>) {
        loop {
            self.start(wanted);
            if !self.poll_all(context) {
                return;
            }
        }
    }

    /// Polls all that is underway; says whether any of it ended.
    fn poll_all(&mut self, context: &mut Context<'_>) -> bool {
        let mut any = false;
        let mut at = 0;
        while let Some(slot) = self.slots.get_mut(at) {
            at += 1;
            let Slot::Underway { range, reading, ahead } = slot else { continue };
            let (range, ahead) = (*range, *ahead);
            let Poll::Ready(outcome) = reading.as_mut().poll(context) else { continue };
            any = true;
            if ahead && outcome.as_ref().is_err_and(may_be_slept_through) {
                *slot = Slot::Failed(range);
                continue;
            }
            self.read += 1;
            let rest = outcome.as_ref().map(|run| self.measured(range, run)).unwrap_or_default();
            if let Some(slot) = self.slots.get_mut(at - 1) {
                *slot = Slot::Read(outcome);
            }
            for (index, slot) in rest.into_iter().enumerate() {
                self.slots.insert(at + index, slot);
            }
        }
        any
    }

    /// Learns from a window, and says what is left of it.
    fn measured(&mut self, range: Range, run: &Run<L::Item>) -> Vec<Slot<'a, L::Item>> {
        let seconds = run.end.saturating_sub(first_second(range, &run.rows)).max(1) as f64;
        let split = run.rows.is_empty() && !run.rest.is_empty();
        if !split {
            let density = usual_density(&run.rows, seconds);
            // The geometric mean: windows differ by factors. What is left is cut by it like any other time.
            self.density = Some(self.density.map_or(density, |before| (before * density).sqrt()));
        }
        // What was split for want of readable times shows its fullness by that alone, and is read as it is.
        let own = |rest: &Range| split.then(|| self.window_rows as f64 / 2.0 / rest.seconds().max(1) as f64);
        run.rest.iter().map(|rest| Slot::Waiting { range: *rest, density: own(rest) }).collect()
    }

    /// Rows of the next window.
    fn wanted_rows(&self) -> usize {
        let first = self.plan.per_page.saturating_mul(FIRST_PAGES);
        let windows = u32::try_from(self.begun.saturating_sub(1)).unwrap_or(u32::MAX);
        first.saturating_mul(LENGTHENING.saturating_pow(windows)).min(self.window_rows)
    }

    /// Begins windows from the front on, as many as may be read at once. Windows that are read but not handed out count
    /// too, so that memory is bounded; the first is always begun, since all others wait for it.
    fn start(&mut self, wanted: bool) {
        let mut underway = self.in_flight();
        let waiting = self.slots.iter().filter(|slot| matches!(slot, Slot::Waiting { .. })).count();
        let mut held = self.slots.len() - waiting;
        let most = self.windows.saturating_add(self.windows.div_ceil(2));
        let mut at = 0;
        while underway < self.windows && at < self.slots.len() {
            let Some(Slot::Waiting { range, density }) = self.slots.get(at) else {
                at += 1;
                continue;
            };
            let (range, known) = (*range, density.or(self.density));
            let rows = if density.is_some() { self.window_rows } else { self.wanted_rows() };
            // Nothing is known before the first page came.
            if (held >= most && at > 0) || (known.is_none() && underway > 0) {
                return;
            }
            let (window, rest) = self.cut(range, known, rows);
            let reader = Reader {
                call: self.call.clone(),
                plan: Arc::clone(&self.plan),
                limit: if known.is_some() { rows.saturating_add(rows / 2) } else { 1 },
                density: known.unwrap_or(0.0),
            };
            self.begun += 1;
            let reading: Reading<'a, L::Item> = Box::pin(reader.read(window));
            let begun = Slot::Underway { range: window, reading, ahead: at > 0 || !wanted };
            let Some(slot) = self.slots.get_mut(at) else { return };
            let before = mem::replace(slot, begun);
            if let (Some(rest), Slot::Waiting { density, .. }) = (rest, before) {
                self.slots.insert(at + 1, Slot::Waiting { range: rest, density });
            }
            (underway, held, at) = (underway + 1, held + 1, at + 1);
        }
    }

    /// Cuts a window of about as many rows as wanted off a range.
    fn cut(&mut self, range: Range, density: Option<f64>, rows: usize) -> (Range, Option<Range>) {
        let Some(density) = density else { return (range, None) };
        let longest = self.length.map_or(f64::INFINITY, |before| before * GROWTH);
        let length = (rows as f64 / density).min(longest).max(self.plan.grain() as f64);
        // What is left over shall be worth a window.
        if length * 1.5 >= range.seconds() as f64 {
            return (range, None);
        }
        self.length = Some(length);
        // A float that is cast saturates.
        let middle = self.plan.align(range.from.saturating_add(length as i64)).max(range.from + self.plan.grain());
        (Range { until: middle, ..range }, Some(Range { from: middle, ..range }))
    }
}
