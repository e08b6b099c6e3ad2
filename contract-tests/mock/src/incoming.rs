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

    /// What is accepted: several lines of it are one list (RFC 9110 §5.3).
    pub(crate) fn accept(&self) -> Option<String> {
        let lines = self.headers.iter().filter(|(name, _)| name == "accept").map(|(_, value)| value.as_str());
        let accept = lines.collect::<Vec<_>>().join(",");
        (!accept.is_empty()).then_some(accept)
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

/// Whether an `Accept` header takes a media type.
pub(crate) fn accepts(accept: &str, media_type: &str) -> bool {
    weight(accept, media_type) > 0
}

/// How much an `Accept` header wants a media type, in thousandths; 0 if it does not take it. The most specific range that
/// it falls under decides (RFC 9110 §12.5.1). A document may have a range itself; then any type in it will do.
pub(crate) fn weight(accept: &str, media_type: &str) -> u16 {
    if media_type.contains('*') {
        let meets = |range: &&str| falls_under(media_type, range) || falls_under(range, media_type);
        return accept.split(',').filter(meets).map(quality).max().unwrap_or_default();
    }
    let fitting = accept.split(',').filter(|range| falls_under(media_type, range));
    fitting.map(|range| (specificity(range), quality(range))).max().map_or(0, |(_, quality)| quality)
}

/// How much a media range says: nothing, the type, or the subtype too.
fn specificity(range: &str) -> u8 {
    match essence(range).as_str() {
        "*/*" => 0,
        range if range.ends_with("/*") => 1,
        _ => 2,
    }
}

/// The weight of a media range, in thousandths: one without a weight has the greatest (RFC 9110 §12.4.2), and so has one
/// whose weight cannot be read.
fn quality(range: &str) -> u16 {
    let parameters = range.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut weights = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("q")).map(|(_, weight)| weight);
    let weight = weights.find_map(|weight| weight.trim().parse::<f32>().ok().filter(|weight| !weight.is_nan()));
    weight.map_or(1000, |weight| (weight.clamp(0.0, 1.0) * 1000.0).round() as u16)
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

    #[test]
    fn a_documented_range_is_accepted_with_any_type_in_it() {
        for (accept, documented, expected) in [
            ("application/json", "*/*", true),
            ("application/json", "application/*", true),
            ("*/*", "application/*", true),
            ("application/json;q=0, text/html", "*/*", true),
            ("application/json;q=0", "*/*", false),
            ("text/html", "application/*", false),
        ] {
            assert_eq!(accepts(accept, documented), expected, "{accept} {documented}");
        }
    }

    #[test]
    fn a_type_weighs_what_the_most_specific_range_says() {
        for (accept, expected) in [
            ("application/json", 1000),
            ("application/json;q=0.5", 500),
            ("application/json; charset=utf-8; Q=0.125", 125),
            ("application/json;q=0.001, */*;q=1", 1),
            ("text/html, application/*;q=0.8, */*;q=0.1", 800),
            ("application/json;q=soon", 1000),
            ("application/json;q=NaN", 1000),
            ("text/html", 0),
        ] {
            assert_eq!(weight(accept, "application/json"), expected, "{accept}");
        }
    }
}
