//! Times as the vendors spell them.
//!
//! Wootric alone has seven spellings, of which most are not RFC 3339, and the same member changes its spelling between
//! operations. So a reply's time is kept as it came and read on demand: a new spelling never breaks a reply, and nothing
//! of the original is lost. Rejected: decoding straight to a date type, which fails a page of 50 rows for one odd value.

use std::{convert::Infallible, fmt, hash, str::FromStr};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Unexpected, Visitor, value::MapAccessDeserializer},
};
use serde_json::Number;

/// A number above this is milliseconds: as seconds it would lie in the year 5138.
const MILLISECONDS_ABOVE: f64 = 1e11;

/// A time as a vendor spells it.
///
/// Any JSON string or number decodes, and encodes again as what it was: a string letter for letter, a number as the same
/// number (a fraction as exactly as serde_json reads it, which is exact up to 15 digits).
/// [`Time::timestamp`] and [`Time::to_datetime`] read these spellings:
///
/// | spelling | example |
/// |---|---|
/// | Ruby's default | `2018-03-05 09:41:27 -0800`, `2018-03-05 17:41:27 UTC` |
/// | without offset | `2014-12-01 18:36:59`, `2014-12-01 18:36` |
/// | ISO 8601, with or without a fraction | `2015-02-12T06:29:27.000-08:00`, `2023-08-03T00:00:00-07:00`, `2020-01-31T08:00:00Z` |
/// | a blank instead of the `T`, none before the offset | `2015-04-20 04:46:51-08:00` |
/// | a day | `2023-08-03` |
/// | UNIX seconds, or milliseconds above 10^11 | `1515940485`, `1515940485000`, also in quotes |
///
/// **A time without an offset is read as UTC.** No source says in which zone such times are; ask [`Time::offset`] whether
/// one was given.
///
/// Two times are equal if their texts are: the same instant in two spellings is not. Compare [`Time::timestamp`] for that.
///
/// ```
/// use cx_client::Time;
///
/// let time = Time::from("2018-03-05 09:41:27 -0800");
/// assert_eq!(time.timestamp(), Some(1_520_271_687));
/// assert_eq!(time.offset(), Some(-8 * 3600));
/// ```
#[derive(Clone)]
pub struct Time {
    text: Box<str>,
    /// What it came from, if that was a number.
    number: Option<Number>,
}

impl Time {
    /// The text as it came; of a number, its decimal digits. Empty if the vendor sent an empty string.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// UNIX seconds, rounded down; `None` if the text is not a time this type can read. Without an offset it is taken as
    /// UTC.
    pub fn timestamp(&self) -> Option<i64> {
        self.to_datetime().map(|time| time.timestamp())
    }

    /// Seconds east of UTC, if the text names an offset. UNIX seconds do not.
    pub fn offset(&self) -> Option<i32> {
        match self.number {
            Some(_) => None,
            None => parse(&self.text)?.1,
        }
    }

    /// The time with its offset (UTC without one); `None` if the text is not a time this type can read.
    pub fn to_datetime(&self) -> Option<DateTime<FixedOffset>> {
        if let Some(number) = &self.number {
            return match number.as_i64() {
                Some(number) => from_unix(number),
                None => from_unix_fraction(number.as_f64()?),
            };
        }
        let text = self.text.trim_ascii();
        if !text.starts_with('+')
            && let Ok(number) = text.parse()
        {
            return from_unix(number);
        }
        let (local, offset) = parse(text)?;
        local.and_local_timezone(FixedOffset::east_opt(offset.unwrap_or(0))?).single()
    }

    fn of_number(number: Number) -> Self {
        Self { text: number.to_string().into(), number: Some(number) }
    }
}

fn from_unix(number: i64) -> Option<DateTime<FixedOffset>> {
    let time = if number.unsigned_abs() as f64 > MILLISECONDS_ABOVE {
        DateTime::from_timestamp_millis(number)
    } else {
        DateTime::from_timestamp(number, 0)
    };
    Some(time?.fixed_offset())
}

fn from_unix_fraction(number: f64) -> Option<DateTime<FixedOffset>> {
    let seconds = if number.abs() > MILLISECONDS_ABOVE { number / 1e3 } else { number };
    let whole = seconds.floor();
    // Casts saturate, and chrono refuses what is out of its range.
    let nanoseconds = (((seconds - whole) * 1e9) as u32).min(999_999_999);
    Some(DateTime::from_timestamp(whole as i64, nanoseconds)?.fixed_offset())
}

/// Local time and offset, for every spelling that starts with a date.
fn parse(text: &str) -> Option<(NaiveDateTime, Option<i32>)> {
    let mut rest = Cursor(text.trim_ascii().as_bytes());
    let year = rest.digits(4)?;
    rest.expect(b'-')?;
    let month = rest.digits(2)?;
    rest.expect(b'-')?;
    let date = NaiveDate::from_ymd_opt(year.try_into().ok()?, month, rest.digits(2)?)?;
    if rest.is_empty() {
        return Some((date.and_hms_opt(0, 0, 0)?, None));
    }
    if !(rest.eat(b'T') || rest.eat(b't')) {
        rest.expect(b' ')?;
        rest.blanks();
    }
    let hour = rest.digits(2)?;
    rest.expect(b':')?;
    let minute = rest.digits(2)?;
    let (mut second, mut nanosecond) = (0, 0);
    if rest.eat(b':') {
        second = rest.digits(2)?;
        if rest.eat(b'.') || rest.eat(b',') {
            nanosecond = rest.fraction()?;
        }
    }
    // chrono has no plain form for a leap second: it is the second after :59.
    let leap = second == 60;
    let mut local = date.and_hms_nano_opt(hour, minute, if leap { 59 } else { second }, nanosecond)?;
    if leap {
        local = local.checked_add_signed(TimeDelta::seconds(1))?;
    }
    rest.blanks();
    let offset = rest.offset()?;
    rest.is_empty().then_some((local, offset))
}

/// What of a text has not been read yet.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn eat(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.eat(byte).then_some(())
    }

    fn blanks(&mut self) {
        while self.eat(b' ') {}
    }

    fn digit(&mut self) -> Option<u32> {
        let (first, rest) = self.0.split_first()?;
        let digit = char::from(*first).to_digit(10)?;
        self.0 = rest;
        Some(digit)
    }

    fn digits(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0, |number, _| Some(number * 10 + self.digit()?))
    }

    /// Nanoseconds of at least one digit; what is finer is dropped.
    fn fraction(&mut self) -> Option<u32> {
        let mut unit = 100_000_000;
        let mut nanoseconds = self.digit()? * unit;
        while let Some(digit) = self.digit() {
            unit /= 10;
            nanoseconds += digit * unit;
        }
        Some(nanoseconds)
    }

    /// `Z`, `UTC`, `GMT`, `+01`, `+0100`, `+01:00` or nothing. `None` if it is none of these.
    fn offset(&mut self) -> Option<Option<i32>> {
        if matches!(self.0, b"Z" | b"z" | b"UTC" | b"GMT") {
            self.0 = &[];
            return Some(Some(0));
        }
        if self.is_empty() {
            return Some(None);
        }
        let sign = if self.eat(b'-') {
            -1
        } else {
            self.expect(b'+')?;
            1
        };
        let hours = self.digits(2)?;
        let minutes = if self.eat(b':') || !self.is_empty() { self.digits(2)? } else { 0 };
        (hours < 24 && minutes < 60).then_some(())?;
        Some(Some(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Some(_) => write!(f, "Time({})", self.text),
            None => write!(f, "Time({:?})", self.text),
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl PartialEq for Time {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Time {}

impl hash::Hash for Time {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl From<i64> for Time {
    /// UNIX seconds, or milliseconds above 10^11. It is written as a number.
    fn from(number: i64) -> Self {
        Self::of_number(number.into())
    }
}

impl From<&str> for Time {
    fn from(text: &str) -> Self {
        Self { text: text.into(), number: None }
    }
}

impl From<String> for Time {
    fn from(text: String) -> Self {
        Self { text: text.into(), number: None }
    }
}

impl FromStr for Time {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.number {
            Some(number) => number.serialize(serializer),
            None => serializer.serialize_str(&self.text),
        }
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Spelling;

        impl<'de> Visitor<'de> for Spelling {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time: a string or a number")
            }

            fn visit_str<E>(self, text: &str) -> Result<Time, E> {
                Ok(text.into())
            }

            fn visit_string<E>(self, text: String) -> Result<Time, E> {
                Ok(text.into())
            }

            fn visit_i64<E>(self, number: i64) -> Result<Time, E> {
                Ok(number.into())
            }

            fn visit_u64<E>(self, number: u64) -> Result<Time, E> {
                Ok(Time::of_number(number.into()))
            }

            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Time, E> {
                Number::from_f64(number)
                    .map(Time::of_number)
                    .ok_or_else(|| E::invalid_value(Unexpected::Other("a number that is not finite"), &self))
            }

            /// A number under serde_json's feature `arbitrary_precision`, which another crate may turn on.
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Time, A::Error> {
                Number::deserialize(MapAccessDeserializer::new(map)).map(Time::of_number)
            }
        }

        deserializer.deserialize_any(Spelling)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
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
        for json in ["null", "true", "[]", "{}"] {
            assert!(serde_json::from_str::<Time>(json).is_err(), "{json}");
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
}
