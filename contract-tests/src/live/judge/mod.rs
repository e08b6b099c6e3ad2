//! One reply of the vendor, held against the document.
//!
//! What counts as drift is more than what breaks a schema: a member that an open schema does not name, or a documented
//! refusal of a good request, breaks no rule and is news all the same.

mod body;
mod header;
mod path;
mod status;
mod token;

use cx_mock::Validator;
use cx_spec::{OAuthRole, Operation, Place};

use path::{json_path, path_to_unnamed};
pub use status::{Ids, Standing};

use super::{drift::Finding, gate::Exchange, names::Names};

/// What one reply says of its operation.
#[derive(Debug)]
pub struct Judgement {
    /// Departures from the document.
    pub findings: Vec<Finding>,
    /// Whether the operation did what it is there for.
    pub standing: Standing,
}

/// Judges one reply.
pub fn judge(validator: &Validator, operation: &Operation, exchange: &Exchange, ids: Ids) -> Judgement {
    let case = Case { validator, operation, exchange };
    let (refusal, standing) = status::judge(&case, ids);
    let mut findings: Vec<Finding> = refusal.into_iter().collect();
    if operation.reply(exchange.status).is_some() {
        findings.extend(body::judge(&case));
        findings.extend(header::judge(&case));
        if operation.oauth.as_ref().is_some_and(|oauth| oauth.role == OAuthRole::Token) {
            findings.extend(token::judge(&case));
        }
    }
    Judgement { findings, standing }
}

/// A place as a finding names it: without the column, which would only change with the layout of the document.
fn file_and_line(place: &Place) -> String {
    format!("{}:{}", place.file, place.line)
}

/// A reply under judgement.
struct Case<'c> {
    validator: &'c Validator,
    operation: &'c Operation,
    exchange: &'c Exchange,
}

impl Case<'_> {
    /// File and line of a pointer of the document.
    fn spec(&self, pointer: &str) -> String {
        file_and_line(&self.validator.api().document().place(pointer))
    }

    /// What the document calls things.
    fn names(&self) -> Names<'_> {
        Names::of(self.validator.api().document())
    }

    /// Pointer of the documented replies.
    fn replies(&self) -> String {
        format!("{}/responses", self.operation.place.pointer)
    }
}
