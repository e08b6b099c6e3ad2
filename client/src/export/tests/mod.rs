//! Exports of a vendor that lives in memory: what is promised, as properties.

mod properties;
mod requests;
mod vendor;

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt};

use super::*;
use crate::error::{Error, ErrorKind};
use vendor::{BASE, Made, Manners, SimList, World};

/// Runs to the end.
fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// All rows of an export, and where it stands then.
fn collect(export: Export<'_, SimList>) -> Result<(Vec<Made>, Cursor), Error> {
    run(async {
        let mut stream = export.stream().unwrap();
        let rows = (&mut stream).try_collect().await?;
        Ok((rows, stream.cursor()))
    })
}

fn ids(rows: &[Made]) -> Vec<i64> {
    let mut ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    ids.sort_unstable();
    ids
}

/// So many rows in one second, then one in each of the next.
fn crowd(rows: usize) -> SimList {
    let times: Vec<i64> = (0..40)
        .map(|second| (BASE + second) * 1000)
        .chain((0..rows).map(|_| (BASE + 50) * 1000))
        .chain((60..90).map(|second| (BASE + second) * 1000))
        .collect();
    SimList::new(World::new(&times, Manners::default(), 7)).per_page(5)
}

#[test]
fn a_second_that_a_run_of_pages_can_just_show_is_read_whole() {
    let list = crowd(150);
    let (rows, cursor) = collect(Export::new(list)).unwrap();
    assert_eq!(rows.len(), 220);
    assert_eq!(ids(&rows), (1..=220).collect::<Vec<_>>());
    assert!(cursor.is_finished());
    assert_eq!(cursor.rows(), 220);
}

#[test]
fn a_second_with_more_rows_is_an_error_that_names_it() {
    let list = crowd(151);
    run(async {
        let mut stream = Export::new(list).stream().unwrap();
        let mut before = 0;
        let error = loop {
            match stream.next().await {
                Some(Ok(row)) => {
                    assert!(row.second() <= BASE + 50);
                    before += 1;
                }
                Some(Err(error)) => break error,
                None => panic!("a list that was cut off looked complete"),
            }
        };
        assert!(before >= 40, "{before}");
        assert_eq!(error.kind(), ErrorKind::Truncated);
        let cause = std::error::Error::source(&error).unwrap().downcast_ref::<CrowdedSecond>();
        assert_eq!(cause, Some(&CrowdedSecond { second: BASE + 50, shown: 150 }));
        assert!(stream.next().await.is_none());
        assert!(stream.cursor().reached() <= BASE + 50 && !stream.cursor().is_finished());
    });
}

#[test]
fn a_second_is_not_taken_for_whole_where_its_rows_are_not_turned_around() {
    for rows in [151, 400] {
        let list = crowd(rows);
        list.look(|world| world.manners.ties_stay = true);
        let error = collect(Export::new(list)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated, "{rows} rows");
    }
}

#[test]
fn a_page_that_hides_rows_is_not_the_end_of_the_list() {
    let times: Vec<i64> = (0..1_000).map(|second| (BASE + second) * 1000).collect();
    let manners = Manners { thinned: true, ..Manners::default() };
    let list = SimList::new(World::new(&times, manners, 3)).per_page(5);
    let (rows, _) = collect(Export::new(list)).unwrap();
    assert_eq!(ids(&rows), (1..=1_000).filter(|id| id % 7 != 0).collect::<Vec<_>>());
}

#[test]
fn a_page_size_beyond_the_largest_costs_no_row() {
    let times: Vec<i64> = (0..4_000).map(|second| (BASE + second) * 1000).collect();
    let list = SimList::new(World::new(&times, Manners::default(), 3)).per_page(100);
    let (rows, _) = collect(Export::new(list)).unwrap();
    assert_eq!(ids(&rows), (1..=4_000).collect::<Vec<_>>());
}

#[test]
fn an_empty_list_is_an_export_without_rows() {
    let list = SimList::new(World::new(&[], Manners::default(), 1));
    let (rows, cursor) = collect(Export::new(list.clone())).unwrap();
    assert_eq!((rows.len(), cursor.is_finished()), (0, true));
    assert_eq!(list.look(|world| world.requests), 1);
}

#[test]
fn a_cursor_of_another_export_is_refused() {
    let list = crowd(1);
    let (_, cursor) = collect(Export::new(list.clone())).unwrap();
    let error = Export::new(list.clone()).over("updated").resume(cursor.clone()).stream().map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let error = Export::new(list.clone()).over("deleted").stream().map(drop).unwrap_err();
    assert_eq!(
        error.to_string(),
        "wootric list_end_users: the operation has no such window; there are created, updated"
    );
    assert!(Export::new(list).resume(cursor).stream().is_ok());
}

#[test]
fn bounds_are_the_first_second_and_the_one_after_the_last() {
    let times: Vec<i64> = (0..100).map(|second| (BASE + second) * 1000).collect();
    let list = SimList::new(World::new(&times, Manners::default(), 3)).per_page(5);
    let (rows, cursor) = collect(Export::new(list.clone()).from(BASE + 10).until(BASE + 20)).unwrap();
    assert_eq!(ids(&rows), (11..=20).collect::<Vec<_>>());
    assert_eq!((cursor.reached(), cursor.until()), (BASE + 20, BASE + 20));
    // The same bounds as filters of the call.
    use crate::pages::List;
    let filtered = list.set_number("created[gt]", BASE + 9).set_number("created[lt]", BASE + 20);
    let (rows, _) = collect(Export::new(filtered)).unwrap();
    assert_eq!(ids(&rows), (11..=20).collect::<Vec<_>>());
}

#[test]
fn the_first_second_there_is_a_number_for_is_the_beginning_of_the_list() {
    let times: Vec<i64> = (0..40).map(|second| (BASE + second) * 1000).collect();
    for unreadable in [false, true] {
        let manners = Manners { unreadable, ..Manners::default() };
        let list = SimList::new(World::new(&times, manners, 3)).per_page(5);
        let (rows, cursor) = collect(Export::new(list).from(i64::MIN)).unwrap();
        assert_eq!(ids(&rows), (1..=40).collect::<Vec<_>>());
        assert!(cursor.is_finished());
    }
}

#[test]
fn as_many_windows_and_rows_as_there_are_numbers_are_no_limit() {
    let times: Vec<i64> = (0..400).map(|second| (BASE + second) * 1000).collect();
    for unreadable in [false, true] {
        let manners = Manners { unreadable, ..Manners::default() };
        let list = SimList::new(World::new(&times, manners, 3)).per_page(5);
        let (rows, _) = collect(Export::new(list).windows(usize::MAX).window_rows(usize::MAX)).unwrap();
        assert_eq!(ids(&rows), (1..=400).collect::<Vec<_>>());
    }
}

#[test]
fn the_present_is_left_to_the_next_run() {
    let times: Vec<i64> = (0..100).map(|second| (BASE + second) * 1000).collect();
    let list = SimList::new(World::new(&times, Manners::default(), 3)).per_page(5);
    list.look(|world| world.now = (BASE + 90) * 1000 + 400);
    let (rows, cursor) = collect(Export::new(list.clone())).unwrap();
    // One second behind: the second 89 is the first that is not read.
    assert_eq!((rows.len(), cursor.until()), (89, BASE + 89));
    list.look(|world| world.now = (BASE + 200) * 1000);
    let (rest, cursor) = collect(Export::new(list.clone()).resume(cursor)).unwrap();
    assert_eq!((rest.len(), cursor.rows()), (11, 100));
    assert_eq!(rows.iter().chain(&rest).map(|row| row.id).collect::<BTreeSet<_>>().len(), 100);
    // Nothing new; and a margin that is read again, with a row that was put into the past.
    let (none, cursor) = collect(Export::new(list.clone()).resume(cursor)).unwrap();
    assert_eq!(none, []);
    let again = Export::new(list).resume(cursor).look_back(std::time::Duration::from_secs(110));
    assert_eq!(collect(again).unwrap().0.len(), 11);
}

#[test]
fn what_was_read_ahead_and_not_had_in_time_is_read_anew() {
    let times: Vec<i64> = (0..1_000).map(|second| (BASE + second) * 1000).collect();
    for unreadable in [false, true] {
        let manners = Manners { unreadable, ..Manners::default() };
        let list = SimList::new(World::new(&times, manners, 3)).per_page(5);
        let rows = run(async {
            let mut stream = Export::new(list.clone()).window_rows(50).stream().unwrap();
            let mut rows = Vec::new();
            while let Some(row) = stream.next().await {
                rows.push(row.unwrap());
                // Over each row whoever uses it takes longer than a call may.
                list.look(|world| world.deadlines += 1);
            }
            rows
        });
        assert_eq!(ids(&rows), (1..=1_000).collect::<Vec<_>>());
    }
}

#[test]
fn a_window_that_fails_while_somebody_waits_for_it_ends_the_export() {
    let times: Vec<i64> = (0..100).map(|second| (BASE + second) * 1000).collect();
    let list = SimList::new(World::new(&times, Manners::default(), 3)).per_page(5);
    run(async {
        let mut stream = Export::new(list.clone()).stream().unwrap();
        stream.next().await.unwrap().unwrap();
        list.look(|world| world.now = i64::MAX);
        let mut ended = None;
        while let Some(row) = stream.next().await {
            ended = row.err().map(|error| error.kind());
        }
        assert_eq!(ended, Some(ErrorKind::Transport));
    });
}

#[test]
fn progress_goes_from_nothing_to_all() {
    use std::sync::{Arc, Mutex};

    let times: Vec<i64> = (0..1000).map(|second| (BASE + second) * 1000).collect();
    let list = SimList::new(World::new(&times, Manners::default(), 3)).per_page(5);
    let reports: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let kept = Arc::clone(&reports);
    collect(Export::new(list.clone()).on_progress(move |one| kept.lock().unwrap().push(one))).unwrap();
    let reports = reports.lock().unwrap();
    assert!(reports.len() > 5);
    assert!(reports.windows(2).all(|two| two[0].reached <= two[1].reached && two[0].rows <= two[1].rows));
    assert!(reports.windows(2).all(|two| two[0].fraction() <= two[1].fraction()));
    let last = reports.last().unwrap();
    assert_eq!((last.rows, last.fraction(), last.in_flight, last.start), (1000, 1.0, 0, BASE));
    assert_eq!(last.requests, list.look(|world| world.requests));
    assert!(last.received >= 1000);
}
