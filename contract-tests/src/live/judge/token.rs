//! What RFC 6749 and the grant promise of a token, beyond the schema of the reply.

use cx_mock::form;
use serde_json::Value;

use super::Case;
use crate::live::drift::{Finding, Kind, Severity};

pub(super) fn judge(case: &Case<'_>) -> Vec<Finding> {
    if case.exchange.status / 100 != 2 {
        return Vec::new();
    }
    let Ok(Value::Object(token)) = serde_json::from_slice(&case.exchange.body) else { return Vec::new() };
    let finding = |path: &str, kind, expected: &str, seen: &str| Finding {
        path: path.to_owned(),
        kind,
        severity: Severity::Drift,
        expected: expected.to_owned(),
        spec: case.spec(&case.operation.place.pointer),
        seen: seen.to_owned(),
    };
    let mut findings = Vec::new();
    // Another type comes from the schema already.
    if token.get("token_type").and_then(Value::as_str).is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        findings.push(finding("$.token_type", Kind::TokenType, "`bearer`, in any case", "another word"));
    }
    if token.get("expires_in").and_then(Value::as_f64).is_some_and(|seconds| seconds <= 0.0) {
        findings.push(finding("$.expires_in", Kind::TokenLifetime, "seconds to come", "none left"));
    }
    let promised = grant(case).is_some_and(|grant| grant.refresh_token);
    if promised && token.get("refresh_token").is_none_or(Value::is_null) {
        let expected = "a refresh token, which this grant brings";
        findings.push(finding("$.refresh_token", Kind::MissingMember, expected, "none"));
    }
    findings
}

/// The grant that the request asked by.
fn grant<'c>(case: &'c Case<'_>) -> Option<&'c cx_spec::Grant> {
    let pairs = form::urlencoded(case.exchange.request.body());
    let name = pairs.into_iter().find(|pair| pair.name == "grant_type").and_then(|pair| match pair.part {
        form::Part::Text(text) | form::Part::Json(text) => Some(text),
        form::Part::File(_) => None,
    })?;
    case.operation.oauth.as_ref()?.grants.get(&name)
}
