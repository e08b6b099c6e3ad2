//! What a schema of a document says of a value that travels one way.
//!
//! Cases and coverage ask the same few questions of a schema and want to know where in the document the answer stands.

use cx_mock::schema::Reading;
use cx_spec::{
    Api, Node,
    schema::{Additional, Shape},
};
use serde_json::Value;

/// Longer chains of references are circles.
const DEEPEST: usize = 32;

/// All that is said about one value.
#[derive(Clone, Debug)]
pub(crate) struct Anatomy<'d> {
    shape: Shape<'d>,
    /// Where `nullable` stands, if null is a value.
    nullable: Option<String>,
    way: Reading,
}

impl<'d> Anatomy<'d> {
    /// The schema at a pointer of a document; none if nothing stands there.
    pub(crate) fn at(api: &'d Api, pointer: &str, way: Reading) -> Option<Self> {
        api.document().at(pointer).map(|node| Self::of(&node, way))
    }

    /// The schema of a node, as a body reads that travels this way.
    pub(crate) fn of(node: &Node<'d>, way: Reading) -> Self {
        let shape = Shape::of(node);
        let nullable = shape.parts().first().and_then(|head| nullable(head, 0));
        Self { shape, nullable, way }
    }

    /// This schema with one of its branches chosen.
    pub(crate) fn with_branch(&self, branch: &Node<'d>) -> Self {
        Self { shape: self.shape.with_branch(branch), nullable: None, way: self.way }
    }

    /// Pointers of all schema objects that are part of it.
    pub(crate) fn pointers(&self) -> impl Iterator<Item = &str> {
        self.shape.parts().iter().map(Node::pointer)
    }

    /// The node that says most: the first that is no mere reference.
    pub(crate) fn head(&self) -> Option<&Node<'d>> {
        self.shape.parts().first()
    }

    /// `type`, or what members and items say; none for anything.
    pub(crate) fn kind(&self) -> Option<&'d str> {
        self.shape.kind()
    }

    /// Where `nullable` stands, if null is a value.
    pub(crate) fn nullable(&self) -> Option<&str> {
        self.nullable.as_deref()
    }

    /// Where the known values stand, and those that are not null.
    pub(crate) fn known_values(&self) -> Option<(&str, Vec<&'d Value>)> {
        self.shape.parts().iter().find_map(|part| {
            let known = part.value().get("enum")?.as_array()?;
            Some((part.pointer(), known.iter().filter(|value| !value.is_null()).collect()))
        })
    }

    /// A number under a keyword.
    pub(crate) fn number(&self, keyword: &str) -> Option<&'d Value> {
        self.shape.parts().iter().find_map(|part| part.value().get(keyword).filter(|value| value.is_number()))
    }

    /// A count under a keyword, such as `minItems`.
    pub(crate) fn count(&self, keyword: &str) -> Option<usize> {
        self.shape.count(keyword).and_then(|count| usize::try_from(count).ok())
    }

    /// Whether any part says `keyword: true`.
    pub(crate) fn flag(&self, keyword: &str) -> bool {
        self.shape.flag(keyword)
    }

    /// A text under a keyword.
    pub(crate) fn text(&self, keyword: &str) -> Option<&'d str> {
        self.shape.text(keyword)
    }

    /// The declared members, without those that only travel the other way.
    pub(crate) fn members(&self) -> Vec<(&'d str, Node<'d>)> {
        let mut found: Vec<(&'d str, Node<'d>)> = Vec::new();
        for part in self.shape.parts() {
            for (name, node) in part.member("properties").map(|node| node.members()).unwrap_or_default() {
                if !found.iter().any(|(known, _)| *known == name) && !self.way.leaves_out(node.value()) {
                    found.push((name, node));
                }
            }
        }
        found
    }

    /// Names of the members that have to be there, each with the schema object that says so.
    pub(crate) fn required(&self) -> Vec<(&'d str, &str)> {
        // One part may require what another declares.
        let elsewhere = |name: &str| {
            let mut members = self.shape.parts().iter().filter_map(|part| part.member("properties")?.member(name));
            members.any(|member| self.way.leaves_out(member.value()))
        };
        let mut found: Vec<(&'d str, &str)> = Vec::new();
        for part in self.shape.parts() {
            let names = part.value().get("required").and_then(Value::as_array).into_iter().flatten();
            for name in names.filter_map(Value::as_str) {
                if !elsewhere(name) && !found.iter().any(|(known, _)| *known == name) {
                    found.push((name, part.pointer()));
                }
            }
        }
        found
    }

    /// The schema of the items of an array.
    pub(crate) fn items(&self) -> Option<Node<'d>> {
        self.shape.parts().iter().find_map(|part| part.member("items"))
    }

    /// What is said about members without a name.
    pub(crate) fn additional(&self) -> Additional<'d> {
        self.shape.additional()
    }

    /// The branches of the first `oneOf` or `anyOf`.
    pub(crate) fn branches(&self) -> Vec<Node<'d>> {
        self.shape.branches()
    }
}

/// Whether the document calls a header secret or personal: the header itself, or its schema.
pub(crate) fn is_sensitive_header(header: &Node<'_>) -> bool {
    header.flag("x-secret")
        || header.flag("x-personal")
        || header.member("schema").is_some_and(|schema| Shape::of(&schema).is_sensitive())
}

/// A flag beside a reference or a choice speaks of the whole; without one, a reference is what it refers to. `node` is no
/// reference itself.
fn nullable(node: &Node<'_>, depth: usize) -> Option<String> {
    if node.flag("nullable") {
        return Some(node.pointer().to_owned());
    }
    let parts = node.member("allOf").map(|parts| parts.items()).unwrap_or_default();
    match parts.as_slice() {
        [one] if node.member("type").is_none() && depth < DEEPEST => nullable(&one.resolve().ok()?, depth + 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use cx_spec::Document;

    use super::*;

    const DOCUMENT: &str = "
openapi: 3.0.3
info: {title: T, version: '1'}
paths: {}
components:
  schemas:
    Named: {type: object, required: [name], properties: {name: {type: string}}}
    Apart: {allOf: [{$ref: '#/components/schemas/Thing'}, {required: [id, kind]}]}
    Thing:
      required: [id, secret]
      properties: {id: {type: integer, readOnly: true}, secret: {type: string, writeOnly: true}, kind: {$ref: '#/components/schemas/Kind'}}
      allOf: [{$ref: '#/components/schemas/Named'}]
    Kind: {type: string, nullable: true, enum: [a, b, null]}
    Maybe: {nullable: true, allOf: [{$ref: '#/components/schemas/Named'}]}
    Either: {oneOf: [{$ref: '#/components/schemas/Named'}, {type: string}]}
";

    fn api() -> Api {
        Api::index(Document::parse("t", "t.yaml", DOCUMENT).unwrap()).unwrap()
    }

    fn anatomy<'a>(api: &'a Api, name: &str, way: Reading) -> Anatomy<'a> {
        Anatomy::at(api, &format!("/components/schemas/{name}"), way).unwrap()
    }

    #[test]
    fn members_and_what_is_required_go_one_way() {
        let api = api();
        let names = |way| {
            let thing = anatomy(&api, "Thing", way);
            let members: Vec<_> = thing.members().into_iter().map(|(name, _)| name).collect();
            let required: Vec<_> = thing.required().into_iter().map(|(name, _)| name).collect();
            (members, required)
        };
        assert_eq!(names(Reading::Request), (vec!["secret", "kind", "name"], vec!["secret", "name"]));
        assert_eq!(names(Reading::Reply), (vec!["id", "kind", "name"], vec!["id", "name"]));
        let apart = anatomy(&api, "Apart", Reading::Request);
        let required: Vec<_> = apart.required().into_iter().map(|(name, _)| name).collect();
        assert_eq!(required, ["secret", "name", "kind"]);
    }

    #[test]
    fn null_and_known_values_are_told_with_their_place() {
        let api = api();
        let kind = anatomy(&api, "Kind", Reading::Reply);
        assert_eq!(kind.nullable(), Some("/components/schemas/Kind"));
        let (place, known) = kind.known_values().unwrap();
        assert_eq!((place, known.len()), ("/components/schemas/Kind", 2));
        assert_eq!(anatomy(&api, "Maybe", Reading::Reply).nullable(), Some("/components/schemas/Maybe"));
        assert_eq!(anatomy(&api, "Named", Reading::Reply).nullable(), None);
    }

    #[test]
    fn a_chosen_branch_does_not_branch_again() {
        let api = api();
        let either = anatomy(&api, "Either", Reading::Reply);
        let branches = either.branches();
        assert_eq!(branches.len(), 2);
        let chosen = either.with_branch(&branches[0]);
        assert!(chosen.branches().is_empty());
        assert_eq!(chosen.required(), [("name", "/components/schemas/Named")]);
    }
}
