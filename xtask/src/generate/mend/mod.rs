//! Any OpenAPI 3.0 document, made fit for the index.
//!
//! The index holds our own documents to more than the standard asks: every operation has an id, nothing leaves the
//! file. A document that somebody else wrote is edited here, one small step after the other; whatever a step leaves out
//! or replaces is reported with its pointer, and the rest goes on.

mod edit;
mod identifiers;
mod model;
mod names;
mod parameters;
mod references;
#[cfg(test)]
mod tests;

use cx_spec::{Document, METHODS, SpecError, pointer::escape};
use serde_json::Value;

use super::lower::Unsupported;

/// A document in the making.
struct Mending<'d> {
    /// The document as it was read: it knows the lines.
    document: &'d Document,
    value: Value,
    reports: Vec<Unsupported>,
    /// Whether what the standard itself forbids is reported too, instead of ending the run.
    keep_going: bool,
}

/// One step: a fault that ends the run is its error.
type Step = fn(&mut Mending<'_>) -> Result<(), SpecError>;

/// The steps, in the order in which they run: each may rely on those before it.
const STEPS: &[Step] = &[
    references::path_items,
    references::references,
    model::types,
    model::components,
    references::references,
    model::typed,
    parameters::parameters,
    identifiers::operations,
    names::schemas,
];

/// A document that the index takes, and what of the given one is not in it.
///
/// # Errors
/// Unless `keep_going` is set: what no OpenAPI document may have, such as a reference to nothing or an `operationId`
/// given twice.
pub fn mend(document: &Document, keep_going: bool) -> Result<(Document, Vec<Unsupported>), SpecError> {
    let mut mending = Mending { document, value: document.value().clone(), reports: Vec::new(), keep_going };
    for step in STEPS {
        step(&mut mending)?;
    }
    Ok((document.with_value(mending.value), mending.reports))
}

/// Whether a pointer leads to a schema, or into one.
fn in_schema(pointer: &str) -> bool {
    pointer.split('/').any(|step| step == "schema") || pointer.starts_with("/components/schemas/")
}

impl Mending<'_> {
    fn left_out(&mut self, pointer: &str, reason: impl Into<String>) {
        self.reports.push(Unsupported::left_out(pointer, reason));
    }

    fn replaced(&mut self, pointer: &str, reason: impl Into<String>) {
        self.reports.push(Unsupported::replaced(pointer, reason));
    }

    /// The line of a pointer.
    fn line(&self, pointer: &str) -> usize {
        self.document.place(pointer).line
    }

    /// Pointer, path and method of each operation.
    fn operations(&self) -> Vec<(String, String, String)> {
        let mut found = Vec::new();
        let paths = self.value.get("paths").and_then(Value::as_object);
        // Extensions may stand among the paths.
        for (path, item) in paths.into_iter().flatten().filter(|(path, _)| !path.starts_with("x-")) {
            for method in item.as_object().into_iter().flatten().map(|(key, _)| key) {
                if METHODS.contains(&method.as_str()) {
                    let pointer = format!("/paths/{}/{method}", escape(path));
                    found.push((pointer, path.clone(), method.clone()));
                }
            }
        }
        found
    }
}
