//! How the tool ends: exit codes, and messages that say what to do next.

use std::{error::Error as _, fmt::Write as _, process::ExitCode};

use cx_client::{
    Error, ErrorKind, Sent,
    generated::REGISTRY,
    operation::{Operation, Retry},
};

use crate::{
    credentials::is_token_operation,
    flags::kebab_case,
    output::{printable, tell},
    secrets::Secrets,
};

/// Exit codes. They are a contract: people script them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The vendor answered with an error.
    Api = 1,
    /// The call was not made: something is wrong with what was asked for.
    Usage = 2,
    /// No token, or one that is refused.
    Authentication = 3,
    /// The network, the deadline, or a place that takes no more data.
    Transport = 4,
    /// A reply that is not what the document says.
    Decode = 5,
    /// Ctrl-C, as shells number it.
    Interrupted = 130,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

/// A command that failed.
#[derive(Debug)]
pub struct Failure {
    code: Code,
    message: String,
    notes: Vec<String>,
    next: Option<String>,
}

impl Failure {
    /// The call was not made.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { code: Code::Usage, message: message.into(), notes: Vec::new(), next: None }
    }

    /// No credentials.
    pub fn authentication(message: impl Into<String>) -> Self {
        Self { code: Code::Authentication, ..Self::usage(message) }
    }

    /// The data did not get to where it should.
    pub fn output(message: impl Into<String>) -> Self {
        Self { code: Code::Transport, ..Self::usage(message) }
    }

    /// Ctrl-C.
    pub fn interrupted() -> Self {
        Self { code: Code::Interrupted, ..Self::usage("stopped") }
    }

    /// Says what to do next.
    pub fn then(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// Says what to do after that.
    pub fn and_then(mut self, next: impl Into<String>) -> Self {
        let after = next.into();
        self.next = Some(match self.next.take() {
            Some(first) => format!("{first}; then {after}"),
            None => after,
        });
        self
    }

    /// Prints the failure and gives its exit code.
    pub fn report(&self, secrets: &Secrets) -> ExitCode {
        let mut text = format!("error: {}\n", self.message);
        for note in &self.notes {
            let _infallible = writeln!(text, "  {note}");
        }
        if let Some(next) = &self.next {
            let _infallible = writeln!(text, "next: {next}");
        }
        tell(secrets.without(text.trim_end()));
        self.code.into()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match error.kind() {
            ErrorKind::InvalidRequest => Code::Usage,
            ErrorKind::Authentication | ErrorKind::Store => Code::Authentication,
            ErrorKind::Transport | ErrorKind::Timeout => Code::Transport,
            ErrorKind::Decode => Code::Decode,
            _ => Code::Api,
        };
        Self { code, message: error.to_string(), notes: notes(&error), next: Some(next(&error)) }
    }
}

/// What else is known of an error.
fn notes(error: &Error) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(message) = error.vendor_message() {
        notes.push(format!("the vendor says: {}", printable(&message)));
    }
    if let Some(id) = error.request_id() {
        notes.push(format!("request id: {}", printable(&id)));
    }
    let mut cause = error.source();
    while let Some(error) = cause {
        notes.push(format!("because: {}", printable(&error.to_string())));
        cause = error.source();
    }
    notes
}

/// What to do next.
fn next(error: &Error) -> String {
    let help = error.operation().map_or_else(|| "cx --help".to_owned(), help);
    match error.kind() {
        // The client could not even be made.
        ErrorKind::InvalidRequest if error.operation().is_none() => {
            "check --base-url and --token-base-url: https, or http on this machine".to_owned()
        }
        // Of a call it is the credentials that lack something, or can be renewed no more.
        ErrorKind::InvalidRequest if error.operation().is_some_and(gives_tokens) => format!(
            "set what is missing, such as CX_CLIENT_SECRET, or log in again; `cx --help` lists the variables, and \
             `{help}` shows what a token request takes"
        ),
        ErrorKind::InvalidRequest => format!("`{help}` shows what the operation takes"),
        ErrorKind::Authentication => match error.oauth_error() {
            Some("invalid_client") => "check CX_CLIENT_ID and CX_CLIENT_SECRET".to_owned(),
            Some("invalid_grant") => {
                "check user name and password, or log in again: a code or refresh token is good for one use"
                    .to_owned()
            }
            _ => "check the credentials in the environment, or log in again; `cx --help` lists the variables"
                .to_owned(),
        },
        ErrorKind::RateLimited => wait(error),
        ErrorKind::Transport => {
            format!("check the network and --base-url{}", doubt(error))
        }
        ErrorKind::Timeout => format!("give more time by --timeout SECONDS{}", doubt(error)),
        ErrorKind::Decode => format!(
            "the reply is not what the document says, or not from the vendor: check --base-url, and report it with the \
             place that is named{}",
            doubt(error)
        ),
        ErrorKind::Truncated => {
            "the vendor shows no more of this list: narrow it by the operation's filters".to_owned()
        }
        ErrorKind::Store => "check the folder in CX_SESSION_DIR".to_owned(),
        _ => match error.status().map(|status| status.as_u16()) {
            Some(403) => "the account may not do this: use another, or ask the vendor".to_owned(),
            Some(404) => format!("check the id: there is no such thing, or the account cannot see it; `{help}`"),
            Some(429) => wait(error),
            Some(500..) => format!("the failure is the vendor's: try again later{}", doubt(error)),
            _ => format!("correct the request; `{help}` shows what the operation takes"),
        },
    }
}

fn gives_tokens(operation: &Operation) -> bool {
    REGISTRY.iter().any(|registered| is_token_operation(registered.api, operation))
}

fn help(operation: &Operation) -> String {
    format!("cx {} {} --help", operation.api, kebab_case(operation.id))
}

fn wait(error: &Error) -> String {
    match error.retry_after() {
        Some(wait) => format!("the vendor's limit is spent: try again in {} s", wait.as_secs().max(1)),
        None => "the vendor's limit is spent: try again later".to_owned(),
    }
}

/// A warning where nobody can tell whether the call took effect.
fn doubt(error: &Error) -> &'static str {
    let never = error.operation().is_none_or(|operation| operation.retry == Retry::Never);
    if never && error.was_sent() != Sent::No {
        "; the call may have taken effect: look before you repeat it"
    } else {
        ""
    }
}
