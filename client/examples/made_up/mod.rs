//! A made-up vendor: half a year of survey responses that slowly get better.

use std::{error::Error, net::TcpListener};

use cx_client::Time;
use cx_mock::MockVendor;
use serde_json::{Value, json};

const MONDAY: i64 = 1_704_067_200;
const WEEK: i64 = 7 * 24 * 60 * 60;
const WEEKS: i64 = 26;
/// More than 30 pages of 50 rows in all, which is what the vendor shows of a list.
const RESPONSES_A_WEEK: i64 = 80;
const SCORES: [i64; 7] = [10, 3, 9, 7, 6, 8, 9];
const TEXTS: [&str; 4] = ["Works well", "Too slow, sadly", "My colleague said \"buy it\"", "Fine"];

/// Starts the mock on a listener, with its memory full of responses.
pub async fn vendor(listener: TcpListener) -> Result<MockVendor, Box<dyn Error>> {
    let vendor =
        MockVendor::builder(cx_spec::embedded("wootric")?).stateful().listener(listener).record(0).start().await;
    vendor.seed("responses", (0..WEEKS * RESPONSES_A_WEEK).map(response).collect());
    Ok(vendor)
}

fn response(at: i64) -> Value {
    let (week, turn) = (at / RESPONSES_A_WEEK, at % RESPONSES_A_WEEK);
    // Every third week one more respondent in twelve is happier than before.
    let better = if turn % 12 < week / 3 { 3 } else { 0 };
    let seconds = MONDAY + week * WEEK + turn * (WEEK / RESPONSES_A_WEEK);
    let created = Time::from(seconds).to_datetime().map(|time| time.format("%Y-%m-%d %H:%M:%S %z").to_string());
    json!({
        "id": at + 1,
        "score": (cycled(&SCORES, at) + better).min(10),
        "text": cycled(&TEXTS, at),
        "created_at": created,
    })
}

fn cycled<T: Copy + Default>(items: &[T], at: i64) -> T {
    let at = usize::try_from(at).unwrap_or_default();
    items.iter().cycle().nth(at % items.len()).copied().unwrap_or_default()
}
