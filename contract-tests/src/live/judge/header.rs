//! The headers: the documented ones, and those that are news.

use cx_mock::Place;

use super::{Case, file_and_line};
use crate::live::drift::{Finding, Kind, Severity};

pub(super) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = missing(case);
    findings.extend(values(case));
    findings.extend(unknown(case));
    findings
}

/// Documented headers that did not come, whether or not they have to: a vendor that stops to send one tells something.
fn missing(case: &Case<'_>) -> Vec<Finding> {
    let Some(reply) = case.operation.reply(case.exchange.status) else { return Vec::new() };
    let documented = case.validator.documented_headers(reply).into_iter();
    documented
        .filter(|(name, _)| case.exchange.header(&name.to_ascii_lowercase()).is_none())
        .map(|(name, header)| Finding {
            path: path(name),
            kind: Kind::MissingHeader,
            severity: Severity::Drift,
            expected: "the header".to_owned(),
            spec: file_and_line(&header.place()),
            seen: "none".to_owned(),
        })
        .collect()
}

fn values(case: &Case<'_>) -> Vec<Finding> {
    let broken = case.validator.reply_headers(&case.operation.id, case.exchange.status, &case.exchange.headers);
    broken
        .into_iter()
        .filter_map(|violation| {
            let Place::ReplyHeader(name) = &violation.place else { return None };
            // One that has to come and did not is missing, and no value.
            (violation.rule != "required").then(|| Finding {
                path: path(name),
                kind: Kind::HeaderValue,
                severity: Severity::Drift,
                expected: format!("a value that keeps `{}`", violation.rule),
                spec: file_and_line(&violation.spec),
                seen: if violation.rule == "type" { "another text" } else { "another value" }.to_owned(),
            })
        })
        .collect()
}

fn unknown(case: &Case<'_>) -> Vec<Finding> {
    let news = case.validator.unknown_reply_headers(&case.operation.id, case.exchange.status, &case.exchange.headers);
    news.into_iter()
        .filter_map(|violation| {
            let Place::ReplyHeader(name) = &violation.place else { return None };
            let value = case.exchange.header(name).unwrap_or_default();
            Some(Finding {
                path: path(name),
                kind: Kind::UndocumentedHeader,
                severity: Severity::Information,
                expected: "no such header".to_owned(),
                spec: file_and_line(&violation.spec),
                seen: format!("a text of {} characters", value.chars().count()),
            })
        })
        .collect()
}

fn path(name: &str) -> String {
    format!("header {}", name.to_ascii_lowercase())
}
