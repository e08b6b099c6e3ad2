//! Everything that can go wrong on the wire, to a call of each retry class: it ends in the right kind of error (or in a
//! success), nothing panics, and exactly so many requests are sent as may be.

mod limits;
mod runner;
mod surroundings;
mod table;

use cx_client::operation::Retry;
use futures_util::future::join_all;

use runner::{CLASSES, Ran};
use table::Fault;

pub use runner::planted;

/// Each fault that needs no waiting, with each class.
pub fn quick_pairs() -> impl Iterator<Item = (Fault, Retry)> {
    let quick = || table::faults().into_iter().filter(|fault| !runner::waits(fault));
    CLASSES.into_iter().flat_map(move |class| quick().map(move |fault| (fault, class)))
}

/// Faults that the table holds at least.
const LEAST: usize = 25;

#[tokio::test]
async fn every_fault_ends_as_it_should_in_every_retry_class() {
    let faults = table::faults();
    let mut ran: Vec<Ran> = Vec::new();
    let (waiting, quick): (Vec<_>, Vec<_>) = faults.iter().partition(|fault| runner::waits(fault));
    for fault in quick {
        for class in CLASSES {
            ran.push(runner::run(fault, class).await);
        }
    }
    let pairs = waiting.iter().flat_map(|fault| CLASSES.map(|class| runner::run(fault, class)));
    ran.extend(join_all(pairs).await);

    println!("{:<52} {:<11} {:>8}  ended in", "fault", "class", "requests");
    for row in &ran {
        println!("{:<52} {:<11} {:>8}  {}", row.fault, format!("{:?}", row.class), row.requests, row.ended);
    }
    let mut names: Vec<_> = faults.iter().map(|fault| fault.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), faults.len(), "two rows have one name");
    println!("{} faults × {} classes = {} rows", faults.len(), CLASSES.len(), ran.len());
    assert!(faults.len() >= LEAST, "{} faults", faults.len());
    assert_eq!(ran.len(), faults.len() * CLASSES.len());
    let wrong: Vec<_> = ran.iter().filter(|row| !row.problems.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn the_table_can_fail() {
    for wrong in table::impossible() {
        for class in CLASSES {
            let ran = runner::run(&wrong, class).await;
            assert!(!ran.problems.is_empty(), "{ran:?}");
        }
    }
}
