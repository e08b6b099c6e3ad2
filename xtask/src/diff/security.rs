//! Where requests go, and with which credentials.

use std::collections::{BTreeMap, BTreeSet};

use cx_spec::{Api, Node, Operation};

use super::{change::Changes, operations::method};

/// What a security scheme is sent as.
const SCHEME: &[&str] = &["type", "scheme", "in", "name", "openIdConnectUrl"];

/// The addresses of a token flow.
const ADDRESSES: &[&str] = &["tokenUrl", "authorizationUrl", "refreshUrl"];

/// One way to be let in: schemes, and the scopes of each.
type Alternative = BTreeMap<String, BTreeSet<String>>;

pub fn servers(changes: &mut Changes<'_>) {
    let (old, new) = (server(changes.old), server(changes.new));
    if old != new {
        changes.breaking("/servers", format!("`Client` asks {new} now, was {old}"));
    }
}

fn server(api: &Api) -> String {
    api.server().unwrap_or_else(|| "no server".to_owned())
}

pub fn schemes(changes: &mut Changes<'_>) {
    let (old, new) = (changes.old, changes.new);
    for (name, before) in all_schemes(old) {
        let Some(after) = new.security_scheme(name) else {
            changes.lost(before.pointer(), format!("the credentials `{name}` are gone"));
            continue;
        };
        for key in SCHEME {
            moved(changes, &before, &after, key, &format!("the credentials `{name}`"));
        }
        let before_flows = before.member("flows").map(|flows| flows.members()).unwrap_or_default();
        for (flow, before) in before_flows {
            match after.member("flows").and_then(|flows| flows.member(flow)) {
                Some(after) => flows(changes, &before, &after, &format!("the flow `{flow}` of `{name}`")),
                None => changes.lost(before.pointer(), format!("the credentials `{name}` lost the flow `{flow}`")),
            }
        }
        for (flow, after) in after.member("flows").map(|flows| flows.members()).unwrap_or_default() {
            if before.member("flows").and_then(|flows| flows.member(flow)).is_none() {
                changes.compatible(after.pointer(), format!("the credentials `{name}` gained the flow `{flow}`"));
            }
        }
    }
    for (name, after) in all_schemes(new).into_iter().filter(|(name, _)| old.security_scheme(name).is_none()) {
        changes.compatible(after.pointer(), format!("the credentials `{name}` are new"));
    }
}

fn flows(changes: &mut Changes<'_>, old: &Node<'_>, new: &Node<'_>, path: &str) {
    for key in ADDRESSES {
        moved(changes, old, new, key, path);
    }
    let scopes = |flow: &Node<'_>| -> BTreeSet<String> {
        let scopes = flow.member("scopes").map(|scopes| scopes.members()).unwrap_or_default();
        scopes.into_iter().map(|(name, _)| name.to_owned()).collect()
    };
    let (before, after) = (scopes(old), scopes(new));
    for scope in before.difference(&after) {
        changes.lost(old.pointer(), format!("{path} lost the scope `{scope}`"));
    }
    for scope in after.difference(&before) {
        changes.compatible(new.pointer(), format!("{path} gained the scope `{scope}`"));
    }
}

/// A text that changed; one that is new says what nobody said before.
fn moved(changes: &mut Changes<'_>, old: &Node<'_>, new: &Node<'_>, key: &str, path: &str) {
    let at = format!("{}/{key}", new.pointer());
    match (old.text(key), new.text(key)) {
        (before, after) if before == after => {}
        (None, Some(after)) => changes.compatible(&at, format!("{path} has the `{key}` {after}")),
        (Some(before), after) => {
            let after = after.unwrap_or("none");
            changes.breaking(&at, format!("{path} has the `{key}` {after} now, was {before}"));
        }
        (None, None) => {}
    }
}

fn all_schemes(api: &Api) -> Vec<(&str, Node<'_>)> {
    let schemes = api.document().at("/components/securitySchemes").map(|node| node.members()).unwrap_or_default();
    schemes.into_iter().map(|(name, node)| (name, node.resolve().unwrap_or(node))).collect()
}

/// A call that was let in is let in still if what it brings is enough for one of the new alternatives.
pub fn requirements(changes: &mut Changes<'_>, old: &Operation, new: &Operation) {
    let (before, after) = (alternatives(changes.old, old), alternatives(changes.new, new));
    let is_enough = |brought: &Alternative, asked: &Alternative| {
        asked.iter().all(|(scheme, scopes)| brought.get(scheme).is_some_and(|own| scopes.is_subset(own)))
    };
    let (at, name) = (format!("{}/security", new.place.pointer), method(new));
    for one in before.iter().filter(|one| !after.iter().any(|asked| is_enough(one, asked))) {
        let now = after.iter().map(shown).collect::<Vec<_>>().join(" or ");
        changes.breaking(&at, format!("{name} is no longer let in with {}: it takes {now}", shown(one)));
    }
    for one in after.iter().filter(|one| !before.iter().any(|known| is_enough(one, known))) {
        changes.compatible(&at, format!("{name} is let in with {} too", shown(one)));
    }
}

fn alternatives(api: &Api, operation: &Operation) -> Vec<Alternative> {
    let own = api.document().at(&operation.place.pointer).and_then(|node| node.member("security"));
    let security = own.or_else(|| api.document().at("/security")).map(|node| node.items()).unwrap_or_default();
    if security.is_empty() {
        // None at all, which is one way to be let in.
        return vec![Alternative::new()];
    }
    let scopes =
        |node: &Node<'_>| node.items().iter().filter_map(|one| Some(one.value().as_str()?.to_owned())).collect();
    let alternative =
        |node: &Node<'_>| node.members().iter().map(|(name, node)| ((*name).to_owned(), scopes(node))).collect();
    security.iter().map(alternative).collect()
}

fn shown(alternative: &Alternative) -> String {
    let schemes: Vec<String> = alternative
        .iter()
        .map(|(name, scopes)| match scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" ") {
            none if none.is_empty() => format!("`{name}`"),
            scopes => format!("`{name}` ({scopes})"),
        })
        .collect();
    if schemes.is_empty() { "no credentials".to_owned() } else { schemes.join(" and ") }
}
