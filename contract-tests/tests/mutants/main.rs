//! That the judge of mutants catches what is wrong, and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test may stop where it fails, and its name says what it shows"
)]

mod clients;
mod harmless;
mod judge;
mod negative;
mod operators;

use contract_tests::{
    apis::{self, Subject},
    mutants::evidence::{self, Evidence},
};
use tokio::sync::OnceCell;

/// A subject and what is known of it.
pub struct Known {
    pub subject: Subject,
    pub evidence: Evidence,
}

pub async fn known(name: &str) -> Known {
    let subject = apis::subjects(Some(name)).unwrap().remove(0);
    let evidence = evidence::collect(&subject).await.unwrap();
    Known { subject, evidence }
}

/// The smallest document, which is enough to show what the judge does. It is asked once: that takes a while.
pub async fn smallest() -> &'static Known {
    static KNOWN: OnceCell<Known> = OnceCell::const_new();
    KNOWN.get_or_init(|| known("wootric-cxi")).await
}
