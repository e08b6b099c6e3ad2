//! How a list is asked for.

use futures_util::TryStreamExt;

use super::{
    bursts, ids,
    vendor::{Asked, NOW, START, Vendor},
};

const ROWS: i64 = 5_000;

/// Lower and upper bound of a request, neither of which is part of it.
fn bounds(asked: &Asked, parameter: &str) -> (i64, i64) {
    let bound = |operator: &str| asked.number(&format!("{parameter}[{operator}]"));
    (bound("gt").unwrap_or(-1), bound("lt").unwrap())
}

#[track_caller]
fn is_by_the_rules(log: &[Asked], parameter: &str) {
    let key = format!("{parameter}_at");
    for asked in log {
        assert_eq!(asked.status, 200, "{asked:?}");
        assert!((1..=30).contains(&asked.number("page").unwrap()), "{asked:?}");
        assert_eq!(asked.number("per_page"), Some(50), "{asked:?}");
        assert_eq!(asked.query.get("sort_key"), Some(&key), "{asked:?}");
        assert!(asked.query.contains_key("sort_order"), "{asked:?}");
    }
    let mut ends: Vec<i64> = log.iter().map(|asked| bounds(asked, parameter).1).collect();
    ends.sort_unstable();
    ends.dedup();
    assert_eq!(ends.pop(), Some(i64::try_from(NOW).unwrap() - 1), "one second behind the clock");
    assert!(!ends.is_empty(), "one window cannot show them all");
    for end in ends {
        // Neither bound is part of its window: if they only touched, the second between would be in none.
        let next = log.iter().any(|asked| bounds(asked, parameter).0 == end - 1);
        assert!(next, "no window goes on where the one up to {end} ends");
    }
}

#[tokio::test]
async fn the_three_lists_come_whole_in_windows_that_overlap() {
    let vendor = Vendor::start(bursts(ROWS), false).await;
    let client = vendor.client();
    let all: Vec<i64> = (0..ROWS).collect();
    assert_eq!(ids(client.export_end_users()).await.unwrap(), all);
    assert_eq!(ids(client.export_responses()).await.unwrap(), all);
    assert_eq!(ids(client.export_declines()).await.unwrap(), all);
    let log = vendor.take_log();
    for operation in ["list_end_users", "list_responses", "list_declines"] {
        let own: Vec<Asked> = log.iter().filter(|asked| asked.operation == operation).cloned().collect();
        is_by_the_rules(&own, "created");
    }
    assert_eq!(ids(client.export_end_users().over("updated")).await.unwrap(), all);
    is_by_the_rules(&vendor.take_log(), "updated");
    vendor.mock().assert_no_violations();
}

#[tokio::test]
async fn rows_that_two_windows_show_come_once() {
    // By fractions of a second, the last second of a window is also in the next one.
    let vendor = Vendor::start(bursts(ROWS), true).await;
    let client = vendor.client();
    let mut rows = client.export_responses().stream().unwrap();
    let mut seen = Vec::new();
    while let Some(row) = rows.try_next().await.unwrap() {
        seen.push(row.id);
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..ROWS).collect::<Vec<_>>());
    let progress = rows.progress();
    assert!(progress.received > progress.rows, "{progress:?}");
    assert_eq!(progress.requests, vendor.take_log().len() as u64);
}

#[tokio::test]
async fn bounds_of_the_caller_are_the_first_second_and_the_one_after_the_last() {
    let vendor = Vendor::start(bursts(ROWS), false).await;
    let client = vendor.client();
    let second = |id: i64| START + id * 60;
    let export = client.export_responses().from(second(10)).until(second(20));
    assert_eq!(ids(export).await.unwrap(), (10..20).collect::<Vec<_>>());
    for asked in vendor.take_log() {
        let (after, before) = bounds(&asked, "created");
        assert!(after >= second(10) - 1 && before <= second(20), "{asked:?}");
    }
}

#[tokio::test]
async fn the_callers_own_filters_stay() {
    let vendor = Vendor::start(bursts(100), false).await;
    let client = vendor.client();
    ids(client.list_responses().excluded_from_calculations(true).export()).await.unwrap();
    let log = vendor.take_log();
    let stays = |asked: &Asked| asked.query.get("excluded_from_calculations").is_some_and(|value| value == "true");
    assert!(!log.is_empty() && log.iter().all(stays), "{log:?}");
}
