//! The body of a request as a whole.

use cx_spec::{Api, pointer::escape};
use serde_json::{Value, json};

use super::{Operator, required, retype::kind_of};
use crate::mutants::{
    edit::{Change, Edit},
    flat::flat,
    site::{Kind, Site},
};

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "change request media type",
        does: "a body is written in another type",
        at: Kind::Body,
        edits: change_media_type,
    },
    Operator { name: "remove body", does: "an operation takes no body", at: Kind::Operation, edits: remove },
    Operator { name: "add required body", does: "an operation has to have a body", at: Kind::Operation, edits: add },
    Operator {
        name: "make body optional",
        does: "a request may come without its body",
        at: Kind::Body,
        edits: required::relax,
    },
    Operator {
        name: "make body required",
        does: "a request has to come with a body",
        at: Kind::Body,
        edits: required::require,
    },
    Operator {
        name: "change array notation",
        does: "arrays of a form carry other brackets",
        at: Kind::Operation,
        edits: notation,
    },
];

fn content(site: &Site<'_>) -> Vec<String> {
    let content = site.node.member("content").map(|content| content.members()).unwrap_or_default();
    content.into_iter().map(|(media_type, _)| media_type.to_owned()).collect()
}

/// One type alone, which the client does not send: what is offered beside another may go unnoticed.
fn change_media_type(site: &Site<'_>) -> Vec<Edit> {
    let types = content(site);
    let Some(first) = types.first() else { return Vec::new() };
    let other = if first == "application/json" { "application/x-www-form-urlencoded" } else { "application/json" };
    if types.iter().any(|one| one == other) {
        return Vec::new();
    }
    let pointer = |media_type: &str| format!("{}/{}", site.below("content"), escape(media_type));
    let edit = Edit::rename(&pointer(first), other);
    vec![types.iter().skip(1).fold(edit, |edit, rest| edit.and(Change::Remove(pointer(rest))))]
}

fn remove(site: &Site<'_>) -> Vec<Edit> {
    let body = site.node.member("requestBody");
    body.map(|body| Edit::remove(body.pointer())).into_iter().collect()
}

fn add(site: &Site<'_>) -> Vec<Edit> {
    if site.node.member("requestBody").is_some() {
        return Vec::new();
    }
    let body = json!({"required": true, "content": {"application/json": {"schema": {"type": "object"}}}});
    vec![Edit::set(&site.below("requestBody"), body)]
}

/// Only where a body has an array that is no file: of others it says nothing.
fn notation(site: &Site<'_>) -> Vec<Edit> {
    let Some(form) = site.node.member("x-form") else { return Vec::new() };
    let media = site.node.member("requestBody").and_then(|body| body.member("content"));
    let mut schemas =
        media.iter().flat_map(|content| content.members()).filter_map(|(_, media)| media.member("schema"));
    if !schemas.any(|schema| has_array(site.api, schema.value(), 0)) {
        return Vec::new();
    }
    // The exceptions go first: where they are all there is, the rule itself is never asked.
    if let Some(exceptions) = form.member("indexed") {
        return vec![Edit::remove(exceptions.pointer())];
    }
    let other = if form.text("arrays") == Some("indices") { "brackets" } else { "indices" };
    vec![Edit::set(&format!("{}/arrays", form.pointer()), json!(other))]
}

/// Whether an array stands somewhere in the objects of a body.
fn has_array(api: &Api, schema: &Value, depth: usize) -> bool {
    let merged = flat(api, schema);
    let mut members =
        merged.get("properties").and_then(Value::as_object).into_iter().flat_map(|members| members.values());
    let deeper = |member: &Value| depth < 3 && has_array(api, member, depth + 1);
    members.any(|member| kind_of(api, member).as_deref() == Some("array") || deeper(member))
}
