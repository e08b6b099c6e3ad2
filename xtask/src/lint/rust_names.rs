//! Names that are two in the document and one in Rust.

use std::collections::BTreeMap;

use cx_spec::{Location, Operation, Parameter};

use super::{
    finding::Findings,
    rules::Rule,
    subject::{Subject, parameter_pointer, plain, properties},
};
use crate::generate::names::{RESERVED, snake_case};

pub const RULES: &[Rule] = &[
    Rule {
        name: "operation-collision",
        reason: "two operations that become one method, or one that the runtime has, do not compile",
        check: operation_collision,
    },
    Rule {
        name: "parameter-collision",
        reason: "two parameters that become one method of the builder do not compile",
        check: parameter_collision,
    },
    Rule {
        name: "parameter-body",
        reason: "a parameter `body` beside a request body takes the builder's method for the body",
        check: parameter_body,
    },
    Rule {
        name: "parameter-twice",
        reason: "of two parameters of one name in different places, one is silently dropped",
        check: parameter_twice,
    },
    Rule {
        name: "property-collision",
        reason: "two members that become one field do not compile",
        check: property_collision,
    },
];

fn operation_collision(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut taken: BTreeMap<String, &Operation> = BTreeMap::new();
    for operation in &subject.api.operations {
        let name = snake_case(&operation.id);
        let pointer = format!("{}/operationId", operation.place.pointer);
        if RESERVED.contains(&name.as_str()) {
            findings.at(&pointer, format!("`{name}` is a name of the runtime's"), "say in more words what it does");
        }
        match taken.get(&name) {
            Some(first) => {
                let message = format!(
                    "`{}` and `{}` on line {} both become `{name}`",
                    operation.id, first.id, first.place.line
                );
                findings.at(&pointer, message, "rename one of them");
            }
            None => drop(taken.insert(name, operation)),
        }
    }
}

fn parameter_collision(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for operation in &subject.api.operations {
        let mut taken: BTreeMap<String, (String, Location)> = BTreeMap::new();
        for parameter in &operation.parameters {
            for wire in wire_names(subject, parameter) {
                let name = snake_case(&wire);
                match taken.get(&name) {
                    // One and the same name is the business of another rule.
                    Some((first, place)) if *first != wire || *place == parameter.location => {
                        let message = format!("`{wire}` and `{first}` of `{}` both become `{name}`", operation.id);
                        findings.at(
                            parameter_pointer(parameter),
                            message,
                            "only one can stay: describe the other in prose",
                        );
                    }
                    Some(_) => {}
                    None => drop(taken.insert(name, (wire, parameter.location))),
                }
            }
        }
    }
}

/// A parameter as it travels: an object in the query is one name a member.
fn wire_names(subject: &Subject<'_>, parameter: &Parameter) -> Vec<String> {
    let schema = subject.api.document().at(&parameter.pointer).map(|node| plain(&node));
    let members = schema.map(|schema| properties(&schema)).unwrap_or_default();
    if parameter.location != Location::Query || members.is_empty() {
        return vec![parameter.name.clone()];
    }
    let deep = parameter.style == "deepObject";
    let write = |key: &str| if deep { format!("{}[{key}]", parameter.name) } else { key.to_owned() };
    members.into_iter().map(|(key, _)| write(key)).collect()
}

fn parameter_body(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for operation in subject.api.operations.iter().filter(|operation| operation.body.is_some()) {
        for parameter in operation.parameters.iter().filter(|parameter| snake_case(&parameter.name) == "body") {
            let message = format!("`{}` has a parameter `{}` beside a request body", operation.id, parameter.name);
            findings.at(parameter_pointer(parameter), message, "it cannot be generated: leave it out and say so");
        }
    }
}

fn parameter_twice(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for operation in &subject.api.operations {
        for (index, parameter) in operation.parameters.iter().enumerate() {
            let first = operation.parameters.iter().take(index).find(|one| one.name == parameter.name);
            if let Some(first) = first {
                let (one, other) = (first.location.name(), parameter.location.name());
                let message =
                    format!("`{}` of `{}` is in the {one} and in the {other}", parameter.name, operation.id);
                findings.at(parameter_pointer(parameter), message, "keep the one that the vendor reads");
            }
        }
    }
}

fn property_collision(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in subject.schemas().filter(|part| part.node.text("$ref").is_none()) {
        let mut taken: BTreeMap<String, &str> = BTreeMap::new();
        for (wire, member) in part.node.member("properties").map(|node| node.members()).unwrap_or_default() {
            let name = snake_case(wire);
            match taken.get(&name) {
                Some(first) => {
                    let message = format!("`{wire}` and `{first}` both become `{name}`");
                    findings.at(
                        member.pointer(),
                        message,
                        "keep one, and let `additionalProperties: true` hold the other",
                    );
                }
                None => drop(taken.insert(name, wire)),
            }
        }
    }
}
