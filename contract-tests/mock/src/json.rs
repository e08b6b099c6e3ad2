//! JSON off the wire, read so that no number slips back into the range it has left.

use serde_json::Value;

/// The least `i64` as a float: what a whole number below it is rounded to.
const LEAST: f64 = i64::MIN as f64;

/// Reads JSON. A whole number just below the range of `int64` becomes a float equal to the least of that range, and would
/// keep its bounds; it is moved one step further down, where it belongs. (The least itself is read as an integer.)
pub(crate) fn read(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let mut value = serde_json::from_slice(bytes)?;
    settle(&mut value);
    Ok(value)
}

fn settle(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() && number.as_f64() == Some(LEAST) => {
            if let Some(lower) = serde_json::Number::from_f64(LEAST.next_down()) {
                *number = lower;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(settle),
        Value::Object(members) => members.values_mut().for_each(settle),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_below_the_range_stays_below_it() {
        let value = read(b"[-9223372036854775808, {\"a\": -9223372036854775809}, 1.5]").unwrap();
        assert_eq!(value[0].as_i64(), Some(i64::MIN));
        assert!(value[1]["a"].as_f64().unwrap() < LEAST);
        assert_eq!(value[2], 1.5);
    }
}
