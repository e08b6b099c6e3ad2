//! Has one fault happen to a call of one class, and judges what comes of it.

use std::{error::Error as _, sync::Arc, time::Duration};

use cx_client::{CallOptions, Core, CoreBuilder, Error, Result, auth::Credentials, dynamic::Reply, operation::Retry};
use cx_mock::{ClosedPort, DeafPort, FaultServer, Step};
use serde_json::{Value, json};

use super::{
    surroundings::{REAL_DEADLINE, Surroundings},
    table::{Caller, Deadline, End, Fault, MAX_BODY_BYTES, Vendor},
};
use crate::support::{self, Patient};

/// Long enough that only a hang reaches it.
const WATCHDOG: Duration = Duration::from_secs(60);

/// The retry classes, each with an operation of it whose success is the same object.
pub const CLASSES: [Retry; 3] = [Retry::Safe, Retry::Idempotent, Retry::Never];

fn call_of(class: Retry) -> (&'static str, Value) {
    match class {
        Retry::Safe => ("get_end_user", json!({"id": "1"})),
        Retry::Idempotent => ("update_end_user", json!({"id": 1, "body": {"email": "a@example.com"}})),
        Retry::Never => ("create_end_user", json!({"body": {"email": "a@example.com"}})),
    }
}

/// The same with canaries in all that the caller gives.
fn planted_call_of(class: Retry) -> (&'static str, Value) {
    let body = json!({"email": "canary@example.com", "phone_number": "+1 555 canary"});
    match class {
        Retry::Safe => ("get_end_user", json!({"id": "canary@example.com", "lookup_by_email": true})),
        Retry::Idempotent => ("update_end_user", json!({"id": 1, "body": body})),
        Retry::Never => ("create_end_user", json!({"body": body})),
    }
}

/// Runs a row with canaries in arguments and credentials, the token in the query.
pub async fn planted(fault: &Fault, class: Retry) -> Result<Reply> {
    let place = Place::of(&fault.vendor).await;
    let credentials = match fault.caller {
        Caller::Token => Credentials::fixed("canary-token"),
        Caller::Credentials => Credentials::client_credentials("canary-id", "canary-secret"),
    };
    let core = builder(fault, &place.base_url()).credentials(credentials).token_in_query(true).build().unwrap();
    let (operation, arguments) = planted_call_of(class);
    (support::subject("wootric").client.call)(core, operation, arguments, CallOptions::new()).await
}

/// What came of a row and a class.
#[derive(Debug)]
pub struct Ran {
    pub fault: &'static str,
    pub class: Retry,
    pub requests: u64,
    pub ended: String,
    pub problems: Vec<String>,
}

/// The other end of the wire.
enum Place {
    Server(FaultServer, Option<FaultServer>),
    Closed(ClosedPort),
    Deaf(DeafPort),
}

impl Place {
    async fn of(vendor: &Vendor) -> Self {
        match vendor {
            Vendor::Script(steps) => Self::Server(FaultServer::start(steps.clone()).await.unwrap(), None),
            Vendor::Closed => Self::Closed(ClosedPort::take().unwrap()),
            Vendor::Deaf => Self::Deaf(DeafPort::take().await.unwrap()),
            Vendor::Elsewhere(status) => {
                let other = FaultServer::start(Vec::new()).await.unwrap();
                let location = format!("{}/v1/end_users/1", other.base_url());
                let server = FaultServer::start(vec![Step::redirect(*status, &location)]).await.unwrap();
                Self::Server(server, Some(other))
            }
        }
    }

    fn base_url(&self) -> String {
        match self {
            Self::Server(server, _) => server.base_url(),
            Self::Closed(port) => port.base_url().unwrap(),
            Self::Deaf(port) => port.base_url().unwrap(),
        }
    }

    fn requests(&self) -> u64 {
        match self {
            Self::Server(server, _) => server.requests(),
            Self::Closed(_) | Self::Deaf(_) => 0,
        }
    }
}

fn client(fault: &Fault, base_url: &str) -> Core {
    match fault.caller {
        Caller::Token => builder(fault, base_url),
        Caller::Credentials => builder(fault, base_url).credentials(Credentials::client_credentials("id", "secret")),
    }
    .build()
    .unwrap()
}

fn builder(fault: &Fault, base_url: &str) -> CoreBuilder {
    let builder = support::builder(&support::subject("wootric"), base_url, &Arc::<Patient>::default())
        .environment(Arc::new(Surroundings::new(fault.clocks)))
        .max_body_bytes(MAX_BODY_BYTES);
    match fault.deadline {
        Deadline::None => builder,
        Deadline::Attempt => builder.attempt_deadline(REAL_DEADLINE),
        Deadline::Total => builder.deadline(REAL_DEADLINE),
    }
}

/// Runs a row for one class.
pub async fn run(fault: &Fault, class: Retry) -> Ran {
    let place = Place::of(&fault.vendor).await;
    let core = client(fault, &place.base_url());
    let (operation, arguments) = call_of(class);
    let subject = support::subject("wootric");
    let row = core.api().operations.iter().find(|row| row.id == operation).unwrap();
    assert_eq!(row.retry, class, "{operation}");
    let call = (subject.client.call)(core, operation, arguments, CallOptions::new());
    let index = CLASSES.iter().position(|one| *one == class).unwrap();
    let (ended, mut problems) = match tokio::time::timeout(WATCHDOG, call).await {
        Ok(outcome) => (shown(&outcome), judge(fault, index, &outcome)),
        Err(_) => ("hangs".to_owned(), vec!["the call never ended".to_owned()]),
    };
    let requests = place.requests();
    if requests != fault.requests[index] {
        problems.push(format!("{requests} requests instead of {}", fault.requests[index]));
    }
    let followed = matches!(&place, Place::Server(_, Some(other)) if other.connections() > 0);
    if followed {
        problems.push("the redirect was followed".to_owned());
    }
    Ran { fault: fault.name, class, requests, ended, problems }
}

fn shown(outcome: &Result<Reply>) -> String {
    match outcome {
        Ok(reply) => format!("success {}", reply.status.as_u16()),
        Err(error) => match error.status() {
            Some(status) => format!("{} {}", error.kind().name(), status.as_u16()),
            None => error.kind().name().to_owned(),
        },
    }
}

fn judge(fault: &Fault, index: usize, outcome: &Result<Reply>) -> Vec<String> {
    let mut problems = Vec::new();
    let end = match outcome {
        Ok(_) => End::Success,
        Err(error) => End::Error(error.kind(), error.status().map(|status| status.as_u16())),
    };
    if end != fault.end {
        problems.push(format!("{end:?} instead of {:?}: {outcome:?}", fault.end));
    }
    let Err(error) = outcome else { return problems };
    let attempts = fault.attempts.map(|attempts| attempts[index]);
    if attempts.is_some_and(|attempts| attempts != error.attempts()) {
        problems.push(format!("{} attempts instead of {attempts:?}", error.attempts()));
    }
    if error.operation().map(|row| row.retry) != Some(CLASSES[index]) && fault.caller == Caller::Token {
        problems.push("the error does not name its operation".to_owned());
    }
    if let Some(kept) = fault.kept {
        let body = error.body().map(|body| body.len());
        if body != Some(kept) {
            problems.push(format!("{body:?} bytes are kept instead of {kept}"));
        }
    }
    if error.body().is_some_and(|body| body.len() > MAX_BODY_BYTES) {
        problems.push("more is kept than the limit allows".to_owned());
    }
    problems.extend(unprintable(error));
    problems
}

/// Whatever a vendor sends, an error of it can be printed with all its causes.
fn unprintable(error: &Error) -> Option<String> {
    let mut text = format!("{error}{error:?}{:?}{:?}", error.vendor_message(), error.request_id());
    let mut cause = error.source();
    let mut depth = 0;
    while let Some(inner) = cause {
        text.push_str(&inner.to_string());
        cause = inner.source();
        depth += 1;
    }
    (text.is_empty() || depth > 16).then(|| format!("{depth} causes"))
}

/// Whether a row waits by the machine's clock; such rows run side by side.
pub fn waits(fault: &Fault) -> bool {
    fault.deadline != Deadline::None
}

const _: () = assert!(REAL_DEADLINE.as_millis() <= 200);
