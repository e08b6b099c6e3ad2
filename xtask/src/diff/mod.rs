//! `cargo xtask diff`: what a change of a document means to whoever calls the generated client.
//!
//! Two documents are compared where the vendor sees a difference (paths, parameters, bodies, credentials) and where
//! Rust does (methods, fields, variants, types). Words for people, examples, tags and the order of things mean nothing
//! to either and are not compared. A reply may be promised less only with a new version, a request may be asked for
//! more only with one: hence the direction that each schema is compared in.

mod bodies;
mod change;
mod components;
mod constraints;
mod history;
mod operations;
mod output;
mod parameters;
mod rust_type;
mod schemas;
mod security;
mod semver;

pub use change::{Change, Level};
pub use history::{Base, base, document_at, documents_at};
pub use output::{Comparison, to_json, to_text};
pub use semver::Bump;

use cx_spec::Api;

use change::Changes;

/// What changed from one document to the next, breaking changes first, then in the order of the new document.
pub fn compare(old: &Api, new: &Api) -> Vec<Change> {
    let mut changes = Changes::new(old, new);
    security::servers(&mut changes);
    security::schemes(&mut changes);
    operations::compare(&mut changes);
    components::compare(&mut changes);
    changes.into_vec()
}
