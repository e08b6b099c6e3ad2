//! Parameters of path, query, headers and cookies.

use cx_spec::{Api, Location, Parameter, pointer::unescape, schema::Shape};
use indexmap::IndexMap;
use serde_json::Value;

use super::judge::Case;
use crate::{
    form::{self, Notation, Pair, Part, Tree},
    schema::Reading,
    violation::{Place, clip},
};

/// Headers that the document model takes out of the hands of parameters.
const NOT_PARAMETERS: &[&str] = &["accept", "content-type", "authorization"];

pub(super) fn path(case: &mut Case<'_>, found: &[(String, String)]) {
    for parameter in of(case, Location::Path) {
        let Some((_, text)) = found.iter().find(|(name, _)| *name == parameter.name) else {
            let message = "a path parameter that the path does not name";
            case.report(Place::Path(parameter.name.clone()), "schema", message, &parameter.pointer);
            continue;
        };
        let Some(tree) = super::path::tree(case.validator.api(), parameter, text) else {
            let message = format!("is not written in the documented style `{}`", parameter.style);
            case.report(Place::Path(parameter.name.clone()), "notation", message, &parameter.pointer);
            continue;
        };
        let value = judge(case, parameter, &tree, Place::Path);
        case.verdict.parameters.path.insert(parameter.name.clone(), value);
    }
}

pub(super) fn query(case: &mut Case<'_>) {
    let pairs = case.incoming.query_pairs();
    let mut used = vec![false; pairs.len()];
    for parameter in of(case, Location::Query) {
        let Some(tree) = query_tree(case, parameter, &pairs, &mut used) else {
            missing(case, parameter, Place::Query);
            continue;
        };
        let value = judge(case, parameter, &tree, Place::Query);
        case.verdict.parameters.query.insert(parameter.name.clone(), value);
    }
    if used.iter().all(|used| *used) {
        return;
    }
    let credentials = super::security::query_names(case);
    let pointer = case.operation.place.pointer.clone();
    for (pair, used) in pairs.iter().zip(used) {
        if !used && !credentials.contains(&pair.name) {
            let place = Place::Query(clip(&pair.name));
            case.report(place, "unknown-parameter", "the document has no such query parameter", &pointer);
        }
    }
}

pub(super) fn headers(case: &mut Case<'_>) {
    for parameter in of(case, Location::Header) {
        let name = parameter.name.to_ascii_lowercase();
        if NOT_PARAMETERS.contains(&name.as_str()) {
            continue;
        }
        let values: Vec<String> =
            case.incoming.headers().iter().filter(|(own, _)| *own == name).map(|(_, value)| value.clone()).collect();
        if values.is_empty() {
            missing(case, parameter, Place::Header);
            continue;
        }
        // A header that comes in several lines is one list (RFC 9110 §5.2).
        let tree = simple(case.validator.api(), &parameter.pointer, parameter.explode, &values.join(","));
        let value = judge(case, parameter, &tree, Place::Header);
        case.verdict.parameters.header.insert(parameter.name.clone(), value);
    }
    let cookies = case.incoming.header("cookie").unwrap_or_default().to_owned();
    for parameter in of(case, Location::Cookie) {
        let found =
            cookies.split(';').filter_map(|one| one.trim().split_once('=')).find(|(n, _)| *n == parameter.name);
        let Some((_, text)) = found else {
            missing(case, parameter, Place::Cookie);
            continue;
        };
        let tree = simple(case.validator.api(), &parameter.pointer, parameter.explode, text);
        let value = judge(case, parameter, &tree, Place::Cookie);
        case.verdict.parameters.cookie.insert(parameter.name.clone(), value);
    }
}

fn of<'c>(case: &Case<'c>, location: Location) -> impl Iterator<Item = &'c Parameter> + use<'c> {
    case.operation.parameters.iter().filter(move |parameter| parameter.location == location)
}

fn missing(case: &mut Case<'_>, parameter: &Parameter, place: fn(String) -> Place) {
    if parameter.required {
        case.report(place(parameter.name.clone()), "required", "is missing", &parameter.pointer);
    }
}

/// What the query says about a parameter; none if nothing.
fn query_tree(case: &mut Case<'_>, parameter: &Parameter, pairs: &[Pair], used: &mut [bool]) -> Option<Tree> {
    let name = parameter.name.as_str();
    if parameter.style == "deepObject" {
        let is_own =
            |found: &str| found == name || found.strip_prefix(name).is_some_and(|rest| rest.starts_with('['));
        let taken = take(pairs, used, is_own);
        return if taken.is_empty() { None } else { deep_object(case, parameter, &taken) };
    }
    // Most parameters of most requests are not there, and to see that their schema need not be gathered: only an object
    // may be there without its name.
    let own_type = parameter.schema.get("type").and_then(Value::as_str);
    let needs_name = own_type.is_some_and(|own_type| own_type != "object");
    if pairs.is_empty() || needs_name && !pairs.iter().any(|pair| pair.name == name) {
        return None;
    }
    let shape = Shape::at(case.validator.api(), &parameter.pointer);
    let kind = shape.kind();
    if kind == Some("object") && parameter.explode {
        // Exploded, an object leaves its own name behind: its members stand in the query like parameters.
        let members = shape.property_names();
        return exploded(take(pairs, used, |found| members.contains(&found)));
    }
    let parts = take(pairs, used, |found| found == name).into_iter().map(|pair| pair.part).collect();
    named(case, parameter, kind, parts)
}

/// The pairs with wanted names, which are used from now on.
fn take(pairs: &[Pair], used: &mut [bool], wanted: impl Fn(&str) -> bool) -> Vec<Pair> {
    let mut taken = Vec::new();
    for (pair, used) in pairs.iter().zip(used) {
        if wanted(&pair.name) {
            *used = true;
            taken.push(pair.clone());
        }
    }
    taken
}

/// An object whose members are given one by one.
fn exploded(pairs: Vec<Pair>) -> Option<Tree> {
    let mut members = IndexMap::new();
    for pair in pairs {
        match members.entry(pair.name).or_insert_with(|| Tree::Leaf(Vec::new())) {
            Tree::Leaf(parts) => parts.push(pair.part),
            _ => continue,
        }
    }
    (!members.is_empty()).then_some(Tree::Map(members))
}

/// All that is given under the name of a parameter.
fn named(case: &mut Case<'_>, parameter: &Parameter, kind: Option<&str>, parts: Vec<Part>) -> Option<Tree> {
    match (parts.as_slice(), kind) {
        ([], _) => None,
        ([Part::Text(text)], Some("array" | "object")) if !parameter.explode => {
            Some(split(text, kind, delimiter(&parameter.style)))
        }
        // To a server that splits one value, the others are lost.
        (repeated, Some("array")) if !parameter.explode => {
            let (times, between) = (repeated.len(), delimiter(&parameter.style));
            let message = format!("given {times} times, documented as one value with `{between}` between the items");
            case.report(Place::Query(parameter.name.clone()), "notation", message, &parameter.pointer);
            Some(Tree::Leaf(parts))
        }
        _ => Some(Tree::Leaf(parts)),
    }
}

/// The members of a parameter, put together by their brackets. What has no place in it is reported.
fn deep_object(case: &mut Case<'_>, parameter: &Parameter, pairs: &[Pair]) -> Option<Tree> {
    let (tree, faults) = form::nest(pairs);
    for fault in faults {
        case.report(Place::Query(parameter.name.clone()), fault.rule, fault.message, &parameter.pointer);
    }
    let Tree::Map(mut members) = tree else { return None };
    let own = members.swap_remove(&parameter.name);
    // Brackets that do not close are a part of the name, which is another one then.
    for name in members.keys() {
        let message = "the document has no such query parameter";
        case.report(Place::Query(clip(name)), "unknown-parameter", message, &parameter.pointer);
    }
    own
}

fn delimiter(style: &str) -> char {
    match style {
        "spaceDelimited" => ' ',
        "pipeDelimited" => '|',
        _ => ',',
    }
}

/// Style `simple`, of paths, headers and cookies: `a,b`, `k,v` or, exploded, `k=v`.
pub(super) fn simple(api: &Api, pointer: &str, explode: bool, text: &str) -> Tree {
    let kind = Shape::at(api, pointer).kind();
    if kind == Some("object") && explode {
        return members(text.split(','));
    }
    split(text, kind, ',')
}

/// Members of an exploded object, `k=v` each.
pub(super) fn members<'t>(pieces: impl Iterator<Item = &'t str>) -> Tree {
    let pieces = pieces.filter(|piece| !piece.trim().is_empty());
    let pairs = pieces.map(|piece| piece.split_once('=').unwrap_or((piece, "")));
    Tree::Map(pairs.map(|(name, value)| (name.trim().to_owned(), leaf(value))).collect())
}

pub(super) fn split(text: &str, kind: Option<&str>, delimiter: char) -> Tree {
    let mut pieces = text.split(delimiter).map(str::trim);
    match kind {
        Some("array") => Tree::List(pieces.map(leaf).collect()),
        Some("object") => {
            let mut members = IndexMap::new();
            while let (Some(name), value) = (pieces.next(), pieces.next()) {
                members.insert(name.to_owned(), leaf(value.unwrap_or_default()));
            }
            Tree::Map(members)
        }
        _ => leaf(text),
    }
}

pub(super) fn leaf(text: &str) -> Tree {
    Tree::Leaf(vec![Part::Text(text.to_owned())])
}

/// Coerces and judges what was found for a parameter.
fn judge(case: &mut Case<'_>, parameter: &Parameter, tree: &Tree, place: fn(String) -> Place) -> Value {
    let schemas = &case.validator.schemas;
    let coerced = form::coerce(schemas, &parameter.pointer, tree, Notation::Any);
    let faults = if parameter.secret || parameter.personal {
        schemas.judge_hidden(&parameter.pointer, Reading::Request, &coerced.value)
    } else {
        schemas.judge(&parameter.pointer, Reading::Request, &coerced.value)
    };
    let reported: Vec<&String> = coerced.faults.iter().map(|fault| &fault.pointer).collect();
    let faults: Vec<_> = faults.into_iter().filter(|fault| !reported.contains(&&fault.instance)).collect();
    for fault in &coerced.faults {
        case.report(place(bracketed(&parameter.name, &fault.pointer)), fault.rule, &fault.message, &fault.schema);
    }
    for fault in faults {
        case.report(place(bracketed(&parameter.name, &fault.instance)), fault.rule, fault.message, &fault.schema);
    }
    if !coerced.value.is_object() && !coerced.value.is_array() {
        return coerced.value;
    }
    if !case.validator.unknown_members {
        return coerced.value;
    }
    // A schema without `additionalProperties` leaves other members open; of a filter's operators that is no help.
    for member in super::members::unknown(schemas, &parameter.pointer, &coerced.value) {
        let name = bracketed(&parameter.name, &member);
        case.report(place(name), "unknown-parameter", "the document has no such member", &parameter.pointer);
    }
    coerced.value
}

/// `created` and `/gt` make `created[gt]`.
fn bracketed(name: &str, pointer: &str) -> String {
    pointer.split('/').skip(1).fold(name.to_owned(), |name, step| {
        let step = unescape(step);
        format!("{name}[{}]", clip(&step))
    })
}
