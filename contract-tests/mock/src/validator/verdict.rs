//! What the validator found out about a request.

use std::fmt;

use serde_json::{Map, Value};

use super::security::Credential;
use crate::{
    form::{File, Pair},
    violation::Violation,
};

/// What the validator found out about a request.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Verdict {
    /// Name of the API.
    pub api: String,
    /// `operationId`; none where no operation matched.
    pub operation: Option<String>,
    /// Where no operation matched: the methods that the path does have.
    pub allowed: Vec<String>,
    /// What the request did wrong.
    pub violations: Vec<Violation>,
    /// The parameters, decoded.
    pub parameters: Parameters,
    /// The body, decoded; none where there is none or where it cannot be read.
    pub body: Option<Value>,
    /// The pairs of a form, as they were written.
    pub pairs: Vec<Pair>,
    /// Files of a multipart body, with the pointer of the marker that stands for each in the decoded body.
    pub files: Vec<(String, File)>,
    /// The credentials that satisfied the document: one for each scheme of the first alternative that the request keeps.
    pub credentials: Vec<Credential>,
}

/// Decoded parameters by name.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Parameters {
    /// Of the path.
    pub path: Map<String, Value>,
    /// Of the query.
    pub query: Map<String, Value>,
    /// Of the headers; names as the document writes them.
    pub header: Map<String, Value>,
    /// Of cookies.
    pub cookie: Map<String, Value>,
}

impl Verdict {
    /// Whether the request matched an operation and broke none of its rules.
    pub fn is_valid(&self) -> bool {
        self.operation.is_some() && self.violations.is_empty()
    }
}

// Parameters and bodies hold credentials and personal data: only their names are printed.
impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verdict")
            .field("api", &self.api)
            .field("operation", &self.operation)
            .field("violations", &self.violations)
            .field("parameters", &self.parameters)
            .field("pairs", &self.pairs)
            .field("files", &self.files)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |map: &Map<String, Value>| map.keys().cloned().collect::<Vec<_>>();
        f.debug_struct("Parameters")
            .field("path", &names(&self.path))
            .field("query", &names(&self.query))
            .field("header", &names(&self.header))
            .field("cookie", &names(&self.cookie))
            .finish()
    }
}
