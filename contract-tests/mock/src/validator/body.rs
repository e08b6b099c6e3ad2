//! The body of a request, and what kind of reply it asks for.

use cx_spec::{
    Media,
    media_type::{essence, is_json},
};
use serde_json::Value;

use super::{judge::Case, members};
use crate::{
    form::{self, Notation},
    incoming::{accepts, falls_under},
    json,
    schema::Reading,
    violation::{Place, clip},
};

pub(super) fn judge(case: &mut Case<'_>, unknown_members: bool) {
    accept(case);
    let operation = case.operation;
    let incoming = case.incoming;
    let Some(body) = &operation.body else {
        if !incoming.body().is_empty() {
            let pointer = operation.place.pointer.clone();
            case.report(Place::Body(String::new()), "unexpected-body", "the operation takes no body", &pointer);
        }
        return;
    };
    let pointer = case.pointer("requestBody");
    let Some(sent) = incoming.header("content-type").map(str::to_owned) else {
        if !incoming.body().is_empty() {
            case.report(Place::MediaType, "required", "a body without a content type", &pointer);
        } else if body.required {
            case.report(Place::Body(String::new()), "required", "the body is missing", &pointer);
        }
        return;
    };
    let Some(media) = body.media.iter().find(|media| falls_under(&sent, &media.media_type)) else {
        if incoming.body().is_empty() && !body.required {
            return;
        }
        let known: Vec<&str> = body.media.iter().map(|media| media.media_type.as_str()).collect();
        let message = format!("`{}` is not among the documented types: {}", clip(&essence(&sent)), known.join(", "));
        case.report(Place::MediaType, "media-type", message, &pointer);
        return;
    };
    let is_form = matches!(essence(&sent).as_str(), "application/x-www-form-urlencoded" | "multipart/form-data");
    if incoming.body().is_empty() && !is_form {
        if body.required {
            case.report(Place::Body(String::new()), "required", "the body is missing", &pointer);
        }
        return;
    }
    let Some(value) = read(case, media, &sent) else { return };
    check(case, media, &value, unknown_members);
    case.verdict.body = Some(value);
}

/// Whether the operation has a reply of a type that the request accepts. Replies without a body go with anything.
fn accept(case: &mut Case<'_>) {
    let Some(accept) = case.incoming.accept() else { return };
    let successes = case.operation.replies.iter().filter(|reply| reply.status.is_success());
    let known: Vec<&str> = successes.flat_map(|reply| &reply.media).map(|media| media.media_type.as_str()).collect();
    if known.is_empty() || known.iter().any(|media_type| accepts(&accept, media_type)) {
        return;
    }
    let message = format!("the replies are of type {}, which is not accepted", known.join(", "));
    let pointer = case.pointer("responses");
    case.report(Place::Accept, "not-acceptable", message, &pointer);
}

/// The decoded body; none, with a report, if it cannot be read.
fn read(case: &mut Case<'_>, media: &Media, content_type: &str) -> Option<Value> {
    let bytes = case.incoming.body();
    let kind = essence(content_type);
    if is_json(&kind) {
        return match json::read(bytes) {
            Ok(value) => Some(value),
            Err(error) => {
                let message = format!("no JSON: wrong at line {}, column {}", error.line(), error.column());
                case.report(Place::Body(String::new()), "syntax", message, &media.pointer);
                None
            }
        };
    }
    let pairs = match kind.as_str() {
        "application/x-www-form-urlencoded" => form::urlencoded(bytes),
        // Without a boundary and without content there are no parts: the way some clients write an empty form.
        "multipart/form-data" if bytes.is_empty() => Vec::new(),
        "multipart/form-data" => {
            let parts = form::boundary(content_type).and_then(|boundary| form::multipart(&boundary, bytes));
            match parts {
                Ok(pairs) => pairs,
                Err(error) => {
                    case.report(Place::Body(String::new()), "syntax", error.to_string(), &media.pointer);
                    return None;
                }
            }
        }
        // A text or a file on its own.
        _ => {
            let text = std::str::from_utf8(bytes).map_or_else(|_| format!("[{} bytes]", bytes.len()), str::to_owned);
            return Some(Value::String(text));
        }
    };
    let (tree, mut faults) = form::nest(&pairs);
    let notation = Notation::Form(&case.operation.form);
    let coerced = form::coerce(&case.validator.schemas, &media.pointer, &tree, notation);
    faults.extend(coerced.faults);
    for fault in faults {
        let pointer = if fault.schema.is_empty() { &media.pointer } else { &fault.schema };
        case.report(Place::Body(fault.pointer), fault.rule, fault.message, pointer);
    }
    case.verdict.files = coerced.files;
    case.verdict.pairs = pairs;
    Some(coerced.value)
}

fn check(case: &mut Case<'_>, media: &Media, value: &Value, unknown_members: bool) {
    if media.schema.as_object().is_some_and(serde_json::Map::is_empty) {
        return;
    }
    let schemas = &case.validator.schemas;
    // What could not be coerced is reported already, and is of the wrong type for the schema too.
    let reported: Vec<Place> = case.verdict.violations.iter().map(|violation| violation.place.clone()).collect();
    for fault in schemas.judge(&media.pointer, Reading::Request, value) {
        let place = Place::Body(fault.instance);
        if !reported.contains(&place) {
            case.report(place, fault.rule, fault.message, &fault.schema);
        }
    }
    if unknown_members {
        for pointer in members::unknown(schemas, &media.pointer, value) {
            let message = "the document has no such member";
            case.report(Place::Body(pointer), "unknown-member", message, &media.pointer);
        }
    }
}
