//! Tests counted in the output of a step.

use std::ops::AddAssign;

/// Tests that passed, failed and were left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub passed: u64,
    pub failed: u64,
    pub ignored: u64,
}

impl Totals {
    /// Sums up the lines `test result: ok. 5 passed; 0 failed; 1 ignored; …`.
    pub(super) fn of(text: &str) -> Self {
        let mut totals = Self::default();
        for line in text.lines().filter_map(|line| line.trim().strip_prefix("test result:")) {
            for part in line.split([';', '.']) {
                let mut words = part.split_whitespace();
                let (Some(number), Some(what)) =
                    (words.next().and_then(|word| word.parse::<u64>().ok()), words.next())
                else {
                    continue;
                };
                match what {
                    "passed" => totals.passed += number,
                    "failed" => totals.failed += number,
                    "ignored" => totals.ignored += number,
                    _ => {}
                }
            }
        }
        totals
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_totals_are_summed_over_binaries() {
        let totals = Totals::of(
            "running 2 tests\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
             test result: FAILED. 3 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out\n",
        );
        assert_eq!(totals, Totals { passed: 5, failed: 4, ignored: 1 });
    }
}
