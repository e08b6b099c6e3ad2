//! A request as it came off the wire.

use std::fmt;

use cx_spec::media_type::essence;

use crate::form::{self, Pair};

/// A request as it came off the wire: nothing decoded, nothing judged.
///
/// ```
/// use cx_mock::Incoming;
/// let request = Incoming::new("GET", "/v1/things?page=2").with_header("Authorization", "Bearer mock-token");
/// assert_eq!(request.path(), "/v1/things");
/// assert_eq!(request.header("authorization"), Some("Bearer mock-token"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Incoming {
    method: String,
    path: String,
    query: String,
    /// Names in lower case, in their order.
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Incoming {
    /// A request without headers and body. `target` is path and query, still encoded.
    pub fn new(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// Sets the body and its content type.
    #[must_use]
    pub fn with_body(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self.with_header("content-type", content_type) }
    }

    /// Sets the body; its content type stands among the headers already.
    pub(crate) fn with_raw_body(self, body: Vec<u8>) -> Self {
        Self { body, ..self }
    }

    /// Method in capitals.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Path, encoded as it came.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Query without its question mark, encoded as it came.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The pairs of the query, decoded.
    pub fn query_pairs(&self) -> Vec<Pair> {
        form::urlencoded(self.query.as_bytes())
    }

    /// The first value of a header; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// All headers, names in lower case.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The media type of the body, without parameters and in lower case.
    pub fn media_type(&self) -> Option<String> {
        self.header("content-type").map(essence)
    }

    pub(crate) fn from_wire(request: &wiremock::Request) -> Self {
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Self {
            method: request.method.as_str().to_owned(),
            path: request.url.path().to_owned(),
            query: request.url.query().unwrap_or_default().to_owned(),
            headers: request.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
            body: request.body.clone(),
        }
    }
}

// Credentials travel in headers, in the query and in bodies: a request is printed without its values.
impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Incoming")
            .field("method", &self.method)
            .field("query", &self.query_pairs())
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Whether a media type falls under a range such as `application/*`.
pub(crate) fn falls_under(media_type: &str, range: &str) -> bool {
    let range = essence(range);
    let own = essence(media_type);
    range == "*/*"
        || own == range
        || range.strip_suffix('*').is_some_and(|kind| kind.ends_with('/') && own.starts_with(kind))
}

/// Whether an `Accept` header takes a media type. The most specific range that it falls under decides (RFC 9110
/// §12.5.1); one with `q=0` takes nothing.
pub(crate) fn accepts(accept: &str, media_type: &str) -> bool {
    let fitting = accept.split(',').filter(|range| falls_under(media_type, range));
    fitting.map(|range| (specificity(range), !is_refused(range))).max().is_some_and(|(_, taken)| taken)
}

/// How much a media range says: nothing, the type, or the subtype too.
fn specificity(range: &str) -> u8 {
    match essence(range).as_str() {
        "*/*" => 0,
        range if range.ends_with("/*") => 1,
        _ => 2,
    }
}

fn is_refused(range: &str) -> bool {
    range.split(';').skip(1).any(|parameter| {
        parameter.trim().strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_range_decides_whether_a_type_is_accepted() {
        for (accept, expected) in [
            ("application/json;q=0, */*", false),
            ("*/*, application/*;q=0", false),
            ("application/*;q=0, application/json", true),
            ("*/*;q=0, application/*;q=0.1", true),
            ("*/*;q=0", false),
            ("text/html, */*;q=0.1", true),
            ("text/html", false),
        ] {
            assert_eq!(accepts(accept, "application/json"), expected, "{accept}");
        }
    }
}
