//! What all windows of an export share.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{
    error::{Error, ErrorKind, Result},
    operation::{Operation, Pagination, Window},
    pages::List,
};

/// A stretch of time: seconds from `from` on, and before `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub from: i64,
    pub until: i64,
}

impl Range {
    pub(super) fn seconds(self) -> i64 {
        self.until.saturating_sub(self.from)
    }
}

/// How a list is asked for its windows.
pub(super) struct Plan {
    pub operation: &'static Operation,
    pub pagination: &'static Pagination,
    pub window: &'static Window,
    /// Member that tells rows apart.
    pub key: &'static str,
    /// Parameter of the lower bound.
    lower: String,
    /// Parameter of the upper bound.
    upper: String,
    pub per_page: usize,
    /// How many pages may be asked for.
    pub pages: u32,
    pub requests: AtomicU64,
    pub received: AtomicU64,
}

impl Plan {
    /// Settles how the calls of an export look, and gives the call that they are all made from.
    ///
    /// # Errors
    /// An operation without pages, windows or a key; a window that it does not have.
    pub(super) fn new<L: List>(call: L, over: Option<&str>) -> Result<(Self, L)> {
        let operation = call.operation();
        let refuse = |message: String| Error::new(ErrorKind::InvalidRequest, message).with_operation(operation);
        let pagination =
            operation.pagination.as_ref().ok_or_else(|| refuse("the operation has no pages".to_owned()))?;
        let names: Vec<_> = pagination.windows.iter().map(|window| window.parameter).collect();
        let window = match over {
            Some(name) => pagination.windows.iter().find(|window| window.parameter == name),
            None => pagination.windows.first(),
        };
        let window = window.ok_or_else(|| match names.is_empty() {
            true => refuse("the operation has no filter by time to cut it into windows".to_owned()),
            false => refuse(format!("the operation has no such window; there are {}", names.join(", "))),
        })?;
        let key = pagination.key.ok_or_else(|| refuse("nothing is known that tells its rows apart".to_owned()))?;
        let (lower, upper) = (format!("{}[gt]", window.parameter), format!("{}[lt]", window.parameter));
        if ![&lower, &upper].iter().all(|name| operation.parameters.iter().any(|one| one.name == **name)) {
            return Err(refuse("its windows have no bounds".to_owned()));
        }
        let (call, per_page) = shaped(call, pagination, window);
        let pages = pagination.max_page.map_or(UNLIMITED, |last| last.saturating_sub(pagination.first_page) + 1);
        let (requests, received) = (AtomicU64::new(0), AtomicU64::new(0));
        let plan = Self { operation, pagination, window, key, lower, upper, per_page, pages, requests, received };
        Ok((plan, call))
    }

    /// Smallest window.
    pub(super) fn grain(&self) -> i64 {
        i64::from(self.window.grain_seconds.max(1))
    }

    /// The last bound that is not after a second.
    pub(super) fn align(&self, second: i64) -> i64 {
        second.div_euclid(self.grain()) * self.grain()
    }

    /// Whether rows come in the order of their times.
    pub(super) fn is_sorted(&self) -> bool {
        self.pagination.sort_order.is_some() && self.pagination.ascending.is_some()
    }

    /// How many rows a run of pages can show.
    pub(super) fn shown(&self) -> u64 {
        u64::from(self.pages).saturating_mul(self.per_page as u64)
    }

    /// The call of one page, counted from 1, of what lies in a range.
    pub(super) fn page<L: List>(&self, call: L, range: Range, page: u32) -> L {
        let number = i64::from(self.pagination.first_page) + i64::from(page) - 1;
        let call = call.set_number(self.pagination.page, number);
        // Exclusive bounds stand one step outside; the fractions of that step come along and are dropped by their key.
        let (below, above) = if self.window.exclusive { (self.grain(), 0) } else { (0, self.grain()) };
        let call = call.set_number(&self.upper, range.until - above);
        // Nothing was created before 1970: no bound at all.
        if range.from <= 0 { call } else { call.set_number(&self.lower, range.from - below) }
    }

    /// The same call with the last rows first, where the list can do that.
    pub(super) fn reversed<L: List>(&self, call: L) -> Option<L> {
        Some(call.set_text(self.pagination.sort_order?, self.pagination.descending?))
    }

    pub(super) fn count(counter: &AtomicU64, by: usize) {
        counter.fetch_add(by as u64, Ordering::Relaxed);
    }
}

/// Pages where the document names no last one.
const UNLIMITED: u32 = 100_000;

/// Rows on a page where neither document nor caller says.
const PER_PAGE: i64 = 25;

/// Order and page size: the order is the export's whatever the caller said, the size the largest unless the caller said
/// less.
fn shaped<L: List>(call: L, pagination: &'static Pagination, window: &'static Window) -> (L, usize) {
    let order = [(pagination.sort_key, Some(window.member)), (pagination.sort_order, pagination.ascending)];
    let call = order.into_iter().fold(call, |call, pair| match pair {
        (Some(parameter), Some(value)) => call.set_text(parameter, value),
        _ => call,
    });
    let largest = pagination.max_per_page.map(i64::from);
    let size = call.number(pagination.per_page).or(largest).unwrap_or(PER_PAGE).max(1);
    // A full page would look short beside a larger size, and the last one like the end of the list.
    let size = largest.map_or(size, |largest| size.min(largest));
    let call = call.set_number(pagination.per_page, size);
    (call, usize::try_from(size).unwrap_or(usize::MAX))
}

/// Bounds that the caller gave as parameters of the window.
pub(super) fn given_bounds<L: List>(call: &L, parameter: &str) -> (Option<i64>, Option<i64>) {
    let of = |operator: &str| call.number(&format!("{parameter}[{operator}]"));
    let after = |bound: Option<i64>| bound.map(|second| second.saturating_add(1));
    let from = [after(of("gt")), of("gte"), of("eq")].into_iter().flatten().max();
    let until = [of("lt"), after(of("lte")), after(of("eq"))].into_iter().flatten().min();
    (from, until)
}
