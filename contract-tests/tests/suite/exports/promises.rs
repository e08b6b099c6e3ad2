//! What an export promises, however the vendor behaves.

use std::{collections::BTreeSet, error::Error as _, time::Duration};

use cx_client::{
    ErrorKind,
    export::{CrowdedSecond, Cursor},
};
use cx_mock::Answer;
use futures_util::TryStreamExt;

use super::{
    bursts, ids,
    vendor::{NOW, Row, START, Vendor},
};

/// So many rows in one second, between two others.
fn crowd(rows: i64) -> Vec<Row> {
    let at = |id: i64| match id {
        0 => START,
        id if id <= rows => START + 60,
        _ => START + 120,
    };
    (0..rows + 2).map(|id| Row::at(id, at(id) * 1_000)).collect()
}

#[tokio::test]
async fn a_second_is_read_whole_up_to_what_its_pages_show_and_is_an_error_beyond() {
    let vendor = Vendor::start(crowd(1_500), false).await;
    assert_eq!(ids(vendor.client().export_declines()).await.unwrap(), (0..1_502).collect::<Vec<_>>());

    let vendor = Vendor::start(crowd(1_501), false).await;
    let client = vendor.client();
    let mut rows = client.export_declines().stream().unwrap();
    let mut before = Vec::new();
    let error = loop {
        match rows.try_next().await {
            Ok(Some(row)) => before.push(row.id),
            Ok(None) => panic!("a list that was cut off looked complete"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Truncated);
    let cause = error.source().unwrap().downcast_ref::<CrowdedSecond>();
    assert_eq!(cause, Some(&CrowdedSecond { second: START + 60, shown: 1_500 }));
    assert_eq!(before[0], 0);
    assert!(!rows.cursor().is_finished() && rows.cursor().reached() <= START + 60);
    assert!(vendor.take_log().iter().all(|asked| asked.status == 200));
}

#[tokio::test]
async fn a_cursor_goes_on_from_any_row_in_another_process() {
    let vendor = Vendor::start(bursts(4_000), true).await;
    let client = vendor.client();
    let mut seen = Vec::new();
    let mut cursor: Option<String> = None;
    for rows in [0, 1, 49, 950, 700, 1, 800, 1_000] {
        let export = client.export_responses();
        let export = match &cursor {
            Some(text) => export.resume(serde_json::from_str::<Cursor>(text).unwrap()),
            None => export,
        };
        let mut stream = export.stream().unwrap();
        for _ in 0..rows {
            seen.push(stream.try_next().await.unwrap().unwrap().id);
        }
        cursor = Some(serde_json::to_string(&stream.cursor()).unwrap());
    }
    let cursor: Cursor = serde_json::from_str(&cursor.unwrap()).unwrap();
    assert_eq!(cursor.rows(), seen.len() as u64);
    seen.extend(ids(client.export_responses().resume(cursor)).await.unwrap());
    seen.sort_unstable();
    assert_eq!(seen, (0..4_000).collect::<Vec<_>>());
}

#[tokio::test]
async fn over_the_creation_what_arrives_or_goes_meanwhile_moves_no_other_row() {
    let vendor = Vendor::start(bursts(4_000), false).await;
    let mut requests = 0;
    vendor.meanwhile(move |rows| {
        requests += 1;
        // A row of the last page is deleted, and one of the present arrives.
        if requests % 3 == 0 {
            rows.retain(|row| row.id != 3_999 - requests);
        }
        rows.push(Row::at(100_000 + requests, i64::try_from(NOW).unwrap() * 1_000));
    });
    let seen = ids(vendor.client().export_end_users()).await.unwrap();
    let unique: BTreeSet<i64> = seen.iter().copied().collect();
    assert_eq!(unique.len(), seen.len(), "a row came twice");
    assert!(seen.iter().all(|id| *id < 100_000), "the present is left to the next run");
    let mut still_there = BTreeSet::new();
    vendor.change(|rows| still_there.extend(rows.iter().map(|row| row.id).filter(|id| *id < 100_000)));
    assert!(still_there.len() < 4_000, "none was deleted");
    assert!(unique.is_superset(&still_there), "{:?}", still_there.difference(&unique).collect::<Vec<_>>());
}

#[tokio::test]
async fn over_the_last_change_what_changes_meanwhile_comes_with_the_next_run() {
    let vendor = Vendor::start(bursts(4_000), false).await;
    let client = vendor.client();
    let mut changed = 0;
    vendor.meanwhile(move |rows| {
        // Rows from all over, changed in the present.
        for step in 0..10 {
            changed = (changed + 37 + step) % 4_000;
            rows[usize::try_from(changed).unwrap()].updated =
                (i64::try_from(NOW).unwrap() + 5 + changed % 20) * 1_000;
        }
    });
    let mut stream = client.export_end_users().over("updated").stream().unwrap();
    let mut seen: BTreeSet<i64> = BTreeSet::new();
    while let Some(row) = stream.try_next().await.unwrap() {
        assert!(seen.insert(row.id), "{} came twice in one run", row.id);
    }
    assert!(seen.len() < 4_000, "no row left its window");
    vendor.meanwhile(|_| {});
    vendor.let_pass(60);
    let next = client.export_end_users().over("updated").resume(stream.cursor());
    seen.extend(ids(next).await.unwrap());
    assert_eq!(seen, (0..4_000).collect());
}

#[tokio::test]
async fn a_look_back_finds_what_was_put_into_the_past() {
    let vendor = Vendor::start(bursts(100), false).await;
    let client = vendor.client();
    let mut stream = client.export_responses().stream().unwrap();
    while stream.try_next().await.unwrap().is_some() {}
    let cursor = stream.cursor();
    // An hour before the end of the run that did not see it.
    vendor.change(|rows| rows.push(Row::at(777, (i64::try_from(NOW).unwrap() - 3_600) * 1_000)));
    vendor.let_pass(60);
    let next = || client.export_responses().resume(cursor.clone());
    assert_eq!(ids(next()).await.unwrap(), [0; 0]);
    assert_eq!(ids(next().look_back(Duration::from_secs(2 * 3_600))).await.unwrap(), [777]);
}

#[tokio::test]
async fn a_spent_limit_is_waited_for() {
    let vendor = Vendor::start(bursts(3_000), false).await;
    // More refusals than a single call would sit out.
    for _ in 0..8 {
        vendor.mock().script("list_responses", Answer::status(429).header("Retry-After", "20"));
    }
    let client = vendor.client();
    assert_eq!(ids(client.export_responses()).await.unwrap().len(), 3_000);
    assert_eq!(vendor.mock().unused("list_responses"), 0);
}
