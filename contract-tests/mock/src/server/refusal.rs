//! What a request that breaks the document is answered with.

use cx_spec::{Api, Operation};
use serde_json::json;

use super::answer::documented;
use crate::{
    outgoing::{Outgoing, REASON},
    violation::{Place, Violation},
};

/// The documented status that says most about the first violation, with its documented body. Where the document has
/// none of them, a plain reply that is marked as undocumented: an invented one would teach clients what no vendor does.
pub(super) fn refuse(api: &Api, operation: &Operation, violations: &[Violation], accept: Option<&str>) -> Outgoing {
    let Some(worst) = worst(violations) else { return Outgoing::empty(500) };
    let wanted = statuses(worst);
    let outgoing = match wanted.iter().find(|status| operation.reply(**status).is_some()) {
        Some(status) => documented(api, operation, *status, None, accept),
        None => {
            let status = if worst.place == Place::Security { 401 } else { 400 };
            let body = json!({"error": "the request breaks the document", "violations": violations});
            Outgoing::undocumented(status, &body)
        }
    };
    explain(outgoing, violations)
}

/// Says in a header why a request is refused: the documented body has no room for it.
pub(super) fn explain(outgoing: Outgoing, violations: &[Violation]) -> Outgoing {
    match worst(violations) {
        Some(worst) => outgoing.with_header(REASON, &reason(worst)),
        None => outgoing,
    }
}

fn worst(violations: &[Violation]) -> Option<&Violation> {
    violations.iter().min_by_key(|violation| rank(violation))
}

/// Servers look at credentials first, then at types, then at what is inside.
fn rank(violation: &Violation) -> u8 {
    match violation.place {
        Place::Security => 0,
        Place::MediaType => 1,
        Place::Accept => 2,
        _ => 3,
    }
}

fn statuses(violation: &Violation) -> &'static [u16] {
    match &violation.place {
        Place::Security => &[401, 403, 400],
        Place::MediaType => &[415, 400, 422],
        Place::Accept => &[406, 400],
        Place::Path(_) => &[400, 422, 404],
        // Where both are documented, 400 is for what cannot be read and 422 for what can but will not do.
        Place::Body(_) if violation.rule != "syntax" => &[422, 400],
        _ => &[400, 422],
    }
}

/// The violation as a header value: what is no printable ASCII is replaced.
fn reason(violation: &Violation) -> String {
    let text = format!("{}: {} [{}]", violation.place, violation.message, violation.rule);
    text.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
}
