//! Places in a reply that a lie can be told about: what the document says of each value, read off the document alone.

use cx_spec::{Node, Operation};
use serde_json::Value;

/// A value of a reply that the document declares without alternatives.
#[derive(Clone)]
pub struct Place<'d> {
    /// JSON pointer into the reply.
    pub pointer: String,
    /// Its schemas: the one in its place, and what that is made of.
    schemas: Vec<Node<'d>>,
    /// Whether it must be there.
    pub required: bool,
}

impl Place<'_> {
    pub fn says(&self, keyword: &str, value: &str) -> bool {
        self.schemas.iter().any(|schema| schema.text(keyword) == Some(value))
    }

    pub fn has(&self, keyword: &str) -> bool {
        self.schemas.iter().any(|schema| schema.member(keyword).is_some())
    }

    pub fn nullable(&self) -> bool {
        self.schemas.iter().any(|schema| schema.flag("nullable"))
    }

    pub fn sensitive(&self) -> bool {
        self.schemas.iter().any(|schema| schema.flag("x-secret") || schema.flag("x-personal"))
    }

    /// The path as reports write it.
    pub fn path(&self) -> String {
        path(&self.pointer)
    }
}

/// The path as reports write it, for pointers with names that are no numbers.
pub fn path(pointer: &str) -> String {
    let step = |segment: &str| match segment.parse::<usize>() {
        Ok(_) => "[*]".to_owned(),
        Err(_) => format!(".{segment}"),
    };
    format!("${}", pointer.split('/').skip(1).map(step).collect::<String>())
}

/// All places of a reply of an operation, from the root down.
pub fn places<'d>(
    document: &'d cx_spec::Document,
    operation: &Operation,
    status: u16,
    value: &Value,
) -> Vec<Place<'d>> {
    let media = operation.reply(status).and_then(|reply| reply.media.first());
    let mut found = Vec::new();
    if let Some(node) = media.and_then(|media| document.at(&media.pointer)) {
        walk(&node, value, String::new(), true, &mut found);
    }
    found
}

fn walk<'d>(node: &Node<'d>, value: &Value, pointer: String, required: bool, found: &mut Vec<Place<'d>>) {
    let mut schemas = Vec::new();
    gather(node, &mut schemas);
    if schemas.iter().any(|schema| schema.member("oneOf").is_some() || schema.member("anyOf").is_some()) {
        return;
    }
    found.push(Place { pointer: pointer.clone(), schemas: schemas.clone(), required });
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let declared = |schema: &Node<'d>| schema.member("properties")?.member(name);
                let Some(inner) = schemas.iter().find_map(declared) else { continue };
                let required = schemas.iter().any(|schema| {
                    let names = schema.member("required").map(|list| list.items()).unwrap_or_default();
                    names.iter().any(|one| one.value() == name)
                });
                walk(&inner, member, format!("{pointer}/{name}"), required, found);
            }
        }
        Value::Array(items) => {
            let inner = schemas.iter().find_map(|schema| schema.member("items"));
            for (item, inner) in items.iter().take(1).zip(inner) {
                walk(&inner, item, format!("{pointer}/0"), true, found);
            }
        }
        _ => {}
    }
}

fn gather<'d>(node: &Node<'d>, schemas: &mut Vec<Node<'d>>) {
    let node = node.resolve().unwrap();
    for part in node.member("allOf").map(|all| all.items()).unwrap_or_default() {
        gather(&part, schemas);
    }
    schemas.push(node);
}

/// Pointers of all leaves that any alternative of the document calls secret or personal, or that lie in something that
/// is.
pub fn sensitive(document: &cx_spec::Document, operation: &Operation, status: u16, value: &Value) -> Vec<String> {
    let media = operation.reply(status).and_then(|reply| reply.media.first());
    let mut found = Vec::new();
    if let Some(node) = media.and_then(|media| document.at(&media.pointer)) {
        sensitive_leaves(&[node], value, String::new(), false, &mut found);
    }
    found
}

fn sensitive_leaves<'d>(nodes: &[Node<'d>], value: &Value, pointer: String, inside: bool, found: &mut Vec<String>) {
    let mut schemas = Vec::new();
    nodes.iter().for_each(|node| alternatives(node, &mut schemas));
    let inside = inside || schemas.iter().any(|schema| schema.flag("x-secret") || schema.flag("x-personal"));
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let declared = |schema: &Node<'d>| {
                    let named = schema.member("properties").and_then(|all| all.member(name));
                    named.or_else(|| schema.member("additionalProperties"))
                };
                let nodes: Vec<Node<'d>> = schemas.iter().filter_map(declared).collect();
                sensitive_leaves(&nodes, member, format!("{pointer}/{name}"), inside, found);
            }
        }
        Value::Array(items) => {
            let nodes: Vec<Node<'d>> = schemas.iter().filter_map(|schema| schema.member("items")).collect();
            for (index, item) in items.iter().enumerate() {
                sensitive_leaves(&nodes, item, format!("{pointer}/{index}"), inside, found);
            }
        }
        _ if inside => found.push(pointer),
        _ => {}
    }
}

/// A schema with everything that it is made of or may be.
fn alternatives<'d>(node: &Node<'d>, schemas: &mut Vec<Node<'d>>) {
    let Ok(node) = node.resolve() else { return };
    for keyword in ["allOf", "oneOf", "anyOf"] {
        for part in node.member(keyword).map(|all| all.items()).unwrap_or_default() {
            alternatives(&part, schemas);
        }
    }
    schemas.push(node);
}
