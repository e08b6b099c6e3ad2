//! Credentials, and where they come from.

use serde_json::{Value, json};

use super::Operator;
use crate::mutants::{
    edit::{Change, Edit},
    site::{Kind, Site},
};

/// A scheme that no document has.
const KEY: &str = "added_key";

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "add scope",
        does: "a token needs a scope that nobody asks for",
        at: Kind::Operation,
        edits: add_scope,
    },
    Operator {
        name: "change security scheme",
        does: "credentials travel in a header of their own",
        at: Kind::Operation,
        edits: change_scheme,
    },
    Operator {
        name: "remove security",
        does: "an operation takes no credentials",
        at: Kind::Operation,
        edits: remove_security,
    },
    Operator {
        name: "ask for credentials",
        does: "an operation that takes no credentials asks for some",
        at: Kind::Operation,
        edits: ask,
    },
    Operator {
        name: "change tokenUrl",
        does: "tokens are got elsewhere",
        at: Kind::Flow,
        edits: |site| moved(site, "tokenUrl"),
    },
    Operator {
        name: "change refreshUrl",
        does: "tokens are renewed elsewhere",
        at: Kind::Flow,
        edits: |site| moved(site, "refreshUrl"),
    },
    Operator {
        name: "change authorizationUrl",
        does: "people are asked elsewhere",
        at: Kind::Flow,
        edits: |site| moved(site, "authorizationUrl"),
    },
];

/// Whether an operation asks for credentials.
fn is_secured(site: &Site<'_>) -> bool {
    let own = site.node.member("security").or_else(|| site.api.document().at("/security"));
    own.is_some_and(|security| security.items().iter().any(|one| !one.members().is_empty()))
}

fn add_scope(site: &Site<'_>) -> Vec<Edit> {
    if !is_secured(site) {
        return Vec::new();
    }
    let schemes = site.api.security_schemes();
    let oauth = schemes.iter().find(|(_, scheme)| scheme.text("type") == Some("oauth2"));
    let scoped = oauth.map(|(name, _)| Edit::set(&site.below("security"), json!([{*name: ["added_scope"]}])));
    scoped.into_iter().collect()
}

fn change_scheme(site: &Site<'_>) -> Vec<Edit> {
    if !is_secured(site) {
        return Vec::new();
    }
    let scheme = json!({"type": "apiKey", "in": "header", "name": "x-added-key"});
    let edit = Edit::set(&site.below("security"), json!([{KEY: []}]));
    vec![edit.and(Change::Set(format!("/components/securitySchemes/{KEY}"), scheme))]
}

fn remove_security(site: &Site<'_>) -> Vec<Edit> {
    if is_secured(site) { vec![Edit::set(&site.below("security"), json!([]))] } else { Vec::new() }
}

fn ask(site: &Site<'_>) -> Vec<Edit> {
    let schemes = site.api.security_schemes();
    match schemes.first() {
        Some((name, _)) if !is_secured(site) => vec![Edit::set(&site.below("security"), json!([{*name: []}]))],
        _ => Vec::new(),
    }
}

fn moved(site: &Site<'_>, member: &str) -> Vec<Edit> {
    let url = site.value().get(member).and_then(Value::as_str);
    url.map(|url| Edit::set(&site.below(member), json!(format!("{url}_moved")))).into_iter().collect()
}
