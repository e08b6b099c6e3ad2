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

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    #[test]
    fn an_address_is_brought_to_the_form_in_which_it_is_used() {
        for (given, used) in [
            ("https://api.example.com", "https://api.example.com"),
            ("HTTPS://API.example.com:443/", "https://api.example.com"),
            ("https://proxy.example.com/vendor//", "https://proxy.example.com/vendor"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://127.0.0.2:9", "http://127.0.0.2:9"),
            ("http://[::1]:9", "http://[::1]:9"),
        ] {
            assert_eq!(origin(given, false).unwrap(), used);
        }
        assert_eq!(origin("http://api.example.com", true).unwrap(), "http://api.example.com");
    }

    #[test]
    fn an_address_that_would_leak_or_mislead_is_refused() {
        for (given, reason) in [
            ("api.example.com", "is not a URL"),
            ("https://pat@api.example.com", "user name or password"),
            ("https://:secret@api.example.com", "user name or password"),
            ("https://api.example.com?a=b", "query or a fragment"),
            ("https://api.example.com#a", "query or a fragment"),
            ("http://api.example.com", "plain http"),
            ("http://127.0.0.1.example.com", "plain http"),
            ("http://10.0.0.1", "plain http"),
            ("http://[::2]", "plain http"),
            ("ftp://api.example.com", "neither https nor http"),
        ] {
            let error = origin(given, false).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            assert!(error.to_string().contains(reason), "{given}: {error}");
        }
    }

    #[test]
    fn only_this_machine_is_a_loopback() {
        for (url, expected) in [
            ("https://localhost", true),
            ("https://127.9.9.9", true),
            ("https://128.0.0.1", false),
            ("mailto:a@b", false),
        ] {
            assert_eq!(is_loopback(url), expected, "{url}");
        }
    }

    #[test]
    fn a_token_address_carries_what_picks_the_account() {
        static TOKEN: Operation = Operation::made_up(Method::POST, "create_token", "/oauth/token");
        let query = [("account_token", Secret::from("NPS 1&2"))];
        let url = token_url("https://api.example.com", &TOKEN, &query).unwrap();
        assert_eq!(url.as_str(), "https://api.example.com/oauth/token?account_token=NPS+1%262");
    }
}
