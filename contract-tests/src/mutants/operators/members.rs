//! Members of request bodies.

use cx_spec::pointer::escape;
use serde_json::{Value, json};

use super::{Operator, retype::other_type, scalars};
use crate::mutants::{
    edit::{Change, Edit},
    site::{Kind, Site},
};

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "add required body property",
        does: "a body has to have a member that nobody sends",
        at: Kind::RequestSchema,
        edits: |site| if has_members(site) { vec![add_required(site)] } else { Vec::new() },
    },
    Operator {
        name: "require body property",
        does: "a body has to have a member that may be left out",
        at: Kind::RequestSchema,
        edits: require_each,
    },
    Operator {
        name: "un-require body property",
        does: "a body may leave out a member that it has to have",
        at: Kind::RequestSchema,
        edits: relax_each,
    },
    Operator {
        name: "remove body property",
        does: "a body has no such member",
        at: Kind::RequestSchema,
        edits: remove_each,
    },
    Operator {
        name: "rename body property",
        does: "a member of a body has another name",
        at: Kind::RequestSchema,
        edits: rename_each,
    },
    Operator {
        name: "change body property type",
        does: "a member of a body is of another type",
        at: Kind::RequestSchema,
        edits: retype_each,
    },
    Operator {
        name: "cut body maximum",
        does: "a number in a body is refused at its bound",
        at: Kind::RequestSchema,
        edits: |site| scalars::own(site, scalars::cut_maximum),
    },
    Operator {
        name: "raise body maximum",
        does: "a number in a body is taken beyond its bound",
        at: Kind::RequestSchema,
        edits: |site| scalars::own(site, scalars::raise_maximum),
    },
    Operator {
        name: "raise body minimum",
        does: "a number in a body is refused at its lower bound",
        at: Kind::RequestSchema,
        edits: |site| scalars::own(site, scalars::raise_minimum),
    },
    Operator {
        name: "cut body maxLength",
        does: "a text in a body is refused for its length",
        at: Kind::RequestSchema,
        edits: |site| scalars::own(site, scalars::cut_length),
    },
    Operator {
        name: "drop body enum value",
        does: "a body no longer takes a value",
        at: Kind::RequestSchema,
        edits: |site| scalars::own(site, scalars::drop_value),
    },
    Operator {
        name: "drop request nullable",
        does: "a null in a body is refused",
        at: Kind::RequestSchema,
        edits: drop_null,
    },
    Operator {
        name: "remove choice of a body",
        does: "a body comes in fewer forms",
        at: Kind::RequestSchema,
        edits: remove_choice,
    },
    Operator {
        name: "change body format",
        does: "a text in a body is of another format",
        at: Kind::RequestSchema,
        edits: |site| scalars::own(site, scalars::change_format),
    },
    Operator {
        name: "change body pattern",
        does: "a text in a body has to match a pattern",
        at: Kind::RequestSchema,
        edits: |site| scalars::own(site, scalars::change_pattern),
    },
    Operator {
        name: "narrow body integer",
        does: "a number in a body has to fit into 32 bits",
        at: Kind::RequestSchema,
        edits: |site| scalars::own(site, scalars::narrow_integer),
    },
    Operator {
        name: "ask for more items",
        does: "a list in a body has to have three items",
        at: Kind::RequestSchema,
        edits: more_items,
    },
];

/// The schema of an object that names members.
pub(super) fn has_members(site: &Site<'_>) -> bool {
    site.value().get("properties").and_then(Value::as_object).is_some_and(|members| !members.is_empty())
}

/// Names, schemas and whether they are required, of the members that a schema names itself.
pub(super) fn members<'d>(site: &Site<'d>) -> Vec<(&'d str, &'d Value, bool)> {
    let required = site.value().get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|one| one.as_str() == Some(name)));
    let properties = site.value().get("properties").and_then(Value::as_object);
    properties.into_iter().flatten().map(|(name, schema)| (name.as_str(), schema, is_required(name))).collect()
}

pub(super) fn pointer(site: &Site<'_>, name: &str) -> String {
    format!("{}/{}", site.below("properties"), escape(name))
}

fn add_required(site: &Site<'_>) -> Edit {
    let edit = Edit::set(&pointer(site, "added"), json!({"type": "string", "example": "a"}));
    edit.and(require(site, "added"))
}

/// The step that makes a member required.
pub(super) fn require(site: &Site<'_>, name: &str) -> Change {
    match site.value().get("required") {
        Some(Value::Array(_)) => Change::Append(site.below("required"), json!(name)),
        _ => Change::Set(site.below("required"), json!([name])),
    }
}

/// The step that makes a member optional.
pub(super) fn relax(site: &Site<'_>, name: &str) -> Change {
    let names = site.value().get("required").and_then(Value::as_array).into_iter().flatten();
    let rest: Vec<&Value> = names.filter(|one| one.as_str() != Some(name)).collect();
    match rest.as_slice() {
        [] => Change::Remove(site.below("required")),
        rest => Change::Set(site.below("required"), json!(rest)),
    }
}

pub(super) fn require_each(site: &Site<'_>) -> Vec<Edit> {
    let optional = members(site).into_iter().filter(|(_, _, required)| !required);
    optional.map(|(name, ..)| Edit { pointer: pointer(site, name), changes: vec![require(site, name)] }).collect()
}

pub(super) fn relax_each(site: &Site<'_>) -> Vec<Edit> {
    let required = members(site).into_iter().filter(|(_, _, required)| *required);
    required.map(|(name, ..)| Edit { pointer: pointer(site, name), changes: vec![relax(site, name)] }).collect()
}

pub(super) fn remove_each(site: &Site<'_>) -> Vec<Edit> {
    let without = |(name, _, required): (&str, &Value, bool)| {
        let edit = Edit::remove(&pointer(site, name));
        if required { edit.and(relax(site, name)) } else { edit }
    };
    members(site).into_iter().map(without).collect()
}

pub(super) fn rename_each(site: &Site<'_>) -> Vec<Edit> {
    let renamed = |(name, _, required): (&str, &Value, bool)| {
        let other = format!("{name}_renamed");
        let edit = Edit::rename(&pointer(site, name), &other);
        if !required {
            return edit;
        }
        let names = site.value().get("required").and_then(Value::as_array).into_iter().flatten();
        let names: Vec<Value> =
            names.map(|one| if one.as_str() == Some(name) { json!(other) } else { one.clone() }).collect();
        edit.and(Change::Set(site.below("required"), json!(names)))
    };
    members(site).into_iter().map(renamed).collect()
}

pub(super) fn retype_each(site: &Site<'_>) -> Vec<Edit> {
    let retyped = |(name, schema, _)| Some(Edit::set(&pointer(site, name), other_type(site.api, schema)?));
    members(site).into_iter().filter_map(retyped).collect()
}

pub(super) fn drop_null(site: &Site<'_>) -> Vec<Edit> {
    if site.node.flag("nullable") { vec![Edit::remove(&site.below("nullable"))] } else { Vec::new() }
}

fn remove_choice(site: &Site<'_>) -> Vec<Edit> {
    let branches = site.node.member("oneOf").map(|all| all.items()).unwrap_or_default();
    if branches.len() < 2 {
        return Vec::new();
    }
    branches.iter().map(|branch| Edit::remove(branch.pointer())).collect()
}

fn more_items(site: &Site<'_>) -> Vec<Edit> {
    let array = site.node.text("type") == Some("array");
    if array { vec![Edit::set(&site.below("minItems"), json!(3))] } else { Vec::new() }
}
