//! The score of the mutants, as the page shows it.

use serde::Serialize;

use super::{
    super::{Mutants, Survivor},
    view::Bar,
};
use crate::mutants::report::THRESHOLD;

#[derive(Serialize)]
pub(super) struct MutantView<'r> {
    name: &'r str,
    score: Bar,
    survivors: &'r [Survivor],
}

pub(super) fn mutants(mutants: &Mutants) -> Vec<MutantView<'_>> {
    mutants
        .apis
        .iter()
        .map(|(name, score)| MutantView {
            name,
            score: Bar {
                enough: score.killed * 100 >= score.total * THRESHOLD,
                ..Bar::new("faults noticed", score.killed, score.total)
            },
            survivors: &score.survivors,
        })
        .collect()
}
