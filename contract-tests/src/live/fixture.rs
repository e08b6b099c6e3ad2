//! Exchanges written down as fixtures, for a person to review and to add as witnesses.
//!
//! The format is that of `fixtures/README.md`. Secret and personal values, and all that the document does not declare,
//! are made up; of the headers only those stay that the document names and calls neither, and that hold a number, beside
//! the content type.
//! Token requests are never written.

use std::{collections::BTreeMap, path::Path, time::SystemTime};

use anyhow::Result;
use chrono::{DateTime, Utc};
use cx_mock::{Validator, form};
use cx_spec::{Operation, Parameter, media_type::is_json, pointer::escape};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{gate::Exchange, names::Names, redact};
use crate::{anatomy::is_sensitive_header, files};

/// Exchanges kept of one operation and status: more of them show nothing new.
const MOST_ALIKE: usize = 3;
/// Values that a fixture asserts of the decoded reply.
const MOST_VALUES: usize = 24;

/// Collects fixtures.
#[derive(Debug)]
pub struct Recorder {
    source: String,
    date: String,
    /// By operation and status.
    fixtures: BTreeMap<(String, u16), Vec<Fixture>>,
}

/// One exchange, in the format of the fixtures.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Fixture {
    source: String,
    date: String,
    grade: &'static str,
    operation: String,
    arguments: Value,
    request: Request,
    reply: Reply,
    outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Request {
    method: String,
    path: String,
    query: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Reply {
    status: u16,
    headers: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    json: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Outcome {
    kind: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Map::is_empty")]
    contains: Map<String, Value>,
}

impl Recorder {
    /// Fixtures with this source, seen on the day of `now`.
    pub fn new(source: String, now: SystemTime) -> Self {
        let date = DateTime::<Utc>::from(now).format("%Y-%m-%d").to_string();
        Self { source, date, fixtures: BTreeMap::new() }
    }

    /// Keeps an exchange, unless there are enough like it. A request with a body is not kept: there is no schema to say
    /// what of it the caller made up.
    pub fn keep(
        &mut self,
        validator: &Validator,
        operation: &Operation,
        arguments: &Value,
        exchange: &Exchange,
        succeeded: bool,
    ) {
        if operation.body.is_some() {
            return;
        }
        let reply = reply(validator, operation, exchange);
        let contains = match &reply.json {
            Some(json) if succeeded && operation.envelope.is_none() => shown(validator, operation, exchange, json),
            _ => Map::new(),
        };
        let fixture = Fixture {
            source: self.source.clone(),
            date: self.date.clone(),
            grade: "observed",
            operation: operation.id.clone(),
            arguments: redacted_arguments(validator, operation, arguments),
            request: request(validator, operation, exchange),
            reply,
            outcome: Outcome { kind: if succeeded { "ok" } else { "error" }, status: exchange.status, contains },
        };
        let alike = self.fixtures.entry((operation.id.clone(), exchange.status)).or_default();
        if alike.len() < MOST_ALIKE && !alike.contains(&fixture) {
            alike.push(fixture);
        }
    }

    /// Writes `OPERATION__observed_STATUS_N.json` files into a folder. One that is there already stays as it is: somebody may
    /// have reviewed it.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        for ((operation, status), alike) in &self.fixtures {
            for (index, fixture) in alike.iter().enumerate() {
                let path = folder.join(format!("{operation}__observed_{status}_{}.json", index + 1));
                let text = files::json(fixture)?;
                if !files::create(&path, &text)? {
                    eprintln!("{} is there already and stays", path.display());
                }
            }
        }
        Ok(())
    }
}

fn request(validator: &Validator, operation: &Operation, exchange: &Exchange) -> Request {
    let template = operation.path.split('/');
    let sent = exchange.request.path().split('/');
    let segment = |(template, sent): (&str, &str)| {
        let hidden = operation
            .parameters
            .iter()
            .any(|one| template.contains(&format!("{{{}}}", one.name)) && is_hidden(validator, one));
        if hidden {
            let decoded = percent_encoding::percent_decode_str(sent).decode_utf8_lossy();
            utf8_percent_encode(&redact::text(&decoded), NON_ALPHANUMERIC).to_string()
        } else {
            sent.to_owned()
        }
    };
    let query = exchange.request.query_pairs().into_iter().filter_map(|pair| {
        let form::Part::Text(value) = pair.part else { return None };
        let shown = parameter(operation, &pair.name).is_some_and(|one| !is_hidden(validator, one));
        Some((pair.name, if shown { value } else { redact::text(&value) }))
    });
    Request {
        method: exchange.request.method().to_owned(),
        path: template.zip(sent).map(segment).collect::<Vec<_>>().join("/"),
        query: query.collect(),
    }
}

fn redacted_arguments(validator: &Validator, operation: &Operation, arguments: &Value) -> Value {
    let names = Names::of(validator.api().document());
    let members = arguments.as_object().into_iter().flatten();
    let redacted = |(name, value): (&String, &Value)| {
        let shown = parameter(operation, name).is_some_and(|one| !is_hidden(validator, one));
        (name.clone(), if shown { value.clone() } else { redact::placeholder(&names, value) })
    };
    Value::Object(members.map(redacted).collect())
}

/// The parameter of an argument; a member of one that is an object is written `name[member]`.
fn parameter<'o>(operation: &'o Operation, argument: &str) -> Option<&'o Parameter> {
    let named = |name: &str| operation.parameters.iter().find(|parameter| parameter.name == name);
    named(argument).or_else(|| named(argument.split('[').next().unwrap_or_default()))
}

fn is_hidden(validator: &Validator, parameter: &Parameter) -> bool {
    parameter.secret || parameter.personal || !validator.schemas().may_show(&parameter.pointer, "")
}

fn reply(validator: &Validator, operation: &Operation, exchange: &Exchange) -> Reply {
    let mut headers = Map::new();
    let content_type = exchange.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let documented = operation.reply(exchange.status);
    let media = documented.and_then(|reply| reply.media.iter().find(|media| media.media_type == essence));
    if essence.chars().all(|c| c.is_ascii_alphanumeric() || "/+-.".contains(c)) && !essence.is_empty() {
        let charset = if content_type.contains("charset=utf-8") { "; charset=utf-8" } else { "" };
        headers.insert("content-type".to_owned(), format!("{essence}{charset}").into());
    }
    let named = documented.map(|reply| validator.documented_headers(reply)).unwrap_or_default();
    for (name, _) in named.into_iter().filter(|(_, header)| !is_sensitive_header(header)) {
        let name = name.to_ascii_lowercase();
        let value = exchange.header(&name).filter(|value| value.parse::<u64>().is_ok());
        headers.extend(value.map(|value| (name, value.into())));
    }
    let (mut json, mut text) = (None, None);
    let body = String::from_utf8_lossy(&exchange.body);
    match serde_json::from_str::<Value>(&body) {
        // A fixture has no other way to tell `null` from nothing.
        Ok(Value::Null) => text = Some("null".to_owned()),
        Ok(value) if is_json(essence) => {
            json = Some(redact::body(validator.schemas(), media.map(|media| media.pointer.as_str()), &value));
        }
        _ if body.is_empty() => {}
        _ => {
            let example = |body: &str| media.is_some_and(|media| media.examples.iter().any(|one| one.value == body));
            text = Some(if example(&body) { body.into_owned() } else { redact::text(&body) });
        }
    }
    Reply { status: exchange.status, headers, json, text }
}

/// Values of the reply that the document declares and that may be shown.
fn shown(validator: &Validator, operation: &Operation, exchange: &Exchange, json: &Value) -> Map<String, Value> {
    let media = operation.reply(exchange.status).and_then(|reply| reply.media.iter().find(|one| one.is_json()));
    let Some(media) = media else { return Map::new() };
    let mut found = Map::new();
    leaves(json, String::new(), &mut |at, value| {
        if found.len() < MOST_VALUES && validator.schemas().may_show(&media.pointer, &at) {
            found.insert(at, value.clone());
        }
    });
    found
}

fn leaves(value: &Value, at: String, visit: &mut dyn FnMut(String, &Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                leaves(member, format!("{at}/{}", escape(name)), visit);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, format!("{at}/{index}"), visit);
            }
        }
        leaf => visit(at, leaf),
    }
}

#[cfg(test)]
mod tests {
    use cx_mock::Incoming;
    use cx_spec::{Api, Document};

    use super::*;

    #[test]
    fn a_header_that_is_personal_is_not_kept_though_it_holds_a_number() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: get_a\n      responses:\n        \
            '204': {description: ok, headers: {X-Total: {schema: {type: integer}}, X-Phone: {x-personal: true, schema: {type: integer}}, \
            X-Pin: {schema: {type: integer, x-secret: true}}, X-Word: {schema: {type: string}}}}\n";
        let validator = Validator::new(Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap());
        let headers = [("x-total", "7"), ("x-phone", "491711234"), ("x-pin", "1234"), ("x-word", "Ada")];
        let exchange = Exchange {
            api: "t".to_owned(),
            operation: "get_a".to_owned(),
            request: Incoming::new("GET", "/a"),
            status: 204,
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            body: Vec::new(),
        };
        let kept = reply(&validator, validator.api().operation("get_a").unwrap(), &exchange).headers;
        assert_eq!(Value::Object(kept), serde_json::json!({"x-total": "7"}));
    }
}
