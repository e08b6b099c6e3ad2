//! A stream of pages.

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::{FusedStream, Stream};

use super::list::{Fetch, List, may_be_slept_through, ordered};
use crate::{
    error::{Error, ErrorKind, Result},
    response::Response,
};

/// The pages of a list, in order. Each is a [`Response`]: status, headers, rate limit and raw body come with the items.
///
/// * **Lazy.** Nothing is sent before the first page is asked for, and then no more than that page and as many after it
///   as [`prefetch`](Self::prefetch) says. Requests move on only while the stream is polled; dropping it ends them.
/// * **Order.** Where the caller named none, the list is sorted by what its document calls the default (for Wootric
///   `created_at`, oldest first), so that what arrives meanwhile comes last. The vendors' own defaults differ from list
///   to list, and without an order rows were seen to go missing between pages.
/// * **Size.** Pages are as large as the vendor allows, unless `per_page` was given. `page` says where to start.
/// * **End.** The first empty page ends the stream and is not part of it; a short page does not. Past the last page that
///   the vendor shows nothing is asked: if that page is full, or as short as others after which the list went on, the
///   stream ends in an error of the kind [`ErrorKind::Truncated`], because nobody can tell whether the list goes on.
/// * **Errors** end the stream. Whoever takes long over a page lets the deadline of the next one pass, which moves on only
///   while the stream is polled: a page that was asked for ahead and not had in time is asked for again when it is wanted.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Pages<'a, L: List + 'a> {
    call: L,
    prefetch: usize,
    /// Number of the page to ask for next; none after the last number there is.
    next: Option<i64>,
    /// The pages asked for, in order.
    asked: VecDeque<Asked<'a, L::Item>>,
    /// A short page was followed by another: how many rows one has says nothing of what comes after it.
    uneven: bool,
    state: State,
}

struct Asked<'a, T> {
    number: i64,
    /// It was asked for before it was wanted.
    ahead: bool,
    page: Page<'a, T>,
}

enum Page<'a, T> {
    Underway(Fetch<'a, T>),
    Arrived(Result<Response<Vec<T>>>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was asked for yet.
    New,
    /// In the middle of the list. After a short page the end is likely, and nothing is asked for ahead.
    Reading {
        short: bool,
    },
    /// The last page that may be asked for was full, or the caller wants one after it.
    Cut,
    Ended,
}

impl<'a, L: List + 'a> Pages<'a, L> {
    #[doc(hidden)]
    pub fn new(call: L) -> Self {
        Self { call, prefetch: 1, next: None, asked: VecDeque::new(), uneven: false, state: State::New }
    }

    /// How many pages are asked for ahead of the one that is wanted; 1 unless told otherwise. With 0 they come strictly
    /// one after the other, and nothing is asked for in vain.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.prefetch = pages;
        self
    }

    /// Settles what the caller left open.
    fn start(&mut self) -> Result<()> {
        let operation = self.call.operation();
        let Some(pagination) = &operation.pagination else {
            let message = "the operation has no pages";
            return Err(Error::new(ErrorKind::InvalidRequest, message).with_operation(operation));
        };
        self.next = self.call.number(pagination.page).or(Some(i64::from(pagination.first_page)));
        let mut call = ordered(self.call.clone());
        if let (Some(largest), false) = (pagination.max_per_page, call.is_set(pagination.per_page)) {
            call = call.set_number(pagination.per_page, i64::from(largest));
        }
        self.call = call;
        self.state = State::Reading { short: false };
        Ok(())
    }

    fn last_page(&self) -> i64 {
        let pagination = self.call.operation().pagination.as_ref();
        pagination.and_then(|one| one.max_page).map_or(i64::MAX, i64::from)
    }

    fn rows_of_full_page(&self) -> Option<usize> {
        let pagination = self.call.operation().pagination.as_ref()?;
        let asked = self.call.number(pagination.per_page)?;
        // Who asks for more than the largest page is shown that at most.
        let shown = pagination.max_per_page.map_or(asked, |largest| asked.min(largest.into()));
        usize::try_from(shown).ok()
    }

    /// Asks for the page that is wanted and those ahead of it.
    fn ask(&mut self, most_ahead: usize) {
        while self.asked.len() <= most_ahead
            && let Some(number) = self.next.filter(|next| *next <= self.last_page())
        {
            let (ahead, page) = (!self.asked.is_empty(), self.fetch(number));
            self.asked.push_back(Asked { number, ahead, page });
            self.next = number.checked_add(1);
        }
    }

    fn fetch(&self, number: i64) -> Page<'a, L::Item> {
        let call = self.call.clone();
        let call = match &call.operation().pagination {
            Some(pagination) => call.set_number(pagination.page, number),
            None => call,
        };
        Page::Underway(call.fetch())
    }

    /// Moves on all requests.
    fn advance(&mut self, context: &mut Context<'_>) {
        for Asked { page, .. } in &mut self.asked {
            if let Page::Underway(fetch) = page
                && let Poll::Ready(reply) = fetch.as_mut().poll(context)
            {
                *page = Page::Arrived(reply);
            }
        }
    }

    fn end(&mut self) {
        self.state = State::Ended;
        self.asked.clear();
    }

    /// What a page that arrived means for the rest.
    fn judge(
        &mut self,
        number: i64,
        reply: Result<Response<Vec<L::Item>>>,
    ) -> Option<Result<Response<Vec<L::Item>>>> {
        match reply {
            Ok(page) if page.is_empty() => {
                self.end();
                None
            }
            Ok(page) => {
                let short = self.rows_of_full_page().is_some_and(|full| page.len() < full);
                self.uneven |= self.state == State::Reading { short: true };
                if number < self.last_page() {
                    self.state = State::Reading { short };
                } else if short && !self.uneven {
                    self.end();
                } else {
                    self.state = State::Cut;
                }
                Some(Ok(page))
            }
            Err(error) => {
                self.end();
                Some(Err(error))
            }
        }
    }
}

impl<'a, L: List + 'a> Stream for Pages<'a, L> {
    type Item = Result<Response<Vec<L::Item>>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.state == State::New
            && let Err(error) = this.start()
        {
            this.end();
            return Poll::Ready(Some(Err(error)));
        }
        match this.state {
            State::Reading { short } => this.ask(if short { 0 } else { this.prefetch }),
            State::Cut => {
                this.end();
                let message = "the vendor shows no more pages, and the list may go on";
                let error = Error::new(ErrorKind::Truncated, message).with_operation(this.call.operation());
                return Poll::Ready(Some(Err(error)));
            }
            State::New | State::Ended => return Poll::Ready(None),
        }
        loop {
            this.advance(context);
            match this.asked.pop_front() {
                Some(Asked { number, ahead: true, page: Page::Arrived(Err(error)) })
                    if may_be_slept_through(&error) =>
                {
                    let page = this.fetch(number);
                    this.asked.push_front(Asked { number, ahead: false, page });
                }
                Some(Asked { number, page: Page::Arrived(reply), .. }) => {
                    return Poll::Ready(this.judge(number, reply));
                }
                Some(underway) => {
                    this.asked.push_front(underway);
                    return Poll::Pending;
                }
                // The caller asked for a first page that is past the last one.
                None => {
                    this.state = State::Cut;
                    return Pin::new(this).poll_next(context);
                }
            }
        }
    }
}

impl<'a, L: List + 'a> FusedStream for Pages<'a, L> {
    fn is_terminated(&self) -> bool {
        self.state == State::Ended
    }
}

impl<'a, L: List + 'a> fmt::Debug for Pages<'a, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.call.operation().id)
            .field("next", &self.next)
            .field("prefetch", &self.prefetch)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use futures_util::{FutureExt, StreamExt};
    use http::{HeaderMap, Method, StatusCode};

    use super::*;
    use crate::{
        client::{Core, CoreBuilder},
        operation::{Api, Operation, Pagination},
        response::Meta,
    };

    static LIST: Operation = listed();
    static API: Api = Api { operations: &[&LIST], ..Api::made_up() };

    const fn listed() -> Operation {
        let mut operation = Operation::made_up(Method::GET, "list_things", "/v1/things");
        operation.pagination = Some(Pagination {
            page: "page",
            per_page: "per_page",
            first_page: 1,
            max_page: None,
            max_per_page: None,
            items: "",
            sort_key: None,
            sort_order: None,
            default_sort_key: None,
            ascending: None,
            descending: None,
            key: None,
            windows: &[],
        });
        operation
    }

    /// A list of three pages, one of which cannot be had at first.
    #[derive(Clone)]
    struct Flaky {
        core: Core,
        page: i64,
        /// The page that fails, how often, and how.
        fails: (i64, usize, ErrorKind),
        asked: Arc<Mutex<Vec<i64>>>,
    }

    impl List for Flaky {
        type Item = i64;

        fn operation(&self) -> &'static Operation {
            &LIST
        }

        fn core(&self) -> &Core {
            &self.core
        }

        fn is_set(&self, _: &str) -> bool {
            false
        }

        fn number(&self, _: &str) -> Option<i64> {
            None
        }

        fn set_number(mut self, parameter: &str, value: i64) -> Self {
            if parameter == "page" {
                self.page = value;
            }
            self
        }

        fn fetch<'f>(self) -> Fetch<'f, i64>
        where
            Self: 'f,
        {
            let (page, times, kind) = self.fails;
            let mut asked = self.asked.lock().unwrap();
            let before = asked.iter().filter(|page| **page == self.page).count();
            asked.push(self.page);
            let rows = if self.page <= 3 { vec![self.page] } else { Vec::new() };
            let meta =
                Meta { status: StatusCode::OK, headers: HeaderMap::new(), body: Default::default(), attempts: 1 };
            let failed = self.page == page && before < times;
            let outcome = if failed { Err(Error::new(kind, "it failed")) } else { Ok(Response::new(rows, meta)) };
            Box::pin(std::future::ready(outcome))
        }
    }

    /// The pages that came, what they ended in, and how often the one that fails was asked for.
    fn read(page: i64, times: usize, kind: ErrorKind) -> (Vec<i64>, Option<ErrorKind>, usize) {
        let core = CoreBuilder::new(&API).build().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let call = Flaky { core, page: 0, fails: (page, times, kind), asked: Arc::clone(&asked) };
        let outcomes: Vec<_> = Pages::new(call).collect::<Vec<_>>().now_or_never().unwrap();
        let mut rows = Vec::new();
        let mut ended = None;
        for outcome in outcomes {
            match outcome {
                Ok(page) => rows.extend(page.into_inner()),
                Err(error) => ended = Some(error.kind()),
            }
        }
        let asked = asked.lock().unwrap().iter().filter(|asked| **asked == page).count();
        (rows, ended, asked)
    }

    #[test]
    fn what_was_not_had_ahead_is_asked_for_again_when_it_is_wanted() {
        for kind in [ErrorKind::Timeout, ErrorKind::Transport, ErrorKind::RateLimited] {
            assert_eq!(read(2, 1, kind), (vec![1, 2, 3], None, 2), "{kind:?}");
            assert_eq!(read(2, 2, kind), (vec![1], Some(kind), 2), "{kind:?}");
            assert_eq!(read(1, 1, kind), (vec![], Some(kind), 1), "{kind:?}");
        }
        assert_eq!(read(2, 1, ErrorKind::Decode), (vec![1], Some(ErrorKind::Decode), 1));
    }
}
