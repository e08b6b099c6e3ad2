//! A row as an export sees it.

use serde_json::Value;

use crate::time::Time;

/// A row on its way to the caller.
pub(super) struct Row<T> {
    /// What tells it from all others: its key, and its time, since a row that changed is another row.
    pub identity: String,
    /// Its time, if that can be trusted as a bound.
    pub time: Option<i64>,
    /// The last second at which it may be shown again.
    pub last: i64,
    /// Where reading has to start again once it is handed out.
    pub floor: i64,
    pub item: T,
}

impl<T> Row<T> {
    pub(super) fn new(key: &Value, time: Option<&Value>, item: T) -> Self {
        let seconds = time.and_then(seconds);
        let key = text(key);
        let identity = match (seconds, time) {
            (Some(seconds), _) => format!("{key}@{seconds}"),
            (None, Some(time)) => format!("{key}@{}", text(time)),
            (None, None) => format!("{key}@"),
        };
        Self { identity, time: seconds, last: 0, floor: 0, item }
    }
}

/// Rows a second. A burst says little about the time around it: of the most crowded second only the mean counts.
pub(super) fn usual_density<T>(rows: &[Row<T>], seconds: f64) -> f64 {
    let seconds_of_rows = rows.chunk_by(|one, next| one.time.is_some() && one.time == next.time);
    let most = seconds_of_rows.map(<[_]>::len).max().unwrap_or_default() as f64;
    let all = rows.len() as f64;
    let excess = (most - all / seconds).max(0.0);
    (all - excess).max(1.0) / seconds
}

/// UNIX seconds of a time that says in which zone it is. One that does not may lie hours off, and rows would be missed.
fn seconds(time: &Value) -> Option<i64> {
    let time: Time = match time {
        Value::Number(_) => return serde_json::from_value::<Time>(time.clone()).ok()?.timestamp(),
        Value::String(text) => Time::from(text.as_str()),
        _ => return None,
    };
    time.offset()?;
    time.timestamp()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}
