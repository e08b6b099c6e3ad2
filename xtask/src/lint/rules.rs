//! The list of rules.

use super::{
    examples, extensions, finding::Findings, formats, forms, naming, operations, parameters, provenance, replies,
    rust_names, schemas, secrets, servers, subject::Subject,
};

/// One rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// As messages name it.
    pub name: &'static str,
    /// Why it is there.
    pub reason: &'static str,
    /// Reports where it is broken.
    pub check: fn(&Subject<'_>, &mut Findings<'_>),
}

/// Every rule, by group.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        servers::RULES,
        naming::RULES,
        provenance::RULES,
        operations::RULES,
        parameters::RULES,
        replies::RULES,
        examples::RULES,
        secrets::RULES,
        formats::RULES,
        schemas::RULES,
        forms::RULES,
        extensions::RULES,
        rust_names::RULES,
    ]
    .into_iter()
    .flatten()
}
