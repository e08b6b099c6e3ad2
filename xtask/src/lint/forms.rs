//! Form bodies: bracket members and their notation.

use std::collections::BTreeSet;

use cx_spec::{Media, Node, Operation};
use serde_json::Value;

use super::{
    finding::Findings,
    rules::Rule,
    subject::{Subject, plain, properties, required},
};

pub const RULES: &[Rule] = &[
    Rule {
        name: "form-notation",
        reason: "`x-form` says which media type is sent and how its members are written",
        check: form_notation,
    },
    Rule {
        name: "form-encoding",
        reason: "without `encoding` other tools send an object or a list in a form as JSON text",
        check: form_encoding,
    },
    Rule {
        name: "form-container",
        reason: "an empty object or list has no pairs in a form, so a required one holds something",
        check: form_container,
    },
];

fn form_notation(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for operation in &subject.api.operations {
        let Some(body) = &operation.body else { continue };
        let stated = subject.node(operation).and_then(|node| node.member("x-form"));
        match (stated, &operation.form.media_type) {
            (None, _) if body.media.iter().any(Media::is_form) => {
                let message = format!("`{}` sends a form and has no `x-form`", operation.id);
                findings.at(
                    &operation.place.pointer,
                    message,
                    "say which `media_type` is sent and how `arrays` are written",
                );
            }
            (Some(form), Some(wanted)) if !body.media.iter().any(|media| media.media_type == *wanted) => {
                let declared: Vec<_> = body.media.iter().map(|media| media.media_type.as_str()).collect();
                let message = format!("`x-form` sends `{wanted}`, which the body does not declare");
                findings.at(form.pointer(), message, format!("name one of {}", declared.join(", ")));
            }
            _ => {}
        }
    }
}

fn form_encoding(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    each_form(subject, |_, media, schema| {
        let encoding = media.member("encoding");
        let encoded = |name: &str| encoding.as_ref().and_then(|encoding| encoding.member(name));
        for (name, member) in members(schema) {
            let (what, style) = match container(&member) {
                Some(Container::Object) => ("an object", "deepObject"),
                Some(Container::List) => ("a list", "form"),
                None => continue,
            };
            let fix = format!("add `{name}: {{style: {style}, explode: true}}` to the `encoding` of the media type");
            match encoded(name) {
                None => {
                    findings.at(member.pointer(), format!("`{name}` is {what} in a form, without `encoding`"), fix)
                }
                // A part of a multipart body may be JSON text; then it says so.
                Some(one) if one.member("contentType").is_some() => {}
                Some(one) if one.text("style") == Some(style) && one.flag("explode") => {}
                Some(one) => {
                    findings.at(one.pointer(), format!("`{name}` is {what}, encoded as something else"), fix)
                }
            }
        }
        for (name, one) in encoding.map(|encoding| encoding.members()).unwrap_or_default() {
            if !members(schema).iter().any(|(member, _)| *member == name) {
                let message = format!("`encoding` names `{name}`, which is no member of the body");
                findings.at(one.pointer(), message, "correct the name, or drop it");
            }
        }
    });
}

fn form_container(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    each_form(subject, |_, _, schema| filled(schema, &mut seen, findings));
}

fn filled(schema: &Node<'_>, seen: &mut BTreeSet<String>, findings: &mut Findings<'_>) {
    let schema = plain(schema);
    if !seen.insert(schema.pointer().to_owned()) {
        return;
    }
    let names = required(&schema);
    for (name, member) in properties(&schema) {
        let facts = plain(&member);
        let bound = match container(&member) {
            Some(Container::Object) => Some("minProperties"),
            Some(Container::List) => Some("minItems"),
            None => None,
        };
        if let Some(bound) = bound.filter(|_| names.contains(&name)) {
            let own = |node: &Node<'_>| node.value().get(bound).and_then(Value::as_u64).unwrap_or(0);
            // An object with a required member is not empty either.
            if own(&facts).max(own(&member)) == 0 && required(&facts).is_empty() {
                let message = format!("`{name}` is required and may be empty, which a form cannot say");
                findings.at(member.pointer(), message, format!("add `{bound}: 1`"));
            }
        }
        filled(&facts, seen, findings);
    }
    for key in ["items", "additionalProperties"] {
        schema
            .member(key)
            .iter()
            .filter(|node| node.value().is_object())
            .for_each(|node| filled(node, seen, findings));
    }
    for key in ["oneOf", "allOf"] {
        schema.member(key).iter().flat_map(|node| node.items()).for_each(|node| filled(&node, seen, findings));
    }
}

/// A member that a form writes with brackets.
#[derive(Clone, Copy)]
enum Container {
    Object,
    List,
}

fn container(member: &Node<'_>) -> Option<Container> {
    let own = |schema: &Node<'_>| match schema.text("type") {
        Some("array") => Some(Container::List),
        Some("object") => Some(Container::Object),
        Some(_) => None,
        None => (!properties(schema).is_empty()).then_some(Container::Object),
    };
    let schema = plain(member);
    let branches = schema.member("oneOf").map(|one| one.items()).unwrap_or_default();
    own(&schema).or_else(|| branches.iter().find_map(|branch| own(&plain(branch))))
}

/// Members of the body, those of each alternative included.
fn members<'d>(schema: &Node<'d>) -> Vec<(&'d str, Node<'d>)> {
    let mut found = properties(schema);
    for branch in plain(schema).member("oneOf").map(|one| one.items()).unwrap_or_default() {
        found.extend(properties(&branch));
    }
    found
}

/// Visits each form body: its operation, its media type and its schema.
fn each_form<'d>(subject: &Subject<'d>, mut visit: impl FnMut(&Operation, &Node<'d>, &Node<'d>)) {
    for operation in &subject.api.operations {
        for media in operation.body.iter().flat_map(|body| &body.media).filter(|media| media.is_form()) {
            let owner = media.pointer.strip_suffix("/schema").unwrap_or(&media.pointer);
            let document = subject.api.document();
            if let (Some(node), Some(schema)) = (document.at(owner), document.at(&media.pointer)) {
                visit(operation, &node, &schema);
            }
        }
    }
}
