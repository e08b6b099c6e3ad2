//! Many cases at a time: each vendor and client of a subject takes the next case that nobody has taken.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use anyhow::{Context, Result};

use super::{Outcome, Runner};
use crate::{apis::Subject, cases::Case};

/// Vendors at work at the same time. More of them only wait for each other on a machine of two cores.
const VENDORS: usize = 4;

/// Runs cases, shrinks what fails and hands each outcome to `keep`. An outcome of a case that passed is handed over where the
/// case ran: what is made of it takes as long as the case itself. What is kept comes back in the order of the cases.
///
/// # Errors
/// A client that cannot be built.
pub async fn run_all<T: Send + 'static>(
    subject: &Subject,
    cases: Vec<Case>,
    keep: impl Fn(Outcome) -> T + Clone + Send + 'static,
) -> Result<Vec<T>> {
    let cases = Arc::new(cases);
    let next = Arc::new(AtomicUsize::new(0));
    let first = Runner::start(subject.clone()).await?;
    let mut runners = Vec::new();
    for _ in 1..VENDORS.min(cases.len()) {
        runners.push(first.another().await?);
    }
    runners.push(first);
    let mut workers = Vec::new();
    for runner in runners {
        let (cases, next, keep) = (Arc::clone(&cases), Arc::clone(&next), keep.clone());
        workers.push(tokio::spawn(async move {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(index) else { return done };
                let outcome = runner.run(case.clone()).await;
                done.push((index, if outcome.passed() { Ok(keep(outcome)) } else { Err(outcome) }));
            }
        }));
    }
    let mut all = Vec::with_capacity(cases.len());
    for worker in workers {
        all.extend(worker.await.context("a case ended in a panic")?);
    }
    all.sort_by_key(|(index, _)| *index);
    let mut kept = Vec::with_capacity(all.len());
    for (_, ended) in all {
        kept.push(match ended {
            Ok(kept) => kept,
            Err(failed) => keep(shrunk(subject, failed).await?),
        });
    }
    Ok(kept)
}

/// Shrinks on a vendor of its own: what is drawn cannot go from thread to thread.
async fn shrunk(subject: &Subject, failed: Outcome) -> Result<Outcome> {
    Ok(Runner::start(subject.clone()).await?.shrink(failed).await)
}
