//! A stream of items.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    vec,
};

use futures_core::{FusedStream, Stream};

use super::{list::List, stream::Pages};
use crate::error::Result;

/// The items of all pages of a list, in order. Order, size, end and errors are those of [`Pages`]: a list that the
/// vendor cuts off ends in an error of the kind [`ErrorKind::Truncated`](crate::ErrorKind::Truncated), after its items.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Items<'a, L: List + 'a> {
    pages: Pages<'a, L>,
    page: vec::IntoIter<L::Item>,
}

impl<'a, L: List + 'a> Items<'a, L> {
    #[doc(hidden)]
    pub fn new(call: L) -> Self {
        Self { pages: Pages::new(call), page: Vec::new().into_iter() }
    }

    /// How many pages are asked for ahead; see [`Pages::prefetch`].
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pages = self.pages.prefetch(pages);
        self
    }
}

impl<'a, L: List + 'a> Stream for Items<'a, L> {
    type Item = Result<L::Item>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(item) = this.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(page)) => this.page = page.into_inner().into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<'a, L: List + 'a> FusedStream for Items<'a, L> {
    fn is_terminated(&self) -> bool {
        self.page.as_slice().is_empty() && self.pages.is_terminated()
    }
}

impl<'a, L: List + 'a> fmt::Debug for Items<'a, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).finish_non_exhaustive()
    }
}
