//! Addresses of vendors: which are taken, and how they are written.

use url::{Host, Url};

use crate::{
    error::{Error, ErrorKind, Result},
    operation::Operation,
    secret::Secret,
    twin::{self, Rule},
};

/// Checks an address and brings it to the form in which it is compared and used.
pub(super) fn origin(url: &str, allow_http: bool) -> Result<String> {
    let refuse = |message: &'static str| Error::new(ErrorKind::InvalidRequest, message);
    let parsed = Url::parse(url).map_err(|cause| refuse("the base URL is not a URL").with_cause(cause))?;
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(refuse("the base URL holds a user name or password"));
    }
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(refuse("the base URL holds a query or a fragment"));
    }
    match parsed.scheme() {
        "https" => {}
        "http" if allow_http || is_loopback(url) || twin::broken(Rule::PlainHttp) => {}
        "http" => {
            return Err(refuse("the base URL is plain http, which would show the token; use https or allow_http"));
        }
        _ => return Err(refuse("the base URL is neither https nor http")),
    }
    Ok(parsed.as_str().trim_end_matches('/').to_owned())
}

pub(super) fn is_loopback(url: &str) -> bool {
    match Url::parse(url).ok().as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

pub(super) fn token_url(server: &str, token: &Operation, query: &[(&'static str, Secret)]) -> Result<Url> {
    let mut url = Url::parse(&format!("{server}{}", token.path))
        .map_err(|cause| Error::new(ErrorKind::InvalidRequest, "the token URL is not a URL").with_cause(cause))?;
    for (name, value) in query {
        url.query_pairs_mut().append_pair(name, value.expose());
    }
    Ok(url)
}
