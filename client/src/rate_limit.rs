//! What the headers of a reply say about limits and waiting.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{
    HeaderMap, HeaderName,
    header::{DATE, RETRY_AFTER},
};

use crate::twin::{self, Rule};

/// The longest wait a server is obeyed for, 120 seconds: twice what any of the vendors documents.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(120);

const LIMIT: HeaderName = HeaderName::from_static("x-rate-limit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-rate-limit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-rate-limit-reset");

/// The request limit as the vendor states it with a reply.
///
/// Wootric counts for the account, not for the token, and sends no such header where nothing is limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RateLimit {
    /// Requests allowed in a minute (`X-Rate-Limit-Limit`).
    pub limit: Option<u64>,
    /// Requests left of them (`X-Rate-Limit-Remaining`).
    pub remaining: Option<u64>,
    /// When the count starts again, in UNIX seconds (`X-Rate-Limit-Reset`).
    pub reset: Option<i64>,
}

impl RateLimit {
    /// Reads the headers of a reply; `None` if it has none of them. A value that is not a number is taken as missing.
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let limit = Self {
            limit: text(headers, &LIMIT).and_then(|text| text.parse().ok()),
            remaining: text(headers, &REMAINING).and_then(|text| text.parse().ok()),
            reset: text(headers, &RESET).and_then(|text| text.parse().ok()),
        };
        (limit != Self::default()).then_some(limit)
    }
}

/// How long the reply asks to wait before the next request, at most [`MAX_WAIT`].
///
/// `Retry-After` comes first, as seconds or as a date; a date that is past, or rubbish, is ignored. Then the time until
/// `X-Rate-Limit-Reset`, unless the reply says that requests are left: that header also comes with failures that have
/// nothing to do with the limit.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let now = vendors_clock(headers).unwrap_or(now);
    let asked = text(headers, &RETRY_AFTER).and_then(|text| asked(text, now));
    let left = RateLimit::from_headers(headers).and_then(|limit| limit.remaining).is_some_and(|left| left > 0);
    let wait = asked.or_else(|| if left { None } else { reset(headers, now) })?;
    if twin::broken(Rule::WaitUncapped) {
        return Some(wait);
    }
    Some(wait.min(MAX_WAIT))
}

/// How long it is until `X-Rate-Limit-Reset`, at most [`MAX_WAIT`]; `None` if that is past or not said.
pub(crate) fn until_reset(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    reset(headers, vendors_clock(headers).unwrap_or(now)).map(|wait| wait.min(MAX_WAIT))
}

/// The vendor's time of day, from the `Date` of the reply. Other dates of the reply are read by this clock, because it wrote
/// them, and the clock of this machine may be wrong.
fn vendors_clock(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(text(headers, &DATE)?).ok()
}

/// The wait of a `Retry-After` (RFC 9110 §10.2.3).
fn asked(text: &str, now: SystemTime) -> Option<Duration> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit is still a number, and a long wait.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    ahead(httpdate::parse_http_date(text).ok()?, now)
}

/// The wait until `X-Rate-Limit-Reset`, however long.
fn reset(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let reset = u64::try_from(RateLimit::from_headers(headers)?.reset?).ok()?;
    ahead(UNIX_EPOCH.checked_add(Duration::from_secs(reset))?, now)
}

/// How far ahead a time lies; `None` if it does not.
fn ahead(time: SystemTime, now: SystemTime) -> Option<Duration> {
    time.duration_since(now).ok().filter(|wait| !wait.is_zero())
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    const NOW: u64 = 1_537_999_950;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    fn wait(pairs: &[(&'static str, &str)]) -> Option<u64> {
        retry_after(&headers(pairs), UNIX_EPOCH + Duration::from_secs(NOW)).map(|wait| wait.as_secs())
    }

    #[test]
    fn the_headers_of_a_reply_are_read() {
        let headers = headers(&[
            ("x-rate-limit-limit", "100"),
            ("x-rate-limit-remaining", " 97 "),
            ("x-rate-limit-reset", "1537999980"),
        ]);
        let expected = RateLimit { limit: Some(100), remaining: Some(97), reset: Some(1_537_999_980) };
        assert_eq!(RateLimit::from_headers(&headers), Some(expected));
    }

    #[test]
    fn without_readable_headers_there_is_no_limit() {
        assert_eq!(RateLimit::from_headers(&HeaderMap::new()), None);
        assert_eq!(RateLimit::from_headers(&headers(&[("x-rate-limit-limit", "many")])), None);
        let partly =
            RateLimit::from_headers(&headers(&[("x-rate-limit-limit", "many"), ("x-rate-limit-remaining", "0")]));
        assert_eq!(partly, Some(RateLimit { remaining: Some(0), ..RateLimit::default() }));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(wait(&[("retry-after", "7")]), Some(7));
        assert_eq!(wait(&[("retry-after", " 0 ")]), Some(0));
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(NOW + 30));
        assert_eq!(wait(&[("retry-after", &date)]), Some(30));
    }

    #[test]
    fn a_long_wait_is_cut() {
        for value in ["121", "86400", "99999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            assert_eq!(wait(&[("retry-after", value)]), Some(120), "{value}");
        }
        assert_eq!(wait(&[("x-rate-limit-reset", "9223372036854775807")]), Some(120));
    }

    #[test]
    fn a_past_date_and_rubbish_give_way_to_the_reset() {
        for value in ["Wed, 26 Sep 2018 22:12:30 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "soon", "", "-5", "1.5"] {
            assert_eq!(wait(&[("retry-after", value)]), None, "{value}");
            assert_eq!(wait(&[("retry-after", value), ("x-rate-limit-reset", "1537999980")]), Some(30), "{value}");
        }
    }

    #[test]
    fn the_reset_counts_only_where_nothing_is_left() {
        assert_eq!(wait(&[("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "1537999980")]), Some(30));
        assert_eq!(wait(&[("x-rate-limit-remaining", "97"), ("x-rate-limit-reset", "1537999980")]), None);
        for past in ["1537999950", "1537999949", "0", "-1", "x"] {
            assert_eq!(wait(&[("x-rate-limit-reset", past)]), None, "{past}");
        }
    }

    #[test]
    fn dates_are_read_by_the_clock_of_whoever_wrote_them() {
        let at = |second| httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
        // Ours is years behind, then years ahead.
        for vendors_now in [NOW + 100_000_000, NOW - 100_000_000] {
            let (date, later) = (at(vendors_now), at(vendors_now + 30));
            assert_eq!(wait(&[("date", &date), ("retry-after", &later)]), Some(30));
            let reset = (vendors_now + 20).to_string();
            assert_eq!(wait(&[("date", &date), ("x-rate-limit-reset", &reset)]), Some(20));
            assert_eq!(wait(&[("date", &date), ("retry-after", "7")]), Some(7));
        }
        assert_eq!(wait(&[("date", "yesterday"), ("x-rate-limit-reset", "1537999980")]), Some(30));
    }

    proptest! {
        #[test]
        fn any_header_is_survived(
            asked in prop::collection::vec(any::<u8>(), 0..40),
            reset in prop_oneof!["-?[0-9]{0,25}", ".{0,10}"],
            now in 0u64..=4_000_000_000,
        ) {
            let mut headers = HeaderMap::new();
            for (name, value) in [(RETRY_AFTER, asked.as_slice()), (RESET, reset.as_bytes())] {
                if let Ok(value) = HeaderValue::from_bytes(value) {
                    headers.insert(name, value);
                }
            }
            let wait = retry_after(&headers, UNIX_EPOCH + Duration::from_secs(now));
            prop_assert!(wait.is_none_or(|wait| wait <= MAX_WAIT));
        }
    }
}
