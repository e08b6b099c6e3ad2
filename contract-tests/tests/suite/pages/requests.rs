//! What a stream asks for, and when.

use std::pin::pin;

use cx_client::pages::{Items, List, Pages};
use futures_util::{
    FutureExt, StreamExt, TryStreamExt,
    future::{Either, select},
    stream::FusedStream,
};
use serde::Serialize;

use super::{
    lists::{Check, Listed, check_all, ids},
    server::{PageServer, Render},
};

/// Lets whoever wants to go on do so.
async fn let_others_go_on() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

/// A list of 120 rows: two full pages, a short one, and an empty one that nobody sees.
struct WholeList;

impl Check for WholeList {
    fn render(&self, one: Listed) -> Render {
        one.of_rows(120)
    }

    async fn check<'a, L>(&self, one: &Listed, server: &PageServer, call: L)
    where
        L: List<Item: Serialize> + 'a,
    {
        let pages = Pages::new(call.clone());
        let items = Items::new(call);
        let_others_go_on().await;
        assert_eq!(server.pages(), [0; 0], "{} was asked for before the first poll", one.operation.id);

        let pages: Vec<_> = pages.try_collect().await.unwrap();
        assert_eq!(pages.iter().map(|page| page.len()).collect::<Vec<_>>(), [50, 50, 20]);
        assert!(pages.iter().all(|page| page.status() == 200));
        let rows: Vec<i64> = pages.iter().flat_map(|page| ids(page)).collect();
        assert_eq!(rows, (1..=120).collect::<Vec<_>>());
        assert_eq!(server.pages(), [1, 2, 3, 4], "{}: each page once, and the empty one", one.operation.id);

        let items: Vec<L::Item> = items.try_collect().await.unwrap();
        assert_eq!(ids(&items), rows);
        assert_eq!(server.pages(), [1, 1, 2, 2, 3, 3, 4, 4]);
        self.wire(one, server);
    }
}

impl WholeList {
    /// Size, order and nothing else that the caller did not give.
    fn wire(&self, one: &Listed, server: &PageServer) {
        let pagination = one.pagination();
        for query in server.queries() {
            let mut expected = vec![(pagination.per_page, "50")];
            expected.extend(pagination.sort_key.map(|parameter| (parameter, "created_at")));
            expected.extend(pagination.sort_order.map(|parameter| (parameter, "asc")));
            let others: Vec<_> = query.iter().filter(|(name, _)| name != pagination.page).collect();
            for (name, value) in &expected {
                let sent = others.iter().filter(|(own, sent)| own == name && sent == value).count();
                assert_eq!(sent, 1, "{name}={value} of {}: {query:?}", one.operation.id);
            }
            assert_eq!(others.len(), expected.len(), "{}: {query:?}", one.operation.id);
        }
    }
}

#[tokio::test]
async fn every_list_is_asked_for_lazily_in_order_and_with_an_explicit_sort() {
    check_all(WholeList).await;
}

/// A list whose pages are let go one by one.
struct Ahead(usize);

impl Check for Ahead {
    async fn check<'a, L>(&self, one: &Listed, server: &PageServer, call: L)
    where
        L: List<Item: Serialize> + 'a,
    {
        let Self(ahead) = *self;
        server.open_up_to(0);
        let mut pages = Pages::new(call.set_number(one.pagination().per_page, 2)).prefetch(ahead);
        for wanted in 1..=4 {
            // Polled for as long as the page is held back.
            let asked = usize::try_from(wanted).unwrap() + ahead;
            let waiting = pin!(async {
                server.has_asked(asked).await;
                let_others_go_on().await;
            });
            let came = matches!(select(pages.next(), waiting).await, Either::Left(_));
            assert!(!came, "a page that was held back came");
            let expected: Vec<i64> = (1..).take(asked).collect();
            assert_eq!(server.pages(), expected, "{} with {ahead} ahead", one.operation.id);

            server.open_up_to(wanted);
            let page = pages.next().await.unwrap().unwrap();
            assert_eq!(ids(&page), [wanted * 2 - 1, wanted * 2]);
            // The consumer takes its time, and nothing is asked for meanwhile.
            let_others_go_on().await;
            assert_eq!(server.pages(), expected, "{} with {ahead} ahead", one.operation.id);
        }
    }
}

#[tokio::test]
async fn no_more_pages_are_asked_for_than_the_consumer_allows() {
    for ahead in [0, 1, 3] {
        check_all(Ahead(ahead)).await;
    }
}

/// A stream that is dropped in the middle of a page, with the next one underway.
struct Dropped;

impl Check for Dropped {
    async fn check<'a, L>(&self, one: &Listed, server: &PageServer, call: L)
    where
        L: List<Item: Serialize> + 'a,
    {
        server.open_up_to(2);
        let call = call.set_number(one.pagination().per_page, 3);
        let mut items = Items::new(call.clone());
        let four: Vec<L::Item> = (&mut items).take(4).try_collect().await.unwrap();
        assert_eq!(ids(&four), [1, 2, 3, 4]);
        server.has_asked(3).await;
        assert!(!items.is_terminated());
        drop(items);
        server.has_abandoned(1).await;
        assert_eq!(server.pages(), [1, 2, 3], "{}: after the end nothing is asked for", one.operation.id);

        // Another stream of the same client is none the worse.
        server.open_up_to(i64::MAX);
        let again: Vec<L::Item> = Items::new(call).prefetch(0).take(4).try_collect().await.unwrap();
        assert_eq!(ids(&again), [1, 2, 3, 4]);
        assert_eq!(server.pages(), [1, 1, 2, 2, 3]);
    }
}

#[tokio::test]
async fn a_stream_that_is_dropped_in_mid_page_gives_up_what_is_underway() {
    check_all(Dropped).await;
}

/// A `next` that is dropped before its page came, as a `select!` or a timeout does.
struct Interrupted;

impl Check for Interrupted {
    fn render(&self, one: Listed) -> Render {
        one.of_rows(7)
    }

    async fn check<'a, L>(&self, one: &Listed, server: &PageServer, call: L)
    where
        L: List<Item: Serialize> + 'a,
    {
        let mut items = Items::new(call.set_number(one.pagination().per_page, 3));
        let mut rows = Vec::new();
        let mut interruptions = 0;
        loop {
            // Polled once and dropped: what was underway is kept in the stream.
            match items.next().now_or_never() {
                Some(Some(item)) => rows.push(item.unwrap()),
                Some(None) => break,
                None => {
                    interruptions += 1;
                    tokio::task::yield_now().await;
                }
            }
        }
        assert!(interruptions > 0);
        assert_eq!(ids(&rows), (1..=7).collect::<Vec<_>>());
        assert_eq!(server.pages(), [1, 2, 3, 4], "{}: no page twice", one.operation.id);
    }
}

#[tokio::test]
async fn a_next_that_is_dropped_loses_nothing_and_asks_for_nothing_twice() {
    check_all(Interrupted).await;
}
