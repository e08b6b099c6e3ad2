//! Moments on the command line.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime};

/// From here on seconds are later than the year 5138, and meant are thousandths of one.
const FAR: i64 = 100_000_000_000;

/// UNIX seconds of a moment: seconds themselves, a day (its first moment in UTC) or RFC 3339.
///
/// # Errors
/// Anything else; a number that can hardly be meant as seconds, because the export would be another in silence.
pub fn seconds(text: &str) -> Result<i64, String> {
    if let Ok(seconds) = text.parse() {
        return match meant(text, seconds) {
            None => Ok(seconds),
            Some(meant) => Err(format!("a number is read as UNIX seconds; give {meant}")),
        };
    }
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(day.and_time(NaiveTime::MIN).and_utc().timestamp());
    }
    DateTime::parse_from_rfc3339(text)
        .map(|moment| moment.timestamp())
        .map_err(|_| "give UNIX seconds, a day such as 2024-01-31, or a time such as 2024-01-31T12:00:00Z".to_owned())
}

/// What a number most likely stands for, if that is not a moment in seconds.
fn meant(text: &str, seconds: i64) -> Option<String> {
    if seconds >= FAR {
        return Some(format!("{}, without the thousandths", seconds / 1_000));
    }
    // Eight digits are a moment of the first three years, or the day that they spell.
    let day = NaiveDate::parse_from_str(text, "%Y%m%d").ok().filter(|_| text.len() == 8)?;
    (1970..2100).contains(&day.year()).then(|| day.to_string())
}

/// The day of a moment, for people.
pub fn day(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map_or_else(|| seconds.to_string(), |moment| moment.date_naive().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_given_in_three_ways() {
        for text in ["1706659200", "2024-01-31", "2024-01-31T00:00:00Z", "2024-01-31T01:00:00+01:00"] {
            assert_eq!(seconds(text), Ok(1_706_659_200), "{text}");
        }
        assert!(seconds("yesterday").is_err());
        assert_eq!(day(1_706_659_200), "2024-01-31");
    }

    #[test]
    fn a_number_that_can_hardly_be_seconds_is_refused_with_what_was_meant() {
        for (text, meant) in [
            ("20240131", "2024-01-31"),
            ("19991231", "1999-12-31"),
            ("1706659200000", "1706659200, without"),
            ("100000000000", "100000000, without"),
        ] {
            assert!(seconds(text).unwrap_err().contains(meant), "{text}");
        }
        for kept in [-1, 0, 1, 2_024_013, 20_241_331, 11_111_111, 202_401_311, 99_999_999_999] {
            assert_eq!(seconds(&kept.to_string()), Ok(kept));
        }
    }
}
