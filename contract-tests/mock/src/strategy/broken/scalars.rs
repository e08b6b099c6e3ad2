//! Rules of texts and numbers, each broken.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Break, push, push_any};
use crate::strategy::{
    merge::{self, Flat, count},
    numbers, texts,
};

pub(super) fn strings(flat: &Flat) -> Vec<Break> {
    let mut found = Vec::new();
    if let Some(least) = count(flat, "minLength").filter(|least| *least > 0) {
        push(&mut found, "minLength", texts::plain(0, Some(least - 1)).prop_map(Value::String));
    }
    if let Some(most) = count(flat, "maxLength").filter(|most| *most < 100_000) {
        push(&mut found, "maxLength", texts::plain(most + 1, Some(most + 10)).prop_map(Value::String));
    }
    if flat.contains_key("pattern") {
        // Half of them as long as the pattern may want them; those that happen to match are sorted out at the end.
        let odd = prop_oneof![texts::plain(0, Some(3)), texts::plain(4, Some(20)), Just("\u{1}".to_owned())];
        push(&mut found, "pattern", odd.prop_map(Value::String));
        found.iter_mut().filter(|one| one.rule == "pattern").for_each(|one| one.certain = false);
    }
    found
}

pub(super) fn bounds(flat: &Flat) -> Vec<Break> {
    let mut found = Vec::new();
    let format = flat.get("format").and_then(Value::as_str);
    let whole = merge::kind(flat) == Some("integer");
    let exclusive = |keyword: &str| flat.get(keyword).and_then(Value::as_bool).unwrap_or(false);
    let (least, most) = numbers::integer_bounds(flat);
    for (keyword, flag, beyond) in [("maximum", "exclusiveMaximum", 1), ("minimum", "exclusiveMinimum", -1)] {
        let Some(bound) = flat.get(keyword).and_then(Value::as_f64) else { continue };
        // The bound itself is out where it is exclusive, and one more step is out anyway.
        let rule = if exclusive(flag) { flag } else { keyword };
        let edge = if beyond > 0 { most } else { least };
        let mut values: Vec<Value> =
            [1, 1000].iter().filter_map(|step| edge.checked_add(beyond * step)).map(|value| json!(value)).collect();
        if !whole {
            values = vec![json!(bound + beyond as f64 * 0.5), json!(bound + beyond as f64 * 1000.0)];
            if exclusive(flag) {
                values.push(json!(bound));
            }
        }
        push_any(&mut found, rule, values);
    }
    if format == Some("int32") && whole {
        push_any(&mut found, "format", vec![json!(i64::from(i32::MAX) + 1), json!(i64::from(i32::MIN) - 1)]);
    }
    if format == Some("int64") && whole {
        push_any(&mut found, "format", vec![json!(u64::MAX), json!(i64::MAX as u64 + 1)]);
    }
    if let Some(step) = flat.get("multipleOf").and_then(Value::as_i64).filter(|step| *step > 1 && whole) {
        let value = least.saturating_add(step).div_euclid(step).saturating_mul(step).saturating_add(1);
        push_any(&mut found, "multipleOf", vec![json!(value)]);
    }
    if let Some(step) = flat.get("multipleOf").and_then(Value::as_f64).filter(|step| *step > 0.0 && !whole) {
        // Half a step beside what is a multiple, and within the bounds if anything of that size is.
        push(&mut found, "multipleOf", numbers::numbers(flat).prop_map(move |value| off_step(&value, step)));
    }
    found
}

fn off_step(value: &Value, step: f64) -> Value {
    json!(value.as_f64().unwrap_or_default() - step / 2.0)
}
