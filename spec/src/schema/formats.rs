//! Formats that the validator does not know in draft 4, or knows more loosely.

use base64::Engine as _;
use jsonschema::ValidationOptions;

/// Every format that is known here, with the type that it belongs to.
pub const FORMATS: &[(&str, &str)] = &[
    ("int32", "integer"),
    ("int64", "integer"),
    ("float", "number"),
    ("double", "number"),
    ("date", "string"),
    ("date-time", "string"),
    ("cx-time", "string"),
    ("uuid", "string"),
    ("byte", "string"),
    ("email", "string"),
    ("hostname", "string"),
    ("ipv4", "string"),
    ("ipv6", "string"),
    ("uri", "string"),
    ("binary", "string"),
    ("password", "string"),
];

/// Registers the formats that the validator itself does not know in draft 4, or knows more loosely.
pub(super) fn register(options: ValidationOptions<'_>) -> ValidationOptions<'_> {
    options
        .with_format("uuid", is_uuid)
        .with_format("date", is_date)
        .with_format("date-time", is_date_time)
        .with_format("cx-time", is_cx_time)
        .with_format("byte", is_base64)
        // Anything is a password or a file. Known all the same, so that an unknown format stays a finding.
        .with_format("password", |_: &str| true)
        .with_format("binary", |_: &str| true)
}

fn is_base64(text: &str) -> bool {
    base64::engine::general_purpose::STANDARD.decode(text).is_ok()
}

/// A UUID in its canonical form of 36 characters, in either case.
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A day of the calendar as `YYYY-MM-DD`.
pub fn is_date(text: &str) -> bool {
    let mut rest = Reader(text);
    rest.date() && rest.is_done()
}

/// A time by RFC 3339, with its offset.
///
/// ```
/// assert!(cx_spec::schema::is_date_time("2024-02-29T23:59:60.5Z"));
/// assert!(!cx_spec::schema::is_date_time("2024-02-29T23:59:59"));
/// ```
pub fn is_date_time(text: &str) -> bool {
    let mut rest = Reader(text);
    rest.date()
        && (rest.literal("T") || rest.literal("t"))
        && rest.time(60)
        && rest.optional_fraction()
        && (rest.zulu() || rest.offset(":"))
        && rest.is_done()
}

/// A time in one of the spellings of format `cx-time`: ISO 8601 with or without fraction, offset or `Z`, or with a
/// blank for the `T` and then no offset, ` ±HHMM` or `±HH:MM`. A day is one too, alone or with a blank, hour and minute.
///
/// ```
/// assert!(cx_spec::schema::is_cx_time("2018-03-05 09:41:27 -0800"));
/// assert!(cx_spec::schema::is_cx_time("2015-04-20 04:46:51-08:00"));
/// assert!(cx_spec::schema::is_cx_time("2020-07-16"));
/// assert!(!cx_spec::schema::is_cx_time("1515940485"));
/// ```
pub fn is_cx_time(text: &str) -> bool {
    let mut rest = Reader(text);
    if !rest.date() {
        return false;
    }
    if rest.literal("T") {
        return rest.time(59)
            && rest.optional_fraction()
            && (rest.is_done() || rest.zulu() || rest.offset(":"))
            && rest.is_done();
    }
    if rest.is_done() {
        return true;
    }
    if !(rest.literal(" ") && rest.minutes()) {
        return false;
    }
    rest.is_done()
        || (rest.seconds(59)
            && (rest.is_done() || rest.offset(":") || (rest.literal(" ") && rest.offset("")))
            && rest.is_done())
}

/// What is left of a text; each step takes its part away or leaves the rest as it is.
struct Reader<'t>(&'t str);

impl Reader<'_> {
    fn is_done(&self) -> bool {
        self.0.is_empty()
    }

    fn literal(&mut self, wanted: &str) -> bool {
        match self.0.strip_prefix(wanted) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn digits(&mut self, count: usize) -> Option<u32> {
        let (head, rest) = self.0.split_at_checked(count)?;
        if !head.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.0 = rest;
        head.parse().ok()
    }

    fn date(&mut self) -> bool {
        let Some(year) = self.digits(4) else { return false };
        if !self.literal("-") {
            return false;
        }
        let Some(month) = self.digits(2) else { return false };
        if !self.literal("-") {
            return false;
        }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return false,
        };
        self.digits(2).is_some_and(|day| (1..=last).contains(&day))
    }

    fn time(&mut self, last_second: u32) -> bool {
        self.minutes() && self.seconds(last_second)
    }

    fn minutes(&mut self) -> bool {
        self.digits(2).is_some_and(|hour| hour < 24)
            && self.literal(":")
            && self.digits(2).is_some_and(|minute| minute < 60)
    }

    fn seconds(&mut self, last_second: u32) -> bool {
        self.literal(":") && self.digits(2).is_some_and(|second| second <= last_second)
    }

    fn optional_fraction(&mut self) -> bool {
        if !self.literal(".") {
            return true;
        }
        let rest = self.0.trim_start_matches(|c: char| c.is_ascii_digit());
        let some = rest.len() < self.0.len();
        self.0 = rest;
        some
    }

    fn zulu(&mut self) -> bool {
        self.literal("Z") || self.literal("z")
    }

    fn offset(&mut self, between: &str) -> bool {
        (self.literal("+") || self.literal("-"))
            && self.digits(2).is_some_and(|hours| hours < 24)
            && self.literal(between)
            && self.digits(2).is_some_and(|minutes| minutes < 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_every_spelling_of_a_time() {
        for text in [
            "2018-03-05 09:41:27 -0800",
            "2014-12-01 18:36:59",
            "2015-02-12T06:29:27.000-08:00",
            "2015-02-12T06:29:27-08:00",
            "2015-02-12T06:29:27.000Z",
            "2015-02-12T06:29:27Z",
            "2015-02-12T06:29:27",
            "2015-04-20 04:46:51-08:00",
            "2020-07-16 15:45",
            "2020-07-16",
        ] {
            assert!(is_cx_time(text), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "1515940485",
            "2018-03",
            "2018-02-30",
            "2018-03-05 ",
            "2018-03-05T",
            "2018-03-05Z",
            "2018-03-05 09",
            "2018-03-05 09:60",
            "2018-03-05 09:41:",
            "2018-03-05 09:41 -0800",
            "2018-03-05T09:41",
            "2018-02-30 09:41:27",
            "2018-03-05 24:00:00",
            "2018-03-05 09:41:27 -08:00",
            "2018-03-05 09:41:27 PST",
            "2018-03-05T09:41:27.",
            "2018-03-05T09:41:27 -0800",
            "2018-03-05 09:41:27 ",
            "Jan 11, 2024  9:01AM",
        ] {
            assert!(!is_cx_time(text), "{text}");
        }
    }

    #[test]
    fn knows_uuids_and_leap_days() {
        assert!(is_uuid("6f1c2a30-9b7e-4c58-8f0d-1a2b3c4d5e6f"));
        assert!(!is_uuid("6f1c2a309b7e4c588f0d1a2b3c4d5e6f"));
        assert!(!is_uuid("6f1c2a30-9b7e-4c58-8f0d-1a2b3c4d5e6g"));
        assert!(is_date("2000-02-29") && !is_date("1900-02-29") && !is_date("2001-1-1"));
    }
}
