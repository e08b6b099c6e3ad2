//! What is promised, on data sets that nobody made up by hand.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::StreamExt;
use proptest::prelude::*;

use super::*;

/// Milliseconds of rows: some alone, some in bursts, some in one second. No second has more rows than can be shown.
fn times() -> impl Strategy<Value = Vec<i64>> {
    let cluster = (0i64..4_000, 1usize..90, prop_oneof![Just(1i64), Just(20), Just(900)], 0u64..1_000);
    prop::collection::vec(cluster, 0..7).prop_map(|clusters| {
        let mut times: Vec<i64> = Vec::new();
        let mut seconds: BTreeMap<i64, usize> = BTreeMap::new();
        for (start, count, spread, seed) in clusters {
            let mut random = fastrand::Rng::with_seed(seed);
            for _ in 0..count {
                let second = BASE + start + random.i64(0..spread);
                let rows = seconds.entry(second).or_default();
                // Where filters compare fractions, a window of one second shows those of the second before it too.
                if *rows < 70 {
                    *rows += 1;
                    times.push(second * 1000 + random.i64(0..1000));
                }
            }
        }
        times
    })
}

/// How an export is set up.
#[derive(Clone, Copy, Debug)]
struct Setup {
    windows: usize,
    window_rows: usize,
    seed: u64,
}

fn setup() -> impl Strategy<Value = Setup> {
    (1usize..6, prop_oneof![Just(150usize), 1usize..400], any::<u64>())
        .prop_map(|(windows, window_rows, seed)| Setup { windows, window_rows, seed })
}

fn manners() -> impl Strategy<Value = Manners> {
    // Five rows can stand in the order of their times by chance; an order that is ignored shows in unreadable times.
    let still = (any::<bool>(), prop::bool::weighted(0.3), any::<bool>());
    still.prop_map(|(fractions, unreadable, any_order)| Manners {
        fractions,
        unreadable,
        unsorted: unreadable && any_order,
        ..Manners::default()
    })
}

impl Setup {
    fn export(self, list: &SimList) -> Export<'static, SimList> {
        Export::new(list.clone()).windows(self.windows).window_rows(self.window_rows)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn every_row_comes_exactly_once_and_in_order(times in times(), setup in setup(), manners in manners()) {
        let list = SimList::new(World::new(&times, manners, setup.seed)).per_page(5);
        let (rows, cursor) = collect(setup.export(&list)).unwrap();
        prop_assert_eq!(ids(&rows), (1..=i64::try_from(times.len()).unwrap()).collect::<Vec<_>>());
        prop_assert!(cursor.is_finished());
        prop_assert!(list.look(|world| world.most_underway) <= setup.windows);
        if !manners.unreadable && !manners.unsorted {
            prop_assert!(rows.windows(2).all(|two| two[0].second() <= two[1].second()));
        }
    }

    #[test]
    fn over_creation_what_happens_meanwhile_costs_no_row_and_doubles_none(
        times in times(), setup in setup(), fractions in any::<bool>(), unreadable in prop::bool::weighted(0.2),
        deletions in any::<bool>(),
    ) {
        let manners =
            Manners { fractions, unreadable, arrivals: true, changes: true, deletions, ..Manners::default() };
        let list = SimList::new(World::new(&times, manners, setup.seed)).per_page(5);
        let (rows, cursor) = collect(setup.export(&list)).unwrap();
        let found = ids(&rows);
        prop_assert!(found.windows(2).all(|two| two[0] < two[1]), "a row came twice");
        let found: BTreeSet<i64> = found.into_iter().collect();
        list.look(|world| {
            for row in &world.rows {
                let expected = row.second() < cursor.until();
                prop_assert_eq!(found.contains(&row.id), expected, "row {} at {}", row.id, row.created);
            }
            Ok(())
        })?;
    }

    #[test]
    fn over_changes_every_row_comes_at_least_once_and_what_changes_meanwhile_comes_next(
        times in times(), setup in setup(), fractions in any::<bool>(), unreadable in prop::bool::weighted(0.2),
    ) {
        let manners = Manners { fractions, unreadable, arrivals: true, changes: true, ..Manners::default() };
        let list = SimList::new(World::new(&times, manners, setup.seed)).per_page(5);
        let (rows, cursor) = collect(setup.export(&list).over("updated")).unwrap();
        let found: BTreeSet<i64> = rows.iter().map(|row| row.id).collect();
        let touched: BTreeSet<i64> = list.look(|world| world.touched.iter().copied().collect());
        for id in (1..=i64::try_from(times.len()).unwrap()).filter(|id| !touched.contains(id)) {
            prop_assert!(found.contains(&id), "row {id} was lost");
        }
        // Then it gets quiet, and the next run brings the rest.
        list.look(|world| {
            world.manners = Manners { fractions, unreadable, ..Manners::default() };
            world.now += 5_000;
        });
        let (more, _) = collect(setup.export(&list).over("updated").resume(cursor)).unwrap();
        let mut latest: BTreeMap<i64, i64> = BTreeMap::new();
        for row in rows.iter().chain(&more) {
            latest.insert(row.id, row.updated);
        }
        list.look(|world| {
            for row in &world.rows {
                prop_assert_eq!(latest.get(&row.id), Some(&row.updated), "row {}", row.id);
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_export_goes_on_from_any_point(
        times in times(), setup in setup(), manners in manners(), stops in prop::collection::vec(0usize..300, 1..6),
    ) {
        let list = SimList::new(World::new(&times, manners, setup.seed)).per_page(5);
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        for stop in stops {
            let export = match cursor.take() {
                Some(cursor) => setup.export(&list).resume(serde_json::from_str(&cursor).unwrap()),
                None => setup.export(&list),
            };
            let (rows, stood) = run(async {
                let mut stream = export.stream().unwrap();
                let rows: Vec<_> = (&mut stream).take(stop).map(Result::unwrap).collect().await;
                (rows, stream.cursor())
            });
            all.extend(rows);
            cursor = Some(serde_json::to_string(&stood).unwrap());
        }
        let cursor: Cursor = serde_json::from_str(&cursor.unwrap()).unwrap();
        if !cursor.is_finished() {
            let (rows, cursor) = collect(setup.export(&list).resume(cursor)).unwrap();
            prop_assert_eq!(usize::try_from(cursor.rows()).unwrap(), all.len() + rows.len());
            all.extend(rows);
        }
        prop_assert_eq!(ids(&all), (1..=i64::try_from(times.len()).unwrap()).collect::<Vec<_>>());
    }
}
