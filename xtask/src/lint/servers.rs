//! Where a client finds the vendor.

use super::{finding::Findings, rules::Rule, subject::Subject};

pub const RULES: &[Rule] = &[Rule {
    name: "server",
    reason: "a client goes to the first server of the document, and cannot be built where that is no address",
    check: server,
}];

const FIX: &str =
    "begin `servers` with the `https` address below which all paths lie, and describe each variable in it";

fn server(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let document = subject.api.document();
    let Some(url) = document.at("/servers/0").and_then(|server| server.text("url")) else {
        findings.at("/servers", "the document has no server", FIX);
        return;
    };
    if let Some(trouble) = subject.api.server().as_deref().and_then(trouble) {
        findings.at("/servers/0/url", format!("the server `{url}` {trouble}"), FIX);
    }
}

/// Why the runtime would not take an address, or would take it for another one.
fn trouble(url: &str) -> Option<&'static str> {
    if url.contains(['{', '}']) {
        return Some("has a variable that nobody describes");
    }
    let is_http = |scheme: &str| ["http", "https"].iter().any(|one| one.eq_ignore_ascii_case(scheme));
    let Some((_, rest)) = url.split_once("://").filter(|(scheme, _)| is_http(scheme)) else {
        return Some("is no whole address");
    };
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() || host.contains(char::is_whitespace) {
        return Some("names no host");
    }
    let is_more = host.contains('@') || rest.contains(['?', '#']);
    is_more.then_some("holds more than a host and a path")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_whole_and_nothing_more() {
        for (url, expected) in [
            ("https://api.example.com", None),
            ("HTTP://localhost:8080/v1/", None),
            ("https://api.{region}.example.com", Some("has a variable that nobody describes")),
            ("/v1", Some("is no whole address")),
            ("api.example.com", Some("is no whole address")),
            ("ftp://api.example.com", Some("is no whole address")),
            ("https:///v1", Some("names no host")),
            ("https://pat@api.example.com", Some("holds more than a host and a path")),
            ("https://api.example.com/v1?key=1", Some("holds more than a host and a path")),
        ] {
            assert_eq!(trouble(url), expected, "{url}");
        }
    }
}
