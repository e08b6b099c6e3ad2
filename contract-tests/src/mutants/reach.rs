//! Which parts of which operations a place of the document has a say in.

use std::collections::{BTreeMap, BTreeSet};

use cx_spec::{Api, Node};

/// More operations than this say nothing new about a component that they share.
pub const MOST_SHARED: usize = 3;

/// A part of an operation that is judged by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit {
    /// `operationId`.
    pub operation: String,
    /// Its request, or one of its replies.
    pub part: Part,
}

/// Request or reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The request.
    Request,
    /// The reply that this status falls under.
    Reply(cx_spec::Status),
}

/// What is reached from each part of each operation.
#[derive(Debug)]
pub struct Reach {
    /// Pointer of the part in the document → the part. A request stands for the whole operation.
    own: Vec<(String, Unit)>,
    /// Pointer of a component → the parts that refer to it, over any number of steps.
    shared: BTreeMap<String, BTreeSet<Unit>>,
}

impl Reach {
    /// Follows all references of a document.
    pub fn new(api: &Api) -> Self {
        let mut reach = Self { own: Vec::new(), shared: BTreeMap::new() };
        for operation in &api.operations {
            let Some(node) = api.document().at(&operation.place.pointer) else { continue };
            let unit = |part| Unit { operation: operation.id.clone(), part };
            for reply in &operation.replies {
                let pointer = format!("{}/responses/{}", operation.place.pointer, reply.status);
                reach.add(api, &pointer, unit(Part::Reply(reply.status)));
            }
            for (key, member) in node.members() {
                if key != "responses" {
                    reach.follow(&member, &unit(Part::Request));
                }
            }
            reach.own.push((operation.place.pointer.clone(), unit(Part::Request)));
        }
        reach
    }

    fn add(&mut self, api: &Api, pointer: &str, unit: Unit) {
        if let Some(node) = api.document().at(pointer) {
            self.follow(&node, &unit);
        }
        self.own.push((pointer.to_owned(), unit));
    }

    fn follow(&mut self, node: &Node<'_>, unit: &Unit) {
        if let Some(component) = node.text("$ref").and_then(|reference| reference.strip_prefix('#')) {
            let new = self.shared.entry(component.to_owned()).or_default().insert(unit.clone());
            if let (true, Ok(target)) = (new, node.resolve()) {
                self.follow(&target, unit);
            }
            return;
        }
        node.members().iter().for_each(|(_, member)| self.follow(member, unit));
        node.items().iter().for_each(|item| self.follow(item, unit));
    }

    /// The parts that an edit at a pointer is about: those that it stands in, that stand in it, or that refer to it.
    pub fn touched(&self, pointer: &str) -> Vec<Unit> {
        if pointer.starts_with("/components/") {
            return self.sharing(pointer);
        }
        // A reply stands before its operation in the list, so the narrower one is found first.
        if let Some((_, unit)) = self.own.iter().find(|(own, _)| is_within(pointer, own)) {
            // What is said of the whole operation is said of its replies, too.
            let whole = self.own.iter().any(|(own, _)| own == pointer) || pointer.ends_with("/responses");
            return if whole { self.of(&unit.operation) } else { vec![unit.clone()] };
        }
        let mut units: Vec<Unit> =
            self.own.iter().filter(|(own, _)| is_within(own, pointer)).map(|(_, unit)| unit.clone()).collect();
        units.sort();
        units
    }

    /// All parts of an operation, its request first.
    fn of(&self, operation: &str) -> Vec<Unit> {
        let mut units: Vec<Unit> =
            self.own.iter().map(|(_, unit)| unit).filter(|unit| unit.operation == operation).cloned().collect();
        units.sort();
        units
    }

    /// Parts that refer to the component around a pointer: some with their request, some with a reply.
    fn sharing(&self, pointer: &str) -> Vec<Unit> {
        let around = self.shared.iter().filter(|(component, _)| is_within(pointer, component));
        let Some((_, units)) = around.max_by_key(|(component, _)| component.len()) else { return Vec::new() };
        let requests = units.iter().filter(|unit| unit.part == Part::Request);
        let replies = units.iter().filter(|unit| unit.part != Part::Request);
        requests.take(MOST_SHARED).chain(replies.take(MOST_SHARED)).cloned().collect()
    }
}

/// Whether a pointer is another one, or below it.
fn is_within(pointer: &str, other: &str) -> bool {
    pointer.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
