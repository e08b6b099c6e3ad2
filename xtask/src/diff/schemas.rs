//! Two schemas, in the direction in which they travel.

use cx_spec::Node;

use super::{
    change::{Changes, Level},
    constraints,
    rust_type::{Field, Shape, is_nullable, rust_type, shape, shown},
};

/// Nested deeper, inline schemas are no longer compared.
const MAX_DEPTH: usize = 32;

/// Which way a schema travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// To the vendor: it may ask for less, never for more.
    Request,
    /// From the vendor: it may bring more, never less.
    Reply,
}

/// One and the same place in two documents.
pub struct Pair<'p, 'd> {
    pub old: &'p Node<'d>,
    pub new: &'p Node<'d>,
    pub way: Way,
    /// What messages call it, such as "the field `email` of `types::EndUser`".
    pub path: String,
    /// Whether it is an `Option` whatever the schema says, before and after.
    pub optional: (bool, bool),
    pub depth: usize,
}

impl<'p, 'd> Pair<'p, 'd> {
    pub fn new(old: &'p Node<'d>, new: &'p Node<'d>, way: Way, path: impl Into<String>) -> Self {
        Self { old, new, way, path: path.into(), optional: (false, false), depth: 0 }
    }

    /// A schema inside this one.
    fn inner<'q>(&self, old: &'q Node<'d>, new: &'q Node<'d>, path: String) -> Pair<'q, 'd> {
        Pair { old, new, way: self.way, path, optional: (false, false), depth: self.depth + 1 }
    }
}

/// Compares the schemas of a pair and everything inside them.
pub fn compare(changes: &mut Changes<'_>, pair: &Pair<'_, '_>) {
    if pair.depth > MAX_DEPTH {
        return;
    }
    let (Pair { path, way, .. }, at) = (pair, pair.new.pointer());
    nulls(changes, pair);
    match (shape(pair.old), shape(pair.new)) {
        (Shape::Named(old), Shape::Named(new)) if old == new => {}
        (Shape::Struct(old), Shape::Struct(new)) => fields(changes, pair, &old, &new),
        (Shape::Enum(old), Shape::Enum(new)) => variants(changes, pair, &old, &new),
        (Shape::OneOf(old), Shape::OneOf(new)) => branches(changes, pair, &old, &new),
        (Shape::List(Some(old)), Shape::List(Some(new))) if both_inline(&old, &new) => {
            compare(changes, &pair.inner(&old, &new, format!("an item of {path}")));
        }
        (Shape::Map(Some(old)), Shape::Map(Some(new))) if both_inline(&old, &new) => {
            compare(changes, &pair.inner(&old, &new, format!("a value of {path}")));
        }
        _ => {
            let (old, new) = (rust_type(pair.old), rust_type(pair.new));
            if old != new {
                changes.breaking(at, format!("{path} is {} now, was {}", shown(&new), shown(&old)));
                return;
            }
        }
    }
    constraints::compare(changes, pair.old, pair.new, *way, path);
}

/// Whether items have the same outer type, so that what changed lies inside of them.
fn both_inline(old: &Node<'_>, new: &Node<'_>) -> bool {
    rust_type(old) == rust_type(new)
}

fn nulls(changes: &mut Changes<'_>, pair: &Pair<'_, '_>) {
    let Pair { path, new, .. } = pair;
    let at = new.pointer();
    match (pair.way, is_nullable(pair.old), is_nullable(pair.new)) {
        (Way::Request, true, false) => changes.breaking(at, format!("{path} no longer takes null")),
        (Way::Request, false, true) => changes.compatible(at, format!("{path} takes null")),
        (Way::Reply, false, true) if pair.optional.0 => {
            changes.breaking(at, format!("{path} may be null now, where it could only be absent"));
        }
        (Way::Reply, false, true) => changes.breaking(at, format!("{path} may be null now: it becomes an `Option`")),
        (Way::Reply, true, false) if pair.optional.1 => changes.compatible(at, format!("{path} is never null")),
        (Way::Reply, true, false) => {
            changes.breaking(at, format!("{path} is never null: it is an `Option` no longer"));
        }
        (_, true, true) | (_, false, false) => {}
    }
}

fn fields(changes: &mut Changes<'_>, pair: &Pair<'_, '_>, old: &[Field<'_>], new: &[Field<'_>]) {
    let path = &pair.path;
    for before in old {
        match new.iter().find(|after| after.name == before.name) {
            Some(after) => field(changes, pair, before, after),
            None => changes.lost(before.node.pointer(), format!("{path} lost the field `{}`", before.name)),
        }
    }
    for after in new.iter().filter(|after| !old.iter().any(|before| before.name == after.name)) {
        let (name, at) = (after.name, after.node.pointer());
        if after.required && pair.way == Way::Request {
            changes.breaking(at, format!("{path} gained the field `{name}`, which is required"));
        } else {
            changes.compatible(at, format!("{path} gained the field `{name}`"));
        }
    }
    free_members(changes, pair);
}

fn field(changes: &mut Changes<'_>, pair: &Pair<'_, '_>, old: &Field<'_>, new: &Field<'_>) {
    let path = format!("the field `{}` of {}", new.name, pair.path);
    let at = new.node.pointer();
    match (pair.way, old.required, new.required) {
        (Way::Request, false, true) => changes.breaking(at, format!("{path} is required now")),
        (Way::Request, true, false) => changes.compatible(at, format!("{path} may be left out")),
        (Way::Reply, true, false) if is_nullable(&old.node) => {
            changes.breaking(at, format!("{path} may be absent now, where it could only be null"));
        }
        (Way::Reply, true, false) => {
            changes.breaking(at, format!("{path} may be absent now: it becomes an `Option`"))
        }
        (Way::Reply, false, true) if new.is_option() => changes.compatible(at, format!("{path} is always there")),
        (Way::Reply, false, true) => {
            changes.breaking(at, format!("{path} is always there: it is an `Option` no longer"));
        }
        (_, true, true) | (_, false, false) => {}
    }
    let mut inner = pair.inner(&old.node, &new.node, path);
    inner.optional = (!old.required, !new.required);
    compare(changes, &inner);
}

/// The map of free members that a struct holds beside its fields.
fn free_members(changes: &mut Changes<'_>, pair: &Pair<'_, '_>) {
    let is_open = |schema: &Node<'_>| {
        let target = schema.resolve().unwrap_or_else(|_| schema.clone());
        target.member("additionalProperties").is_some_and(|node| node.value().as_bool() != Some(false))
    };
    let at = pair.new.pointer();
    match (is_open(pair.old), is_open(pair.new)) {
        (true, false) => changes.breaking(at, format!("{} lost the field of its free members", pair.path)),
        (false, true) => changes.compatible(at, format!("{} gained a field for free members", pair.path)),
        _ => {}
    }
}

fn variants(changes: &mut Changes<'_>, pair: &Pair<'_, '_>, old: &[&str], new: &[&str]) {
    let Pair { path, way, .. } = pair;
    for value in old.iter().filter(|value| !new.contains(value)) {
        changes.lost(pair.old.pointer(), format!("{path} lost the variant for \"{value}\""));
    }
    for value in new.iter().filter(|value| !old.contains(value)) {
        let message = format!("{path} gained a variant for \"{value}\"");
        match way {
            Way::Request => changes.compatible(pair.new.pointer(), message),
            Way::Reply => changes.breaking(pair.new.pointer(), format!("{message}, which was `Unknown` in replies")),
        }
    }
}

fn branches(changes: &mut Changes<'_>, pair: &Pair<'_, '_>, old: &[Node<'_>], new: &[Node<'_>]) {
    let Pair { path, way, .. } = pair;
    // Branches have no names. Where their number stays, the position tells which is which.
    if old.len() == new.len() {
        for (index, (before, after)) in old.iter().zip(new).enumerate() {
            compare(changes, &pair.inner(before, after, format!("variant {} of {path}", index + 1)));
        }
        return;
    }
    let has = |all: &[Node<'_>], one: &Node<'_>| all.iter().any(|other| rust_type(other) == rust_type(one));
    for gone in old.iter().filter(|one| !has(new, one)) {
        changes.lost(gone.pointer(), format!("{path} lost the variant {}", shown(&rust_type(gone))));
    }
    for added in new.iter().filter(|one| !has(old, one)) {
        let level = if *way == Way::Reply { Level::Breaking } else { Level::Compatible };
        changes.at(level, added.pointer(), format!("{path} gained the variant {}", shown(&rust_type(added))));
    }
    if new.len() < old.len() && old.iter().all(|one| has(new, one)) {
        changes.lost(pair.old.pointer(), format!("{path} has {} variants now, had {}", new.len(), old.len()));
    }
}
