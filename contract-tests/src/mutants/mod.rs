//! Documents with one thing wrong, and whether the suite would notice.
//!
//! [`operators`] makes the mutants, [`evidence`] collects what client, fixtures and vendor say to each other, and
//! [`judge`] lets each mutant take the document's place as the judge of it. A mutant that agrees with the original on
//! everything that was said has survived: it is named, and `survivors.json` says why it may. [`clients`] is the other judge,
//! before whom a mutant takes the place of what the client is generated from. In [`faults`] the document stays, and what
//! the client sends or gets is wrong.
//!
//! Comparing the texts of documents is no way to catch a mutant here: every difference would be caught, and nothing
//! would be known of the suite.

pub mod authority;
pub mod breaks;
pub mod clients;
pub mod edges;
pub mod edit;
pub mod evidence;
pub mod faults;
pub mod fixture;
mod flat;
pub mod judge;
pub mod operators;
mod pairs;
mod prune;
pub mod reach;
pub mod record;
pub mod report;
pub mod sample;
pub mod site;
pub mod survivors;
pub mod wire;
pub mod witness;

use std::thread;

use anyhow::Result;

use self::{
    judge::{Judge, Verdict},
    operators::Mutant,
};
use crate::apis::Subject;

/// Mutants of one operator in a run that is not full.
pub const MOST_EACH: usize = 10;

/// A mutant and what came of it.
#[derive(Debug)]
pub struct Outcome {
    /// The mutant.
    pub mutant: Mutant,
    /// Line of the document that it is about.
    pub line: usize,
    /// What came of it.
    pub verdict: Verdict,
}

/// Judges the mutants of one document, on all processors.
///
/// # Errors
/// A client that cannot be built, a fixture that cannot be read.
pub async fn run(subject: &Subject, most_each: usize) -> Result<Vec<Outcome>> {
    let evidence = evidence::collect(subject).await?;
    let judge = Judge::new(subject, &evidence)?;
    let mutants = operators::mutants(&subject.api, most_each);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let verdicts = thread::scope(|scope| {
        let chunks = (0..workers).map(|worker| {
            let (judge, mutants) = (&judge, &mutants);
            scope.spawn(move || {
                let own = mutants.iter().enumerate().skip(worker).step_by(workers);
                own.map(|(index, mutant)| (index, judge.judge(&mutant.edit))).collect::<Vec<_>>()
            })
        });
        let running: Vec<_> = chunks.collect();
        running.into_iter().map(thread::ScopedJoinHandle::join).collect::<Result<Vec<_>, _>>()
    });
    let verdicts = verdicts.map_err(|_| anyhow::anyhow!("a judge of {} panicked", subject.name()))?;
    let mut verdicts: Vec<(usize, Verdict)> = verdicts.into_iter().flatten().collect();
    verdicts.sort_by_key(|(index, _)| *index);
    let outcome = |(mutant, (_, verdict)): (Mutant, (usize, Verdict))| {
        let line = subject.api.document().place(&mutant.edit.pointer).line;
        Outcome { mutant, line, verdict }
    };
    Ok(mutants.into_iter().zip(verdicts).map(outcome).collect())
}
