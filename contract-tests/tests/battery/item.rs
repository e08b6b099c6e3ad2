//! What an item is, and how it is run.

use std::{
    future::Future,
    pin::Pin,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use crate::{
    rule::Rule,
    verdict::{Finding, Verdict},
};

/// A test under way.
pub type Running = Pin<Box<dyn Future<Output = Verdict> + Send>>;

/// Starts a test.
pub type Test = fn() -> Running;

/// One item of the checklist.
pub struct Item {
    /// Name of the test; it begins with `item_NN_`.
    pub name: &'static str,
    pub test: Test,
    /// The rule that its twin breaks: a build of the client that does so at run time.
    pub twin: Rule,
}

impl Item {
    /// The number in the name; 0 if there is none.
    pub fn id(&self) -> u32 {
        let digits = self.name.strip_prefix("item_").and_then(|rest| rest.split('_').next());
        digits.and_then(|digits| digits.parse().ok()).unwrap_or_default()
    }
}

/// An item from the name of its test and the rule that its twin breaks.
macro_rules! item {
    ($test:ident, $twin:expr) => {
        $crate::item::Item { name: stringify!($test), test: || Box::pin($test()), twin: $twin }
    };
}
pub(crate) use item;

/// What came of a test.
pub enum Outcome {
    Passed,
    /// The client did what the item forbids, or not what it demands.
    Found(Finding),
    /// The test did not get as far as a verdict.
    Panicked,
    /// It did not end.
    Stuck,
}

impl Outcome {
    pub fn into_result(self) -> Result<(), String> {
        match self {
            Self::Passed => Ok(()),
            Self::Found(finding) => Err(finding.to_string()),
            Self::Panicked => Err("the test panicked before it came to a verdict".to_owned()),
            Self::Stuck => Err(format!("the test is stuck: no end in {} s", WATCHDOG.as_secs())),
        }
    }
}

/// No item takes more than a few seconds on a busy machine; beyond this one is stuck, whatever it waits for.
const WATCHDOG: Duration = Duration::from_secs(60);

/// Runs a test under a watchdog, on a runtime of its own.
pub fn perform(test: Test) -> Outcome {
    let (sender, receiver) = mpsc::channel();
    // Not joined: a stuck test keeps its thread until the process ends.
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcome = match runtime.block_on(async { tokio::spawn(test()).await }) {
            Ok(Ok(())) => Outcome::Passed,
            Ok(Err(finding)) => Outcome::Found(finding),
            Err(_) => Outcome::Panicked,
        };
        // Nobody listens any more when the watchdog was first.
        drop(sender.send(outcome));
    });
    match receiver.recv_timeout(WATCHDOG) {
        Ok(outcome) => outcome,
        Err(RecvTimeoutError::Timeout) => Outcome::Stuck,
        Err(RecvTimeoutError::Disconnected) => Outcome::Panicked,
    }
}
