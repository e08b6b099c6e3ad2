//! Credentials are marked, so that nothing shows them.

use cx_spec::Node;

use super::{
    finding::Findings,
    rules::Rule,
    subject::{Kind, Subject, plain},
};
use crate::generate::names::snake_case;

pub const RULES: &[Rule] = &[Rule {
    name: "secret",
    reason: "an unmarked credential shows in `Debug`, logs, errors and reports",
    check: secret,
}];

/// Last words of a name that stands for a credential.
const CREDENTIALS: &[&str] = &["token", "secret", "password", "passphrase", "credential", "credentials"];

/// Members that stand beside an authorization code; elsewhere a `code` is any code.
const BESIDE_A_CODE: &[&str] = &["grant_type", "client_id", "redirect_uri"];

fn secret(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in subject.schemas() {
        let members = part.node.member("properties").map(|node| node.members()).unwrap_or_default();
        let grant = members.iter().any(|(name, _)| BESIDE_A_CODE.contains(name));
        for (name, member) in &members {
            if is_credential(name) || (grant && *name == "code") {
                unmarked(name, member, findings);
            }
        }
    }
    for parameter in subject.of(Kind::Parameter) {
        let name = parameter.text("name").unwrap_or_default();
        if is_credential(name) || name == "code" {
            unmarked(name, parameter, findings);
        }
    }
}

/// Reports a text that does not say whether it is a secret.
fn unmarked(name: &str, node: &Node<'_>, findings: &mut Findings<'_>) {
    let schema = plain(&node.member("schema").unwrap_or_else(|| node.clone()));
    // Of a set of known texts none is a secret.
    let text = schema.text("type") == Some("string") && schema.member("enum").is_none();
    if text && node.member("x-secret").is_none() && schema.member("x-secret").is_none() {
        let fix = "add `x-secret: true`; if it is none, `x-secret: false` says so";
        findings.at(node.pointer(), format!("`{name}` sounds like a credential and is not marked"), fix);
    }
}

/// Whether a name sounds like a credential.
fn is_credential(name: &str) -> bool {
    let words = snake_case(name);
    let last = words.rsplit('_').next().unwrap_or_default();
    CREDENTIALS.contains(&last) || words == "authorization_code" || words.ends_with("api_key")
}
