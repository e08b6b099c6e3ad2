//! Replies that the mock sends, made from what the document shows.

use std::fmt;

use cx_spec::{Api, Example, Media, Operation, Reply, media_type::is_json};
use serde_json::Value;

use crate::incoming::weight;

/// Marks a reply that the document does not describe.
pub(crate) const MARK: &str = "x-cx-mock";
/// Tells a person why a request was refused; the documented body has no room for it.
pub(crate) const REASON: &str = "x-cx-mock-violation";

/// A reply on its way out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outgoing {
    /// Status.
    pub status: u16,
    /// Headers, in their order.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Outgoing {
    /// A reply without headers and body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// A reply with a body of JSON.
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::empty(status).with_value("application/json", value)
    }

    /// A reply that no document describes, recognisable as such.
    pub(crate) fn undocumented(status: u16, value: &Value) -> Self {
        Self::json(status, value).with_header(MARK, "undocumented")
    }

    /// A documented reply with one of its examples, and with the documented headers that have an example. An example
    /// of `null` goes out as the JSON it is.
    pub(crate) fn documented(api: &Api, reply: &Reply, status: u16, shown: Option<(&Media, &Value)>) -> Self {
        let mut outgoing = Self::empty(status);
        outgoing.headers = example_headers(api, reply);
        match shown {
            Some((media, value)) if !matches!(status, 204 | 304) => outgoing.with_value(&media.media_type, value),
            _ => outgoing,
        }
    }

    /// Sets a header, taking the place of a namesake.
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn with_value(self, media_type: &str, value: &Value) -> Self {
        // A range such as `*/*` is no type that a reply could have.
        let media_type = if media_type.contains('*') { "application/json" } else { media_type };
        let body = match value {
            Value::String(text) if !is_json(media_type) => text.clone().into_bytes(),
            // A value can always be written.
            value => serde_json::to_vec(value).unwrap_or_default(),
        };
        Self { body, ..self.with_header("content-type", media_type) }
    }

    /// The content type.
    pub fn content_type(&self) -> Option<&str> {
        self.headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .map(|(_, value)| value.as_str())
    }
}

// A reply may hold tokens: names and sizes only.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Outgoing")
            .field("status", &self.status)
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// The documented headers of a reply that have an example.
fn example_headers(api: &Api, reply: &Reply) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, header) in api.headers(reply) {
        let schema = header.member("schema").and_then(|schema| schema.resolve().ok());
        let example = header.member("example").or_else(|| schema?.member("example"));
        match example.map(|node| node.value()) {
            Some(Value::String(text)) => found.push((name.to_owned(), text.clone())),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => found.push((name.to_owned(), value.to_string())),
            _ => {}
        }
    }
    found
}

/// The media type of a reply to answer with: of those that the request wants most the first that has an example.
pub(crate) fn media_for<'r>(reply: &'r Reply, accept: Option<&str>) -> Option<&'r Media> {
    let wish = |media: &Media| accept.map_or(1, |accept| weight(accept, &media.media_type));
    let greatest = reply.media.iter().map(wish).max()?;
    // Where nothing is accepted, all are wanted the same.
    let mut candidates = reply.media.iter().filter(|media| wish(media) == greatest);
    let first = candidates.next()?;
    std::iter::once(first).chain(candidates).find(|media| !media.examples.is_empty()).or(Some(first))
}

/// The example of this name, or the first.
pub(crate) fn example<'m>(media: &'m Media, name: Option<&str>) -> Option<&'m Example> {
    match name {
        Some(name) => media.examples.iter().find(|example| example.name == name),
        None => media.examples.first(),
    }
}

/// The first documented success of an operation.
pub(crate) fn success(operation: &Operation) -> Option<&Reply> {
    operation.replies.iter().find(|reply| reply.status.is_success())
}

#[cfg(test)]
mod tests {
    use cx_spec::Document;

    use super::*;

    #[test]
    fn the_type_that_is_wanted_most_is_answered_with() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: get_a\n      responses:\n        \
            '200':\n          description: ok\n          content:\n            \
            text/html: {schema: {type: string}}\n            \
            application/json: {schema: {type: string}, example: a}\n            \
            text/csv: {schema: {type: string}, example: a}\n";
        let api = Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap();
        let reply = &api.operations[0].replies[0];
        for (accept, expected) in [
            (None, "application/json"),
            (Some("*/*"), "application/json"),
            (Some("application/json;q=0.5, text/csv"), "text/csv"),
            (Some("application/json;q=0.5, text/csv;q=0.4"), "application/json"),
            (Some("text/*, application/json;q=0.9"), "text/csv"),
            (Some("text/html, */*;q=0.1"), "text/html"),
            (Some("image/png"), "application/json"),
        ] {
            assert_eq!(media_for(reply, accept).map(|media| media.media_type.as_str()), Some(expected), "{accept:?}");
        }
    }
}
