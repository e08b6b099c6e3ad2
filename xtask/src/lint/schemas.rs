//! Schemas that say one thing and generate another.

use cx_spec::Node;
use serde_json::Value;

use super::{
    finding::Findings,
    rules::Rule,
    subject::{Subject, plain, required},
};

pub const RULES: &[Rule] = &[
    Rule {
        name: "any-of",
        reason: "`anyOf` becomes a struct of flattened options, which can never decode a scalar",
        check: any_of,
    },
    Rule { name: "not", reason: "`not` has no counterpart in Rust's types", check: not },
    Rule {
        name: "discriminator",
        reason: "a `discriminator` is ignored; a one-value `enum` in each branch makes a tagged enum",
        check: discriminator,
    },
    Rule {
        name: "one-of-order",
        reason: "the first branch that fits wins, and an object without a required member always fits",
        check: one_of_order,
    },
    Rule {
        name: "closed-object",
        reason: "`additionalProperties: false` makes a member fatal that the vendor adds tomorrow",
        check: closed_object,
    },
    Rule { name: "ref-siblings", reason: "OpenAPI 3.0 ignores whatever stands beside a `$ref`", check: ref_siblings },
    Rule {
        name: "request-default",
        reason: "a default of a request member would always be sent, and overwrite what the server has",
        check: request_default,
    },
    Rule {
        name: "enum-of-numbers",
        reason: "only enums of texts stay open: a new number would make a whole reply undecodable",
        check: enum_of_numbers,
    },
    Rule {
        name: "read-write-only",
        reason: "`readOnly` and `writeOnly` are ignored by the generator",
        check: read_write_only,
    },
];

fn any_of(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let fix = "use `oneOf` where one branch is meant, `allOf` where all are, or one object with optional members";
    each_with(subject, "anyOf", |node| findings.at(node.pointer(), "`anyOf` is not used here", fix));
}

fn not(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    each_with(subject, "not", |node| {
        findings.at(node.pointer(), "`not` cannot be expressed", "say it in the description")
    });
}

fn discriminator(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let fix = "drop it, and give the tag of each branch an `enum` of one value";
    each_with(subject, "discriminator", |node| findings.at(node.pointer(), "`discriminator` is ignored", fix));
}

fn one_of_order(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    each_with(subject, "oneOf", |node| {
        let objects: Vec<Node<'_>> = node.items().iter().filter(|one| is_object(&plain(one))).cloned().collect();
        let Some((_, earlier)) = objects.split_last() else { return };
        for branch in earlier.iter().filter(|branch| !has_required(&plain(branch))) {
            let fix = "require a member that tells the branches apart, or put this branch last";
            findings.at(branch.pointer(), "every object fits this branch, so those after it are never chosen", fix);
        }
    });
}

fn is_object(schema: &Node<'_>) -> bool {
    schema.text("type") == Some("object") || schema.member("properties").is_some() || schema.member("allOf").is_some()
}

fn has_required(schema: &Node<'_>) -> bool {
    let branches = schema.member("allOf").map(|all| all.items()).unwrap_or_default();
    !required(schema).is_empty() || branches.iter().any(|branch| !required(&plain(branch)).is_empty())
}

fn closed_object(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    each_with(subject, "additionalProperties", |node| {
        if node.value() == &Value::Bool(false) {
            findings.at(node.pointer(), "the object is closed", "leave `additionalProperties` out");
        }
    });
}

fn ref_siblings(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in subject.parts.iter().filter(|part| part.node.text("$ref").is_some()) {
        let siblings: Vec<_> =
            part.node.members().into_iter().map(|(key, _)| key).filter(|key| *key != "$ref").collect();
        if !siblings.is_empty() {
            let message = format!("`{}` beside `$ref` is ignored", siblings.join("`, `"));
            let fix = match part.kind.is_schema() {
                true => "move the reference into a one-element `allOf`",
                false => "move it to where the reference leads, or write the reference out",
            };
            findings.at(part.node.pointer(), message, fix);
        }
    }
}

fn request_default(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    each_with(subject, "default", |node| {
        let owner = node.pointer().strip_suffix("/default").unwrap_or_default();
        if subject.is_sent(owner) {
            let fix = "say in the description what the server assumes";
            findings.at(node.pointer(), "a member of a request has a `default`", fix);
        }
    });
}

fn enum_of_numbers(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    each_with(subject, "enum", |node| {
        if node.items().iter().any(|value| !value.value().is_string() && !value.value().is_null()) {
            let fix = "list the values in the description; give `minimum` and `maximum` where they are attested";
            findings.at(node.pointer(), "the `enum` holds something other than texts", fix);
        }
    });
}

fn read_write_only(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for key in ["readOnly", "writeOnly"] {
        each_with(subject, key, |node| {
            findings.at(
                node.pointer(),
                format!("`{key}` has no effect"),
                "write one schema for the request and one for the reply",
            );
        });
    }
}

/// Visits one member of every schema that has it.
fn each_with<'d>(subject: &Subject<'d>, key: &str, mut visit: impl FnMut(&Node<'d>)) {
    for part in subject.schemas() {
        if let Some(member) = part.node.member(key) {
            visit(&member);
        }
    }
}
