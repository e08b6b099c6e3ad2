//! An exchange as text: redacted, and the same in every run.

use std::{collections::BTreeSet, fmt::Write};

use cx_mock::{
    Exchange, Outgoing,
    form::{self, Pair, Part},
};
use cx_spec::{Api, Media, Operation, media_type::essence};
use serde::Serialize;
use serde_json::Value;

use super::{
    redact::{HIDDEN, Redactor},
    replies::Replies,
    scrub::Scrubber,
};

/// Characters of a body that are kept. The rest tells a reader nothing that the beginning did not.
const LONGEST_BODY: usize = 3_000;
/// The mock vendor listens on another port in each run.
const HOST: &str = "mock.vendor";
/// A boundary is made up for each request.
const BOUNDARY: &str = "boundary";

/// One request and its reply, as they were on the wire but for what must not be shown. JSON is indented for reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wire {
    /// What the client sent.
    pub request: Message,
    /// What the vendor answered.
    pub reply: Message,
    /// The body of the request in the words of `curl`.
    #[serde(skip)]
    pub(super) payload: Payload,
}

/// A request or a reply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Request line, or status.
    pub line: String,
    /// `name: value`, in their order.
    pub headers: Vec<String>,
    /// Body; empty for none.
    pub body: String,
}

/// The body of a request, by the option that makes `curl` send it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Payload {
    /// No body.
    #[default]
    None,
    /// `--data-urlencode`, pair by pair.
    Urlencoded(Vec<(String, String)>),
    /// `--form-string`, or `--form` for a file, pair by pair.
    Multipart(Vec<(String, String, bool)>),
    /// `--data-raw`.
    Raw(String),
}

/// Writes down what went over the wire for one operation, and what was hidden in doing so.
///
/// The token requests that the client makes on the way are left out: which case needs one depends on which ran before it.
pub(super) fn write(
    api: &Api,
    operation: &Operation,
    exchanges: &[Exchange],
    replies: &Replies,
) -> (Vec<Wire>, BTreeSet<String>) {
    let mut redactor = Redactor::new(api, operation);
    let mut hidden = BTreeSet::new();
    let own = exchanges.iter().filter(|exchange| exchange.operation() == Some(&operation.id));
    let mut wires: Vec<Wire> = own
        .map(|exchange| {
            let (request, payload) = request(&mut redactor, operation, exchange);
            let reply = replies.written(api, operation, &exchange.reply);
            hidden.extend(reply.hidden.iter().cloned());
            Wire { request, reply: reply.message.clone(), payload }
        })
        .collect();
    hidden.extend(redactor.into_hidden());
    let scrubber = Scrubber::new(&hidden);
    wires.iter_mut().for_each(|wire| wire.scrub(&scrubber));
    (wires, hidden)
}

impl Wire {
    fn scrub(&mut self, scrubber: &Scrubber) {
        for message in [&mut self.request, &mut self.reply] {
            scrubber.scrub(&mut message.line);
            scrubber.scrub(&mut message.body);
            message.headers.iter_mut().for_each(|header| scrubber.scrub(header));
        }
        self.payload.scrub(scrubber);
    }
}

impl Payload {
    fn scrub(&mut self, scrubber: &Scrubber) {
        match self {
            Self::None => {}
            Self::Raw(text) => scrubber.scrub(text),
            Self::Urlencoded(pairs) => pairs.iter_mut().for_each(|(_, value)| scrubber.scrub(value)),
            Self::Multipart(parts) => parts.iter_mut().for_each(|(_, value, _)| scrubber.scrub(value)),
        }
    }
}

fn request(redactor: &mut Redactor<'_>, operation: &Operation, exchange: &Exchange) -> (Message, Payload) {
    let sent = &exchange.request;
    let mut line = format!("{} {}", sent.method(), redactor.path(sent.path()));
    if !sent.query().is_empty() {
        let _ = write!(line, "?{}", redactor.query(sent.query()));
    }
    let boundary = sent.header("content-type").and_then(|value| form::boundary(value).ok());
    let headers = sent.headers().iter().map(|(name, value)| match name.as_str() {
        "host" => format!("host: {HOST}"),
        // It counts the digits of what is made up for each request.
        "content-length" if boundary.is_some() => format!("content-length: {HIDDEN}"),
        "content-type" => {
            let value = boundary.as_ref().map_or_else(|| value.clone(), |own| value.replace(own, BOUNDARY));
            format!("content-type: {value}")
        }
        name => format!("{name}: {}", redactor.request_header(name, value)),
    });
    let headers = headers.collect();
    let (body, payload) = request_body(redactor, operation, exchange);
    (Message { line, headers, body: clip(body) }, payload)
}

pub(super) fn reply(redactor: &mut Redactor<'_>, operation: &Operation, reply: &Outgoing) -> Message {
    let reason = http::StatusCode::from_u16(reply.status).ok().and_then(|status| status.canonical_reason());
    let headers = reply.headers.iter().map(|(name, value)| {
        let name = name.to_ascii_lowercase();
        let value = redactor.reply_header(reply.status, &name, value);
        format!("{name}: {value}")
    });
    let headers = headers.collect();
    let documented = operation.reply(reply.status).map(|reply| reply.media.as_slice()).unwrap_or_default();
    let body = body(redactor, media(documented, reply.content_type()), &reply.body);
    Message {
        line: format!("{} {}", reply.status, reason.unwrap_or_default()).trim_end().to_owned(),
        headers,
        body: clip(body),
    }
}

/// The body for reading, and for `curl`.
fn request_body(redactor: &mut Redactor<'_>, operation: &Operation, exchange: &Exchange) -> (String, Payload) {
    let sent = &exchange.request;
    let documented = operation.body.as_ref().map(|body| body.media.as_slice()).unwrap_or_default();
    let media = media(documented, sent.header("content-type"));
    let pairs = &exchange.verdict.pairs;
    let Some(media) = media.filter(|_| !pairs.is_empty()) else {
        let text = body(redactor, media, sent.body());
        let payload = raw(&text);
        return (text, payload);
    };
    let shown = pairs.iter().map(|pair| (pair, redactor.pair(&media.pointer, pair)));
    let shown: Vec<(&Pair, Option<String>)> = shown.collect();
    // One pair a line; on the wire there is no line break, and the escapes are there instead.
    if sent.media_type().is_some_and(|media_type| media_type.starts_with("multipart/")) {
        let parts: String = shown.iter().map(|(pair, value)| part(pair, value.as_deref())).collect();
        let payload = shown.into_iter().map(|(pair, value)| {
            let file = matches!(pair.part, Part::File(_));
            (pair.name.clone(), if file { "@FILE".to_owned() } else { or_hidden(value) }, file)
        });
        (format!("{parts}--{BOUNDARY}--"), Payload::Multipart(payload.collect()))
    } else {
        let payload = shown.into_iter().map(|(pair, value)| (pair.name.clone(), or_hidden(value)));
        let payload: Vec<(String, String)> = payload.collect();
        let lines: Vec<String> = payload.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (lines.join("\n&"), Payload::Urlencoded(payload))
    }
}

fn or_hidden(value: Option<String>) -> String {
    value.unwrap_or_else(|| HIDDEN.to_owned())
}

/// A body that is no form, for `curl`. Where it is JSON it is indented for reading, and one line here.
fn raw(text: &str) -> Payload {
    if text.is_empty() {
        return Payload::None;
    }
    let dense = serde_json::from_str::<Value>(text).map(|value| value.to_string());
    Payload::Raw(dense.unwrap_or_else(|_| text.to_owned()))
}

/// One part of a multipart body.
fn part(pair: &Pair, value: Option<&str>) -> String {
    let file = match &pair.part {
        Part::File(file) => file.file_name.as_deref().map(|name| if value.is_some() { name } else { HIDDEN }),
        Part::Text(_) | Part::Json(_) => None,
    };
    let file = file.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
    let value = value.unwrap_or(HIDDEN);
    format!("--{BOUNDARY}\ncontent-disposition: form-data; name=\"{}\"{file}\n\n{value}\n", pair.name)
}

/// A body that is no form.
fn body(redactor: &mut Redactor<'_>, media: Option<&Media>, bytes: &[u8]) -> String {
    let (Ok(text), Some(media)) = (std::str::from_utf8(bytes), media) else {
        return if bytes.is_empty() {
            String::new()
        } else {
            format!("[{} bytes, of which the document says nothing]", bytes.len())
        };
    };
    if text.is_empty() {
        return String::new();
    }
    match serde_json::from_str::<Value>(text) {
        Ok(value) if media.is_json() || !value.is_string() && media.media_type.contains('*') => {
            let shown = redactor.json(&media.pointer, &value);
            serde_json::to_string_pretty(&shown).unwrap_or_default()
        }
        _ if media.is_json() => format!("[{} bytes that are no JSON]", bytes.len()),
        // A form that nobody could read: what of it is secret cannot be told, and its boundary is another each time.
        _ if media.media_type.starts_with("multipart/") || media.media_type.ends_with("x-www-form-urlencoded") => {
            format!("[a body that cannot be read as {}]", media.media_type)
        }
        _ => redactor.text(&media.pointer, text),
    }
}

/// The documented media type that a content type falls under.
fn media<'m>(documented: &'m [Media], content_type: Option<&str>) -> Option<&'m Media> {
    let essence = essence(content_type?);
    documented.iter().find(|media| {
        let range = media.media_type.to_ascii_lowercase();
        let range = range.split(';').next().unwrap_or_default();
        range == "*/*"
            || range == essence
            || range.strip_suffix('*').is_some_and(|kind| kind.ends_with('/') && essence.starts_with(kind))
    })
}

fn clip(text: String) -> String {
    let length = text.chars().count();
    if length <= LONGEST_BODY {
        return text;
    }
    let kept: String = text.chars().take(LONGEST_BODY).collect();
    format!("{kept}\n… {} characters more", length - LONGEST_BODY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_json_are_a_text_and_no_json_that_went_wrong() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: get_a\n      responses:\n        \
            '200':\n          description: ok\n          content:\n            \
            application/x-ndjson: {schema: {type: string}}\n            \
            application/json: {schema: {type: string}}\n";
        let api = Api::index(cx_spec::Document::parse("t", "t.yaml", text).unwrap()).unwrap();
        let operation = &api.operations[0];
        let shown = |media: usize, text: &str| {
            let mut redactor = Redactor::new(&api, operation);
            body(&mut redactor, operation.replies[0].media.get(media), text.as_bytes())
        };
        let lines = "{\"a\":1}\n{\"a\":2}\n";
        assert_eq!(shown(0, lines), lines);
        assert_eq!(shown(1, lines), "[16 bytes that are no JSON]");
        assert_eq!(shown(1, "\"a\""), "\"a\"");
    }
}
