//! Many cases at a time: each vendor and client of a subject takes the next case that nobody has taken.

use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::sync::{
    Mutex,
    mpsc::{self, UnboundedReceiver},
};

use super::{Outcome, Runner};
use crate::{apis::Subject, cases::Case};

/// Vendors at work at the same time. More of them only wait for each other on a machine of two cores.
const VENDORS: usize = 4;

/// The cases that nobody has taken, each with its number.
type Waiting = Arc<Mutex<UnboundedReceiver<(usize, Case)>>>;

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
    run_drawn(subject, move |take| cases.into_iter().for_each(take), keep).await
}

/// As [`run_all`], of cases that are drawn while others run: `draw` hands over one after another, on a thread of its own.
///
/// # Errors
/// A client that cannot be built.
pub async fn run_drawn<T: Send + 'static>(
    subject: &Subject,
    draw: impl FnOnce(&mut dyn FnMut(Case)) + Send + 'static,
    keep: impl Fn(Outcome) -> T + Clone + Send + 'static,
) -> Result<Vec<T>> {
    let (sender, receiver) = mpsc::unbounded_channel::<(usize, Case)>();
    let drawing = tokio::task::spawn_blocking(move || {
        let mut number = 0;
        draw(&mut |case| {
            // Where nobody takes them any more, a client could not be built, and that is what is reported.
            let _ = sender.send((number, case));
            number += 1;
        });
    });
    let waiting: Waiting = Arc::new(Mutex::new(receiver));
    let first = Arc::new(Runner::start(subject.clone()).await?);
    let mut workers = Vec::new();
    for number in 0..VENDORS {
        let own = (number == 0).then(|| Arc::clone(&first));
        workers.push(tokio::spawn(work(Arc::clone(&first), own, Arc::clone(&waiting), keep.clone())));
    }
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.context("a case ended in a panic")??);
    }
    drawing.await.context("the cases could not be drawn")?;
    all.sort_by_key(|(number, _)| *number);
    let mut kept = Vec::with_capacity(all.len());
    for (_, ended) in all {
        kept.push(match ended {
            Ok(kept) => kept,
            Err(failed) => keep(shrunk(subject, failed).await?),
        });
    }
    Ok(kept)
}

/// What came of a case, by its number: what is kept of it, or the failure.
type Done<T> = (usize, Result<T, Outcome>);

/// Runs the cases that nobody else takes. A vendor of its own is started for the first of them: there may be none.
async fn work<T>(
    first: Arc<Runner>,
    mut own: Option<Arc<Runner>>,
    waiting: Waiting,
    keep: impl Fn(Outcome) -> T,
) -> Result<Vec<Done<T>>> {
    let mut done = Vec::new();
    while let Some((number, case)) = next(&waiting).await {
        let runner = match own.take() {
            Some(runner) => runner,
            None => Arc::new(first.another().await?),
        };
        let outcome = runner.run(case).await;
        done.push((number, if outcome.passed() { Ok(keep(outcome)) } else { Err(outcome) }));
        own = Some(runner);
    }
    Ok(done)
}

async fn next(waiting: &Waiting) -> Option<(usize, Case)> {
    waiting.lock().await.recv().await
}

/// Shrinks on a vendor of its own: what is drawn cannot go from thread to thread.
async fn shrunk(subject: &Subject, failed: Outcome) -> Result<Outcome> {
    Ok(Runner::start(subject.clone()).await?.shrink(failed).await)
}
