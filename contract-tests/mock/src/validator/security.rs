//! Whether a request carries the credentials that the document asks for. Whether they are good is the issuer's to say.

use std::fmt;

use serde_json::Value;

use super::judge::Case;
use crate::violation::Place;

/// Credentials that satisfied the document.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// The schemes of the first alternative that they satisfy.
    pub schemes: Vec<String>,
    /// How they travelled.
    pub carrier: Carrier,
    token: String,
}

/// How credentials travelled.
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

impl Credentials {
    /// The token, key or encoded pair itself.
    pub fn token(&self) -> &str {
        &self.token
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("schemes", &self.schemes)
            .field("carrier", &self.carrier)
            .finish_non_exhaustive()
    }
}

pub(super) fn judge(case: &mut Case<'_>) {
    let pointer = case.pointer("security");
    let authorization: Vec<String> = case
        .incoming
        .headers()
        .iter()
        .filter(|(name, _)| name == "authorization")
        .map(|(_, value)| value.clone())
        .collect();
    if authorization.len() > 1 {
        case.report(Place::Security, "duplicate", "`Authorization` is given more than once", &pointer);
    }
    let alternatives = &case.operation.security;
    let asks = alternatives.iter().any(|schemes| !schemes.is_empty());
    if !asks {
        if !authorization.is_empty() {
            let message = "credentials for an operation that takes none";
            case.report(Place::Security, "unexpected-credentials", message, &pointer);
        }
        return;
    }
    let mut carriers: Vec<Carrier> = Vec::new();
    for schemes in alternatives.iter().filter(|schemes| !schemes.is_empty()) {
        let presented: Option<Vec<(Carrier, String)>> = schemes.iter().map(|name| presented(case, name)).collect();
        let Some((carrier, token)) = presented.and_then(|all| all.into_iter().next()) else { continue };
        if !carriers.contains(&carrier) {
            carriers.push(carrier);
        }
        if case.verdict.credentials.is_none() {
            case.verdict.credentials = Some(Credentials { schemes: schemes.clone(), carrier, token });
        }
    }
    if carriers.len() > 1 {
        let message = "the same credentials in more than one place (RFC 6750 §2)";
        case.report(Place::Security, "duplicate", message, &pointer);
    }
    let optional = alternatives.iter().any(Vec::is_empty);
    if case.verdict.credentials.is_none() && (!optional || !authorization.is_empty()) {
        let (rule, message) = match authorization.first() {
            None => ("required", "no credentials"),
            Some(_) => ("syntax", "`Authorization` holds none of the documented credentials"),
        };
        case.report(Place::Security, rule, message, &pointer);
    }
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

/// The credentials of one scheme, if the request carries them.
fn presented(case: &Case<'_>, scheme: &str) -> Option<(Carrier, String)> {
    let api = case.validator.api();
    let scheme = api.security_scheme(scheme)?;
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
