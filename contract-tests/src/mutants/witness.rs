//! What goes over the wire, and whether the contract takes it.
//!
//! A witness is one request or one reply, with the verdict of the original document. A mutant that comes to the other
//! verdict is caught: not because its text is another, but because client and vendor would no longer agree.

use std::fmt;

use cx_mock::{Incoming, Validator};
use serde::Serialize;

use super::reach::Unit;

/// One request or reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// By the client.
    Request(Incoming),
    /// By the vendor.
    Reply {
        /// Status.
        status: u16,
        /// `Content-Type`.
        content_type: Option<String>,
        /// Body.
        body: Vec<u8>,
    },
}

/// Where a witness comes from, the nearest to the wire first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A request that the generated client sent.
    Client,
    /// A golden fixture, written from the facts.
    Golden,
    /// A reply that the vendor of the original document gives.
    Vendor,
    /// A negative fixture, written from the facts.
    Negative,
    /// Broken on purpose, by a rule of the original document.
    Broken,
    /// What a vendor or a caller who follows the mutant says, judged by the original document.
    Drift,
    /// Addresses and scopes that the client goes by.
    Authority,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "the client's requests",
            Self::Golden => "golden fixtures",
            Self::Vendor => "the vendor's replies",
            Self::Negative => "negative fixtures",
            Self::Broken => "what is broken on purpose",
            Self::Drift => "what a vendor of the mutant says",
            Self::Authority => "addresses and scopes",
        })
    }
}

/// One request or reply, and whether the original takes it.
#[derive(Clone, Debug)]
pub struct Witness {
    /// Which part of which operation it belongs to.
    pub unit: Unit,
    /// What it says.
    pub said: Said,
    /// Whether the original document takes it.
    pub taken: bool,
    /// Where it comes from.
    pub origin: Origin,
    /// Component with the rule that a refused reply breaks; none where another edit could let it pass, too.
    pub about: Option<String>,
}

/// The component with the one rule that a reply breaks; none where it is not clear.
pub fn broken_component(validator: &Validator, operation: &str, said: &Said) -> Option<String> {
    let Said::Reply { status, content_type, body } = said else { return None };
    let violations = validator.reply(operation, *status, content_type.as_deref(), body);
    // A choice that takes a value nowhere says nothing about the branch that might.
    let first = violations.first().filter(|one| !matches!(one.rule.as_str(), "oneOf" | "anyOf"))?;
    component(&first.spec.pointer).map(str::to_owned)
}

/// The component that a pointer leads into.
pub fn component(pointer: &str) -> Option<&str> {
    let rest = pointer.strip_prefix("/components/")?;
    let (group, rest) = rest.split_once('/')?;
    let name = rest.split('/').next()?;
    pointer.get(.."/components/".len() + group.len() + 1 + name.len())
}

/// What a document has against a request or a reply of an operation; nothing if it takes it.
pub fn complaint(validator: &Validator, operation: &str, said: &Said) -> Option<String> {
    match said {
        Said::Request(incoming) => {
            let verdict = validator.request(incoming);
            match (verdict.operation.as_deref(), verdict.violations.first()) {
                (_, Some(violation)) => Some(violation.to_string()),
                (Some(found), None) if found == operation => None,
                (found, None) => Some(format!("the request is one of {}", found.unwrap_or("no operation"))),
            }
        }
        Said::Reply { status, content_type, body } => {
            let broken = validator.reply(operation, *status, content_type.as_deref(), body);
            let violation = broken.into_iter().next().or_else(|| {
                // A member that the document has never heard of breaks no rule; it is what a drift report shows.
                let body = serde_json::from_slice(body).ok()?;
                validator.unknown_reply_members(operation, *status, &body).into_iter().next()
            });
            violation.map(|violation| violation.to_string())
        }
    }
}
