//! Replies, judged by the document.

use cx_spec::{
    Media, Operation, Reply,
    media_type::{essence, is_json},
};
use serde_json::Value;

use super::{judge::Validator, members};
use crate::{
    incoming::falls_under,
    json,
    schema::Reading,
    violation::{Place, Violation, clip},
};

impl Validator {
    /// Judges a reply of the operation with this id: is the status documented, the content type, does the body keep
    /// its schema.
    pub fn reply(&self, operation: &str, status: u16, content_type: Option<&str>, body: &[u8]) -> Vec<Violation> {
        let Some(operation) = self.api().operation(operation) else {
            let message = format!("there is no operation `{}`", clip(operation));
            return vec![self.violation(None, Place::Path(String::new()), "unknown-operation", message, "/paths")];
        };
        Judgement { validator: self, operation, violations: Vec::new() }.judge(status, content_type, body)
    }

    /// Members of a JSON reply that the document has never heard of. They break no rule, since a schema without
    /// `additionalProperties` leaves them open; of a live vendor they are news.
    pub fn unknown_reply_members(&self, operation: &str, status: u16, body: &Value) -> Vec<Violation> {
        self.unnamed_reply_members(operation, status, body, "unknown-member", |found| found.unknown)
    }

    /// Members of a JSON reply that the document does not name where it names others and lets any pass
    /// (`additionalProperties: true`). Nothing is wrong with them, but the document has something to learn.
    pub fn free_reply_members(&self, operation: &str, status: u16, body: &Value) -> Vec<Violation> {
        self.unnamed_reply_members(operation, status, body, "free-member", |found| found.free)
    }

    fn unnamed_reply_members(
        &self,
        operation: &str,
        status: u16,
        body: &Value,
        rule: &str,
        which: impl Fn(members::Unnamed) -> Vec<String>,
    ) -> Vec<Violation> {
        let Some(operation) = self.api().operation(operation) else { return Vec::new() };
        let media = operation.reply(status).and_then(|reply| reply.media.iter().find(|one| one.is_json()));
        let Some(media) = media else { return Vec::new() };
        which(members::unnamed(&self.schemas, &media.pointer, Reading::Reply, body))
            .into_iter()
            .map(|pointer| {
                let message = "the document has no such member";
                self.violation(Some(operation), Place::ReplyBody(pointer), rule, message, &media.pointer)
            })
            .collect()
    }
}

struct Judgement<'j> {
    validator: &'j Validator,
    operation: &'j Operation,
    violations: Vec<Violation>,
}

impl Judgement<'_> {
    fn judge(mut self, status: u16, content_type: Option<&str>, body: &[u8]) -> Vec<Violation> {
        let Some(reply) = self.operation.reply(status) else {
            let responses = format!("{}/responses", self.operation.place.pointer);
            let message = format!("status {status} is not documented");
            self.report(Place::ReplyStatus, "undocumented-status", message, &responses);
            return self.violations;
        };
        // HTTP leaves no room for a body here (RFC 9110 §15.3.5, §15.4.5).
        let bodiless = matches!(status, 204 | 304) || self.operation.method == "HEAD";
        let is_documented = !reply.media.is_empty() && !bodiless;
        match (is_documented, body.is_empty()) {
            (false, true) => {}
            (false, false) => {
                self.report(whole(), "unexpected-body", "a body where none is documented", &reply.pointer);
            }
            (true, true) => self.no_body(reply),
            (true, false) => {
                if let Some((media, value)) = self.read(reply, content_type, body) {
                    self.value(media, &value);
                }
            }
        }
        self.violations
    }

    /// Nothing, which is as good as `null`.
    fn no_body(&mut self, reply: &Reply) {
        let nullable = |media: &Media| self.validator.schemas.accepts(&media.pointer, Reading::Reply, &Value::Null);
        if !reply.media.iter().any(nullable) {
            self.report(whole(), "required", "the body is missing", &reply.pointer);
        }
    }

    /// The value of a body, and the documented type that it comes under.
    fn read<'r>(&mut self, reply: &'r Reply, content_type: Option<&str>, body: &[u8]) -> Option<(&'r Media, Value)> {
        let Some(content_type) = content_type else {
            self.report(Place::ReplyMediaType, "required", "a body without a content type", &reply.pointer);
            return None;
        };
        let Some(media) = reply.media.iter().find(|media| falls_under(content_type, &media.media_type)) else {
            let message = format!("`{}` is not a documented type", clip(&essence(content_type)));
            self.report(Place::ReplyMediaType, "media-type", message, &reply.pointer);
            return None;
        };
        if !is_json(content_type) {
            return Some((media, Value::String(String::from_utf8_lossy(body).into_owned())));
        }
        match json::read(body) {
            Ok(value) => Some((media, value)),
            Err(error) => {
                let message = format!("no JSON: wrong at line {}, column {}", error.line(), error.column());
                self.report(whole(), "syntax", message, &media.pointer);
                None
            }
        }
    }

    fn value(&mut self, media: &Media, value: &Value) {
        // Any JSON keeps a schema that says nothing, and there may be none to ask.
        if media.schema.as_object().is_some_and(serde_json::Map::is_empty) {
            return;
        }
        for fault in self.validator.schemas.judge(&media.pointer, Reading::Reply, value) {
            self.report(Place::ReplyBody(fault.instance), fault.rule, fault.message, &fault.schema);
        }
    }

    fn report(&mut self, place: Place, rule: impl Into<String>, message: impl Into<String>, pointer: &str) {
        self.violations.push(self.validator.violation(Some(self.operation), place, rule, message, pointer));
    }
}

/// The body, whatever in it.
fn whole() -> Place {
    Place::ReplyBody(String::new())
}
