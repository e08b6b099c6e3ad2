//! Members that a schema does not name.

use cx_spec::{
    pointer::escape,
    schema::{Additional, Shape},
};
use serde_json::Value;

use crate::schema::{Reading, Schemas};

/// Pointers of members that a schema does not name. One that names no members at all has none of either kind, and
/// neither has one that says what every other member looks like.
#[derive(Default)]
pub(super) struct Unnamed {
    /// The schema does not leave them free on purpose.
    pub unknown: Vec<String>,
    /// The schema names others and lets these pass: `additionalProperties: true`.
    pub free: Vec<String>,
}

/// Pointers of all members of a request that the schema at a pointer of the document neither names nor leaves free on
/// purpose.
pub(super) fn unknown(schemas: &Schemas, pointer: &str, value: &Value) -> Vec<String> {
    unnamed(schemas, pointer, Reading::Request, value).unknown
}

/// All members that the schema at a pointer of the document does not name. What `oneOf` allows are the members of those
/// branches that take the value.
pub(super) fn unnamed(schemas: &Schemas, pointer: &str, reading: Reading, value: &Value) -> Unnamed {
    let mut pass = Pass { schemas, tried: 0, reading, found: Unnamed::default() };
    pass.collect(&[Shape::at(schemas.api(), pointer)], value, "");
    pass.found
}

/// Branches that one value may be held to, and how many of them inside each other. Past them, which members it might
/// have is anyone's guess.
const MOST_BRANCHES: usize = 1_000;
const DEEPEST: usize = 32;

struct Pass<'s> {
    schemas: &'s Schemas,
    /// How many branches the value in hand was held to.
    tried: usize,
    reading: Reading,
    found: Unnamed,
}

impl Pass<'_> {
    fn collect(&mut self, shapes: &[Shape<'_>], value: &Value, at: &str) {
        self.tried = 0;
        let Some(shapes) = self.with_branches(shapes, value, 0) else { return };
        match value {
            Value::Object(members) => {
                let additional: Vec<Additional<'_>> = shapes.iter().map(Shape::additional).collect();
                let names_some = shapes.iter().any(|shape| shape.has("properties"));
                let closed = names_some
                    && additional.iter().all(|one| matches!(one, Additional::Silent | Additional::Refused));
                let describes_others = additional.iter().any(|one| matches!(one, Additional::Schema(_)));
                for (name, member) in members {
                    let at = format!("{at}/{}", escape(name));
                    let named = shapes.iter().any(|shape| shape.names(name));
                    if !named && closed {
                        self.found.unknown.push(at);
                        continue;
                    }
                    if !named && names_some && !describes_others {
                        self.found.free.push(at);
                        continue;
                    }
                    // Most members are no objects and have no members of their own: their schema need not be gathered.
                    if !matches!(member, Value::Object(_) | Value::Array(_)) {
                        continue;
                    }
                    let mut inner: Vec<Shape<'_>> = shapes.iter().filter_map(|shape| shape.property(name)).collect();
                    if inner.is_empty() {
                        inner.extend(additional.iter().filter_map(|one| match one {
                            Additional::Schema(node) => Some(Shape::of(node)),
                            _ => None,
                        }));
                    }
                    self.collect(&inner, member, &at);
                }
            }
            Value::Array(items) => {
                let inner: Vec<Shape<'_>> = shapes.iter().filter_map(Shape::items).collect();
                for (index, item) in items.iter().enumerate() {
                    self.collect(&inner, item, &format!("{at}/{index}"));
                }
            }
            _ => {}
        }
    }

    /// The shapes with those branches chosen that take the value. None if a `oneOf` takes it nowhere: which members it
    /// might have had is anyone's guess, and the `oneOf` is reported anyway.
    fn with_branches<'d>(&mut self, shapes: &[Shape<'d>], value: &Value, depth: usize) -> Option<Vec<Shape<'d>>> {
        let mut chosen = Vec::new();
        for shape in shapes {
            let branches = shape.branches();
            if branches.is_empty() {
                chosen.push(shape.clone());
                continue;
            }
            self.tried += branches.len();
            if self.tried > MOST_BRANCHES || depth > DEEPEST {
                return None;
            }
            let taking: Vec<Shape<'d>> = branches
                .iter()
                .filter(|branch| self.schemas.accepts(branch.pointer(), self.reading, value))
                .map(|branch| shape.with_branch(branch))
                .collect();
            if taking.is_empty() {
                return None;
            }
            // A branch may branch again.
            chosen.extend(self.with_branches(&taking, value, depth + 1)?);
        }
        Some(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cx_spec::{Api, Document};
    use serde_json::json;

    #[test]
    fn a_branch_is_chosen_by_the_way_that_the_value_travels() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    \
            Leaf: {oneOf: [{type: object, required: [key], properties: {key: {type: string, writeOnly: true}, name: {type: string}}}]}\n";
        let schemas = Schemas::new(Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap());
        let leaf = json!({"name": "a", "more": 1});
        assert_eq!(unnamed(&schemas, "/components/schemas/Leaf", Reading::Reply, &leaf).unknown, ["/more"]);
        assert!(unknown(&schemas, "/components/schemas/Leaf", &leaf).is_empty(), "no branch takes it");
    }
}
