//! From a failure to the smallest one of its kind.

use super::{Outcome, Runner};

/// So many values are tried on the way down. A tree of lists and objects ends long before that.
const TRIES: usize = 512;

impl Runner {
    /// Shrinks the drawn values of a case that failed. Any other outcome comes back as it is.
    pub async fn shrink(&self, outcome: Outcome) -> Outcome {
        let tree = if outcome.passed() { None } else { outcome.case.tree(&self.subject.api) };
        let Some(mut tree) = tree else { return outcome };
        let (case, mut smallest) = (outcome.case.clone(), outcome);
        let mut goes_on = tree.simplify();
        for _ in 0..TRIES {
            if !goes_on {
                break;
            }
            let tried = self.run(case.with_drawn(tree.current())).await;
            if tried.passed() {
                goes_on = tree.complicate();
            } else {
                smallest = tried;
                goes_on = tree.simplify();
            }
        }
        smallest
    }
}
