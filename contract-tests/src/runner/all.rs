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

/// Runs cases and shrinks what fails. The outcomes come in the order of the cases; `progress` is told of each as it ends.
///
/// # Errors
/// A client that cannot be built.
pub async fn run_all(
    subject: &Subject,
    cases: Vec<Case>,
    progress: impl Fn() + Clone + Send + 'static,
) -> Result<Vec<Outcome>> {
    let cases = Arc::new(cases);
    let next = Arc::new(AtomicUsize::new(0));
    let first = Runner::start(subject.clone()).await?;
    let mut workers = Vec::new();
    for _ in 0..VENDORS.min(cases.len()) {
        let runner = first.another().await?;
        let (cases, next, progress) = (Arc::clone(&cases), Arc::clone(&next), progress.clone());
        workers.push(tokio::spawn(async move {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(index) else { return done };
                done.push((index, runner.run(case.clone()).await));
                progress();
            }
        }));
    }
    let mut all: Vec<(usize, Outcome)> = Vec::with_capacity(cases.len());
    for worker in workers {
        all.extend(worker.await.context("a case ended in a panic")?);
    }
    all.sort_by_key(|(index, _)| *index);
    let mut outcomes = Vec::with_capacity(all.len());
    for (_, outcome) in all {
        outcomes.push(first.shrink(outcome).await);
    }
    Ok(outcomes)
}
