//! Every spelling, and what is none.

use proptest::prelude::*;

use super::*;

#[test]
fn every_documented_spelling_is_read() {
    for (json, seconds, offset) in [
        (r#""2018-03-05 09:41:27 -0800""#, 1_520_271_687, Some(-28_800)),
        (r#""2018-03-05 17:41:27 UTC""#, 1_520_271_687, Some(0)),
        (r#""2014-12-01 18:36:59""#, 1_417_459_019, None),
        (r#""2014-12-01 18:36""#, 1_417_458_960, None),
        (r#""2015-02-12T06:29:27.000-08:00""#, 1_423_751_367, Some(-28_800)),
        (r#""2015-04-20 04:46:51-08:00""#, 1_429_534_011, Some(-28_800)),
        (r#""2023-08-03T00:00:00-07:00""#, 1_691_046_000, Some(-25_200)),
        (r#""2020-01-31T08:00:00.000Z""#, 1_580_457_600, Some(0)),
        (r#""2020-01-31T13:30:00+0530""#, 1_580_457_600, Some(19_800)),
        (r#""2020-01-31T09:00:00+01""#, 1_580_457_600, Some(3_600)),
        (r#"" 2023-08-03 ""#, 1_691_020_800, None),
        (r#""2016-12-31T23:59:60Z""#, 1_483_228_800, Some(0)),
        ("1515940485", 1_515_940_485, None),
        (r#""1515940485""#, 1_515_940_485, None),
        ("1515940485999", 1_515_940_485, None),
        ("1515940485.75", 1_515_940_485, None),
        ("1515940485000.0", 1_515_940_485, None),
        ("-1", -1, None),
        ("-0.5", -1, None),
        ("0", 0, None),
        ("100000000000", 100_000_000_000, None),
        ("100000000001", 100_000_000, None),
    ] {
        let time: Time = serde_json::from_str(json).unwrap();
        assert_eq!(time.timestamp(), Some(seconds), "{json}");
        assert_eq!(time.offset(), offset, "{json}");
        assert_eq!(serde_json::to_string(&time).unwrap(), json);
    }
}

#[test]
fn milliseconds_are_kept() {
    let time = Time::from("2015-02-12T06:29:27.123456789012-08:00");
    assert_eq!(time.to_datetime().unwrap().timestamp_subsec_nanos(), 123_456_789);
    assert_eq!(Time::from(1_515_940_485_250).to_datetime().unwrap().timestamp_subsec_millis(), 250);
}

#[test]
fn a_fraction_of_a_number_is_read() {
    for (json, seconds, milliseconds) in [
        ("1515940485.75", 1_515_940_485, 750),
        ("-0.25", -1, 750),
        ("1515940485250.0", 1_515_940_485, 250),
        // The last that are seconds.
        ("100000000000.0", 100_000_000_000, 0),
        ("-100000000000.0", -100_000_000_000, 0),
    ] {
        let time = serde_json::from_str::<Time>(json).unwrap().to_datetime().unwrap();
        assert_eq!((time.timestamp(), time.timestamp_subsec_millis()), (seconds, milliseconds), "{json}");
    }
}

#[test]
fn a_fraction_of_any_length_is_read_back_as_it_was_written() {
    for json in ["115179415159404850485485.5", "1515940485.7512345", "0.1234567890123456789", "-5e-324"] {
        let time: Time = serde_json::from_str(json).unwrap();
        assert_eq!(time.as_str().parse::<f64>(), json.parse::<f64>(), "{json}");
        let written = serde_json::to_string(&time).unwrap();
        assert_eq!(serde_json::from_str::<Time>(&written).unwrap(), time, "{written}");
    }
}

#[test]
fn a_time_is_shown_as_it_came() {
    let (text, number) = (Time::from("2023-08-03"), Time::from(7));
    assert_eq!((text.to_string(), number.to_string()), ("2023-08-03".to_owned(), "7".to_owned()));
    assert_eq!(format!("{text:>12}"), "  2023-08-03");
    assert_eq!(format!("{text:?} {number:?}"), r#"Time("2023-08-03") Time(7)"#);
}

#[test]
fn equal_times_have_equal_hashes_and_others_rarely() {
    let times: std::collections::HashSet<Time> = [Time::from(7), Time::from("7"), Time::from(8)].into();
    assert_eq!(times.len(), 2);
    let hash =
        |time: Time| hash::BuildHasher::hash_one(&hash::BuildHasherDefault::<hash::DefaultHasher>::new(), time);
    assert_eq!(hash(Time::from(7)), hash(Time::from("7")));
    assert_ne!(hash(Time::from(7)), hash(Time::from(8)));
}

#[test]
fn what_is_no_offset_is_not_read_as_one() {
    for text in
        ["2023-08-03 10:00 +24:00", "2023-08-03 10:00 +25:60", "2023-08-03 10:00 -01:60", "2023-08-03 10:00 PST"]
    {
        assert_eq!(Time::from(text).offset(), None, "{text}");
    }
    assert_eq!(Time::from("2023-08-03 10:00 -23:59").offset(), Some(-86_340));
}

#[test]
fn what_is_no_time_is_kept_but_not_read() {
    for text in [
        "",
        " ",
        "never",
        "Jan 11, 2024  9:01AM",
        "Aug  3, 2023-Sep  3, 2024",
        "2023-02-29",
        "2023-13-01",
        "2023-08-03T",
        "2023-08-03 25:00",
        "2023-08-03 10:61",
        "2023-08-03 10:00:61",
        "2023-08-03 10:00:00.",
        "2023-08-03 10:00:00 PST",
        "2023-08-03 10:00:00 +24:00",
        "2023-08-03 10:00:00 +1",
        "2023-08-03 10:00:00Zulu",
        "+5",
        "٢٠٢٣-08-03",
    ] {
        let time = Time::from(text);
        assert_eq!((time.timestamp(), time.as_str()), (None, text));
    }
}

#[test]
fn only_strings_and_numbers_decode() {
    let a_time = "expected a time: a string or a number";
    for (json, expected) in [("null", a_time), ("true", a_time), ("[]", a_time), ("{}", "expected a JSON number")] {
        let error = serde_json::from_str::<Time>(json).unwrap_err().to_string();
        assert!(error.contains(expected), "{json}: {error}");
    }
}

#[test]
fn an_optional_time_may_be_null() {
    assert_eq!(serde_json::from_str::<Option<Time>>("null").unwrap(), None);
    assert_eq!(serde_json::from_str::<Option<Time>>("7").unwrap(), Some(Time::from(7)));
}

#[test]
fn equality_is_that_of_the_texts() {
    assert_eq!(Time::from(7), Time::from("7"));
    assert_ne!(Time::from("2020-01-31T08:00:00Z"), Time::from("2020-01-31T08:00:00.000Z"));
}

proptest! {
    #[test]
    fn any_text_decodes_and_comes_back(text in any::<String>()) {
        let json = serde_json::to_string(&text).unwrap();
        let time: Time = serde_json::from_str(&json).unwrap();
        let _ = (time.timestamp(), time.offset(), format!("{time:?} {time}"));
        prop_assert_eq!(time.as_str(), &text);
        prop_assert_eq!(serde_json::to_string(&time).unwrap(), json);
    }

    #[test]
    fn text_that_looks_like_a_time_never_panics(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]?[0-9: .TZ+-]{0,20}") {
        let time = Time::from(text);
        prop_assert!(time.timestamp().is_some() || time.to_datetime().is_none());
    }

    #[test]
    fn any_number_decodes_and_comes_back(number in prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        (-(1i64 << 52)..1i64 << 52).prop_filter_map("finite", |n| Number::from_f64(n as f64 / 1e3)),
    ]) {
        let json = number.to_string();
        let time: Time = serde_json::from_str(&json).unwrap();
        let _ = (time.timestamp(), time.offset());
        prop_assert_eq!(serde_json::to_string(&time).unwrap(), json.clone());
        prop_assert_eq!(serde_json::to_value(serde_json::from_value::<Time>(number.clone().into()).unwrap()).unwrap(), serde_json::Value::from(number));
    }

    #[test]
    fn every_spelling_of_an_instant_gives_the_same_second(seconds in 0i64..4_102_444_800, half_hours in -24i32..=28) {
        let offset = FixedOffset::east_opt(half_hours * 1800).unwrap();
        let time = DateTime::from_timestamp(seconds, 0).unwrap().with_timezone(&offset);
        for format in ["%Y-%m-%d %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%.3f%:z", "%Y-%m-%d %H:%M:%S%:z", "%Y-%m-%dT%H:%M:%S%:z"] {
            let read = Time::from(time.format(format).to_string());
            prop_assert_eq!(read.timestamp(), Some(seconds));
            prop_assert_eq!(read.offset(), Some(half_hours * 1800));
            prop_assert_eq!(read.to_datetime(), Some(time));
        }
        prop_assert_eq!(Time::from(time.naive_utc().format("%Y-%m-%d %H:%M:%S").to_string()).timestamp(), Some(seconds));
        prop_assert_eq!(Time::from(seconds).timestamp(), Some(seconds));
    }
}
