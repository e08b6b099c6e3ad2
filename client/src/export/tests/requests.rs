//! How many requests an export takes, and how much it holds.

use super::*;

/// So many rows, so many a second, with a burst of 1,200 in one second every now and then.
fn dense(rows: usize, per_second: f64, bursts: bool) -> SimList {
    let mut times = Vec::new();
    let mut at = 0.0;
    while times.len() < rows {
        times.push(BASE * 1000 + (at * 1000.0) as i64);
        at += 1.0 / per_second;
        if bursts && times.len() % 10_000 == 5_000 {
            let second = BASE * 1000 + (at as i64 + 1) * 1000;
            times.extend((0..1_200).map(|_| second));
            at = at.floor() + 2.0;
        }
    }
    times.truncate(rows);
    let mut world = World::new(&times, Manners::default(), 11);
    world.rows.sort_by_key(|row| (row.created, row.id));
    world.quiet = true;
    SimList::new(world)
}

#[test]
fn dense_lists_take_few_requests() {
    // A second of 400 rows is eight pages, some of which are read again at the seams of windows.
    let lists = [
        (0.002, false, 45.0),
        (0.2, false, 45.0),
        (1.0, true, 45.0),
        (10.0, true, 45.0),
        (60.0, true, 45.0),
        (400.0, false, 40.0),
    ];
    for (per_second, bursts, least) in lists {
        let list = dense(100_000, per_second, bursts);
        let (rows, _) = collect(Export::new(list.clone())).unwrap();
        assert_eq!(ids(&rows), (1..=100_000).collect::<Vec<_>>());
        let requests = list.look(|world| world.requests);
        let each = 100_000.0 / requests as f64;
        println!("{per_second} rows a second, bursts {bursts}: {requests} requests, {each:.1} rows each");
        assert!(each >= least, "{per_second} rows a second, bursts {bursts}: {requests} requests");
    }
}

#[test]
fn years_without_rows_take_few_requests() {
    let list = dense(10_000, 1.0 / 60.0, true);
    list.look(|world| world.now += 6 * 365 * 86_400 * 1000);
    let (rows, _) = collect(Export::new(list.clone())).unwrap();
    assert_eq!(ids(&rows), (1..=10_000).collect::<Vec<_>>());
    let requests = list.look(|world| world.requests);
    println!("10,000 rows and six years of nothing: {requests} requests");
    assert!(requests <= 10_000 / 50 + 100, "{requests}");
}

#[test]
fn a_burst_at_the_start_says_nothing_of_the_years_after_it() {
    let day = 86_400 * 1000;
    let burst = (0..60).map(|_| BASE * 1000);
    let mut world = World::new(
        &burst.chain((1..3_000).map(|at| BASE * 1000 + at * day)).collect::<Vec<_>>(),
        Manners::default(),
        5,
    );
    world.rows.sort_by_key(|row| (row.created, row.id));
    world.quiet = true;
    let list = SimList::new(world);
    let (rows, _) = collect(Export::new(list.clone())).unwrap();
    assert_eq!(ids(&rows), (1..=3_059).collect::<Vec<_>>());
    let requests = list.look(|world| world.requests);
    println!("a burst and a row a day: {requests} requests");
    assert!(requests <= 3_059 / 50 + 100, "{requests}");
}

#[test]
fn the_first_rows_come_after_few_requests() {
    let list = dense(50_000, 1.0, true);
    run(async {
        let mut stream = Export::new(list.clone()).stream().unwrap();
        // The first page is a window of its own; the next rows come from those that are read side by side.
        for _ in 0..51 {
            stream.next().await.unwrap().unwrap();
        }
        let requests = list.look(|world| world.requests);
        println!("the first rows after {requests} requests");
        assert!(requests <= 4 * 12 + 20, "{requests}");
    });
}

#[test]
fn windows_are_read_side_by_side_and_no_more_than_allowed() {
    for windows in [1, 4, 7] {
        let list = dense(20_000, 1.0, false);
        collect(Export::new(list.clone()).windows(windows)).unwrap();
        assert_eq!(list.look(|world| world.most_underway), windows);
    }
}

#[test]
fn what_is_held_does_not_grow_with_the_list() {
    let held = |rows| {
        let list = dense(rows, 1.0, true);
        run(async {
            let mut stream = Export::new(list).stream().unwrap();
            let mut most = 0;
            while let Some(row) = stream.next().await {
                row.unwrap();
                let progress = stream.progress();
                most = most.max(progress.received - progress.rows);
            }
            most
        })
    };
    // Rows that came twice count as held too; windows are at most six, and one that is handed out.
    let (small, large) = (held(20_000), held(100_000));
    println!("held at most: {small} of 20,000, {large} of 100,000");
    assert!(large <= 7 * 3_750 + 2_000, "{large}");
}

#[test]
fn a_stream_that_is_not_polled_asks_for_nothing_more() {
    let list = dense(50_000, 1.0, false);
    run(async {
        let mut stream = Export::new(list.clone()).stream().unwrap();
        assert_eq!(list.look(|world| world.requests), 0);
        stream.next().await.unwrap().unwrap();
        let asked = list.look(|world| world.requests);
        assert!(asked < 30, "{asked}");
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        assert_eq!(list.look(|world| world.requests), asked);
        drop(stream);
        assert_eq!(list.look(|world| world.requests), asked);
    });
}
