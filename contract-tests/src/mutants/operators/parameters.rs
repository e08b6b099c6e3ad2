//! What an operation takes beside its body.

use serde_json::json;

use super::{Operator, required, retype::other_type, scalars};
use crate::mutants::{
    edit::{Change, Edit},
    site::{Kind, Site},
};

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "add required query parameter",
        does: "a request has to carry what nobody sends",
        at: Kind::Operation,
        edits: add_required,
    },
    Operator {
        name: "make parameter required",
        does: "a request has to carry what may be left out",
        at: Kind::Parameter,
        edits: required::require,
    },
    Operator {
        name: "make parameter optional",
        does: "a request may leave out what it has to carry",
        at: Kind::Parameter,
        edits: required::relax,
    },
    Operator { name: "rename parameter", does: "a parameter has another name", at: Kind::Parameter, edits: rename },
    Operator { name: "remove parameter", does: "a parameter is gone", at: Kind::Operation, edits: remove },
    Operator {
        name: "change parameter type",
        does: "a parameter is of another type",
        at: Kind::Parameter,
        edits: retype,
    },
    Operator {
        name: "change path parameter type",
        does: "a part of the path is of another type",
        at: Kind::PathParameter,
        edits: retype,
    },
    Operator {
        name: "move parameter",
        does: "a parameter travels in a header",
        at: Kind::Parameter,
        edits: to_header,
    },
    Operator {
        name: "change parameter notation",
        does: "the members of a parameter are written otherwise",
        at: Kind::Parameter,
        edits: notation,
    },
    Operator {
        name: "remove parameter member",
        does: "one of the members of a parameter is gone",
        at: Kind::Parameter,
        edits: remove_member,
    },
    Operator {
        name: "cut parameter maximum",
        does: "a parameter is refused at its bound",
        at: Kind::Parameter,
        edits: |site| scalars::of_parameter(site, scalars::cut_maximum),
    },
    Operator {
        name: "raise parameter maximum",
        does: "a parameter is taken beyond its bound",
        at: Kind::Parameter,
        edits: |site| scalars::of_parameter(site, scalars::raise_maximum),
    },
    Operator {
        name: "raise parameter minimum",
        does: "a parameter is refused at its lower bound",
        at: Kind::Parameter,
        edits: |site| scalars::of_parameter(site, scalars::raise_minimum),
    },
    Operator {
        name: "cut parameter minimum",
        does: "a parameter is taken below its lower bound",
        at: Kind::Parameter,
        edits: |site| scalars::of_parameter(site, scalars::cut_minimum),
    },
    Operator {
        name: "drop parameter enum value",
        does: "a parameter no longer takes a value",
        at: Kind::Parameter,
        edits: |site| scalars::of_parameter(site, scalars::drop_value),
    },
    Operator {
        name: "change parameter format",
        does: "a parameter is of another format",
        at: Kind::Parameter,
        edits: |site| scalars::of_parameter(site, scalars::change_format),
    },
    Operator {
        name: "change parameter pattern",
        does: "a parameter has to match a pattern",
        at: Kind::Parameter,
        edits: |site| scalars::of_parameter(site, scalars::change_pattern),
    },
    Operator {
        name: "drop parameter pattern",
        does: "a parameter need not match its pattern",
        at: Kind::Parameter,
        edits: |site| scalars::of_parameter(site, scalars::drop_pattern),
    },
];

fn add_required(site: &Site<'_>) -> Vec<Edit> {
    let parameter =
        json!({"name": "added", "in": "query", "required": true, "schema": {"type": "string"}, "example": "a"});
    let list = site.below("parameters");
    let change = match site.node.member("parameters") {
        Some(_) => Change::Append(list.clone(), parameter),
        None => Change::Set(list.clone(), json!([parameter])),
    };
    vec![Edit { pointer: list, changes: vec![change] }]
}

fn rename(site: &Site<'_>) -> Vec<Edit> {
    let name = site.node.text("name").unwrap_or_default();
    vec![Edit::set(&site.below("name"), json!(format!("{name}_renamed")))]
}

/// Of one operation alone; a parameter that several share stays with the others.
fn remove(site: &Site<'_>) -> Vec<Edit> {
    let parameters = site.node.member("parameters").map(|list| list.items()).unwrap_or_default();
    let removable = |node: &cx_spec::Node<'_>| node.resolve().is_ok_and(|one| one.text("in") != Some("path"));
    parameters.iter().filter(|node| removable(node)).map(|node| Edit::remove(node.pointer())).collect()
}

fn retype(site: &Site<'_>) -> Vec<Edit> {
    let other = site.value().get("schema").and_then(|schema| other_type(site.api, schema));
    other.map(|schema| Edit::set(&site.below("schema"), schema)).into_iter().collect()
}

fn to_header(site: &Site<'_>) -> Vec<Edit> {
    if site.node.text("in") != Some("query") || site.node.text("style").is_some() {
        return Vec::new();
    }
    vec![Edit::set(&site.below("in"), json!("header"))]
}

fn notation(site: &Site<'_>) -> Vec<Edit> {
    if site.node.text("style") != Some("deepObject") {
        return Vec::new();
    }
    let edit = Edit::set(&site.below("style"), json!("form"));
    vec![edit.and(Change::Set(site.below("explode"), json!(false)))]
}

fn remove_member(site: &Site<'_>) -> Vec<Edit> {
    let schema = site.node.member("schema").and_then(|schema| schema.resolve().ok());
    let members = schema.and_then(|schema| schema.member("properties"));
    let members = members.map(|members| members.members()).unwrap_or_default();
    let last = members.last().filter(|_| members.len() > 1);
    last.map(|(_, member)| Edit::remove(member.pointer())).into_iter().collect()
}
