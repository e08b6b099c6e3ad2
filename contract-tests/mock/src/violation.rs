//! What a request or a reply did against its document.

use std::fmt;

use serde::Serialize;

/// One departure from a document.
///
/// The rules are the keywords of JSON Schema (`required`, `type`, `enum`, `maximum`, `format` and so on) and, beside
/// them:
///
/// | rule | place | means |
/// |---|---|---|
/// | `unknown-path`, `unknown-method` | path, method | no operation |
/// | `unknown-parameter` | query | a parameter, or a member of one, that the document does not have |
/// | `unknown-member` | body | a member that the schema neither names nor leaves free on purpose |
/// | `unknown-header` | reply header | a header that neither the document names nor servers put on replies anyway |
/// | `free-member` | reply | a member that the schema does not name and lets pass on purpose |
/// | `duplicate` | query, body, credentials | given more than once |
/// | `notation` | path, query, body | an array or a path parameter written otherwise than documented, or names that contradict each other |
/// | `max-bytes` | body | a file larger than `x-max-bytes` |
/// | `syntax` | body, credentials | cannot be read |
/// | `unexpected-body`, `unexpected-credentials` | body, credentials | there, though the operation takes none |
/// | `media-type`, `not-acceptable` | content type, accepted types | not among the documented ones |
/// | `undocumented-status`, `unknown-operation` | reply | nothing to judge by |
/// | `schema` | any | the document's own schema cannot be used |
///
/// It names members, parameters and rules, and shows a value only if the document neither calls it secret nor
/// personal and declares the member at all, so that a report can be handed around.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// Name of the API.
    pub api: String,
    /// `operationId`; none where no operation matched.
    pub operation: Option<String>,
    /// Which part of the request or the reply.
    pub place: Place,
    /// The rule, such as `required`, `type` or `unknown-parameter`; a keyword of JSON Schema where one was broken.
    pub rule: String,
    /// What is wrong, for people.
    pub message: String,
    /// Where the document says so.
    #[serde(with = "SpecPlace")]
    pub spec: cx_spec::Place,
}

/// A part of a request or reply. Pointers are JSON pointers (RFC 6901) into the decoded body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "part", content = "at", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Place {
    /// The method.
    Method,
    /// The path as a whole (empty), or the path parameter of this name.
    Path(String),
    /// The query parameter of this name.
    Query(String),
    /// The header of this name.
    Header(String),
    /// The cookie of this name.
    Cookie(String),
    /// The credentials.
    Security,
    /// `Content-Type` of the request.
    MediaType,
    /// `Accept` of the request.
    Accept,
    /// This pointer of the request body.
    Body(String),
    /// The status of the reply.
    ReplyStatus,
    /// `Content-Type` of the reply.
    ReplyMediaType,
    /// The header of the reply of this name.
    ReplyHeader(String),
    /// This pointer of the reply body.
    ReplyBody(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method => f.write_str("method"),
            Self::Path(name) if name.is_empty() => f.write_str("path"),
            Self::Path(name) => write!(f, "path parameter `{name}`"),
            Self::Query(name) => write!(f, "query parameter `{name}`"),
            Self::Header(name) => write!(f, "header `{name}`"),
            Self::Cookie(name) => write!(f, "cookie `{name}`"),
            Self::Security => f.write_str("credentials"),
            Self::MediaType => f.write_str("content type"),
            Self::Accept => f.write_str("accepted types"),
            Self::Body(pointer) => write!(f, "body {}", whole(pointer)),
            Self::ReplyStatus => f.write_str("status of the reply"),
            Self::ReplyMediaType => f.write_str("content type of the reply"),
            Self::ReplyHeader(name) => write!(f, "header `{name}` of the reply"),
            Self::ReplyBody(pointer) => write!(f, "body of the reply {}", whole(pointer)),
        }
    }
}

fn whole(pointer: &str) -> &str {
    if pointer.is_empty() { "/" } else { pointer }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.operation.as_deref().unwrap_or("no operation");
        write!(f, "{} {operation}: {}: {} [{}] ({})", self.api, self.place, self.message, self.rule, self.spec)
    }
}

/// How [`cx_spec::Place`] is written.
#[derive(Serialize)]
#[serde(remote = "cx_spec::Place")]
struct SpecPlace {
    file: String,
    line: usize,
    column: usize,
    pointer: String,
}

/// Cuts a name or a value that someone else chose to a length that fits into a message.
pub(crate) fn clip(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut clipped: String =
        text.chars().take(LONGEST).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if clipped.len() < text.len() && text.chars().nth(LONGEST).is_some() {
        clipped.push('…');
    }
    clipped
}
