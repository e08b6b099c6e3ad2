//! Headers of replies, judged by the document.

use cx_spec::{Node, Reply};

use super::{judge::Validator, parameters::simple};
use crate::{
    form::{self, Notation},
    outgoing::{MARK, REASON},
    schema::Reading,
    violation::{Place, Violation, clip},
};

/// What any reply of any server may carry, so that no document has to say so: HTTP itself, caching, cookies, what browsers are
/// told, and what servers and proxies put on all that passes. Not here is what a client acts upon, such as `Link`, `Location`
/// and `Retry-After`: a document that is silent about those lacks something.
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
    "content-location",
    "content-security-policy",
    "content-type",
    "date",
    "etag",
    "expires",
    "keep-alive",
    "last-modified",
    "nel",
    "p3p",
    "permissions-policy",
    "pragma",
    "proxy-authenticate",
    "referrer-policy",
    "report-to",
    "reporting-endpoints",
    "server",
    "server-timing",
    "set-cookie",
    "status",
    "strict-transport-security",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "vary",
    "via",
    "warning",
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

impl Validator {
    /// Judges the headers of a reply: is a required one missing, does each documented one keep its schema.
    pub fn reply_headers(&self, operation: &str, status: u16, headers: &[(String, String)]) -> Vec<Violation> {
        let Some(operation) = self.api().operation(operation) else { return Vec::new() };
        let Some(reply) = operation.reply(status) else { return Vec::new() };
        let mut found = Vec::new();
        let mut report = |name: &str, rule: &str, message: &str, pointer: &str| {
            let place = Place::ReplyHeader(name.to_owned());
            found.push(self.violation(Some(operation), place, rule, message, pointer));
        };
        for (name, header) in self.documented_headers(reply) {
            let sent: Vec<&str> = headers
                .iter()
                .filter(|(own, _)| own.eq_ignore_ascii_case(name))
                .map(|(_, text)| text.as_str())
                .collect();
            if sent.is_empty() {
                if header.flag("required") {
                    report(name, "required", "is missing", header.pointer());
                }
                continue;
            }
            let Some(schema) = header.member("schema") else { continue };
            // A header that comes in several lines is one list (RFC 9110 §5.2).
            let tree = simple(self.api(), schema.pointer(), header.flag("explode"), &sent.join(","));
            let coerced = form::coerce(&self.schemas, schema.pointer(), &tree, Notation::Any);
            for fault in &coerced.faults {
                report(name, fault.rule, &fault.message, &fault.schema);
            }
            if coerced.faults.is_empty() {
                for fault in self.schemas.judge(schema.pointer(), Reading::Reply, &coerced.value) {
                    report(name, &fault.rule, &fault.message, &fault.schema);
                }
            }
        }
        found
    }

    /// Headers of a reply that neither the document names nor servers put on replies anyway. They break no rule; of a live
    /// vendor they are news.
    pub fn unknown_reply_headers(
        &self,
        operation: &str,
        status: u16,
        headers: &[(String, String)],
    ) -> Vec<Violation> {
        let Some(operation) = self.api().operation(operation) else { return Vec::new() };
        let reply = operation.reply(status);
        let documented = reply.map(|reply| self.documented_headers(reply)).unwrap_or_default();
        let is_known = |name: &str| {
            EVERYWHERE.contains(&name)
                || FAMILIES.iter().any(|family| name.starts_with(family))
                || matches!(name, MARK | REASON)
                || documented.iter().any(|(own, _)| own.eq_ignore_ascii_case(name))
        };
        let pointer = reply.map_or(operation.place.pointer.as_str(), |reply| reply.pointer.as_str());
        let mut names: Vec<String> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.sort();
        names.dedup();
        let unknown = names.into_iter().filter(|name| !is_known(name));
        unknown
            .map(|name| {
                let (message, place) = ("the document has no such header", Place::ReplyHeader(clip(&name)));
                self.violation(Some(operation), place, "unknown-header", message, pointer)
            })
            .collect()
    }

    /// The headers that a reply documents, by name.
    pub fn documented_headers(&self, reply: &Reply) -> Vec<(&str, Node<'_>)> {
        self.api().headers(reply)
    }
}
