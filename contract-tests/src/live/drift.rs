//! Findings, counted: what the vendor does other than its document says, and in how many replies.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// What kind of departure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// A status that the operation does not document.
    UndocumentedStatus,
    /// The vendor sends the client elsewhere, and the document does not say so.
    Redirect,
    /// 404 or 410 where path and ids are good: the operation is gone.
    Removed,
    /// 401 or 403 to credentials that are good elsewhere, or where none are needed.
    CredentialsRefused,
    /// Another refusal of arguments that the document shows.
    RequestRefused,
    /// A content type that the reply does not document, or none.
    MediaType,
    /// Nothing where the document promises a body.
    EmptyBody,
    /// A body where the document has none.
    UndocumentedBody,
    /// The body is not what its content type says.
    Unreadable,
    /// An object or an array in the place of something else, or the other way round.
    Shape,
    /// A value of another type.
    Type,
    /// `null` where the document does not allow it.
    Null,
    /// A value outside the documented set.
    UndocumentedValue,
    /// A text or number that does not keep its format.
    Format,
    /// Another rule of the schema, such as `maximum` or `minItems`.
    Rule,
    /// A required member is missing.
    MissingMember,
    /// A member that the document does not name.
    UndocumentedMember,
    /// A header that the document does not name.
    UndocumentedHeader,
    /// A documented header is missing.
    MissingHeader,
    /// The value of a header is not what the document says.
    HeaderValue,
    /// The token is not a bearer token.
    TokenType,
    /// The token is of no use by the time it comes.
    TokenLifetime,
}

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The document is wrong, or the vendor is.
    Drift,
    /// The document leaves room for it on purpose, and now something is known about that room.
    Information,
}

/// A departure, seen in one reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `status`, `content-type`, `header NAME`, or the JSON path in the body, with `[*]` for every item.
    pub path: String,
    /// What kind it is.
    pub kind: Kind,
    /// How much it matters.
    pub severity: Severity,
    /// What the document says.
    pub expected: String,
    /// File and line of the document.
    pub spec: String,
    /// What came: types and shapes.
    pub seen: String,
}

/// A departure, with how often it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// Name of the document.
    pub api: String,
    /// `operationId`.
    pub operation: String,
    /// What it is, with all that came in its place.
    #[serde(flatten)]
    pub finding: Finding,
    /// In how many replies it was seen …
    pub count: u32,
    /// … of how many of this operation.
    pub of: u32,
}

/// Counts findings by operation, path and kind.
#[derive(Debug, Default)]
pub struct Tally {
    replies: BTreeMap<Operation, u32>,
    found: BTreeMap<(Operation, String, Kind), Found>,
}

/// API and `operationId`.
type Operation = (String, String);

#[derive(Debug)]
struct Found {
    first: Finding,
    seen: BTreeSet<String>,
    count: u32,
}

impl Tally {
    /// Counts one reply and what was found in it.
    pub fn add(&mut self, api: &str, operation: &str, findings: Vec<Finding>) {
        let operation = (api.to_owned(), operation.to_owned());
        *self.replies.entry(operation.clone()).or_default() += 1;
        let mut counted = BTreeSet::new();
        for finding in findings {
            let key = (operation.clone(), finding.path.clone(), finding.kind);
            let again = !counted.insert(key.clone());
            let found = self.found.entry(key).or_insert_with(|| Found {
                first: finding.clone(),
                seen: BTreeSet::new(),
                count: 0,
            });
            found.seen.insert(finding.seen);
            found.count += u32::from(!again);
        }
    }

    /// All departures, by API, operation, path and kind.
    pub fn drifts(&self) -> Vec<Drift> {
        let drift = |((operation, ..), found): (&(Operation, String, Kind), &Found)| Drift {
            api: operation.0.clone(),
            operation: operation.1.clone(),
            finding: Finding {
                seen: found.seen.iter().map(String::as_str).collect::<Vec<_>>().join("; "),
                ..found.first.clone()
            },
            count: found.count,
            of: self.replies.get(operation).copied().unwrap_or_default(),
        };
        self.found.iter().map(drift).collect()
    }
}
