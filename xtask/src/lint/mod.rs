//! `cargo xtask lint`: the conventions of `spec/README.md` as rules, and what the generator would get wrong in silence.
//!
//! A rule is a function with a name and a reason; [`rules()`] lists them all. Each has a failing document under
//! `xtask/tests/fixtures/lint/`, and the message that it must give in `expected.txt` there.

mod examples;
mod extensions;
mod finding;
mod formats;
mod forms;
mod json_schema;
mod naming;
mod operations;
mod output;
mod parameters;
mod provenance;
mod replies;
mod rules;
mod rust_names;
mod schemas;
mod secrets;
mod servers;
mod subject;

pub use finding::Finding;
pub use output::{Report, to_json, to_sarif, to_text};
pub use rules::{Rule, rules};
pub use subject::{inner as inner_schemas, parameter_pointer};

use anyhow::{Context, Result};
use cx_spec::{Api, Document};

use finding::Findings;
use subject::Subject;

/// The rule under which a document is reported that cannot be read as OpenAPI 3.0 at all.
pub const DOCUMENT: Rule = Rule {
    name: "document",
    reason: "a document parses, its references lead somewhere and its extensions have the right shape",
    check: |_, _| {},
};

/// What the rules find in one document, sorted by place. `shown` is the file as messages name it.
///
/// # Errors
/// A file without a name in plain text.
pub fn check(shown: &str, text: &str) -> Result<Vec<Finding>> {
    let stem = std::path::Path::new(shown).file_stem().and_then(|stem| stem.to_str());
    let name = stem.with_context(|| format!("{shown}: the file needs a name in plain text"))?;
    let api = match Document::parse(name, shown, text).and_then(Api::index) {
        Ok(api) => api,
        Err(error) => {
            let fix = "nothing else is checked until this is put right".to_owned();
            return Ok(vec![Finding { rule: DOCUMENT.name, place: error.place, message: error.message, fix }]);
        }
    };
    let subject = Subject::new(&api);
    let mut findings = Vec::new();
    for rule in rules() {
        let mut found = Findings::new(rule.name, api.document());
        (rule.check)(&subject, &mut found);
        findings.append(&mut found.into_vec());
    }
    findings.sort();
    findings.dedup();
    Ok(findings)
}
