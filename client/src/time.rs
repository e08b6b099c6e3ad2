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
/// number (a fraction as the nearest that 64 bits can hold).
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
mod tests;
