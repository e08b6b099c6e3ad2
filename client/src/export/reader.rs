//! Reads one window.

use std::{sync::Arc, time::Duration};

use super::{
    crowded::CrowdedSecond,
    known::{Known, Sight},
    plan::{Plan, Range},
    row::{Row, usual_density},
};
use crate::{
    error::{Error, ErrorKind, Result, Sent},
    pages::List,
};

/// What reading a window brought.
pub(super) struct Run<T> {
    /// In the order of time, as far as times can be read.
    pub rows: Vec<Row<T>>,
    /// All rows before this second are among them.
    pub end: i64,
    /// What is left of the window, because it was fuller than expected.
    pub rest: Vec<Range>,
}

/// Pages that are few enough to look for the end behind them.
const NEAR: f64 = 10.0;

/// How often one page waits for the vendor's limit.
const MAX_WAITS: u32 = 10;

/// How long it waits where the vendor does not say.
const WAIT: Duration = Duration::from_secs(60);

/// Reads one window.
pub(super) struct Reader<L: List> {
    pub call: L,
    pub plan: Arc<Plan>,
    /// Rows after which the rest is left to others.
    pub limit: usize,
    /// Rows a second, as far as anyone knows.
    pub density: f64,
}

/// Where reading stands.
struct Position<T> {
    /// Lower bound of what is asked for.
    at: i64,
    /// Pages that were read from there.
    done: u32,
    /// Rows from there whose order says nothing; they count once all of them are there.
    held: Vec<Row<T>>,
    /// The order of the rows from there says nothing.
    blind: bool,
}

impl<T> Position<T> {
    fn new(at: i64) -> Self {
        Self { at, done: 0, held: Vec::new(), blind: false }
    }
}

/// Pages that were read from the last to the first.
struct Stretch<T> {
    /// New rows, the first page first.
    rows: Vec<Row<T>>,
    /// The last of the pages.
    top: u32,
    /// No page that can be asked for comes after it.
    ended: bool,
    /// Time of the last row, if all rows have one and stand in its order.
    last: Option<i64>,
    /// Identity of the last row.
    end: Option<String>,
}

impl<L: List> Reader<L> {
    /// Reads a window, or as much of it as the limit allows.
    pub(super) async fn read(mut self, range: Range) -> Result<Run<L::Item>> {
        let mut known = Known::default();
        let mut rows: Vec<Row<L::Item>> = Vec::new();
        let mut position = Position::new(range.from);
        loop {
            let left = Range { from: position.at, until: range.until };
            let top = self.expected_pages(left, position.done);
            known.start_stretch();
            let Some(stretch) = self.stretch(left, position.done, top, &mut known).await? else {
                rows.append(&mut position.held);
                return Ok(Run { rows, end: range.until, rest: Vec::new() });
            };
            self.place(&mut position, stretch.rows, stretch.last.is_none(), left, &mut rows);
            let last = stretch.last.filter(|_| !position.blind).map(|last| self.plan.align(last));
            // Behind a short page that is the last one shown nobody can look: a vendor that hides rows once pages are cut may
            // have more, which a later bound shows.
            let may_go_on = stretch.top == self.plan.pages && last.is_some_and(|last| last > position.at);
            if stretch.ended && !may_go_on {
                rows.append(&mut position.held);
                return Ok(Run { rows, end: range.until, rest: Vec::new() });
            }
            let next = match last {
                // Going on from the last time costs the rows of that second again; going on by pages costs one page.
                Some(last) if last > position.at => {
                    let again = known.count_from(last);
                    (again <= self.plan.per_page * 2 || stretch.top == self.plan.pages).then_some(last)
                }
                _ => None,
            };
            if let Some(next) = next {
                self.density = usual_density(&rows, (next - first_second(range, &rows)).max(1) as f64);
                position = Position::new(next);
            } else if stretch.top < self.plan.pages {
                position.done = stretch.top;
            } else if last.is_some() {
                if !self.is_all_of(position.at, stretch.end.as_deref(), &known).await? {
                    return self.stop_before(Range { from: position.at, ..range }, rows);
                }
                position = Position::new(position.at + self.plan.grain());
            } else {
                return self.split(left, rows);
            }
            known.forget_before(position.at - self.plan.grain());
            if rows.len() >= self.limit && position.done == 0 && position.at < range.until {
                let rest = vec![Range { from: position.at, until: range.until }];
                return Ok(Run { rows, end: position.at, rest });
            }
        }
    }

    /// A window without readable times that is fuller than a run of pages: two halves, to be read anew.
    fn split(&self, left: Range, mut rows: Vec<Row<L::Item>>) -> Result<Run<L::Item>> {
        if left.seconds() <= self.plan.grain() {
            return self.stop_before(left, rows);
        }
        let middle = self.plan.align(left.from + left.seconds() / 2).max(left.from + self.plan.grain());
        let rest = vec![Range { until: middle, ..left }, Range { from: middle, ..left }];
        rows.retain(|row| row.floor < left.from);
        Ok(Run { rows, end: left.from, rest })
    }

    /// The first second of a range holds more than can be shown. The rows before it are handed out first; who reads the
    /// rest finds none, and says so.
    fn stop_before(&self, left: Range, mut rows: Vec<Row<L::Item>>) -> Result<Run<L::Item>> {
        rows.retain(|row| row.floor < left.from);
        if rows.is_empty() {
            return Err(self.crowded(left.from));
        }
        Ok(Run { rows, end: left.from, rest: vec![left] })
    }

    fn crowded(&self, second: i64) -> Error {
        let cause = CrowdedSecond { second, shown: self.plan.shown() };
        Error::new(ErrorKind::Truncated, "one second holds more rows than the vendor shows")
            .with_operation(self.plan.operation)
            .with_cause(cause)
    }

    /// The page to start a stretch from. Far from the end one that surely has rows; near it the one after the last, which
    /// shows that there are no more.
    fn expected_pages(&self, left: Range, done: u32) -> u32 {
        let expected = left.seconds() as f64 * self.density / self.plan.per_page as f64;
        // A float that is cast saturates.
        let aim = if expected > NEAR && done == 0 { expected * 0.9 } else { expected + 1.0 } as u32;
        let aim = if aim > done { aim } else { done.saturating_mul(2) };
        aim.clamp(done + 1, self.plan.pages.max(done + 1))
    }

    /// Reads pages after those that are done, from the last to the first. None if there are none.
    async fn stretch(
        &mut self,
        left: Range,
        done: u32,
        wanted: u32,
        known: &mut Known,
    ) -> Result<Option<Stretch<L::Item>>> {
        let (mut top, mut page, mut ended) = (wanted, self.page(left, wanted).await?, false);
        while page.is_empty() && top > 0 {
            // Rows may have moved to pages that are done, so that is where it goes on from the first that is not.
            ended = top == done + 1;
            let step = if ended || f64::from(wanted - done) <= NEAR && top == wanted {
                1
            } else {
                top.saturating_sub(done) * 3 / 4
            };
            let next = top - step.max(1);
            ended |= next + 1 == top;
            top = next.max(if ended { 0 } else { done + 1 });
            page = if top > 0 { self.page(left, top).await? } else { page };
        }
        if top == 0 {
            return Ok(None);
        }
        // A short page is probably the last, but only an empty one after it says so.
        while page.len() < self.plan.per_page && !ended {
            let after = if top < self.plan.pages { self.page(left, top + 1).await? } else { Vec::new() };
            if after.is_empty() {
                ended = true;
            } else {
                (page, top) = (after, top + 1);
            }
        }
        let mut last = page.last().and_then(|row| row.time);
        let end = page.last().map(|row| row.identity.clone());
        let mut pages = Vec::new();
        let mut number = top;
        loop {
            if !self.is_in_order(&page, left) {
                last = None;
            }
            // An empty page says nothing of those before it: rows may have moved there.
            let mut all_old = !page.is_empty();
            page.retain(|row| {
                let sight = known.see(&row.identity, row.time);
                all_old &= sight == Sight::Old;
                sight == Sight::New
            });
            pages.push(page);
            // What comes before old rows is older still.
            if number == 1 || all_old {
                break;
            }
            number -= 1;
            page = self.page(left, number).await?;
        }
        let rows = pages.into_iter().rev().flatten().collect();
        Ok(Some(Stretch { rows, top, ended, last, end }))
    }

    /// Whether all rows have a time that lies in the range and none stands before an earlier one.
    fn is_in_order(&self, page: &[Row<L::Item>], left: Range) -> bool {
        let lower = left.from.saturating_sub(self.plan.grain());
        let mut latest = i64::MIN;
        self.plan.is_sorted()
            && page.iter().all(|row| {
                let fits = row.time.is_some_and(|time| time >= latest && time >= lower && time < left.until);
                latest = row.time.unwrap_or(latest);
                fits
            })
    }

    /// Puts rows to the others, or holds them back until it is known that none before them is missing.
    fn place(
        &self,
        position: &mut Position<L::Item>,
        mut rows: Vec<Row<L::Item>>,
        blind: bool,
        left: Range,
        out: &mut Vec<Row<L::Item>>,
    ) {
        position.blind |= blind;
        if position.blind {
            for row in &mut rows {
                (row.floor, row.last) = (left.from, left.until - 1);
            }
            position.held.append(&mut rows);
            return;
        }
        // Rows that moved while pages were read came out of their order.
        rows.sort_by_key(|row| row.time);
        for row in &mut rows {
            let time = row.time.unwrap_or(left.from);
            (row.floor, row.last) = (self.plan.align(time).max(left.from), time);
        }
        out.append(&mut rows);
    }

    /// Whether the rows that a full run of pages showed of one second are all: the other end of the list knows. It has to
    /// begin with the `last` of them. A vendor that leaves equal times as they stand shows the end that is known already,
    /// and hides the other.
    async fn is_all_of(&mut self, second: i64, last: Option<&str>, known: &Known) -> Result<bool> {
        let Some(call) = self.plan.reversed(self.call.clone()) else { return Ok(false) };
        let range = Range { from: second, until: second + self.plan.grain() };
        let page = self.send(self.plan.page(call, range, 1)).await?;
        let turned = page.first().map(|row| row.identity.as_str()) == last;
        Ok(turned && page.iter().all(|row| known.contains(&row.identity)))
    }

    async fn page(&mut self, left: Range, page: u32) -> Result<Vec<Row<L::Item>>> {
        self.send(self.plan.page(self.call.clone(), left, page)).await
    }

    /// Asks for a page, and waits where the vendor's limit asks for it: an export has time.
    async fn send(&mut self, call: L) -> Result<Vec<Row<L::Item>>> {
        let mut waits = 0;
        let page = loop {
            Plan::count(&self.plan.requests, 1);
            match call.clone().fetch().await {
                Err(error) if error.is_rate_limited() && waits < MAX_WAITS => {
                    waits += 1;
                    let pause = call.core().environment().sleep(error.retry_after().unwrap_or(WAIT));
                    pause.await;
                }
                outcome => break outcome?,
            }
        };
        Plan::count(&self.plan.received, page.len());
        page.into_inner().into_iter().map(|item| self.row(item)).collect()
    }

    fn row(&self, item: L::Item) -> Result<Row<L::Item>> {
        let key = L::member(&item, self.plan.key).ok_or_else(|| {
            Error::new(ErrorKind::Decode, "a row has nothing that tells it from others")
                .with_operation(self.plan.operation)
                .with_sent(Sent::Yes)
        })?;
        let time = L::member(&item, self.plan.window.member);
        Ok(Row::new(&key, time.as_ref(), item))
    }
}

/// The second from which a window has rows.
pub(super) fn first_second<T>(range: Range, rows: &[Row<T>]) -> i64 {
    match rows.first().and_then(|row| row.time) {
        Some(time) if range.from <= 0 => time,
        _ => range.from,
    }
}
