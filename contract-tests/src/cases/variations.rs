//! One value of a schema for each thing that it says of a place: a known value, null, a bound, a member that is missing.

use std::collections::BTreeSet;

use cx_spec::{Node, pointer::escape, schema::Additional};
use serde_json::{Value, json};

use super::maker::{EXTRA, Fill, Maker, within};
use crate::anatomy::Anatomy;

/// What has been varied before: a component is varied where it is first met, not wherever it is used.
pub(super) type Seen = BTreeSet<String>;

/// Values longer than this are not made: a bound that wide is no bound.
const LONGEST: usize = 5_000;

/// A value that differs from a whole one at one place.
pub(super) struct Variation {
    /// The branches that lead to the place, as the id of a case names them.
    pub branch: String,
    /// JSON pointer of the place.
    pub pointer: String,
    /// What is there: part of the id of a case.
    pub label: String,
    /// The value, as a whole.
    pub value: Value,
    /// Whether it breaks the schema, because the member at the pointer is missing.
    pub is_missing: bool,
}

impl Variation {
    /// A name for the case: the place and what is there.
    pub(super) fn name(&self) -> String {
        format!("{}{}/{}", self.branch, self.pointer, self.label)
    }

    fn below(self, step: &str, wrap: impl FnOnce(Value) -> Value) -> Self {
        let pointer = format!("/{}{}", escape(step), self.pointer);
        Self { pointer, value: wrap(self.value), ..self }
    }
}

/// Which nulls can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nulls {
    /// JSON has them.
    Written,
    /// Forms, queries and paths have none.
    Unwritten,
}

/// Varies the schemas of one document.
pub(super) struct Varier<'s, 'd> {
    pub maker: Maker<'s, 'd>,
    pub nulls: Nulls,
    pub seen: &'s mut Seen,
}

impl<'d> Varier<'_, 'd> {
    /// One variation of each place below a schema that has not been varied before.
    pub(super) fn vary(&mut self, node: &Node<'d>, inside: &[String]) -> Vec<Variation> {
        let anatomy = Anatomy::of(node, self.maker.way);
        if anatomy.pointers().any(|pointer| inside.iter().any(|outer| outer == pointer)) {
            return Vec::new();
        }
        let mut found = Vec::new();
        if let Some(pointer) = anatomy.nullable().filter(|_| self.nulls == Nulls::Written)
            && self.is_new(&format!("{pointer} null"))
        {
            found.push(here("null", Value::Null));
        }
        found.extend(self.of(&anatomy, inside));
        found
    }

    fn of(&mut self, anatomy: &Anatomy<'d>, inside: &[String]) -> Vec<Variation> {
        let branches = anatomy.branches();
        if !branches.is_empty() {
            let mut found = Vec::new();
            for (index, branch) in branches.iter().enumerate() {
                let varied = self.of(&anatomy.with_branch(branch), inside).into_iter();
                found.extend(varied.map(|one| Variation { branch: format!("/branch{index}{}", one.branch), ..one }));
            }
            return found;
        }
        if let Some((pointer, known)) = anatomy.known_values() {
            let new = |value: &&Value| self.seen.insert(format!("{pointer} enum {value}"));
            let known: Vec<Value> = known.into_iter().filter(new).cloned().collect();
            return known.into_iter().map(|value| here(&format!("enum={}", label(&value)), value)).collect();
        }
        match anatomy.kind() {
            Some("object") => self.object(anatomy, inside),
            Some("array") => self.array(anatomy, &within(anatomy, inside)),
            _ => self.bounds(anatomy),
        }
    }

    fn object(&mut self, anatomy: &Anatomy<'d>, outside: &[String]) -> Vec<Variation> {
        let Some(Value::Object(whole)) = self.maker.made_of(anatomy, Fill::Whole, outside) else { return Vec::new() };
        let inside = &within(anatomy, outside);
        let mut found = Vec::new();
        for (name, pointer) in anatomy.required() {
            // A form cannot write an object without members: the object is then missing itself, which is another thing.
            if self.nulls == Nulls::Unwritten && whole.len() == 1 && !outside.is_empty() {
                continue;
            }
            if self.is_new(&format!("{pointer} required {name}")) {
                let mut less = whole.clone();
                less.shift_remove(name);
                let missing = Variation { is_missing: true, ..here("missing", Value::Object(less)) };
                found.push(missing.below(name, |value| value));
            }
        }
        let mut members: Vec<(String, Node<'d>)> =
            anatomy.members().into_iter().map(|(name, node)| (name.to_owned(), node)).collect();
        if let Additional::Schema(node) = anatomy.additional() {
            members.push((EXTRA.to_owned(), node));
        }
        for (name, node) in members {
            let with = |value: Value| {
                let mut object = whole.clone();
                object.insert(name.clone(), value);
                Value::Object(object)
            };
            found.extend(self.vary(&node, inside).into_iter().map(|inner| inner.below(&name, with)));
        }
        found
    }

    fn array(&mut self, anatomy: &Anatomy<'d>, inside: &[String]) -> Vec<Variation> {
        let Some(items) = anatomy.items() else { return Vec::new() };
        let least = anatomy.count("minItems").unwrap_or(0);
        let item = self.maker.make(&items, Fill::Whole, inside);
        let mut found = Vec::new();
        for keyword in ["minItems", "maxItems"] {
            let length = anatomy.count(keyword).filter(|length| (1..LONGEST).contains(length));
            if let (Some(length), Some(item)) = (length, &item)
                && self.is_new_bound(anatomy, keyword)
                && !(anatomy.flag("uniqueItems") && length > 1)
            {
                found.push(here(keyword, Value::Array(vec![item.clone(); length])));
            }
        }
        let rest = item.map(|item| vec![item; least.saturating_sub(1)]).unwrap_or_default();
        let with = |value: Value| Value::Array(std::iter::once(value).chain(rest.clone()).collect());
        found.extend(self.vary(&items, inside).into_iter().map(|inner| inner.below("0", with)));
        found
    }

    /// The least and the greatest value or length.
    fn bounds(&mut self, anatomy: &Anatomy<'d>) -> Vec<Variation> {
        let mut found = Vec::new();
        for (keyword, flag) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
            // The neighbour of a bound that is itself out is another kind of case: the strategies draw it.
            let bound = anatomy.number(keyword).filter(|_| !anatomy.flag(flag)).cloned();
            if let Some(bound) = bound
                && self.is_new_bound(anatomy, keyword)
            {
                found.push(here(keyword, bound));
            }
        }
        let is_free = anatomy.text("pattern").is_none() && anatomy.text("format").is_none();
        for keyword in ["minLength", "maxLength"] {
            let length = anatomy.count(keyword).filter(|length| is_free && (1..LONGEST).contains(length));
            if let Some(length) = length
                && self.is_new_bound(anatomy, keyword)
            {
                found.push(here(keyword, json!("x".repeat(length))));
            }
        }
        found
    }

    fn is_new_bound(&mut self, anatomy: &Anatomy<'d>, keyword: &str) -> bool {
        let at = anatomy.head().map(|head| format!("{} {keyword}", head.pointer())).unwrap_or_default();
        self.is_new(&at)
    }

    fn is_new(&mut self, place: &str) -> bool {
        self.seen.insert(place.to_owned())
    }
}

fn here(label: &str, value: Value) -> Variation {
    Variation { branch: String::new(), pointer: String::new(), label: label.to_owned(), value, is_missing: false }
}

/// A known value as part of an id.
fn label(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
