//! Times as UNIX seconds, in both directions.

use crate::schema::{is_cx_time, is_date};

/// The UNIX seconds of a `cx-time` or a day; without an offset it is taken for UTC.
pub(super) fn seconds(text: &str) -> Option<i64> {
    if is_date(text) {
        return seconds(&format!("{text}T00:00:00Z"));
    }
    if !is_cx_time(text) {
        return None;
    }
    // The one spelling of this length has no seconds.
    if text.len() == "2020-07-16 15:45".len() {
        return seconds(&format!("{text}:00"));
    }
    let number = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<i64>().ok());
    let days = days(number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let local = days * 86_400 + number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
    let zone = text.get(19..)?;
    let Some(sign) = zone.rfind(['+', '-']) else { return Some(local) };
    let digits: String = zone.get(sign + 1..)?.chars().filter(char::is_ascii_digit).collect();
    let offset = digits.get(..2)?.parse::<i64>().ok()? * 3600 + digits.get(2..4)?.parse::<i64>().ok()? * 60;
    Some(if zone.get(sign..)?.starts_with('+') { local - offset } else { local + offset })
}

/// UNIX seconds as `YYYY-MM-DD HH:MM:SS +0000`.
pub(super) fn text(seconds: i64) -> String {
    let (day, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, date) = civil(day);
    format!("{year:04}-{month:02}-{date:02} {:02}:{:02}:{:02} +0000", rest / 3600, rest / 60 % 60, rest % 60)
}

/// Days since 1970-01-01 (Howard Hinnant's `days_from_civil`, which counts years from March).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The other way round.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + days.div_euclid(146_097) * 400;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_spelling() {
        for (text, wanted) in [
            ("1970-01-01 00:00:00", 0),
            ("2018-03-05 09:41:27 -0800", 1_520_271_687),
            ("2015-02-12T06:29:27.000-08:00", 1_423_751_367),
            ("2015-04-20 04:46:51-08:00", 1_429_534_011),
            ("2000-02-29T00:00:00Z", 951_782_400),
            ("2000-03-01", 951_868_800),
            ("2000-03-01 00:01", 951_868_860),
            ("2015-02-12T06:29:27+01:30", 1_423_717_167),
        ] {
            assert_eq!(seconds(text), Some(wanted), "{text}");
        }
        assert_eq!(seconds("soon"), None);
    }

    #[test]
    fn writes_what_it_reads() {
        for wanted in [0, 951_782_399, 951_868_800, 1_520_271_687, -1, 4_102_444_800] {
            assert_eq!(seconds(&text(wanted)), Some(wanted), "{}", text(wanted));
        }
    }
}
