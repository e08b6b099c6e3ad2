//! Times as a vendor may spell them: in a body, and in headers.
#![no_main]

use std::time::Duration;

use cx_client::{RateLimit, Time, fuzzing};
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        of(&Time::from(text));
    }
    if let Ok(time) = serde_json::from_slice::<Time>(data) {
        of(&time);
        let written = serde_json::to_string(&time).unwrap();
        assert_eq!(serde_json::from_str::<Time>(&written).ok(), Some(time), "{written}");
    }
    if let Ok(value) = HeaderValue::from_bytes(data) {
        for name in ["retry-after", "x-rate-limit-reset", "x-rate-limit-remaining", "x-rate-limit-limit"] {
            let headers = HeaderMap::from_iter([(http::HeaderName::from_static(name), value.clone())]);
            let _ = RateLimit::from_headers(&headers);
            // The longest that a vendor is waited for.
            assert!(fuzzing::retry_after(&headers).is_none_or(|wait| wait <= Duration::from_secs(120)));
        }
    }
});

/// What is read of a time agrees with itself.
fn of(time: &Time) {
    let read = time.to_datetime();
    assert_eq!(time.timestamp(), read.map(|read| read.timestamp()));
    if let (Some(offset), Some(read)) = (time.offset(), read) {
        assert_eq!(read.offset().local_minus_utc(), offset);
    }
    let _ = format!("{time} {time:?}");
}
