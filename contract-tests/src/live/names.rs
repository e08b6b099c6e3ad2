//! Names that a document knows.
//!
//! A key of a map is data, and may be a person's name though it looks like that of a member. What stands in the document,
//! in its schemas or in its examples, is nobody's secret.

use std::collections::BTreeSet;

use cx_spec::Document;
use serde_json::Value;

/// Every key of a document.
#[derive(Clone, Debug)]
pub struct Names<'d>(BTreeSet<&'d str>);

impl<'d> Names<'d> {
    /// The names of a document.
    pub fn of(document: &'d Document) -> Self {
        let mut names = BTreeSet::new();
        gather(document.value(), &mut names);
        Self(names)
    }

    /// Whether the document has such a name.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

fn gather<'d>(value: &'d Value, names: &mut BTreeSet<&'d str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                names.insert(name);
                gather(member, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, names)),
        _ => {}
    }
}
