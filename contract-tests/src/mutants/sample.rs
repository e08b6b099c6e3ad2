//! A sample of the mutants of a document: for a judge that takes too long to see all of them.

use std::collections::BTreeMap;

use super::operators::Mutant;
use crate::cases::generated::seed_of;

/// So many of the mutants, spread over the operators: one of each operator before there is a second of any. Which operators
/// come first and which of their mutants is for the seed to say; one seed makes the same choice each time.
pub fn sample(mutants: Vec<Mutant>, size: usize, seed: u64) -> Vec<Mutant> {
    let mut by_operator: BTreeMap<&str, Vec<Mutant>> = BTreeMap::new();
    for mutant in mutants {
        by_operator.entry(mutant.operator.name).or_default().push(mutant);
    }
    let mut drawn: Vec<(usize, u64, Mutant)> = Vec::new();
    for (operator, mut own) in by_operator {
        own.sort_by_key(|mutant| seed_of(seed, &format!("{:?}", mutant.edit)));
        drawn.extend(own.into_iter().enumerate().map(|(round, mutant)| (round, seed_of(seed, operator), mutant)));
    }
    drawn.sort_by_key(|(round, lot, _)| (*round, *lot));
    drawn.into_iter().take(size).map(|(_, _, mutant)| mutant).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{apis, mutants::operators};

    fn drawn(size: usize, seed: u64) -> Vec<(&'static str, String)> {
        let subject = apis::subjects(None).unwrap().remove(0);
        let mutants = sample(operators::mutants(&subject.api, usize::MAX), size, seed);
        mutants.into_iter().map(|mutant| (mutant.operator.name, format!("{:?}", mutant.edit))).collect()
    }

    #[test]
    fn one_seed_draws_the_same_and_another_seed_others() {
        assert_eq!(drawn(20, 1), drawn(20, 1));
        assert_ne!(drawn(20, 1), drawn(20, 2));
    }

    #[test]
    fn no_operator_is_drawn_twice_before_all_were_drawn_once() {
        let operators = |size| drawn(size, 1).into_iter().map(|(operator, _)| operator).collect::<Vec<_>>();
        let all: BTreeSet<_> = operators(usize::MAX).into_iter().collect();
        let first: BTreeSet<_> = operators(all.len()).into_iter().collect();
        assert_eq!(first, all);
    }
}
