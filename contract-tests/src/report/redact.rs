//! What of an exchange may be shown. [`scrub`](super::scrub) then looks for what was hidden in all other texts.
//!
//! A value is shown only where the document declares it and marks neither it nor anything above it as secret or personal.
//! What the document has never heard of is hidden as well: nobody can say what lies in it.

use std::collections::BTreeSet;

use cx_mock::{
    form::{Pair, Part, urlencoded},
    schema::may_show,
};
use cx_spec::{Api, Location, Operation, Parameter, pointer::escape, schema::Shape};
use serde_json::Value;

use crate::{anatomy::is_sensitive_header, arguments};

/// What stands in the place of a value that is not shown.
pub(super) const HIDDEN: &str = "***";

/// A hidden number with fewer digits than this is not remembered: a digit or two are anybody's, while a telephone number or
/// an account is not.
const SHORTEST_NUMBER: usize = 6;

/// Headers that HTTP itself gives a meaning, and that hold nothing of anybody.
const PLAIN_HEADERS: &[&str] = &[
    "accept",
    "allow",
    "cache-control",
    "content-length",
    "content-type",
    "retry-after",
    "user-agent",
    "x-cx-mock",
    "x-cx-mock-violation",
];

/// Redacts one exchange after another, and remembers what it hid.
pub(super) struct Redactor<'a> {
    api: &'a Api,
    operation: &'a Operation,
    hidden: BTreeSet<String>,
}

impl<'a> Redactor<'a> {
    pub(super) fn new(api: &'a Api, operation: &'a Operation) -> Self {
        Self { api, operation, hidden: BTreeSet::new() }
    }

    /// What was hidden so far, for [`Scrubber`](super::scrub::Scrubber).
    pub(super) fn into_hidden(self) -> BTreeSet<String> {
        self.hidden
    }

    /// The path, with the arguments in it that are marked hidden.
    pub(super) fn path(&mut self, path: &str) -> String {
        let template: Vec<&str> = self.operation.path.split('/').collect();
        let segments: Vec<&str> = path.split('/').collect();
        // A path of another length has a prefix, such as that of a proxy.
        let before = segments.len().saturating_sub(template.len());
        let shown = segments.iter().enumerate().map(|(index, segment)| {
            let pattern = index.checked_sub(before).and_then(|index| template.get(index)).copied().unwrap_or(segment);
            if pattern.contains('{') && !self.shows_argument(Location::Path, |one| names(pattern, &one.name)) {
                self.hide(segment)
            } else {
                (*segment).to_owned()
            }
        });
        shown.collect::<Vec<_>>().join("/")
    }

    /// The query as it was written, value by value.
    pub(super) fn query(&mut self, query: &str) -> String {
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let Some((name, value)) = pair.split_once('=') else { return pair.to_owned() };
            let decoded = urlencoded(name.as_bytes()).into_iter().next().map(|pair| pair.name).unwrap_or_default();
            if self.shows_query(&decoded) {
                return pair.to_owned();
            }
            for part in urlencoded(pair.as_bytes()) {
                self.remember_part(&part.part);
            }
            let _ = self.hide(value);
            format!("{name}={HIDDEN}")
        });
        pairs.collect::<Vec<_>>().join("&")
    }

    /// The value of a header of the request.
    pub(super) fn request_header(&mut self, name: &str, value: &str) -> String {
        if PLAIN_HEADERS.contains(&name)
            || self.shows_argument(Location::Header, |one| one.name.eq_ignore_ascii_case(name))
        {
            return value.to_owned();
        }
        // The name of a scheme is no secret, and a reader wants to know it.
        match value.split_once(' ').filter(|_| name == "authorization") {
            Some((scheme, credentials)) => format!("{scheme} {}", self.hide(credentials)),
            None => self.hide(value),
        }
    }

    /// The value of a header of the reply.
    pub(super) fn reply_header(&mut self, status: u16, name: &str, value: &str) -> String {
        let documented = self.operation.reply(status).map(|reply| self.api.headers(reply)).unwrap_or_default();
        let declared =
            documented.iter().any(|(own, header)| own.eq_ignore_ascii_case(name) && !is_sensitive_header(header));
        let sensitive = ["set-cookie", "www-authenticate"].contains(&name);
        if PLAIN_HEADERS.contains(&name) || declared && !sensitive { value.to_owned() } else { self.hide(value) }
    }

    /// A body of JSON. `schema` is the pointer of its schema in the document.
    pub(super) fn json(&mut self, schema: &str, value: &Value) -> Value {
        let shape = Shape::at(self.api, schema);
        let declared = value.is_object() || value.is_array() || declares_something(self.api, schema);
        if declared && !shape.is_sensitive() { self.inside(&shape, value) } else { self.hidden_value(value) }
    }

    /// The value of a pair of a form: none if it is not shown.
    pub(super) fn pair(&mut self, schema: &str, pair: &Pair) -> Option<String> {
        if may_show(self.api, schema, &pointer(&pair.name)) {
            return Some(match &pair.part {
                Part::Text(text) | Part::Json(text) => text.clone(),
                Part::File(file) => file.marker(),
            });
        }
        self.remember_part(&pair.part);
        None
    }

    /// A body of plain text: all of it or nothing.
    pub(super) fn text(&mut self, schema: &str, text: &str) -> String {
        if may_show(self.api, schema, "") && declares_something(self.api, schema) {
            text.to_owned()
        } else {
            self.hide(text)
        }
    }

    /// The arguments of a call, as the caller gave them. `media_type` is that of the body, where it is not the usual one:
    /// what one type shows may be secret in another.
    pub(super) fn arguments(&mut self, media_type: Option<&str>, arguments: &Value) -> Value {
        let media = arguments::media(self.operation, media_type);
        let body = media.map(|media| media.pointer.as_str());
        let shown = arguments.as_object().into_iter().flatten().map(|(name, value)| {
            let value = match body.filter(|_| name == "body") {
                Some(schema) => self.json(schema, value),
                None if self.shows_argument(Location::Path, |one| one.name == *name)
                    || self.shows_argument(Location::Header, |one| one.name == *name)
                    || self.shows_query(name) =>
                {
                    value.clone()
                }
                None => self.hidden_value(value),
            };
            (name.clone(), value)
        });
        Value::Object(shown.collect())
    }

    /// A value that may be shown, but for what in it may not. Its shape goes down with it: to ask [`may_show`] of each
    /// member would start at the top each time.
    fn inside(&mut self, shape: &Shape<'_>, value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                let shown = members.iter().map(|(name, value)| (name.clone(), self.member(shape, name, value)));
                Value::Object(shown.collect())
            }
            Value::Array(items) => {
                let shown =
                    items.iter().enumerate().map(|(index, item)| self.member(shape, &index.to_string(), item));
                Value::Array(shown.collect())
            }
            leaf => leaf.clone(),
        }
    }

    fn member(&mut self, shape: &Shape<'_>, key: &str, value: &Value) -> Value {
        match shape.step(key).filter(|inner| !inner.is_sensitive()) {
            Some(inner) => self.inside(&inner, value),
            None => self.hidden_value(value),
        }
    }

    fn hidden_value(&mut self, value: &Value) -> Value {
        if value.is_null() {
            return Value::Null;
        }
        self.remember(value);
        Value::String(HIDDEN.to_owned())
    }

    fn hide(&mut self, text: &str) -> String {
        self.hidden.insert(text.to_owned());
        HIDDEN.to_owned()
    }

    fn remember(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                self.hidden.insert(text.clone());
            }
            Value::Object(members) => members.values().for_each(|value| self.remember(value)),
            Value::Array(items) => items.iter().for_each(|value| self.remember(value)),
            Value::Number(number) if number.to_string().len() >= SHORTEST_NUMBER => {
                self.hidden.insert(number.to_string());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn remember_part(&mut self, part: &Part) {
        match part {
            Part::Text(text) | Part::Json(text) => {
                self.hidden.insert(text.clone());
            }
            Part::File(file) => self.hidden.extend(file.file_name.clone()),
        }
    }

    /// A query parameter by its own name, as a member of an object (`created[gte]`) or as one spread out.
    fn shows_query(&self, name: &str) -> bool {
        let base = name.split('[').next().unwrap_or(name);
        let rest = pointer(name);
        self.operation.parameters.iter().filter(|one| one.location == Location::Query).any(|one| {
            let open = !one.secret && !one.personal;
            let whole = one.name == name || one.name.strip_suffix("[]") == Some(base);
            let member = one.name == base
                && rest
                    .split_once('/')
                    .and_then(|(_, rest)| rest.split_once('/'))
                    .is_some_and(|(_, rest)| may_show(self.api, &one.pointer, &format!("/{rest}")));
            let spread = one.style == "form" && one.explode && may_show(self.api, &one.pointer, &rest);
            open && (whole && may_show(self.api, &one.pointer, "") || member || spread)
        })
    }

    fn shows_argument(&self, location: Location, is: impl Fn(&Parameter) -> bool) -> bool {
        // A part of a path may hold several.
        let mut found = self.operation.parameters.iter().filter(|one| one.location == location && is(one)).peekable();
        found.peek().is_some()
            && found.all(|one| !one.secret && !one.personal && may_show(self.api, &one.pointer, ""))
    }
}

fn names(pattern: &str, parameter: &str) -> bool {
    pattern.contains(&format!("{{{parameter}}}"))
}

fn declares_something(api: &Api, schema: &str) -> bool {
    api.document().at(schema).is_some_and(|node| node.value().as_object().is_some_and(|members| !members.is_empty()))
}

/// `end_user[emails][]` as `/end_user/emails/0`.
fn pointer(name: &str) -> String {
    let segments = name.split('[').map(|segment| segment.trim_end_matches(']'));
    segments
        .map(|segment| format!("/{}", if segment.is_empty() { "0".to_owned() } else { escape(segment) }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r"
openapi: 3.0.3
info: {title: Doors, version: 1.0.0}
servers: [{url: 'https://doors.example'}]
paths:
  /doors:
    post:
      operationId: open_door
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {code: {type: string}}}
          application/vnd.doors+json:
            schema: {type: object, properties: {code: {type: string, x-secret: true}}}
      responses:
        '204': {description: It is open., headers: {X-Open: {schema: {type: integer}}, X-Owner: {x-personal: true, schema: {type: string}}}}
  /keys/{door}.{code}:
    get:
      operationId: get_key
      parameters:
        - {name: door, in: path, required: true, schema: {type: string}}
        - {name: code, in: path, required: true, x-secret: true, schema: {type: string}}
      responses:
        '204': {description: It fits.}
";

    #[test]
    fn a_header_and_a_part_of_a_path_are_hidden_for_what_is_sensitive_in_them() {
        let document = cx_spec::Document::parse("doors", "doors.yaml", DOCUMENT).unwrap();
        let api = Api::index(document).unwrap();
        let mut redactor = Redactor::new(&api, api.operation("open_door").unwrap());
        assert_eq!(redactor.reply_header(204, "x-open", "7"), "7");
        assert_eq!(redactor.reply_header(204, "x-owner", "Ada Lovelace"), HIDDEN);
        let mut redactor = Redactor::new(&api, api.operation("get_key").unwrap());
        assert_eq!(redactor.path("/keys/front.4711"), format!("/keys/{HIDDEN}"));
    }

    #[test]
    fn names_of_a_form_are_pointers() {
        assert_eq!(pointer("a"), "/a");
        assert_eq!(pointer("a[b][]"), "/a/b/0");
        assert_eq!(pointer("a[2][b/c]"), "/a/2/b~1c");
    }

    #[test]
    fn a_body_is_shown_by_the_media_type_that_it_goes_out_as() {
        let document = cx_spec::Document::parse("doors", "doors.yaml", DOCUMENT).unwrap();
        let api = Api::index(document).unwrap();
        let operation = api.operation("open_door").unwrap();
        let given = serde_json::json!({"body": {"code": "4711"}});
        let shown = |media_type| Redactor::new(&api, operation).arguments(media_type, &given);
        assert_eq!(shown(None), given);
        assert_eq!(shown(Some("application/vnd.doors+json")), serde_json::json!({"body": {"code": HIDDEN}}));
    }

    #[test]
    fn a_long_number_that_is_hidden_is_remembered_too() {
        let document = cx_spec::Document::parse("doors", "doors.yaml", DOCUMENT).unwrap();
        let api = Api::index(document).unwrap();
        let mut redactor = Redactor::new(&api, api.operation("open_door").unwrap());
        redactor.arguments(None, &serde_json::json!({"body": {"telephone": 15_551_234_567_u64, "floor": 12}}));
        assert_eq!(redactor.into_hidden(), BTreeSet::from(["15551234567".to_owned()]));
    }
}
