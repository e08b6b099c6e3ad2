//! Where an operation is found.

use cx_spec::pointer::unescape;
use serde_json::json;

use super::Operator;
use crate::mutants::{
    edit::{Change, Edit},
    site::{Kind, Site},
};

pub(super) const OPERATORS: &[Operator] = &[
    Operator { name: "remove operation", does: "an operation is gone", at: Kind::Operation, edits: remove },
    Operator { name: "rename path", does: "operations move to another path", at: Kind::Path, edits: rename },
    Operator {
        name: "change method",
        does: "an operation takes another method",
        at: Kind::Operation,
        edits: change_method,
    },
    Operator {
        name: "change server",
        does: "the API lives on another host",
        at: Kind::Document,
        edits: change_server,
    },
];

fn remove(site: &Site<'_>) -> Vec<Edit> {
    vec![Edit::remove(site.pointer())]
}

/// The last literal segment gets another name, so that the parameters of the path stay what they are.
fn rename(site: &Site<'_>) -> Vec<Edit> {
    let Some(path) = site.pointer().rsplit('/').next().map(unescape) else { return Vec::new() };
    let mut segments: Vec<String> = path.split('/').map(str::to_owned).collect();
    let literal = segments.iter_mut().rev().find(|segment| !segment.is_empty() && !segment.contains('{'));
    let Some(literal) = literal else { return Vec::new() };
    literal.push_str("_renamed");
    vec![Edit::rename(site.pointer(), &segments.join("/"))]
}

/// Another method that the path does not have yet.
fn change_method(site: &Site<'_>) -> Vec<Edit> {
    let (path, _) = site.pointer().rsplit_once('/').unwrap_or_default();
    let free = |method: &&str| site.api.document().at(&format!("{path}/{method}")).is_none();
    let other = ["put", "post", "patch"].into_iter().find(free);
    other.map(|method| Edit::rename(site.pointer(), method)).into_iter().collect()
}

fn change_server(site: &Site<'_>) -> Vec<Edit> {
    if site.api.document().at("/servers/0/url").is_none() {
        return Vec::new();
    }
    let pointer = "/servers/0/url".to_owned();
    let changes = vec![Change::Set(pointer.clone(), json!("https://other.example.com"))];
    vec![Edit { pointer, changes }]
}
