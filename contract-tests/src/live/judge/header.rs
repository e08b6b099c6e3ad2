//! The headers: the documented ones, and those that are news.

use cx_mock::schema::Reading;
use cx_spec::Node;
use serde_json::Value;

use super::Case;
use crate::live::drift::{Finding, Kind, Severity};

/// What servers and proxies put on any reply of any API. A document that listed them would say nothing by it.
const EVERYWHERE: &[&str] = &[
    "accept-ranges",
    "age",
    "allow",
    "alt-svc",
    "cache-control",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-security-policy",
    "content-type",
    "date",
    "etag",
    "expires",
    "keep-alive",
    "last-modified",
    "link",
    "location",
    "nel",
    "p3p",
    "permissions-policy",
    "pragma",
    "referrer-policy",
    "report-to",
    "reporting-endpoints",
    "server",
    "server-timing",
    "set-cookie",
    "status",
    "strict-transport-security",
    "transfer-encoding",
    "vary",
    "via",
    "www-authenticate",
    "x-content-type-options",
    "x-download-options",
    "x-frame-options",
    "x-permitted-cross-domain-policies",
    "x-powered-by",
    "x-request-id",
    "x-runtime",
    "x-xss-protection",
];
/// As above, by their beginning.
const FAMILIES: &[&str] = &["access-control-", "cf-", "cross-origin-", "x-amz-", "x-amzn-", "x-cache", "x-served-by"];

pub(super) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let Some(reply) = case.operation.reply(case.exchange.status) else { return Vec::new() };
    let node = case.validator.api().document().at(&reply.pointer).and_then(|node| node.resolve().ok());
    let documented: Vec<(&str, Node<'_>)> = node
        .and_then(|node| node.member("headers"))
        .map(|headers| headers.members())
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(name, header)| Some((name, header.resolve().ok()?)))
        .collect();
    let mut findings: Vec<Finding> =
        documented.iter().filter_map(|(name, header)| documented_header(case, name, header)).collect();
    for (name, value) in &case.exchange.headers {
        let known = documented.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
        let usual = EVERYWHERE.contains(&name.as_str()) || FAMILIES.iter().any(|family| name.starts_with(family));
        if !known && !usual {
            findings.push(Finding {
                path: path(name),
                kind: Kind::UndocumentedHeader,
                severity: Severity::Information,
                expected: "no such header".to_owned(),
                spec: case.spec(&reply.pointer),
                seen: format!("a text of {} characters", value.chars().count()),
            });
        }
    }
    findings
}

fn documented_header(case: &Case<'_>, name: &str, header: &Node<'_>) -> Option<Finding> {
    let finding = |kind, expected: String, seen: String| Finding {
        path: path(name),
        kind,
        severity: Severity::Drift,
        expected,
        spec: format!("{}:{}", header.place().file, header.place().line),
        seen,
    };
    let Some(text) = case.exchange.header(&name.to_ascii_lowercase()) else {
        return Some(finding(Kind::MissingHeader, "the header".to_owned(), "none".to_owned()));
    };
    let schema = header.member("schema")?.resolve().ok()?;
    let wanted = schema.text("type").unwrap_or("string");
    let value = match wanted {
        "integer" | "number" | "boolean" => serde_json::from_str(text.trim()).unwrap_or_else(|_| Value::from(text)),
        _ => Value::from(text),
    };
    let faults = case.validator.schemas().judge_hidden(schema.pointer(), Reading::Reply, &value);
    let fault = faults.first()?;
    let seen = if fault.rule == "type" { "another text" } else { "another value" };
    Some(finding(Kind::HeaderValue, format!("{wanted}, keeping `{}`", fault.rule), seen.to_owned()))
}

fn path(name: &str) -> String {
    format!("header {}", name.to_ascii_lowercase())
}
