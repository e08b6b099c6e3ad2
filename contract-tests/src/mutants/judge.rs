//! Judge 1: a mutant takes the document's place as the judge of what client, fixtures and vendor say.
//!
//! A mutant is caught when it comes to another verdict than the original on something that goes over the wire. The texts
//! of the two documents are not compared, and what they say of things that never travel is not seen.

use std::collections::BTreeSet;

use cx_mock::{Validator, example_request};
use cx_spec::{Api, Document, Operation, SpecError};
use serde_json::Value;

use super::{
    authority,
    edit::Edit,
    evidence::Evidence,
    prune::{pruned, reach},
    reach::{Part, Unit},
    wire::Maker,
    witness::{Origin, Said, Witness, complaint, component},
};
use crate::apis::Subject;

/// What came of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Noticed: by what, and what was said.
    Killed(Origin, String),
    /// Not noticed.
    Survived,
    /// No document at all, or no change.
    Excluded(String),
}

/// Judges mutants of one document.
#[derive(Debug)]
pub struct Judge<'e> {
    subject: &'e Subject,
    evidence: &'e Evidence,
    /// What is wrong with the original's own addresses and scopes is not held against a mutant.
    known: Vec<String>,
    /// A document of the same name without a text. Nobody asks a mutant for its lines, and a copy of them takes time.
    blank: Document,
}

impl<'e> Judge<'e> {
    /// A judge by the evidence of a subject.
    ///
    /// # Errors
    /// None that anybody could meet: a document without operations that does not parse.
    pub fn new(subject: &'e Subject, evidence: &'e Evidence) -> Result<Self, SpecError> {
        let known = authority::complaints(subject, &evidence.authority, &subject.api);
        let original = subject.api.document();
        let blank = Document::parse(original.name(), original.file(), "{openapi: 3.0.3, paths: {}}")?;
        Ok(Self { subject, evidence, known, blank })
    }

    /// Judges the document after an edit.
    pub fn judge(&self, edit: &Edit) -> Verdict {
        let document = self.subject.api.document().value();
        let units = self.evidence.reach.touched(&edit.pointer);
        let operations: BTreeSet<&str> = units.iter().map(|unit| unit.operation.as_str()).collect();
        let edited =
            if operations.is_empty() { edit.apply(document) } else { edit.apply(&pruned(document, &operations)) };
        let Some(value) = edited else {
            return Verdict::Excluded("the edit changes nothing".to_owned());
        };
        match Api::index(self.blank.with_value(value)) {
            Err(error) => Verdict::Excluded(error.to_string()),
            Ok(api) => self.ask(api, &units, spoken_of(document, &edit.pointer).as_ref()),
        }
    }

    /// Judges a document by the witnesses of some parts of its operations.
    pub fn judge_api(&self, api: Api, units: &[Unit]) -> Verdict {
        self.ask(api, units, None)
    }

    /// `edited` are the components that the edit is about, if it is in one: what breaks a rule of another is refused still.
    fn ask(&self, api: Api, units: &[Unit], edited: Option<&BTreeSet<String>>) -> Verdict {
        let complaints = authority::complaints(self.subject, &self.evidence.authority, &api);
        if let Some(new) = complaints.into_iter().find(|one| !self.known.contains(one)) {
            return Verdict::Killed(Origin::Authority, new);
        }
        let mutant = Validator::new(api);
        let heard = units.iter().find_map(|unit| self.hear(&mutant, unit, edited));
        let found = heard.or_else(|| {
            let mut maker = Maker::default();
            spoken(units).into_iter().find_map(|unit| self.drift(&mutant, unit, &mut maker))
        });
        found.map_or(Verdict::Survived, |(origin, message)| Verdict::Killed(origin, message))
    }

    /// A witness on which mutant and original disagree.
    fn hear(&self, mutant: &Validator, unit: &Unit, edited: Option<&BTreeSet<String>>) -> Option<(Origin, String)> {
        let is_about = |witness: &&Witness| match (edited, witness.about.as_deref()) {
            (Some(edited), Some(about)) => edited.contains(about),
            _ => true,
        };
        self.evidence.of(unit).iter().filter(is_about).find_map(|witness| {
            match (complaint(mutant, &unit.operation, &witness.said), witness.taken) {
                (Some(message), true) => Some((witness.origin, message)),
                (None, false) => {
                    Some((witness.origin, format!("{} lets pass what breaks the contract", unit.operation)))
                }
                _ => None,
            }
        })
    }

    /// What a vendor or a caller who follows the mutant would say, and the original refuses. Only a broken rule counts:
    /// a member, parameter or status that is new may be added by any vendor without harm.
    fn drift(&self, mutant: &Validator, unit: &Unit, maker: &mut Maker) -> Option<(Origin, String)> {
        let operation = mutant.api().operation(&unit.operation)?;
        let original = &self.evidence.original;
        // What an example shows is said, whether or not the mutant's own schema takes it.
        let (shown, made) = match unit.part {
            Part::Request => (Vec::new(), requests(mutant.api(), operation, maker)),
            Part::Reply(status) => {
                (Maker::examples(operation, status), maker.replies(mutant.api(), operation, status))
            }
        };
        let shown = shown.iter().find_map(|said| refused(original, &unit.operation, said));
        let made = || {
            made.iter().find_map(|said| {
                let message = refused(original, &unit.operation, said)?;
                complaint(mutant, &unit.operation, said).is_none().then_some(message)
            })
        };
        shown.or_else(made).map(|message| (Origin::Drift, message))
    }
}

/// The component around an edit and those that the edited place leads to: without it, nobody asks for their rules. None
/// for an edit that stands in no component.
fn spoken_of(document: &Value, pointer: &str) -> Option<BTreeSet<String>> {
    let mut components = BTreeSet::from([component(pointer)?.to_owned()]);
    document.pointer(pointer).into_iter().for_each(|value| reach(document, value, &mut components));
    Some(components)
}

/// Of the parts that an edit is about, the first request and the replies of the first operation.
fn spoken(units: &[Unit]) -> Vec<&Unit> {
    let request = units.iter().find(|unit| unit.part == Part::Request);
    let reply = units.iter().find(|unit| unit.part != Part::Request);
    let replies = units
        .iter()
        .filter(|unit| unit.part != Part::Request && reply.is_some_and(|first| first.operation == unit.operation));
    request.into_iter().chain(replies).collect()
}

/// Requests with each of the bodies that a document allows.
fn requests(api: &Api, operation: &Operation, maker: &mut Maker) -> Vec<Said> {
    let Some(media) = operation.sent_media() else {
        return example_request(api, operation, None, true).ok().map(Said::Request).into_iter().collect();
    };
    let values = maker.edges(api, media);
    let requests = values.iter().filter_map(|value| example_request(api, operation, Some((media, value)), true).ok());
    requests.map(Said::Request).collect()
}

/// A rule of the document that is broken, leaving out what is merely new.
fn refused(validator: &Validator, operation: &str, said: &Said) -> Option<String> {
    let violations = match said {
        Said::Request(incoming) => validator.request(incoming).violations,
        Said::Reply { status, content_type, body } => {
            validator.reply(operation, *status, content_type.as_deref(), body)
        }
    };
    let is_new =
        |rule: &str| matches!(rule, "unknown-parameter" | "unknown-member" | "undocumented-status" | "unknown-path");
    violations.iter().find(|violation| !is_new(&violation.rule)).map(ToString::to_string)
}
