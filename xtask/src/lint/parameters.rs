//! Parameters that would travel otherwise than the document says.

use cx_spec::{Location, Operation, Parameter};

use super::{
    finding::Findings,
    rules::Rule,
    subject::{Kind, Subject, parameter_pointer, plain, properties},
};

pub const RULES: &[Rule] = &[
    Rule {
        name: "path-parameter",
        reason: "what a path template names is declared and required, and nothing else is",
        check: path_parameter,
    },
    Rule {
        name: "parameter-style",
        reason: "only what the generator's passes write as declared: simple values, lists, flat objects in the query",
        check: parameter_style,
    },
    Rule {
        name: "parameter-content",
        reason: "a parameter given by `content` is JSON text on the wire; no pass writes that",
        check: parameter_content,
    },
];

fn path_parameter(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for operation in &subject.api.operations {
        let named = templates(&operation.path);
        let declared = || operation.parameters.iter().filter(|one| one.location == Location::Path);
        for name in &named {
            if !declared().any(|one| one.name == *name) {
                let message = format!("no path parameter `{name}` is declared");
                findings.at(&operation.place.pointer, message, "declare it with `in: path` and `required: true`");
            }
        }
        for parameter in declared() {
            if !named.contains(&parameter.name.as_str()) {
                let message = format!("`{}` does not name `{}`", operation.path, parameter.name);
                findings.at(parameter_pointer(parameter), message, "correct the name, or drop the parameter");
            } else if !parameter.required {
                let message = format!("the path parameter `{}` is not required", parameter.name);
                findings.at(parameter_pointer(parameter), message, "write `required: true`");
            }
        }
    }
}

/// The names in braces.
fn templates(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
}

fn parameter_style(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for operation in &subject.api.operations {
        for parameter in &operation.parameters {
            if let Some(message) = style_fault(subject, operation, parameter) {
                let fix = "describe it as the text that travels, or add a pass to `generate/lower`";
                findings.at(parameter_pointer(parameter), message, fix);
            }
        }
    }
}

fn style_fault(subject: &Subject<'_>, operation: &Operation, parameter: &Parameter) -> Option<String> {
    let schema = plain(&subject.api.document().at(&parameter.pointer)?);
    let members = properties(&schema);
    let is_object = schema.text("type") == Some("object") || !members.is_empty();
    let (name, place, id) = (&parameter.name, parameter.location.name(), &operation.id);
    let style = format!("style `{}`, explode `{}`", parameter.style, parameter.explode);
    match parameter.location {
        Location::Query if is_object => {
            let written = matches!((parameter.style.as_str(), parameter.explode), ("form", true) | ("deepObject", _));
            if !written {
                return Some(format!("`{name}` of `{id}` is an object in the query with {style}"));
            }
            if members.is_empty() {
                return Some(format!("`{name}` of `{id}` is an object in the query whose members nobody names"));
            }
            let nested = members.iter().find(|(_, one)| matches!(plain(one).text("type"), Some("object" | "array")));
            nested.map(|(member, _)| format!("`{name}[{member}]` of `{id}` is nested deeper than a query can write"))
        }
        Location::Query => None,
        _ if is_object || schema.text("type") == Some("array") => {
            Some(format!("`{name}` of `{id}` is an object or a list in the {place}"))
        }
        Location::Path if parameter.style != "simple" => {
            Some(format!("`{name}` of `{id}` is in the path with {style}"))
        }
        _ => None,
    }
}

fn parameter_content(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for node in subject.of(Kind::Parameter).filter(|node| node.member("content").is_some()) {
        let message = format!("the parameter `{}` is given by `content`", node.text("name").unwrap_or_default());
        findings.at(node.pointer(), message, "write `schema: {type: string}` and say in prose that it is JSON");
    }
}
