//! Scores, counts and weeks out of responses.

use cx_client::wootric::{
    nps::{Band, Scale, Tally, Weekly},
    types::Response,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn response(value: Value) -> Response {
    serde_json::from_value(value).unwrap()
}

fn at(time: &str, score: i64) -> Response {
    response(json!({"id": 1, "score": score, "created_at": time}))
}

#[test]
fn every_score_lies_in_the_band_of_the_facts() {
    let bands = |scale: Scale| -> String {
        let letter = |score| match scale.band(score) {
            None => '-',
            Some(Band::Negative) => 'n',
            Some(Band::Neutral) => 'o',
            Some(Band::Positive) => 'p',
        };
        (-1..=11).map(letter).collect()
    };
    assert_eq!(bands(Scale::Nps), "-nnnnnnnoopp-");
    assert_eq!(bands(Scale::Ces), "--nnnoopp----");
    assert_eq!(bands(Scale::CsatOf5), "--nnopp------");
    assert_eq!(bands(Scale::CsatOf10), "--nnnnnnoopp-");
    for scale in [Scale::Nps, Scale::Ces, Scale::CsatOf5, Scale::CsatOf10] {
        assert_eq!((scale.band(i64::MIN), scale.band(i64::MAX)), (None, None));
    }
}

#[test]
fn the_score_is_that_of_the_vendors_own_sample() {
    let scores = [vec![10; 10], vec![7; 8], vec![3; 2]].concat();
    let tally = Scale::Nps.tally(scores);
    assert_eq!((tally.promoters(), tally.passives(), tally.detractors(), tally.total()), (10, 8, 2, 20));
    assert_eq!(tally.nps(), Some(40.0));
}

#[test]
fn nothing_counted_has_no_score_and_only_an_nps_has_one() {
    assert_eq!(Tally::new(Scale::Nps).nps(), None);
    assert_eq!(Scale::Nps.tally([11]).nps(), None);
    for scale in [Scale::Ces, Scale::CsatOf5, Scale::CsatOf10] {
        let tally = scale.tally([1, 5]);
        assert_eq!((tally.total(), tally.nps()), (2, None), "{scale:?}");
    }
    assert_eq!((Scale::Nps.tally([0]).nps(), Scale::Nps.tally([9]).nps()), (Some(-100.0), Some(100.0)));
}

#[test]
fn what_does_not_count_is_left_out_and_told() {
    let mut tally = Tally::new(Scale::Nps);
    for value in [
        json!({"id": 1, "score": 10}),
        json!({"id": 2, "score": 10, "excluded_from_calculations": true}),
        json!({"id": 3, "score": null}),
        json!({"id": 4}),
        json!({"id": 5, "score": 42}),
        json!({"id": 6, "score": "0", "excluded_from_calculations": false}),
    ] {
        tally.add(&response(value));
    }
    assert_eq!((tally.total(), tally.left_out(), tally.nps()), (2, 4, Some(0.0)));
    assert_eq!((tally.count(Band::Positive), tally.count(Band::Neutral), tally.count(Band::Negative)), (1, 0, 1));
}

#[test]
fn weeks_begin_on_monday_by_the_accounts_clock_and_leave_no_gap() {
    let mut weekly = Weekly::new(Scale::Nps);
    weekly.extend(&[
        at("2018-03-05 00:00:00 -0800", 9),
        // A Sunday there, although a Monday already in UTC.
        at("2018-03-11 23:59:59 -0800", 0),
        at("2018-03-26T10:00:00.000-07:00", 10),
        response(json!({"id": 1, "score": 10})),
        at("never", 10),
    ]);
    let weeks: Vec<_> =
        weekly.weeks().map(|week| (week.monday.to_string(), week.tally.total(), week.tally.nps())).collect();
    let week = |monday: &str, total, nps| (monday.to_owned(), total, nps);
    assert_eq!(
        weeks,
        [
            week("2018-03-05", 2, Some(0.0)),
            week("2018-03-12", 0, None),
            week("2018-03-19", 0, None),
            week("2018-03-26", 1, Some(100.0)),
        ]
    );
    assert_eq!(weekly.undated(), 2);
    assert_eq!(Weekly::default().weeks().count(), 0);
}

proptest! {
    #[test]
    fn the_score_is_the_mean_of_what_each_response_is_worth(scores in prop::collection::vec(0i64..=10, 1..200)) {
        let worth = |score: &i64| match score { 9..=10 => 100.0, 7..=8 => 0.0, _ => -100.0 };
        let mean = scores.iter().map(worth).sum::<f64>() / scores.len() as f64;
        let tally = Scale::Nps.tally(scores.iter().copied());
        prop_assert!((tally.nps().unwrap() - mean).abs() < 1e-9);
        prop_assert_eq!(tally.total(), scores.len() as u64);
    }

    #[test]
    fn every_response_is_counted_in_one_week_whatever_the_order(
        seconds in prop::collection::vec((1_500_000_000i64..1_520_000_000, -1i64..12), 0..60), turn in any::<usize>(),
    ) {
        let make = |(seconds, score): &(i64, i64)| response(json!({"id": 1, "score": score, "created_at": seconds}));
        let mut all: Vec<Response> = seconds.iter().map(make).collect();
        let weeks = |all: &[Response]| {
            let mut weekly = Weekly::new(Scale::Nps);
            weekly.extend(all);
            weekly.weeks().collect::<Vec<_>>()
        };
        let first = weeks(&all);
        let counted: u64 = first.iter().map(|week| week.tally.total() + week.tally.left_out()).sum();
        prop_assert_eq!(counted, all.len() as u64);
        prop_assert!(first.windows(2).all(|two| (two[1].monday - two[0].monday).num_days() == 7));
        if !all.is_empty() {
            let middle = turn % all.len();
            all.rotate_left(middle);
        }
        prop_assert_eq!(weeks(&all), first);
    }
}
