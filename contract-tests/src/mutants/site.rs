//! The places of a document where an operator may apply.

use std::collections::BTreeSet;

use cx_spec::{Api, Node};
use serde_json::Value;

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The document as a whole.
    Document,
    /// A path with its operations.
    Path,
    /// An operation.
    Operation,
    /// A parameter of a query, a header or a cookie.
    Parameter,
    /// A parameter of a path.
    PathParameter,
    /// The body of a request.
    Body,
    /// A schema inside a request body, at any depth.
    RequestSchema,
    /// A documented status of an operation, before its reference is followed.
    Status,
    /// A media type of a reply.
    ReplyMedia,
    /// A schema inside a reply, at any depth.
    ReplySchema,
    /// A flow of an OAuth scheme.
    Flow,
}

/// A place of a document.
#[derive(Clone, Debug)]
pub struct Site<'d> {
    /// What stands there.
    pub kind: Kind,
    /// Where.
    pub node: Node<'d>,
    /// The document.
    pub api: &'d Api,
}

impl<'d> Site<'d> {
    /// JSON pointer of the place.
    pub fn pointer(&self) -> &str {
        self.node.pointer()
    }

    /// JSON pointer of a member.
    pub fn below(&self, key: &str) -> String {
        format!("{}/{key}", self.pointer())
    }

    /// What stands there.
    pub fn value(&self) -> &'d Value {
        self.node.value()
    }
}

/// All places of a document, each once for each kind, in the order of the document.
pub fn sites(api: &Api) -> Vec<Site<'_>> {
    let mut finder = Finder { api, seen: BTreeSet::new(), found: Vec::new() };
    finder.push(Kind::Document, api.document().root());
    for (_, path) in api.document().at("/paths").map(|paths| paths.members()).unwrap_or_default() {
        finder.push(Kind::Path, path);
    }
    for operation in &api.operations {
        if let Some(node) = api.document().at(&operation.place.pointer) {
            finder.operation(node);
        }
    }
    for (_, scheme) in api.security_schemes() {
        for (_, flow) in scheme.member("flows").map(|flows| flows.members()).unwrap_or_default() {
            finder.push(Kind::Flow, flow);
        }
    }
    finder.found
}

struct Finder<'d> {
    api: &'d Api,
    seen: BTreeSet<(Kind, String)>,
    found: Vec<Site<'d>>,
}

impl<'d> Finder<'d> {
    /// Whether the place is new.
    fn push(&mut self, kind: Kind, node: Node<'d>) -> bool {
        let new = self.seen.insert((kind, node.pointer().to_owned()));
        if new {
            self.found.push(Site { kind, node, api: self.api });
        }
        new
    }

    fn operation(&mut self, node: Node<'d>) {
        for parameter in node.member("parameters").map(|list| list.items()).unwrap_or_default() {
            let Ok(parameter) = parameter.resolve() else { continue };
            let kind = if parameter.text("in") == Some("path") { Kind::PathParameter } else { Kind::Parameter };
            self.push(kind, parameter);
        }
        if let Some(body) = node.member("requestBody").and_then(|body| body.resolve().ok()) {
            for (_, media) in content(&body) {
                media.member("schema").into_iter().for_each(|schema| self.schemas(Kind::RequestSchema, &schema));
            }
            self.push(Kind::Body, body);
        }
        for (_, status) in node.member("responses").map(|replies| replies.members()).unwrap_or_default() {
            self.push(Kind::Status, status.clone());
            let Ok(reply) = status.resolve() else { continue };
            for (_, media) in content(&reply) {
                media.member("schema").into_iter().for_each(|schema| self.schemas(Kind::ReplySchema, &schema));
                self.push(Kind::ReplyMedia, media);
            }
        }
        self.push(Kind::Operation, node);
    }

    /// A schema and those inside it, references followed.
    fn schemas(&mut self, kind: Kind, node: &Node<'d>) {
        let Ok(node) = node.resolve() else { return };
        if !self.push(kind, node.clone()) {
            return;
        }
        for key in ["properties", "allOf", "oneOf"] {
            let inner = node.member(key);
            let members = inner.iter().flat_map(|inner| inner.members()).map(|(_, member)| member);
            let items = inner.iter().flat_map(Node::items);
            for schema in members.chain(items).collect::<Vec<_>>() {
                self.schemas(kind, &schema);
            }
        }
        for key in ["items", "additionalProperties"] {
            if let Some(schema) = node.member(key).filter(|schema| schema.value().is_object()) {
                self.schemas(kind, &schema);
            }
        }
    }
}

/// Media types of a body or a reply.
fn content<'d>(node: &Node<'d>) -> Vec<(&'d str, Node<'d>)> {
    node.member("content").map(|content| content.members()).unwrap_or_default()
}
