//! Examples: there is one for everything, and it is true.

use std::collections::BTreeMap;

use cx_spec::{
    Media, Node,
    schema::{Reading, compile},
};
use serde_json::Value;

use super::{
    finding::Findings,
    json_schema,
    rules::Rule,
    subject::{Kind, Subject, parameter_pointer},
};

pub const RULES: &[Rule] = &[
    Rule {
        name: "example-missing",
        reason: "the mock vendor answers with the examples, and the contract tests are made from them",
        check: example_missing,
    },
    Rule {
        name: "example-invalid",
        reason: "an example or a default that breaks its own schema misleads readers, mock and tests",
        check: example_invalid,
    },
];

fn example_missing(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for operation in &subject.api.operations {
        for parameter in operation.parameters.iter().filter(|parameter| parameter.example.is_none()) {
            let message = format!("the parameter `{}` has no example", parameter.name);
            findings.at(parameter_pointer(parameter), message, "add `example`");
        }
        let sent = operation.body.iter().flat_map(|body| &body.media).map(|media| ("request", media));
        let received = operation.replies.iter().flat_map(|reply| &reply.media).map(|media| ("reply", media));
        for (what, media) in sent.chain(received).filter(|(_, media)| media.examples.is_empty()) {
            let message = format!("the {what} as `{}` has no example", media.media_type);
            findings.at(media_pointer(media), message, "add `examples`; where no body was ever seen, one of `{}`");
        }
    }
}

fn media_pointer(media: &Media) -> &str {
    media.pointer.strip_suffix("/schema").unwrap_or(&media.pointer)
}

fn example_invalid(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // A schema is compiled once, however many values claim to be one of it.
    let mut by_schema: BTreeMap<String, (Node<'_>, BTreeMap<String, &Value>)> = BTreeMap::new();
    for (schema, pointer, value) in claims(subject) {
        let schema = schema.resolve().unwrap_or(schema);
        let (_, values) = by_schema.entry(schema.pointer().to_owned()).or_insert_with(|| (schema, BTreeMap::new()));
        values.insert(pointer, value);
    }
    for (schema, values) in by_schema.into_values() {
        match compile(subject.api, schema.pointer(), schema.value(), Reading::Reply) {
            Ok(compiled) => {
                for (pointer, value) in values {
                    for fault in json_schema::faults(&compiled, value) {
                        let place = format!("{pointer}{}", fault.instance);
                        findings.at(
                            &place,
                            fault.message,
                            format!("correct it, or the schema at {}", schema.pointer()),
                        );
                    }
                }
            }
            Err(message) => findings.at(schema.pointer(), message, "correct the schema"),
        }
    }
}

/// Every value that the document claims to be one of a schema: the schema, where the value stands, and the value.
fn claims<'d>(subject: &Subject<'d>) -> Vec<(Node<'d>, String, &'d Value)> {
    let mut claims = Vec::new();
    for part in &subject.parts {
        let node = &part.node;
        if part.kind.is_schema() {
            for key in ["example", "default"] {
                if let Some(value) = node.member(key) {
                    claims.push((node.clone(), value.pointer().to_owned(), value.value()));
                }
            }
        }
        if !matches!(part.kind, Kind::Parameter | Kind::Header | Kind::Media) {
            continue;
        }
        let Some(schema) = node.member("schema") else { continue };
        if let Some(value) = node.member("example") {
            claims.push((schema.clone(), value.pointer().to_owned(), value.value()));
        }
        for (_, example) in node.member("examples").map(|examples| examples.members()).unwrap_or_default() {
            let value = example.resolve().ok().and_then(|example| example.member("value"));
            claims.extend(value.map(|value| (schema.clone(), value.pointer().to_owned(), value.value())));
        }
    }
    claims
}
