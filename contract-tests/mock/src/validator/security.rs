//! Whether a request carries the credentials that the document asks for. Whether they are good is the issuer's to say.

use std::fmt;

use cx_spec::Node;
use serde_json::Value;

use super::judge::Case;
use crate::violation::Place;

/// What a request carried for one security scheme of the document.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credential {
    /// Name of the scheme.
    pub scheme: String,
    /// How it travelled.
    pub carrier: Carrier,
    token: String,
}

/// How a credential travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// `Authorization: Bearer …`
    Bearer,
    /// `Authorization: Basic …`
    Basic,
    /// A header of the vendor's own.
    Header,
    /// The query.
    Query,
    /// A cookie.
    Cookie,
}

impl Credential {
    /// The token, key or encoded pair itself.
    pub fn token(&self) -> &str {
        &self.token
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("scheme", &self.scheme)
            .field("carrier", &self.carrier)
            .finish_non_exhaustive()
    }
}

pub(super) fn judge(case: &mut Case<'_>) {
    let pointer = case.pointer("security");
    let authorizations = case.incoming.headers().iter().filter(|(name, _)| name == "authorization").count();
    if authorizations > 1 {
        case.report(Place::Security, "duplicate", "`Authorization` is given more than once", &pointer);
    }
    repeated_in_query(case, &pointer);
    let alternatives = &case.operation.security;
    let asks = alternatives.iter().any(|schemes| !schemes.is_empty());
    if !asks {
        if authorizations > 0 {
            let message = "credentials for an operation that takes none";
            case.report(Place::Security, "unexpected-credentials", message, &pointer);
        }
        return;
    }
    let presented: Vec<(&Vec<String>, Vec<Credential>)> = alternatives
        .iter()
        .filter(|schemes| !schemes.is_empty())
        .map(|schemes| (schemes, schemes.iter().filter_map(|name| presented(case, name)).collect()))
        .collect();
    let satisfied: Vec<&Vec<Credential>> =
        presented.iter().filter(|(schemes, all)| schemes.len() == all.len()).map(|(_, all)| all).collect();
    if satisfied.iter().any(|one| satisfied.iter().any(|other| !is_within(one, other) && !is_within(other, one))) {
        let message = "the same credentials in more than one place (RFC 6750 §2)";
        case.report(Place::Security, "duplicate", message, &pointer);
    }
    if let Some(first) = satisfied.first() {
        case.verdict.credentials = first.to_vec();
        return;
    }
    let half = presented.iter().find_map(|(schemes, all)| {
        let given = &all.first()?.scheme;
        let missing = schemes.iter().find(|name| all.iter().all(|one| one.scheme != **name))?;
        Some(format!("no credentials for `{missing}`, which go with those for `{given}`"))
    });
    // Where none are needed, only those are judged that a client took the trouble to send.
    if alternatives.iter().any(Vec::is_empty) && authorizations == 0 {
        return;
    }
    match half {
        Some(message) => case.report(Place::Security, "required", message, &pointer),
        None if authorizations == 0 => case.report(Place::Security, "required", "no credentials", &pointer),
        None => {
            let message = "`Authorization` holds none of the documented credentials";
            case.report(Place::Security, "syntax", message, &pointer);
        }
    }
}

/// A parameter of the token must not come twice (RFC 6749 §3.1): which of them a server reads is its own affair.
fn repeated_in_query(case: &mut Case<'_>, pointer: &str) {
    if case.incoming.query().is_empty() {
        return;
    }
    let pairs = case.incoming.query_pairs();
    let mut names = query_names(case);
    names.sort();
    names.dedup();
    for name in names {
        if pairs.iter().filter(|pair| pair.name == name).count() > 1 {
            let message = format!("`{name}` is given more than once");
            case.report(Place::Security, "duplicate", message, pointer);
        }
    }
}

/// Whether all that one alternative asks for travels where another has it too.
fn is_within(one: &[Credential], other: &[Credential]) -> bool {
    one.iter().all(|own| other.iter().any(|known| (known.carrier, &known.token) == (own.carrier, &own.token)))
}

/// Names under which the operation takes credentials in the query.
pub(super) fn query_names(case: &Case<'_>) -> Vec<String> {
    let api = case.validator.api();
    let schemes = case.operation.security.iter().flatten().filter_map(|name| api.security_scheme(name));
    schemes
        .filter(|scheme| scheme.text("type") == Some("apiKey") && scheme.text("in") == Some("query"))
        .filter_map(|scheme| scheme.text("name").map(str::to_owned))
        .collect()
}

/// What the request carries for one scheme.
fn presented(case: &Case<'_>, name: &str) -> Option<Credential> {
    let scheme = case.validator.api().security_scheme(name)?;
    let (carrier, token) = carried(case, &scheme)?;
    Some(Credential { scheme: name.to_owned(), carrier, token })
}

fn carried(case: &Case<'_>, scheme: &Node<'_>) -> Option<(Carrier, String)> {
    let incoming = case.incoming;
    let header = |wanted: &str| {
        let (kind, rest) = incoming.header("authorization")?.split_once(' ')?;
        let token = rest.trim();
        (kind.eq_ignore_ascii_case(wanted) && !token.is_empty() && !token.contains(' ')).then(|| token.to_owned())
    };
    match (scheme.text("type")?, scheme.text("in"), scheme.value().get("scheme").and_then(Value::as_str)) {
        ("oauth2" | "openIdConnect", ..) => Some((Carrier::Bearer, header("bearer")?)),
        ("http", _, Some(kind)) if kind.eq_ignore_ascii_case("bearer") => Some((Carrier::Bearer, header("bearer")?)),
        ("http", _, Some(kind)) if kind.eq_ignore_ascii_case("basic") => Some((Carrier::Basic, header("basic")?)),
        ("apiKey", Some("header"), _) => {
            let name = scheme.text("name")?.to_ascii_lowercase();
            Some((Carrier::Header, incoming.header(&name)?.to_owned()))
        }
        ("apiKey", Some("query"), _) => {
            let name = scheme.text("name")?;
            let pair = incoming.query_pairs().into_iter().find(|pair| pair.name == name)?;
            match pair.part {
                crate::form::Part::Text(token) if !token.is_empty() => Some((Carrier::Query, token)),
                _ => None,
            }
        }
        ("apiKey", Some("cookie"), _) => {
            let name = scheme.text("name")?;
            let cookies = incoming.header("cookie")?;
            let found = cookies.split(';').filter_map(|one| one.trim().split_once('=')).find(|(own, _)| *own == name);
            found.map(|(_, token)| (Carrier::Cookie, token.to_owned()))
        }
        _ => None,
    }
}
