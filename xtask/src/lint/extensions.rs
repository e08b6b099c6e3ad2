//! Extensions: spelled right, in the right place, with a value that means something.

use cx_spec::{Confidence, Location, Node, OAuthRole, Operation, Regions, pointer::unescape, schema::Shape};
use similar::TextDiff;

use super::{
    finding::Findings,
    rules::Rule,
    subject::{Kind, Part, Subject, plain, properties},
};

pub const RULES: &[Rule] = &[
    Rule {
        name: "extension",
        reason: "an extension that is misspelled or in the wrong place is silently without effect",
        check: extension,
    },
    Rule {
        name: "extension-value",
        reason: "an extension with a value of the wrong type is silently without effect",
        check: extension_value,
    },
    Rule {
        name: "extension-target",
        reason: "an extension that names a parameter or a member names one that exists",
        check: extension_target,
    },
];

/// Each extension of `spec/README.md`, and what it may stand on; nothing named is anything.
const EXTENSIONS: &[(&str, &[Kind])] = &[
    ("x-source", &[]),
    ("x-confidence", &[]),
    ("x-retry", &[Kind::Operation]),
    ("x-destructive", &[Kind::Operation]),
    ("x-oauth", &[Kind::Operation, Kind::SecurityScheme]),
    ("x-pagination", &[Kind::Operation]),
    ("x-resource", &[Kind::Operation]),
    ("x-form", &[Kind::Operation]),
    ("x-envelope", &[Kind::Operation]),
    ("x-secret", VALUES),
    ("x-personal", VALUES),
    ("x-max-bytes", &[Kind::Property, Kind::Component]),
];

const VALUES: &[Kind] = &[Kind::Property, Kind::Parameter, Kind::Component, Kind::Schema, Kind::Header];

fn extension(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (part, key, node) in extensions(subject) {
        match EXTENSIONS.iter().find(|(name, _)| *name == key) {
            None => {
                let near = EXTENSIONS.iter().map(|(name, _)| (*name, alike(name, key)));
                let nearest = near.max_by(|one, other| one.1.total_cmp(&other.1)).filter(|(_, ratio)| *ratio > 0.7);
                let fix = match nearest {
                    Some((name, _)) => format!("write `{name}`"),
                    None => "drop it, or describe it in spec/README.md and add it to `extensions.rs`".to_owned(),
                };
                findings.at(node.pointer(), format!("`{key}` is no extension of ours"), fix);
            }
            Some((_, kinds)) if !kinds.is_empty() && !kinds.contains(&part.kind) => {
                let fix = "spec/README.md says where it belongs";
                findings.at(node.pointer(), format!("`{key}` has no effect here"), fix);
            }
            Some(_) => {}
        }
    }
}

fn alike(one: &str, other: &str) -> f32 {
    TextDiff::from_chars(one, other).ratio()
}

fn extension_value(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (part, key, node) in extensions(subject) {
        let wanted = match key {
            "x-source" if !node.items().iter().all(|tag| tag.value().is_string()) || !node.value().is_array() => {
                "a list of texts"
            }
            "x-confidence" if node.read::<Confidence>().is_err() => "`documented`, `observed` or `inferred`",
            "x-secret" | "x-personal" | "x-destructive" if !node.value().is_boolean() => "`true` or `false`",
            "x-max-bytes" if node.value().as_u64().is_none_or(|bytes| bytes == 0) => "a number of bytes",
            "x-max-bytes" if part.node.text("format") != Some("binary") => {
                findings.at(node.pointer(), "`x-max-bytes` on something that is no file", "write `format: binary`");
                continue;
            }
            _ => continue,
        };
        findings.at(
            node.pointer(),
            format!("`{key}: {}` is not understood", node.value()),
            format!("write {wanted}"),
        );
    }
}

/// Every extension of the document: what it stands on, its name and itself.
fn extensions<'s, 'd>(subject: &'s Subject<'d>) -> impl Iterator<Item = (&'s Part<'d>, &'d str, Node<'d>)> {
    subject.parts.iter().flat_map(|part| {
        let members = part.node.members().into_iter().filter(|(key, _)| key.starts_with("x-"));
        members.map(move |(key, node)| (part, key, node))
    })
}

fn extension_target(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for operation in &subject.api.operations {
        let mut missing = |extension: &str, what: &str, name: &str| {
            let pointer = format!("{}/{extension}", operation.place.pointer);
            let message = format!("`{extension}` names the {what} `{name}`, which `{}` does not have", operation.id);
            findings.at(&pointer, message, "correct the name");
        };
        for name in query_parameters(operation) {
            if !has_parameter(operation, name, Location::Query) {
                missing("x-pagination", "query parameter", name);
            }
        }
        for name in path_parameters(operation) {
            if !has_parameter(operation, name, Location::Path) {
                missing("x-resource", "path parameter", name);
            }
        }
        let lookups = operation.resource.iter().flat_map(|resource| resource.lookups.keys());
        for name in lookups.filter(|name| !has_parameter(operation, name, Location::Query)) {
            missing("x-resource", "query parameter", name);
        }
        for name in token_members(operation) {
            if !body_members(subject, operation).iter().any(|member| member == name) {
                missing("x-oauth", "member", name);
            }
        }
        for (extension, what, name) in missing_in_reply(subject, operation) {
            missing(extension, what, name);
        }
        for path in operation.form.indexed.iter().filter(|path| !has_list(subject, operation, path)) {
            missing("x-form", "list", path);
        }
        let regions = operation.oauth.as_ref().and_then(|oauth| oauth.regions.as_ref());
        if let Some(Regions { parameter, variable, prefixes }) = regions {
            if !has_parameter(operation, parameter, Location::Query) {
                missing("x-oauth", "query parameter", parameter);
            }
            for value in prefixes.values().filter(|value| !has_server(subject, variable, value)) {
                missing("x-oauth", "server", &format!("{variable}: {value}"));
            }
        }
    }
}

fn has_parameter(operation: &Operation, name: &str, location: Location) -> bool {
    operation.parameters.iter().any(|one| one.name == name && one.location == location)
}

/// Whether a variable of the first server may have a value.
fn has_server(subject: &Subject<'_>, variable: &str, value: &str) -> bool {
    let variable = subject.api.document().at("/servers/0/variables").and_then(|all| all.member(variable));
    let listed =
        |one: Node<'_>| one.member("enum").is_none_or(|all| all.items().iter().any(|one| one.value() == value));
    variable.is_some_and(listed)
}

fn query_parameters(operation: &Operation) -> Vec<&str> {
    let Some(pages) = &operation.pagination else { return Vec::new() };
    let sort = pages.sort.iter().flat_map(|sort| [&sort.key, &sort.order]).flatten();
    let windows = pages.windows.values().map(|window| &window.parameter);
    [&pages.page, &pages.per_page].into_iter().chain(sort).chain(windows).map(String::as_str).collect()
}

fn path_parameters(operation: &Operation) -> Vec<&str> {
    let Some(resource) = &operation.resource else { return Vec::new() };
    let parent = resource.parent.iter().map(|parent| &parent.parameter);
    resource.parameter.iter().chain(parent).map(String::as_str).collect()
}

fn token_members(operation: &Operation) -> Vec<&str> {
    let token = operation.oauth.iter().filter(|oauth| oauth.role == OAuthRole::Token);
    token.flat_map(|oauth| oauth.grants.values()).flat_map(|grant| &grant.parameters).map(String::as_str).collect()
}

/// What extensions name and no success in JSON has: the extension, what is named, its name.
fn missing_in_reply<'o>(
    subject: &Subject<'_>,
    operation: &'o Operation,
) -> Vec<(&'static str, &'static str, &'o str)> {
    let successes = operation.replies.iter().filter(|reply| reply.status.is_success());
    let media = successes.flat_map(|reply| &reply.media).filter(|media| media.is_json());
    let replies: Vec<Shape<'_>> =
        media.map(|media| Shape::at(subject.api, &media.pointer)).filter(is_described).collect();
    let mut missing = Vec::new();
    if replies.is_empty() {
        return missing;
    }
    if let Some(pages) = &operation.pagination {
        let lists: Vec<Shape<'_>> = replies.iter().filter_map(|reply| below(reply, &pages.items)).collect();
        if !lists.iter().any(|list| list.kind() == Some("array")) {
            missing.push(("x-pagination", "list in the reply", pages.items.as_str()));
        }
        let items: Vec<Shape<'_>> = lists.iter().filter_map(Shape::items).filter(is_described).collect();
        let named = pages.windows.values().map(|window| &window.member).chain(&pages.key);
        for name in named.filter(|name| !items.is_empty() && !items.iter().any(|item| item.step(name).is_some())) {
            missing.push(("x-pagination", "member of an item", name));
        }
    }
    if let Some(envelope) = &operation.envelope {
        let named = std::iter::once(&envelope.data).chain(&envelope.items);
        for name in named.filter(|name| !replies.iter().any(|reply| reply.step(name).is_some())) {
            missing.push(("x-envelope", "member of the reply", name));
        }
    }
    missing
}

/// Whether a schema says what it holds.
fn is_described(shape: &Shape<'_>) -> bool {
    shape.has("properties") || shape.has("items") || !shape.branches().is_empty()
}

/// The shape at a JSON pointer into a value.
fn below<'d>(shape: &Shape<'d>, pointer: &str) -> Option<Shape<'d>> {
    pointer.split('/').skip(1).try_fold(shape.clone(), |shape, step| shape.step(&unescape(step)))
}

/// Names of the members of the body, of all its alternatives.
fn body_members(subject: &Subject<'_>, operation: &Operation) -> Vec<String> {
    let media = operation.sent_media();
    let Some(schema) = media.and_then(|media| subject.api.document().at(&media.pointer)) else { return Vec::new() };
    let mut names: Vec<String> = properties(&schema).into_iter().map(|(name, _)| name.to_owned()).collect();
    for branch in plain(&schema).member("oneOf").map(|one| one.items()).unwrap_or_default() {
        names.extend(properties(&branch).into_iter().map(|(name, _)| name.to_owned()));
    }
    names
}

/// Whether the body has a list at a dotted path, which passes over the items of other lists.
fn has_list(subject: &Subject<'_>, operation: &Operation, path: &str) -> bool {
    let Some(media) = operation.sent_media() else { return false };
    let mut shape = Shape::at(subject.api, &media.pointer);
    for name in path.split('.') {
        let owner = shape.items().unwrap_or(shape);
        match owner.step(name) {
            Some(inner) => shape = inner,
            None => return false,
        }
    }
    shape.kind() == Some("array")
}
