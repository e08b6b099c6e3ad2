//! What the documents say, one case at a time.
//!
//! | module | cases |
//! |---|---|
//! | `examples` | operation × documented status × media type × example, each example of a request |
//! | `parameters` | each parameter present, absent, missing, at its bounds, with each known value |
//! | `bodies` | request bodies: whole, bare, each known value, null and bound, each required member missing |
//! | `replies` | the same of the reply to each documented status |
//! | `generated` | values drawn from the schemas by a seed |
//!
//! A case has an id that stays the same from run to run, so that it can be run alone: [`select`].

mod bodies;
mod examples;
pub mod generated;
mod maker;
mod parameters;
mod replies;
mod variations;

use cx_spec::{Operation, Status};
use serde_json::Value;

use self::{maker::Kit, variations::Seen};
use crate::apis::Subject;

pub use generated::Drawn;
pub(crate) use maker::EXTRA;

/// One call and the reply that it gets.
#[derive(Clone, Debug)]
pub struct Case {
    /// Name that stays the same from run to run, such as `create_token/200/seed_password`.
    pub id: String,
    /// Operation that is called.
    pub operation: String,
    /// Arguments of the call.
    pub arguments: Value,
    /// Media type of the request body, where it is not the usual one.
    pub media_type: Option<String>,
    /// Status that the vendor answers with.
    pub status: u16,
    /// What the document calls that status.
    pub documented: Status,
    /// The vendor's body; `None` for an empty one.
    pub reply: Option<Reply>,
    /// What has to come of it.
    pub expected: Expected,
    /// How its values were drawn, if they were: a failure is shrunk along the same way.
    pub drawn: Option<Drawn>,
}

/// The body of a scripted reply.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Name of the example, or what was done to the value.
    pub example: String,
    /// Its media type.
    pub media_type: String,
    /// Its value.
    pub value: Value,
    /// Whether the value was made from the schema, and is no example of the document.
    pub made_up: bool,
}

/// What has to come of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The caller gets what the status says: the reply as it was sent, or an error that has lost nothing.
    Documented,
    /// The request lacks something: the client does not send it, or the vendor refuses it; and a vendor that is sent it by
    /// hand refuses it as documented.
    RequestRefused(Lacking),
    /// The reply to a success lacks the member at this pointer: the client says so and hands nothing over.
    ReplyRefused(String),
}

/// What a request lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// The parameter of this name.
    Parameter(String),
    /// The member at this pointer of the body.
    Member(String),
}

/// The cases that the examples of a document make, in its order.
pub fn examples(subject: &Subject) -> Vec<Case> {
    subject.api.operations.iter().flat_map(examples::of).collect()
}

/// All cases that the document of a subject decides by itself, in its order.
pub fn enumerate(subject: &Subject) -> Vec<Case> {
    enumerate_with(subject, 0, 0)
}

/// As [`enumerate`], with `count` values drawn by the seed for each request and each documented reply.
pub fn enumerate_with(subject: &Subject, seed: u64, count: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    draw(subject, seed, count, &mut |case| cases.push(case));
    cases
}

/// As [`enumerate_with`], one case after another: whoever takes them need not wait for the last.
pub fn draw(subject: &Subject, seed: u64, count: usize, take: &mut dyn FnMut(Case)) {
    let api = &*subject.api;
    let kit = Kit::new(api);
    let (mut sent, mut received) = (Seen::new(), Seen::new());
    let mut known = generated::Known::new();
    for operation in &api.operations {
        examples::of(operation).for_each(&mut *take);
        parameters::of(&kit, operation, &mut sent).into_iter().for_each(&mut *take);
        bodies::of(&kit, operation, &mut sent).into_iter().for_each(&mut *take);
        replies::of(&kit, operation, &mut received).into_iter().for_each(&mut *take);
        generated::of(api, &mut known, operation, seed, count).into_iter().for_each(&mut *take);
    }
}

/// The cases of this id, or of all ids that begin with it and a slash: one case, or one operation.
pub fn select(cases: Vec<Case>, id: &str) -> Vec<Case> {
    cases.into_iter().filter(|case| case.is_of(id)).collect()
}

/// The documented replies that end an exchange: an interim one is nothing that a caller gets.
fn answers(operation: &Operation) -> impl Iterator<Item = &cx_spec::Reply> {
    operation.replies.iter().filter(|documented| documented.status.representative() >= 200)
}

impl Case {
    /// Whether this is its id, or what its id begins with before a slash.
    pub fn is_of(&self, id: &str) -> bool {
        self.id.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}
