//! A schema seen through its references and its `allOf`.
//!
//! Whoever goes through a value asks the same few questions of its schema: which type, which member, which items. The answers
//! are spread over `$ref` and `allOf`; this is the one place that gathers them.

use std::collections::HashSet;

use serde_json::Value;

use crate::{api::Api, document::Node, pointer::unescape};

/// Deeper nesting of `allOf` and references is cut off: the schema then counts as open.
const DEEPEST: usize = 32;

/// All that is said about one value.
#[derive(Clone, Debug)]
pub struct Shape<'d> {
    parts: Vec<Node<'d>>,
    /// How many of the parts, from the front, may still branch. Once a branch is chosen, the `oneOf` it came from
    /// stays among the parts for its other keywords only.
    open: usize,
}

/// What a schema says about members it does not name.
#[derive(Clone, Debug)]
pub enum Additional<'d> {
    /// Nothing.
    Silent,
    /// `additionalProperties: true`.
    Free,
    /// `additionalProperties: false`.
    Refused,
    /// They follow this schema.
    Schema(Node<'d>),
}

impl<'d> Shape<'d> {
    /// The shape at a pointer of the document; open when there is nothing.
    pub fn at(api: &'d Api, pointer: &str) -> Self {
        api.document().at(pointer).map_or(Self::new(Vec::new()), |node| Self::of(&node))
    }

    /// The shape of a schema node.
    pub fn of(node: &Node<'d>) -> Self {
        let mut parts = Vec::new();
        gather(node.clone(), &mut parts, 0);
        Self::new(parts)
    }

    fn new(parts: Vec<Node<'d>>) -> Self {
        let open = parts.len();
        Self { parts, open }
    }

    /// This shape with one of its branches chosen.
    pub fn with_branch(&self, branch: &Node<'d>) -> Self {
        let mut parts = Vec::new();
        gather(branch.clone(), &mut parts, 0);
        let open = parts.len();
        parts.extend(self.parts.iter().cloned());
        Self { parts, open }
    }

    /// The schema objects that hold at the same time. The first is the one that was asked for, seen through its reference.
    pub fn parts(&self) -> &[Node<'d>] {
        &self.parts
    }

    /// `type`; `object` or `array` where members or items say so; none for anything.
    pub fn kind(&self) -> Option<&'d str> {
        self.text("type").or_else(|| {
            if self.has("properties") || self.has("additionalProperties") {
                Some("object")
            } else if self.has("items") {
                Some("array")
            } else {
                None
            }
        })
    }

    /// The first text under a keyword.
    pub fn text(&self, keyword: &str) -> Option<&'d str> {
        self.parts.iter().find_map(|part| part.text(keyword))
    }

    /// The first whole number under a keyword, such as that of `minItems`.
    pub fn count(&self, keyword: &str) -> Option<u64> {
        self.parts.iter().find_map(|part| part.value().get(keyword)?.as_u64())
    }

    /// The first value under a keyword.
    pub fn value(&self, keyword: &str) -> Option<&'d Value> {
        self.parts.iter().find_map(|part| part.value().get(keyword))
    }

    /// Whether any part has a keyword.
    pub fn has(&self, keyword: &str) -> bool {
        self.parts.iter().any(|part| part.value().get(keyword).is_some())
    }

    /// Whether any part says `keyword: true`.
    pub fn flag(&self, keyword: &str) -> bool {
        self.parts.iter().any(|part| part.flag(keyword))
    }

    /// Whether a member is declared.
    pub fn names(&self, name: &str) -> bool {
        self.parts.iter().any(|part| has_property(part, name))
    }

    /// The schema of a named member.
    pub fn property(&self, name: &str) -> Option<Shape<'d>> {
        let mut parts = Vec::new();
        for node in self.parts.iter().filter_map(|part| part.property(name)) {
            gather(node, &mut parts, 0);
        }
        (!parts.is_empty()).then(|| Self::new(parts))
    }

    /// Names of all declared members.
    pub fn property_names(&self) -> Vec<&'d str> {
        let mut names = Vec::new();
        for part in &self.parts {
            for (name, _) in part.member("properties").map(|node| node.members()).unwrap_or_default() {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// What is said about other members.
    pub fn additional(&self) -> Additional<'d> {
        let mut found = Additional::Silent;
        for part in &self.parts {
            match part.member("additionalProperties") {
                None => {}
                Some(node) => match node.value() {
                    Value::Bool(false) => return Additional::Refused,
                    Value::Object(schema) if !schema.is_empty() => found = Additional::Schema(node),
                    _ => found = Additional::Free,
                },
            }
        }
        found
    }

    /// The schema of the items of an array.
    pub fn items(&self) -> Option<Shape<'d>> {
        self.parts.iter().find_map(|part| part.member("items")).map(|node| Shape::of(&node))
    }

    /// The branches of the first `oneOf` or `anyOf`.
    pub fn branches(&self) -> Vec<Node<'d>> {
        self.parts
            .iter()
            .take(self.open)
            .find_map(|part| part.member("oneOf").or_else(|| part.member("anyOf")))
            .map(|node| node.items())
            .unwrap_or_default()
    }

    /// Pointer of the schema, for messages.
    pub fn pointer(&self) -> &str {
        self.parts.first().map_or("", |part| part.pointer())
    }

    /// Whether the document calls a value of this shape secret or personal.
    pub fn is_sensitive(&self) -> bool {
        self.is_marked() || (!self.branches().is_empty() && self.sensitive(&mut HashSet::new()))
    }

    fn is_marked(&self) -> bool {
        self.flag("x-secret") || self.flag("x-personal")
    }

    /// `seen` holds the shapes that were asked already: what leads back to one says nothing new.
    fn sensitive(&self, seen: &mut HashSet<String>) -> bool {
        if !seen.insert(self.pointer().to_owned()) {
            return false;
        }
        self.is_marked() || self.branches().iter().any(|branch| Shape::of(branch).sensitive(seen))
    }

    /// The shape one step down a JSON pointer, over all branches; none for what the document does not declare.
    pub fn step(&self, key: &str) -> Option<Shape<'d>> {
        if self.branches().is_empty() {
            return self.own_step(key).filter(|shape| !shape.parts.is_empty());
        }
        let mut parts = Vec::new();
        self.step_down(key, &mut parts, &mut HashSet::new());
        (!parts.is_empty()).then(|| Self::new(parts))
    }

    /// The shape one step down, whatever the branches say.
    fn own_step(&self, key: &str) -> Option<Shape<'d>> {
        match self.property(key) {
            Some(shape) => Some(shape),
            None if key.bytes().all(|byte| byte.is_ascii_digit()) && self.has("items") => self.items(),
            None => match self.additional() {
                Additional::Schema(node) => Some(Shape::of(&node)),
                _ => None,
            },
        }
    }

    /// Gathers what is one step down. `seen` is as in [`Shape::sensitive`].
    fn step_down(&self, key: &str, parts: &mut Vec<Node<'d>>, seen: &mut HashSet<String>) {
        if !seen.insert(self.pointer().to_owned()) {
            return;
        }
        for part in self.own_step(key).map(|shape| shape.parts).unwrap_or_default() {
            if !parts.iter().any(|known| known.pointer() == part.pointer()) {
                parts.push(part);
            }
        }
        for branch in self.branches() {
            Shape::of(&branch).step_down(key, parts, seen);
        }
    }
}

/// Whether the value at a JSON pointer may be shown: declared, and not secret or personal on the way down. `schema` is a
/// pointer of the document, `pointer` one into the value.
pub fn may_show(api: &Api, schema: &str, pointer: &str) -> bool {
    let root = Shape::at(api, schema);
    !root.is_sensitive() && walk(root, pointer, |shape| !shape.is_sensitive())
}

/// Whether a schema has words for the value at a JSON pointer.
pub fn declares(api: &Api, schema: &str, pointer: &str) -> bool {
    walk(Shape::at(api, schema), pointer, |_| true)
}

fn walk(mut shape: Shape<'_>, pointer: &str, passes: impl Fn(&Shape<'_>) -> bool) -> bool {
    for segment in pointer.split('/').skip(1) {
        let key = unescape(segment);
        match shape.step(&key) {
            Some(next) if passes(&next) => shape = next,
            _ => return false,
        }
    }
    true
}

/// Looks without writing down the place of what it finds, unlike a step to the node itself.
fn has_property(part: &Node<'_>, name: &str) -> bool {
    part.value().get("properties").is_some_and(|properties| properties.get(name).is_some())
}

fn gather<'d>(node: Node<'d>, parts: &mut Vec<Node<'d>>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    if node.text("$ref").is_some() {
        if let Ok(target) = node.resolve() {
            gather(target, parts, depth + 1);
        }
        return;
    }
    // What is gathered already says nothing new, and may lead here again, by more ways than anyone could follow.
    if parts.iter().any(|known| known.pointer() == node.pointer()) {
        return;
    }
    let all = node.member("allOf").map(|all| all.items()).unwrap_or_default();
    parts.push(node);
    for part in all {
        gather(part, parts, depth + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;

    #[test]
    fn a_schema_that_is_made_of_itself_is_gathered_once() {
        let itself = "{$ref: '#/components/schemas/Tree'}";
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n    \
             Tree: {{allOf: [{itself}, {itself}, {itself}, {{type: object}}, {itself}]}}\n"
        );
        let api = Api::index(Document::parse("t", "t.yaml", &text).unwrap()).unwrap();
        let shape = Shape::at(&api, "/components/schemas/Tree");
        assert_eq!((shape.parts().len(), shape.kind()), (2, Some("object")));
    }

    /// Forty levels of branches that meet again in the next one: more ways down than anyone could go.
    fn ladder(end: &str) -> Api {
        let mut text =
            "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n".to_owned();
        for level in 0..40 {
            let next = format!("{{$ref: '#/components/schemas/L{}'}}", level + 1);
            text.push_str(&format!("    L{level}: {{oneOf: [{next}, {next}]}}\n"));
        }
        text.push_str(&format!("    L40: {end}\n"));
        Api::index(Document::parse("t", "t.yaml", &text).unwrap()).unwrap()
    }

    #[test]
    fn branches_that_meet_again_are_asked_once() {
        let api = ladder("{type: object, properties: {a: {type: string}}}");
        let top = Shape::at(&api, "/components/schemas/L0");
        assert!(!top.is_sensitive());
        assert_eq!(top.step("a").map(|shape| shape.parts().len()), Some(1));
        assert!(top.step("b").is_none());
        let api = ladder("{type: string, x-secret: true}");
        assert!(Shape::at(&api, "/components/schemas/L0").is_sensitive());
    }

    #[test]
    fn branches_that_lead_back_hide_nothing_that_another_says() {
        let itself = "{$ref: '#/components/schemas/Tree'}";
        let tree = |leaf: &str| {
            let text = format!(
                "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n    \
                 Tree: {{oneOf: [{itself}, {leaf}]}}\n"
            );
            Api::index(Document::parse("t", "t.yaml", &text).unwrap()).unwrap()
        };
        let sensitive = |leaf: &str| Shape::at(&tree(leaf), "/components/schemas/Tree").is_sensitive();
        assert!(sensitive("{type: string, x-personal: true}"));
        assert!(!sensitive("{type: string}"));
    }
}
