//! Numbers within bounds.

use proptest::{
    prelude::*,
    strategy::{NewTree, ValueTree},
    test_runner::TestRunner,
};
use serde_json::{Value, json};

use super::merge::Flat;

/// Beyond this a number is not the same in every language's JSON.
const EXACT: i64 = 1 << 53;

/// The least and the greatest integer that a schema takes.
pub(super) fn integer_bounds(flat: &Flat) -> (i64, i64) {
    let (mut least, mut most) = match flat.get("format").and_then(Value::as_str) {
        Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        Some("int64") => (i64::MIN, i64::MAX),
        _ => (-EXACT, EXACT),
    };
    if let Some(minimum) = whole(flat, "minimum", f64::ceil) {
        least = least.max(if is_exclusive(flat, "exclusiveMinimum", minimum) {
            minimum.saturating_add(1)
        } else {
            minimum
        });
    }
    if let Some(maximum) = whole(flat, "maximum", f64::floor) {
        most = most.min(if is_exclusive(flat, "exclusiveMaximum", maximum) {
            maximum.saturating_sub(1)
        } else {
            maximum
        });
    }
    (least, most.max(least))
}

fn whole(flat: &Flat, keyword: &str, round: fn(f64) -> f64) -> Option<i64> {
    let bound = flat.get(keyword)?;
    bound.as_i64().or_else(|| bound.as_f64().map(|bound| round(bound) as i64))
}

/// A bound that was rounded is already inside.
fn is_exclusive(flat: &Flat, flag: &str, rounded: i64) -> bool {
    let keyword = if flag == "exclusiveMinimum" { "minimum" } else { "maximum" };
    let exact = flat.get(keyword).and_then(Value::as_f64).is_some_and(|bound| bound == rounded as f64);
    exact && flat.get(flag).and_then(Value::as_bool).unwrap_or(false)
}

pub(super) fn integers(flat: &Flat) -> BoxedStrategy<Value> {
    let (least, most) = integer_bounds(flat);
    if let Some(step) = flat.get("multipleOf").and_then(Value::as_i64).filter(|step| *step > 0) {
        let (first, last) = (least.div_euclid(step) + i64::from(least.rem_euclid(step) != 0), most.div_euclid(step));
        return (first..=last.max(first)).prop_map(move |times| json!(times.saturating_mul(step))).boxed();
    }
    let near = (0.max(least).min(most), 1000.max(least).min(most));
    // Mostly small numbers, which are easy to read, and the edges, where mistakes live.
    let drawn = prop_oneof![
        6 => near.0..=near.1.max(near.0),
        2 => least..=most,
        1 => Just(least),
        1 => Just(most),
    ];
    Integers { drawn: drawn.boxed(), simplest: near.0 }.prop_map(|number| json!(number)).boxed()
}

/// Integers that shrink towards the one next to zero, wherever they were drawn from: a choice among ranges would end at
/// the range that it happened to fall into.
#[derive(Debug)]
struct Integers {
    drawn: BoxedStrategy<i64>,
    simplest: i64,
}

impl Strategy for Integers {
    type Tree = Approach;
    type Value = i64;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let drawn = self.drawn.new_tree(runner)?.current();
        let distance = i128::from(drawn) - i128::from(self.simplest);
        Ok(Approach {
            simplest: self.simplest,
            sign: distance.signum(),
            low: 0,
            at: distance.abs(),
            high: distance.abs(),
        })
    }
}

/// A binary search for the least distance from the simplest number that still fails.
#[derive(Clone, Copy, Debug)]
struct Approach {
    simplest: i64,
    sign: i128,
    low: i128,
    at: i128,
    high: i128,
}

impl Approach {
    fn go_on(&mut self) -> bool {
        let middle = self.low + (self.high - self.low) / 2;
        let moves = middle != self.at;
        self.at = middle;
        moves
    }
}

impl ValueTree for Approach {
    type Value = i64;

    fn current(&self) -> i64 {
        let number = i128::from(self.simplest) + self.sign * self.at;
        i64::try_from(number).unwrap_or(self.simplest)
    }

    fn simplify(&mut self) -> bool {
        self.high = self.at;
        self.go_on()
    }

    fn complicate(&mut self) -> bool {
        self.low = (self.at + 1).min(self.high);
        self.go_on()
    }
}

/// The range of a `number`, its ends taken or not.
pub(super) fn numbers(flat: &Flat) -> BoxedStrategy<Value> {
    let bound = |keyword: &str, otherwise: f64| flat.get(keyword).and_then(Value::as_f64).unwrap_or(otherwise);
    let exclusive = |keyword: &str| flat.get(keyword).and_then(Value::as_bool).unwrap_or(false);
    let widest = 1e9;
    let minimum = bound("minimum", bound("maximum", widest).min(0.0) - widest);
    let maximum = bound("maximum", minimum.max(0.0) + widest);
    let least = if exclusive("exclusiveMinimum") { minimum.next_up() } else { minimum };
    let most = if exclusive("exclusiveMaximum") { maximum.next_down() } else { maximum };
    if let Some(step) = flat.get("multipleOf").and_then(Value::as_f64).filter(|step| *step > 0.0) {
        let (first, last) = ((least / step).ceil() as i64, (most / step).floor() as i64);
        return (first..=last.max(first)).prop_map(move |times| json!(times as f64 * step)).boxed();
    }
    if most <= least {
        return Just(json!(least)).boxed();
    }
    let halves = (least * 2.0).ceil() as i64..=(most * 2.0).floor() as i64;
    if halves.is_empty() {
        return (least..=most).prop_map(|number| json!(number)).boxed();
    }
    // Halves print short and survive every detour through text.
    prop_oneof![4 => halves.prop_map(|twice| json!(twice as f64 / 2.0)), 1 => (least..=most).prop_map(|n| json!(n))]
        .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_shrinks_to_the_least_that_still_fails_from_wherever_it_was_drawn() {
        let schema = json!({"type": "integer", "minimum": -500, "maximum": 100_000});
        let strategy = integers(schema.as_object().unwrap());
        let mut runner = TestRunner::deterministic();
        let mut failed = 0;
        for _ in 0..200 {
            let mut tree = strategy.new_tree(&mut runner).unwrap();
            let fails = |value: Value| !(-40..=70).contains(&value.as_i64().unwrap());
            if !fails(tree.current()) {
                continue;
            }
            failed += 1;
            let mut smallest = tree.current();
            let mut goes_on = tree.simplify();
            while goes_on {
                goes_on = if fails(tree.current()) {
                    smallest = tree.current();
                    tree.simplify()
                } else {
                    tree.complicate()
                };
            }
            assert!([json!(71), json!(-41)].contains(&smallest), "{smallest}");
        }
        assert!(failed > 50);
    }
}
