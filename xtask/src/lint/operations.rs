//! What every operation says about itself.

use super::{
    finding::Findings,
    rules::Rule,
    subject::{Kind, Subject},
};

pub const RULES: &[Rule] = &[
    Rule { name: "retry", reason: "the transport repeats only what the document says may be repeated", check: retry },
    Rule { name: "tag", reason: "one tag an operation, declared at the top, groups the documentation", check: tag },
    Rule {
        name: "summary",
        reason: "summary and description become the documentation of the method",
        check: summary,
    },
    Rule {
        name: "security",
        reason: "every operation says which credentials it takes; `security: []` says none",
        check: security,
    },
];

fn retry(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for node in subject.of(Kind::Operation).filter(|node| node.member("x-retry").is_none()) {
        findings.at(node.pointer(), "the operation has no `x-retry`", "write `safe`, `idempotent` or `never`");
    }
}

fn tag(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let declared = subject.api.document().at("/tags").map(|tags| tags.items()).unwrap_or_default();
    for node in subject.of(Kind::Operation) {
        let tags = node.member("tags").map(|tags| tags.items()).unwrap_or_default();
        let [tag] = tags.as_slice() else {
            let message = format!("the operation has {} tags", tags.len());
            findings.at(node.pointer(), message, "give it exactly one");
            continue;
        };
        let name = tag.value().as_str().unwrap_or_default();
        if !declared.iter().any(|one| one.text("name") == Some(name)) {
            let fix = "declare it under `tags` at the top, with a description, or correct its name";
            findings.at(tag.pointer(), format!("no tag `{name}` is declared"), fix);
        }
    }
}

fn summary(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for node in subject.of(Kind::Operation) {
        for (key, fix) in [
            ("summary", "say in one line what it does"),
            ("description", "say what it does, in which units and within which limits"),
        ] {
            if node.text(key).is_none_or(|text| text.trim().is_empty()) {
                findings.at(node.pointer(), format!("the operation has no `{key}`"), fix);
            }
        }
    }
}

fn security(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for operation in &subject.api.operations {
        let Some(security) = subject.node(operation).and_then(|node| node.member("security")) else {
            let fix = "write the alternatives, or `security: []` if none are needed";
            findings.at(&operation.place.pointer, "the operation has no `security`", fix);
            continue;
        };
        for scheme in operation.security.iter().flatten() {
            if subject.api.security_scheme(scheme).is_none() {
                let fix = "define it under `components.securitySchemes`, or correct its name";
                findings.at(security.pointer(), format!("there is no security scheme `{scheme}`"), fix);
            }
        }
    }
}
