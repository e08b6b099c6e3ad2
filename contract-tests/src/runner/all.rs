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

/// Runs cases, shrinks what fails and hands each outcome to `keep`, where the case ran: what is made of an outcome takes as
/// long as the case itself. What is kept comes back in the order of the cases.
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
    let mut runners = vec![Runner::start(subject.clone()).await?];
    for _ in 1..VENDORS.min(cases.len()) {
        let first = runners.first().context("there is one")?;
        runners.push(first.another().await?);
    }
    let mut workers = Vec::new();
    for runner in runners {
        let (cases, next, keep) = (Arc::clone(&cases), Arc::clone(&next), keep.clone());
        workers.push(tokio::spawn(async move {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(index) else { return done };
                let outcome = runner.run(case.clone()).await;
                done.push((index, keep(runner.shrink(outcome).await)));
            }
        }));
    }
    let mut all: Vec<(usize, T)> = Vec::with_capacity(cases.len());
    for worker in workers {
        all.extend(worker.await.context("a case ended in a panic")?);
    }
    all.sort_by_key(|(index, _)| *index);
    Ok(all.into_iter().map(|(_, kept)| kept).collect())
}
