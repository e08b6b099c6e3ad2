//! Where a stream ends.

use cx_client::{
    ErrorKind,
    pages::{Items, List, Pages},
    wootric,
};
use futures_util::{StreamExt, stream::FusedStream};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    lists::{Check, Listed, check_all, ids},
    server::{PageServer, Render},
};

/// A list of so many rows that is read from a page on, two rows a page.
struct Ends {
    rows: i64,
    from: Option<i64>,
    /// Pages that are asked for without looking ahead.
    asked: Vec<i64>,
    /// Whether nobody can tell if the list goes on.
    truncated: bool,
}

impl Check for Ends {
    fn render(&self, one: Listed) -> Render {
        let rows = self.rows;
        Box::new(move |page, size| match page {
            31.. => (400, br#"{"errors": ["page does not have a valid value"]}"#.to_vec()),
            page => (200, one.page(rows, page, size)),
        })
    }

    async fn check<'a, L>(&self, one: &Listed, server: &PageServer, call: L)
    where
        L: List<Item: Serialize> + 'a,
    {
        let (id, pagination) = (one.operation.id, one.pagination());
        let mut call = call.set_number(pagination.per_page, 2);
        if let Some(from) = self.from {
            call = call.set_number(pagination.page, from);
        }
        let mut pages = Pages::new(call.clone()).prefetch(0);
        let mut rows = Vec::new();
        let error = loop {
            match pages.next().await {
                Some(Ok(page)) => rows.extend(ids(&page)),
                Some(Err(error)) => break Some(error),
                None => break None,
            }
        };
        assert_eq!(error.map(|error| error.kind()), self.truncated.then_some(ErrorKind::Truncated), "{id}");
        assert!(pages.next().await.is_none() && pages.is_terminated(), "{id}");
        assert_eq!(server.pages(), self.asked, "{id}");
        let first = (self.from.unwrap_or(1) - 1) * 2 + 1;
        assert_eq!(rows, (first..=self.rows.min(60)).collect::<Vec<_>>(), "{id}");

        // Items, and with pages asked for ahead.
        let mut items = Items::new(call).prefetch(5);
        let mut again = Vec::new();
        let mut truncated = false;
        while let Some(item) = items.next().await {
            match item {
                Ok(item) => again.push(item),
                Err(error) => truncated = error.kind() == ErrorKind::Truncated,
            }
        }
        assert_eq!((ids(&again), truncated), (rows, self.truncated), "{id}");
        assert!(items.is_terminated());
        assert!(server.pages().iter().all(|page| *page <= 30), "{id}: {:?}", server.pages());
    }
}

#[tokio::test]
async fn an_empty_page_is_the_end_and_a_short_one_is_not() {
    check_all(Ends { rows: 0, from: None, asked: vec![1], truncated: false }).await;
    check_all(Ends { rows: 3, from: None, asked: vec![1, 2, 3], truncated: false }).await;
    check_all(Ends { rows: 4, from: None, asked: vec![1, 2, 3], truncated: false }).await;
}

#[tokio::test]
async fn page_31_is_never_asked_for() {
    let last = |from: i64| (from..=30).collect::<Vec<_>>();
    check_all(Ends { rows: 59, from: None, asked: last(1), truncated: false }).await;
    check_all(Ends { rows: 1_000, from: None, asked: last(1), truncated: true }).await;
    check_all(Ends { rows: 60, from: Some(29), asked: last(29), truncated: true }).await;
    check_all(Ends { rows: 1_000, from: Some(31), asked: vec![], truncated: true }).await;
}

#[tokio::test]
async fn a_size_beyond_the_largest_makes_no_full_page_look_short() {
    let fifty = |page: i64| Value::Array((1..=50).map(|row| json!({"id": page * 100 + row})).collect());
    let server = PageServer::start(Box::new(move |page, _| (200, fifty(page).to_string().into_bytes()))).await;
    let client = wootric::Client::builder().base_url(server.base_url()).static_token("any").build().unwrap();
    let mut pages = client.list_declines().page(30).per_page(100).pages();
    assert_eq!(pages.next().await.unwrap().unwrap().len(), 50);
    let cut = pages.next().await.unwrap().map(|page| page.len());
    assert_eq!(cut.unwrap_err().kind(), ErrorKind::Truncated);
}

#[tokio::test]
async fn a_vendor_whose_pages_are_smaller_than_asked_for_does_not_make_the_last_one_look_short() {
    let some = |page: i64| Value::Array((1..=25).map(|row| json!({"id": page * 100 + row})).collect());
    let server = PageServer::start(Box::new(move |page, _| (200, some(page).to_string().into_bytes()))).await;
    let client = wootric::Client::builder().base_url(server.base_url()).static_token("any").build().unwrap();
    let mut pages = client.list_declines().page(29).pages();
    for _ in [29, 30] {
        assert_eq!(pages.next().await.unwrap().unwrap().len(), 25);
    }
    let cut = pages.next().await.unwrap().map(|page| page.len());
    assert_eq!(cut.unwrap_err().kind(), ErrorKind::Truncated);
    assert!(pages.next().await.is_none());
    // Of the last page alone nobody knows that.
    let alone: Vec<_> = client.list_declines().page(30).pages().collect().await;
    assert!(matches!(&alone[..], [Ok(page)] if page.len() == 25));
}

/// A list whose third page cannot be had.
struct Broken;

impl Check for Broken {
    fn render(&self, one: Listed) -> Render {
        Box::new(move |page, size| match page {
            3 => (404, b"{}".to_vec()),
            page => (200, one.page(1_000, page, size)),
        })
    }

    async fn check<'a, L>(&self, one: &Listed, server: &PageServer, call: L)
    where
        L: List<Item: Serialize> + 'a,
    {
        let call = call.set_number(one.pagination().per_page, 2);
        let mut items = Items::new(call).prefetch(0);
        let mut rows = Vec::new();
        let error = loop {
            match items.next().await {
                Some(Ok(item)) => rows.push(item),
                Some(Err(error)) => break error,
                None => panic!("{}: a list with a page missing looked complete", one.operation.id),
            }
        };
        assert_eq!(ids(&rows), [1, 2, 3, 4]);
        assert!(error.is_not_found(), "{error}");
        assert!(items.next().await.is_none() && items.is_terminated());
        assert_eq!(server.pages(), [1, 2, 3], "{}: nothing after the error", one.operation.id);
    }
}

#[tokio::test]
async fn an_error_ends_the_stream_after_the_rows_before_it() {
    check_all(Broken).await;
}
