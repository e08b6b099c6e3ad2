//! The operators: small named changes of what a document says.
//!
//! Each is a pure function from a place of the document to the edits that can be made there. What a change does to the
//! meaning is said by its group: a path or method that moved, a request that is asked for more or for less, a reply that
//! promises more or less, credentials that are other ones.

mod bodies;
mod members;
mod parameters;
mod replies;
mod required;
mod retype;
mod routes;
mod scalars;
mod security;

use std::collections::BTreeSet;

use cx_spec::Api;

use super::{
    edit::Edit,
    site::{self, Kind, Site},
};

/// One way to make a document wrong.
#[derive(Clone, Copy, Debug)]
pub struct Operator {
    /// Its name, for people and for the list of survivors.
    pub name: &'static str,
    /// What it does to the meaning, in a few words.
    pub does: &'static str,
    /// The kind of place where it applies.
    pub at: Kind,
    /// What it can do at a place.
    pub edits: fn(&Site<'_>) -> Vec<Edit>,
}

/// All operators, by group.
pub fn all() -> impl Iterator<Item = &'static Operator> {
    let groups: [&[Operator]; 6] = [
        routes::OPERATORS,
        parameters::OPERATORS,
        bodies::OPERATORS,
        members::OPERATORS,
        replies::OPERATORS,
        security::OPERATORS,
    ];
    groups.into_iter().flatten()
}

/// A document with one thing wrong, not made yet.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// What was done.
    pub operator: &'static Operator,
    /// Where, and how.
    pub edit: Edit,
}

/// Mutants of a document: of each operator so many at most, spread evenly over the places where it applies. The same
/// document has the same mutants.
pub fn mutants(api: &Api, most_each: usize) -> Vec<Mutant> {
    let sites = site::sites(api);
    let mut seen = BTreeSet::new();
    let mut of_operator = |operator: &'static Operator| {
        let mut edits: Vec<Edit> =
            sites.iter().filter(|site| site.kind == operator.at).flat_map(|site| (operator.edits)(site)).collect();
        // A schema that requests and replies share, or two parameters, is no two places.
        let mut own = BTreeSet::new();
        edits.retain(|edit| {
            let edit = format!("{edit:?}");
            !seen.contains(&edit) && own.insert(edit)
        });
        let edits = spread(edits, most_each);
        seen.extend(edits.iter().map(|edit| format!("{edit:?}")));
        edits.into_iter().map(move |edit| Mutant { operator, edit })
    };
    all().flat_map(&mut of_operator).collect()
}

/// So many of a list, the first among them, at even distances.
fn spread<T>(list: Vec<T>, most: usize) -> Vec<T> {
    let all = list.len();
    if all <= most {
        return list;
    }
    let mut taken = 0;
    let mut kept = Vec::with_capacity(most);
    for (index, one) in list.into_iter().enumerate() {
        // The n-th is taken at n/most of the way.
        if index * most >= taken * all && taken < most {
            taken += 1;
            kept.push(one);
        }
    }
    kept
}
