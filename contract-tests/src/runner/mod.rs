//! Running cases through the client.

mod all;
mod judge;
mod lacking;
mod shrink;

use std::{any::Any, panic::AssertUnwindSafe};

use anyhow::Result;
use cx_client::{CallOptions, Core, Error, dynamic};
use cx_mock::{Answer, Exchange, MockVendor, Violation};
use cx_spec::Operation;
use futures_util::FutureExt as _;

use crate::{
    apis::Subject,
    arrived,
    cases::{Case, Expected},
};

pub use all::{run_all, run_drawn};

/// What came of one case.
#[derive(Debug)]
pub struct Outcome {
    /// The case. One that failed with values that were drawn carries the smallest that still fail.
    pub case: Case,
    /// What the client got wrong; empty if nothing.
    pub problems: Vec<String>,
    /// What the client's requests broke of the document.
    pub violations: Vec<Violation>,
    /// What went over the wire.
    pub exchanges: Vec<Exchange>,
}

impl Outcome {
    /// Whether there is nothing to complain of.
    pub fn passed(&self) -> bool {
        self.problems.is_empty() && self.violations.is_empty()
    }
}

/// A subject under test: its vendor and its client.
#[derive(Debug)]
pub struct Runner {
    subject: Subject,
    vendor: MockVendor,
    core: Core,
}

impl Runner {
    /// Starts vendor and client.
    ///
    /// # Errors
    /// A client that cannot be built.
    pub async fn start(subject: Subject) -> Result<Self> {
        let vendor = subject.vendor().await;
        let core = subject.connect(&vendor)?;
        Ok(Self { subject, vendor, core })
    }

    /// A vendor and a client that are there already, such as one that reaches the vendor through a proxy.
    pub fn new(subject: Subject, vendor: MockVendor, core: Core) -> Self {
        Self { subject, vendor, core }
    }

    /// Starts another vendor, and a client that shares the connections of this one.
    ///
    /// # Errors
    /// A client that cannot be built.
    pub async fn another(&self) -> Result<Self> {
        let vendor = self.subject.vendor().await;
        let core = self.subject.connect_like(&vendor, &self.core)?;
        Ok(Self { subject: self.subject.clone(), vendor, core })
    }

    /// The vendor.
    pub fn vendor(&self) -> &MockVendor {
        &self.vendor
    }

    /// The client.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Runs one case. Retries are off, so that a status is seen as often as it is scripted.
    pub async fn run(&self, case: Case) -> Outcome {
        let Some(operation) = self.subject.api.operation(&case.operation) else {
            let problems = vec![format!("the document has no operation {}", case.operation)];
            return Outcome { case, problems, violations: Vec::new(), exchanges: Vec::new() };
        };
        match &case.expected {
            Expected::RequestRefused(lacking) => {
                let lacking = lacking.clone();
                self.run_lacking(case, operation, &lacking).await
            }
            Expected::Documented | Expected::ReplyRefused(_) => self.run_scripted(case, operation).await,
        }
    }

    async fn run_scripted(&self, case: Case, operation: &Operation) -> Outcome {
        // The client renews its token after a 401 and asks once more: the vendor stays with its no.
        let due = if case.status == 401 && !operation.security.is_empty() { 2 } else { 1 };
        for _ in 0..due {
            self.vendor.script(&case.operation, answer(&case));
        }
        let result = self.call(&case).await;
        let left = self.vendor.unscript(&case.operation);
        let violations = self.vendor.take_violations();
        let exchanges = self.vendor.take_exchanges();
        let result = match result {
            Ok(result) => result,
            Err(panic) => return Outcome { case, problems: vec![panic], violations, exchanges },
        };
        let own: Vec<&Exchange> =
            exchanges.iter().filter(|one| one.operation() == Some(operation.id.as_str())).collect();
        let asked = own.last();
        let sent = asked.map(|exchange| exchange.reply.body.as_slice()).unwrap_or_default();
        let mut problems = match &result {
            Ok(reply) => judge::success(&case, operation, sent, reply),
            Err(error) => judge::error(&case, operation, sent, error),
        };
        if left > 0 {
            problems.push("the client did not ask as often as it should".to_owned());
        }
        if own.len() > due {
            problems.push(format!("the client asked {} times, where {due} would do", own.len()));
        }
        if let Some(exchange) = asked {
            let headers = result.as_ref().map_or_else(Error::headers, |reply| Some(&reply.headers));
            problems.extend(headers.map(|headers| judge::headers(&exchange.reply, headers)).unwrap_or_default());
            problems.extend(arrived::differences(operation, &case.arguments, &exchange.request, &exchange.verdict));
        }
        Outcome { case, problems, violations, exchanges }
    }

    /// Calls the client. A panic of it is what is wrong with the case, and costs the report of no other.
    async fn call(&self, case: &Case) -> Result<Result<dynamic::Reply, Error>, String> {
        let mut options = CallOptions::new().max_attempts(1);
        if let Some(media_type) = &case.media_type {
            options = options.media_type(media_type);
        }
        let call = async {
            (self.subject.client.call)(self.core.clone(), &case.operation, case.arguments.clone(), options).await
        };
        let called = AssertUnwindSafe(call).catch_unwind().await;
        called.map_err(|panic| format!("the client ended in a panic: {}", said(&*panic)))
    }
}

/// What a panic says.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("it says nothing")
}

/// An example is sent as the mock knows it, with the documented headers; any other value as the type it has.
fn answer(case: &Case) -> Answer {
    match &case.reply {
        Some(reply) if reply.made_up => {
            Answer::value(case.status, reply.value.clone()).header("content-type", &reply.media_type)
        }
        Some(reply) => Answer::example(case.status, &reply.example),
        None => Answer::status(case.status),
    }
}
