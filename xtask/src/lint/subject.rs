//! A document as the rules see it: every part of it with the kind of thing it is.

use std::collections::BTreeSet;

use cx_spec::{Api, Node, Operation, Parameter};
use serde_json::Value;

/// What a part of a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The document, or a part of it that takes no extension of ours.
    Other,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Media,
    Reply,
    Header,
    SecurityScheme,
    /// A schema with a name of its own.
    Component,
    /// The schema of a member.
    Property,
    /// Any other schema.
    Schema,
}

impl Kind {
    /// Whether it is a schema, wherever it stands.
    pub fn is_schema(self) -> bool {
        matches!(self, Self::Component | Self::Property | Self::Schema)
    }
}

/// One part.
pub struct Part<'d> {
    pub kind: Kind,
    pub node: Node<'d>,
}

/// A document and its parts, in the order in which they are written.
pub struct Subject<'d> {
    pub api: &'d Api,
    pub parts: Vec<Part<'d>>,
    /// Pointers of all schemas that requests carry in their bodies.
    sent: BTreeSet<String>,
}

impl<'d> Subject<'d> {
    pub fn new(api: &'d Api) -> Self {
        let mut walk = Walk { parts: Vec::new() };
        walk.document(&api.document().root());
        let mut sent = BTreeSet::new();
        for media in
            api.operations.iter().filter_map(|operation| operation.body.as_ref()).flat_map(|body| &body.media)
        {
            if let Some(schema) = api.document().at(&media.pointer) {
                reach(&schema, &mut sent);
            }
        }
        Self { api, parts: walk.parts, sent }
    }

    /// All parts that are schemas.
    pub fn schemas(&self) -> impl Iterator<Item = &Part<'d>> {
        self.parts.iter().filter(|part| part.kind.is_schema())
    }

    /// All parts of one kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Node<'d>> {
        self.parts.iter().filter(move |part| part.kind == kind).map(|part| &part.node)
    }

    /// Whether a request carries the schema at a pointer.
    pub fn is_sent(&self, pointer: &str) -> bool {
        self.sent.contains(pointer)
    }

    /// The node of an operation.
    pub fn node(&self, operation: &Operation) -> Option<Node<'d>> {
        self.api.document().at(&operation.place.pointer)
    }
}

/// Follows references and one-element `allOf`s to the schema that says something.
pub fn plain<'d>(node: &Node<'d>) -> Node<'d> {
    let mut node = node.clone();
    for _ in 0..32 {
        node = node.resolve().unwrap_or(node);
        match node.member("allOf").map(|all| all.items()).as_deref() {
            Some([only]) if node.value().get("properties").is_none() => node = only.clone(),
            _ => break,
        }
    }
    node
}

/// Members of a schema, those of its `allOf` branches included.
pub fn properties<'d>(schema: &Node<'d>) -> Vec<(&'d str, Node<'d>)> {
    let schema = plain(schema);
    let mut members = schema.member("properties").map(|node| node.members()).unwrap_or_default();
    for branch in schema.member("allOf").map(|all| all.items()).unwrap_or_default() {
        // A circle of `allOf`s is no schema at all; whoever writes one hears of it from the validator.
        if branch.pointer() != schema.pointer() {
            members.extend(plain(&branch).member("properties").map(|node| node.members()).unwrap_or_default());
        }
    }
    members
}

/// Names under `required`.
pub fn required<'d>(schema: &Node<'d>) -> Vec<&'d str> {
    let names = schema.member("required").map(|node| node.value());
    names.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The schemas that stand directly inside a schema.
pub fn inner<'d>(schema: &Node<'d>) -> Vec<(Kind, Node<'d>)> {
    let mut found = Vec::new();
    for (key, member) in schema.members() {
        match key {
            "properties" => found.extend(member.members().into_iter().map(|(_, node)| (Kind::Property, node))),
            "allOf" | "oneOf" | "anyOf" => found.extend(member.items().into_iter().map(|node| (Kind::Schema, node))),
            "items" | "not" | "additionalProperties" if member.value().is_object() => {
                found.push((Kind::Schema, member))
            }
            _ => {}
        }
    }
    found
}

/// Pointer of a parameter, whose index keeps that of its schema.
pub fn parameter_pointer(parameter: &Parameter) -> &str {
    let Some(owner) = parameter.pointer.strip_suffix("/schema") else { return &parameter.pointer };
    // Given by `content`, its schema stands below a media type. Further up the word is a name that somebody chose.
    let content = owner.rsplit_once('/').and_then(|(content, _)| content.strip_suffix("/content"));
    content.unwrap_or(owner)
}

fn reach(schema: &Node<'_>, found: &mut BTreeSet<String>) {
    let schema = schema.resolve().unwrap_or_else(|_| schema.clone());
    if !found.insert(schema.pointer().to_owned()) {
        return;
    }
    for (_, one) in inner(&schema) {
        reach(&one, found);
    }
}

struct Walk<'d> {
    parts: Vec<Part<'d>>,
}

impl<'d> Walk<'d> {
    /// Keeps a node; says whether there is anything inside it to look at.
    fn keep(&mut self, kind: Kind, node: &Node<'d>) -> bool {
        self.parts.push(Part { kind, node: node.clone() });
        node.text("$ref").is_none()
    }

    fn each(&mut self, node: &Node<'d>, key: &str, visit: fn(&mut Self, &Node<'d>)) {
        let Some(inner) = node.member(key) else { return };
        inner.members().iter().for_each(|(_, one)| visit(self, one));
        inner.items().iter().for_each(|one| visit(self, one));
    }

    fn document(&mut self, root: &Node<'d>) {
        self.keep(Kind::Other, root);
        for key in ["info", "externalDocs", "paths", "components"] {
            root.member(key).iter().for_each(|node| self.other(node));
        }
        self.each(root, "servers", Self::other);
        self.each(root, "tags", Self::other);
        self.each(root, "paths", Self::path_item);
        let Some(components) = root.member("components") else { return };
        self.each(&components, "securitySchemes", Self::security_scheme);
        self.each(&components, "parameters", Self::parameter);
        self.each(&components, "headers", Self::header);
        self.each(&components, "examples", Self::other);
        self.each(&components, "requestBodies", Self::body);
        self.each(&components, "responses", Self::reply);
        self.each(&components, "schemas", |walk, schema| walk.schema(Kind::Component, schema));
    }

    fn other(&mut self, node: &Node<'d>) {
        self.keep(Kind::Other, node);
    }

    fn security_scheme(&mut self, node: &Node<'d>) {
        self.keep(Kind::SecurityScheme, node);
    }

    fn path_item(&mut self, node: &Node<'d>) {
        // An extension among the paths is no path.
        if !node.value().is_object() || !self.keep(Kind::PathItem, node) {
            return;
        }
        self.each(node, "parameters", Self::parameter);
        for (_, operation) in node.members().iter().filter(|(_, one)| one.value().get("responses").is_some()) {
            self.keep(Kind::Operation, operation);
            self.each(operation, "parameters", Self::parameter);
            operation.member("requestBody").iter().for_each(|body| self.body(body));
            self.each(operation, "responses", Self::reply);
        }
    }

    fn parameter(&mut self, node: &Node<'d>) {
        if self.keep(Kind::Parameter, node) {
            self.content(node);
        }
    }

    fn header(&mut self, node: &Node<'d>) {
        if self.keep(Kind::Header, node) {
            self.content(node);
        }
    }

    fn body(&mut self, node: &Node<'d>) {
        if self.keep(Kind::RequestBody, node) {
            self.content(node);
        }
    }

    fn reply(&mut self, node: &Node<'d>) {
        if self.keep(Kind::Reply, node) {
            self.each(node, "headers", Self::header);
            self.content(node);
        }
    }

    fn media(&mut self, node: &Node<'d>) {
        self.keep(Kind::Media, node);
        self.each(node, "encoding", Self::other);
        self.content(node);
    }

    /// Schema, examples and media types of whatever has them.
    fn content(&mut self, node: &Node<'d>) {
        node.member("schema").iter().for_each(|schema| self.schema(Kind::Schema, schema));
        self.each(node, "examples", Self::other);
        self.each(node, "content", Self::media);
    }

    fn schema(&mut self, kind: Kind, node: &Node<'d>) {
        if self.keep(kind, node) {
            for (kind, one) in inner(node) {
                self.schema(kind, &one);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use cx_spec::Document;

    use super::*;

    #[test]
    fn a_parameter_is_found_above_its_schema_whatever_it_is_called() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /content/{content}:\n    get:\n      \
            operationId: get_content\n      parameters:\n        \
            - {name: content, in: path, required: true, schema: {type: string}}\n        \
            - {name: filter, in: query, content: {application/json: {schema: {type: object}}}}\n        \
            - {$ref: '#/components/parameters/content'}\n        \
            - {$ref: '#/components/parameters/schema'}\n      \
            responses: {'204': {description: ok}}\ncomponents:\n  parameters:\n    \
            content: {name: kind, in: query, schema: {type: string}}\n    \
            schema: {name: shape, in: query, content: {text/plain: {schema: {type: string}}}}\n";
        let api = Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap();
        let pointers: Vec<&str> = api.operations[0].parameters.iter().map(parameter_pointer).collect();
        assert_eq!(
            pointers,
            [
                "/paths/~1content~1{content}/get/parameters/0",
                "/paths/~1content~1{content}/get/parameters/1",
                "/components/parameters/content",
                "/components/parameters/schema",
            ]
        );
    }
}
