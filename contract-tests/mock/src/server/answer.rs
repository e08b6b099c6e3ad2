//! What a test tells the mock vendor to answer.

use std::{ops::RangeInclusive, time::Duration};

use cx_spec::{Api, Operation};
use http::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::{
    outgoing::{self, Outgoing},
    violation::clip,
};

/// Those that end an exchange.
pub(super) const STATUSES: RangeInclusive<u16> = 200..=599;

/// What the mock vendor is to answer: documented, or a lie.
///
/// ```
/// use cx_mock::Answer;
/// use std::time::Duration;
/// let honest = Answer::example(404, "not_found");
/// let lie = Answer::value(200, serde_json::json!({"id": "no number"})).header("x-request-id", "7");
/// let slow = Answer::raw(502, "<html>").header("content-type", "text/html").delayed(Duration::from_millis(5));
/// # let _ = (honest, lie, slow);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    kind: Kind,
    headers: Vec<(String, String)>,
    delay: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Example { status: u16, name: Option<String> },
    Value { status: u16, value: Value },
    Raw { status: u16, body: Vec<u8> },
}

impl Answer {
    fn new(kind: Kind) -> Self {
        Self { kind, headers: Vec::new(), delay: None }
    }

    /// A documented example, with the documented headers.
    pub fn example(status: u16, name: &str) -> Self {
        Self::new(Kind::Example { status, name: Some(name.to_owned()) })
    }

    /// The first example of a documented status, or its empty body.
    pub fn status(status: u16) -> Self {
        Self::new(Kind::Example { status, name: None })
    }

    /// Any JSON.
    pub fn value(status: u16, value: Value) -> Self {
        Self::new(Kind::Value { status, value })
    }

    /// Any bytes, without a content type unless one is added.
    pub fn raw(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(Kind::Raw { status, body: body.into() })
    }

    /// Adds a header that HTTP allows; it takes the place of documented ones of its name, and may itself be given twice.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Holds the reply back.
    #[must_use]
    pub fn delayed(self, delay: Duration) -> Self {
        Self { delay: Some(delay), ..self }
    }

    pub(super) fn delay(&self) -> Option<Duration> {
        self.delay
    }

    /// Whether it is one that the document shows, and not what a test has written.
    pub(super) fn is_shown(&self) -> bool {
        matches!(self.kind, Kind::Example { .. })
    }

    /// What is wrong with a scripted answer: it cannot be sent, or its status or example is none of the operation's.
    pub(super) fn mistake(&self, operation: &Operation) -> Option<String> {
        self.unsendable().or_else(|| self.unknown(operation))
    }

    /// What HTTP does not allow: a lie of that kind is the fault server's job.
    fn unsendable(&self) -> Option<String> {
        let (Kind::Example { status, .. } | Kind::Value { status, .. } | Kind::Raw { status, .. }) = &self.kind;
        if !STATUSES.contains(status) {
            let (least, greatest) = STATUSES.into_inner();
            return Some(format!("{status} is no status of a reply: those go from {least} to {greatest}"));
        }
        let is_sendable = |(name, value): &&(String, String)| {
            HeaderName::try_from(name.as_str()).is_ok() && HeaderValue::try_from(value.clone()).is_ok()
        };
        let (name, _) = self.headers.iter().find(|header| !is_sendable(header))?;
        Some(format!("HTTP does not allow the name or the value of the header `{}`", clip(name)))
    }

    fn unknown(&self, operation: &Operation) -> Option<String> {
        let Kind::Example { status, name } = &self.kind else { return None };
        let Some(reply) = operation.reply(*status) else {
            let known: Vec<String> = operation.replies.iter().map(|reply| reply.status.to_string()).collect();
            return Some(format!("`{}` documents no {status}; it documents {}", operation.id, known.join(", ")));
        };
        let name = name.as_ref()?;
        let known: Vec<&str> =
            reply.media.iter().flat_map(|media| &media.examples).map(|example| example.name.as_str()).collect();
        let missing = !known.contains(&name.as_str());
        missing
            .then(|| format!("{status} of `{}` has no example `{name}`; it has {}", operation.id, known.join(", ")))
    }

    pub(super) fn outgoing(&self, api: &Api, operation: &Operation, accept: Option<&str>) -> Outgoing {
        if let Some(mistake) = self.mistake(operation) {
            // 501 is what no document here describes, so it cannot be taken for the vendor's.
            return Outgoing::undocumented(501, &json!({"error": mistake}));
        }
        let mut outgoing = match &self.kind {
            Kind::Value { status, value } => Outgoing::json(*status, value),
            Kind::Raw { status, body } => Outgoing { body: body.clone(), ..Outgoing::empty(*status) },
            Kind::Example { status, name } => documented(api, operation, *status, name.as_deref(), accept),
        };
        outgoing.headers.retain(|(name, _)| !self.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)));
        outgoing.headers.extend(self.headers.iter().cloned());
        outgoing
    }
}

/// The documented reply of a status, with an example by name or the first that suits the request.
pub(super) fn documented(
    api: &Api,
    operation: &Operation,
    status: u16,
    name: Option<&str>,
    accept: Option<&str>,
) -> Outgoing {
    let Some(reply) = operation.reply(status) else {
        return Outgoing::undocumented(501, &json!({"error": format!("status {status} is not documented")}));
    };
    // A named example may belong to a media type other than the preferred one.
    let media = match name {
        Some(name) => reply.media.iter().find(|media| outgoing::example(media, Some(name)).is_some()),
        None => outgoing::media_for(reply, accept),
    };
    let Some(media) = media else { return Outgoing::documented(api, reply, status, None) };
    match outgoing::example(media, name) {
        Some(example) => Outgoing::documented(api, reply, status, Some((media, &example.value))),
        None => {
            let value = made_up(api, media);
            Outgoing::documented(api, reply, status, Some((media, &value)))
        }
    }
}

/// A value for a reply that has no example. An empty text would be no body, so another is drawn then.
#[cfg(feature = "proptest")]
fn made_up(api: &Api, media: &cx_spec::Media) -> Value {
    const DRAWS: u64 = 16;
    let draw = |seed| crate::strategy::sample_as(api, &media.schema, crate::schema::Reading::Reply, seed);
    (0..DRAWS).filter_map(draw).find(|value| value.as_str() != Some("")).unwrap_or(Value::Null)
}

#[cfg(not(feature = "proptest"))]
fn made_up(_: &Api, _: &cx_spec::Media) -> Value {
    Value::Null
}
