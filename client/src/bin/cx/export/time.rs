//! Moments on the command line.

use chrono::{DateTime, NaiveDate, NaiveTime};

/// UNIX seconds of a moment: seconds themselves, a day (its first moment in UTC) or RFC 3339.
///
/// # Errors
/// Anything else.
pub fn seconds(text: &str) -> Result<i64, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(day.and_time(NaiveTime::MIN).and_utc().timestamp());
    }
    DateTime::parse_from_rfc3339(text)
        .map(|moment| moment.timestamp())
        .map_err(|_| "give UNIX seconds, a day such as 2024-01-31, or a time such as 2024-01-31T12:00:00Z".to_owned())
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
}
