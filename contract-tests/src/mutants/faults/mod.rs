//! Faults in generated code and transport, as they would show on the wire, and whether the suite notices.
//!
//! A fault is a layer between client and vendor that does one thing wrong to every request, or to every reply. It is
//! caught when, of all exchanges that the client has, at least one then breaks the document, does not carry what the
//! caller gave, or hands the caller something else than was sent.

mod reply;
mod request;

use anyhow::Result;
use cx_mock::{Exchange, Incoming, Validator};
use serde::Serialize;
use serde_json::Value;

use super::witness::{Said, complaint};
use crate::{
    apis::Subject,
    arrived,
    cases::{self, Expected},
    runner::Runner,
};

/// A fault that was made, and whether it was noticed.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// What was done.
    pub fault: &'static str,
    /// API of the client that had the fault.
    pub api: String,
    /// How often it could be made.
    pub made: usize,
    /// What was said first; none if nobody noticed.
    pub noticed: Option<String>,
}

/// One exchange of the client, with the arguments that the caller gave.
struct Had {
    operation: String,
    arguments: Value,
    exchange: Exchange,
}

/// Gives the client of a subject every fault in turn. Faults that no exchange has room for are left out.
///
/// # Errors
/// A client that cannot be built.
pub async fn run(subject: &Subject) -> Result<Vec<Outcome>> {
    let validator = Validator::new(subject.api.clone());
    let mut had = exchanges(subject).await?;
    // Who complains without a fault says nothing about faults.
    had.retain(|had| wrong(&validator, had, had.exchange.request.clone()).is_none());
    let mut outcomes: Vec<Outcome> =
        request::FAULTS.iter().map(|fault| requests(subject, &validator, &had, fault)).collect();
    outcomes.extend(reply::run(subject).await?);
    outcomes.retain(|outcome| outcome.made > 0);
    Ok(outcomes)
}

/// The exchanges of all cases that pass, those of their own operation only. Where the caller leaves out what is required,
/// a request that breaks the document is no fault of the client, and it may not be the client that sent it.
async fn exchanges(subject: &Subject) -> Result<Vec<Had>> {
    let runner = Runner::start(subject.clone()).await?;
    let mut had = Vec::new();
    let cases = cases::enumerate(subject).into_iter();
    for case in cases.filter(|case| !matches!(case.expected, Expected::RequestRefused(_))) {
        let outcome = runner.run(case).await;
        if !outcome.passed() {
            continue;
        }
        let (operation, arguments) = (outcome.case.operation, outcome.case.arguments);
        let own = outcome.exchanges.into_iter().rev().find(|exchange| exchange.operation() == Some(&operation));
        had.extend(own.map(|exchange| Had { operation, arguments, exchange }));
    }
    Ok(had)
}

/// Makes one fault in every request that has room for it.
fn requests(subject: &Subject, validator: &Validator, had: &[Had], fault: &request::Fault) -> Outcome {
    let mut outcome = Outcome { fault: fault.name, api: subject.name().to_owned(), made: 0, noticed: None };
    for had in had {
        let Some(tampered) = (fault.tamper)(&had.exchange.request) else { continue };
        outcome.made += 1;
        if outcome.noticed.is_none() {
            outcome.noticed = wrong(validator, had, tampered);
        }
    }
    outcome
}

/// What is wrong with a request: of the document, or of what the caller gave.
fn wrong(validator: &Validator, had: &Had, request: Incoming) -> Option<String> {
    let said = Said::Request(request.clone());
    complaint(validator, &had.operation, &said).or_else(|| {
        let operation = validator.api().operation(&had.operation)?;
        let verdict = validator.request(&request);
        arrived::differences(operation, &had.arguments, &request, &verdict).into_iter().next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apis;

    #[tokio::test]
    async fn a_client_without_fault_is_not_complained_of() {
        for subject in apis::subjects(None).unwrap() {
            let validator = Validator::new(subject.api.clone());
            let had = exchanges(&subject).await.unwrap();
            assert!(!had.is_empty());
            let complaint =
                |had: &Had| Some((had.arguments.clone(), wrong(&validator, had, had.exchange.request.clone())?));
            let complaints: Vec<_> = had.iter().filter_map(complaint).collect();
            assert_eq!(complaints, [], "{}", subject.name());
        }
    }
}
