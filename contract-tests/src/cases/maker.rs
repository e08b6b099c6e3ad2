//! Values made from a schema, the same each time.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use cx_mock::{schema::Reading, strategy};
use cx_spec::{Api, Node, schema::Additional};
use serde_json::{Map, Value, json};

use crate::anatomy::Anatomy;

/// Deeper than this, a schema that nothing ends is cut off.
const DEEPEST: usize = 24;

/// Name of a member that no schema has.
pub(crate) const EXTRA: &str = "extra_member";

/// How much a value holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    /// Every member, and one item in every list.
    Whole,
    /// What is required.
    Bare,
    /// Every member, null where that is allowed.
    Nulls,
}

/// A document, and what was made for it before: to make it takes far longer than to look it up.
pub(super) struct Kit<'d> {
    pub api: &'d Api,
    scalars: RefCell<BTreeMap<String, Option<Value>>>,
    filled: RefCell<BTreeMap<String, Filled>>,
}

/// Values of one media type, each with its part of the id of a case.
pub(super) type Filled = Rc<[(String, Value)]>;

impl<'d> Kit<'d> {
    pub(super) fn new(api: &'d Api) -> Self {
        Self { api, scalars: RefCell::default(), filled: RefCell::default() }
    }

    /// What was made under this name before, or is made now: dozens of operations share the reply to an error.
    pub(super) fn filled(&self, name: String, make: impl FnOnce() -> Vec<(String, Value)>) -> Filled {
        if let Some(known) = self.filled.borrow().get(&name) {
            return Rc::clone(known);
        }
        let made = Filled::from(make());
        self.filled.borrow_mut().insert(name, Rc::clone(&made));
        made
    }

    /// The schema's own example, else the first value that its strategy brings.
    fn scalar(&self, head: &Node<'d>) -> Option<Value> {
        if let Some(known) = self.scalars.borrow().get(head.pointer()) {
            return known.clone();
        }
        let made = match head.value().get("example") {
            Some(example) if !example.is_null() => Some(example.clone()),
            _ => {
                // A text that is empty is as good as missing in a body of its own.
                let schema = not_null(head.value());
                let mut drawn = (0..8).filter_map(|seed| strategy::sample(self.api, &schema, seed));
                drawn.find(|value| value.as_str() != Some(""))
            }
        };
        self.scalars.borrow_mut().insert(head.pointer().to_owned(), made.clone());
        made
    }
}

/// Makes values of the schemas of one document.
pub(super) struct Maker<'k, 'd> {
    pub kit: &'k Kit<'d>,
    pub way: Reading,
}

impl<'d> Maker<'_, 'd> {
    /// A value of a schema; none where it can only be had inside itself.
    pub(super) fn make(&self, node: &Node<'d>, fill: Fill, inside: &[String]) -> Option<Value> {
        let anatomy = Anatomy::of(node, self.way);
        let repeats = anatomy.pointers().any(|pointer| inside.iter().any(|outer| outer == pointer));
        let nullable = anatomy.nullable().is_some();
        if nullable && (fill == Fill::Nulls || repeats) && !inside.is_empty() {
            return Some(Value::Null);
        }
        if repeats || inside.len() > DEEPEST {
            return None;
        }
        self.made_of(&anatomy, fill, inside)
    }

    /// As [`Maker::make`], of what has been gathered already.
    pub(super) fn made_of(&self, anatomy: &Anatomy<'d>, fill: Fill, inside: &[String]) -> Option<Value> {
        if let Some((_, known)) = anatomy.known_values() {
            return known.first().map(|value| (*value).clone());
        }
        let branches = anatomy.branches();
        if !branches.is_empty() {
            return branches.iter().find_map(|branch| self.made_of(&anatomy.with_branch(branch), fill, inside));
        }
        let inside = within(anatomy, inside);
        match anatomy.kind() {
            Some("object") => self.object(anatomy, fill, &inside),
            Some("array") => self.array(anatomy, fill, &inside),
            _ => self.kit.scalar(anatomy.head()?),
        }
    }

    fn object(&self, anatomy: &Anatomy<'d>, fill: Fill, inside: &[String]) -> Option<Value> {
        let required: Vec<&str> = anatomy.required().into_iter().map(|(name, _)| name).collect();
        let mut object = Map::new();
        let members = anatomy.members();
        let least = anatomy.count("minProperties").unwrap_or(0);
        for (name, node) in &members {
            let needed = required.contains(name);
            if fill == Fill::Bare && !needed && object.len() >= least {
                continue;
            }
            match self.make(node, fill, inside) {
                Some(value) => drop(object.insert((*name).to_owned(), value)),
                None if needed => return None,
                None => {}
            }
        }
        for name in required {
            object.entry(name).or_insert_with(|| json!("x"));
        }
        // A map without a member would say nothing, and a form cannot even write it.
        if members.is_empty() && (fill != Fill::Bare || object.len() < least) {
            let value = match anatomy.additional() {
                Additional::Schema(node) => self.make(&node, fill, inside),
                _ => Some(json!("x")),
            };
            object.extend(value.map(|value| (EXTRA.to_owned(), value)));
        }
        Some(Value::Object(object))
    }

    fn array(&self, anatomy: &Anatomy<'d>, fill: Fill, inside: &[String]) -> Option<Value> {
        let least = anatomy.count("minItems").unwrap_or(0);
        let wanted = if fill == Fill::Bare { least } else { least.max(1) };
        let item = match anatomy.items() {
            Some(node) if wanted > 0 => self.make(&node, fill, inside),
            _ => Some(json!("x")),
        };
        match item {
            Some(item) => Some(Value::Array(vec![item; wanted])),
            None => (least == 0).then(|| json!([])),
        }
    }
}

/// What a value stands inside of, once it stands inside this too.
pub(super) fn within(anatomy: &Anatomy<'_>, inside: &[String]) -> Vec<String> {
    inside.iter().cloned().chain(anatomy.pointers().map(str::to_owned)).collect()
}

fn not_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(members) = schema.as_object_mut() {
        members.shift_remove("nullable");
    }
    schema
}
