//! The status: is it documented, and is it an answer to what was asked?

use super::Case;
use crate::live::drift::{Finding, Kind, Severity};

/// Where the ids in the path of a request came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// The path has none.
    None,
    /// From the vendor's own replies: it knows them.
    Chained,
    /// From the examples of the document: the account may not have them.
    Examples,
}

/// Whether an operation did what it is there for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It answered.
    Answered,
    /// 401 or 403.
    Refused,
    /// It did not, and nobody can say from that whether the document is wrong.
    Inconclusive(String),
    /// It did not, and that is a finding.
    Departed,
}

pub(super) fn judge(case: &Case<'_>, ids: Ids) -> (Option<Finding>, Standing) {
    let status = case.exchange.status;
    let finding = |kind, expected: String, seen: String| Finding {
        path: "status".to_owned(),
        kind,
        severity: Severity::Drift,
        expected,
        spec: case.spec(&case.replies()),
        seen,
    };
    let Some(reply) = case.operation.reply(status) else {
        let known: Vec<String> = case.operation.replies.iter().map(|reply| reply.status.to_string()).collect();
        let kind = if is_redirect(status) { Kind::Redirect } else { Kind::UndocumentedStatus };
        let standing = if status / 100 == 2 { Standing::Answered } else { Standing::Departed };
        let seen = if is_redirect(status) { format!("{status} to {}", target(case)) } else { status.to_string() };
        return (Some(finding(kind, format!("one of {}", known.join(", ")), seen)), standing);
    };
    let success = || "a success: the arguments are those of the document".to_owned();
    let refusal = |kind| {
        (Some(finding(kind, success(), format!("{status}, documented as {}", reply.status))), Standing::Departed)
    };
    match status {
        200..=299 | 304 => (None, Standing::Answered),
        // To send the client elsewhere can be all that an operation is for.
        _ if is_redirect(status) && !succeeds(case) => (None, Standing::Answered),
        429 | 500..=599 => (None, Standing::Inconclusive(format!("no answer but {status}"))),
        401 | 403 => (refusal(Kind::CredentialsRefused).0, Standing::Refused),
        400..=499 if ids == Ids::Examples => {
            let reason =
                format!("{status} to the id of the document's example: the account has no such thing to ask for");
            (None, Standing::Inconclusive(reason))
        }
        404 | 410 => refusal(Kind::Removed),
        _ => refusal(Kind::RequestRefused),
    }
}

/// Whether the operation documents a success.
fn succeeds(case: &Case<'_>) -> bool {
    case.operation.replies.iter().any(|reply| reply.status.is_success())
}

fn is_redirect(status: u16) -> bool {
    matches!(status, 300..=303 | 305..=399)
}

/// Where a redirect leads. Path and query may hold anything, so only what is known beforehand is told.
fn target(case: &Case<'_>) -> &'static str {
    match case.exchange.header("location") {
        None => "nowhere",
        Some(location) if location.starts_with('/') && !location.starts_with("//") => "another path",
        Some(_) => "another address",
    }
}

#[cfg(test)]
mod tests {
    use cx_mock::{Incoming, Validator};
    use cx_spec::{Api, Document};

    use super::*;
    use crate::live::gate::Exchange;

    #[test]
    fn a_redirect_is_an_answer_where_the_document_has_no_other() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  \
            /a: {get: {operationId: get_a, responses: {'302': {description: Elsewhere.}}}}\n  \
            /b: {get: {operationId: get_b, responses: {'200': {description: Here.}, '302': {description: Log in.}}}}\n";
        let validator = Validator::new(Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap());
        let judged = |id: &str, path: &str| {
            let operation = validator.api().operation(id).unwrap();
            let exchange = Exchange {
                api: "t".to_owned(),
                operation: id.to_owned(),
                request: Incoming::new("GET", path),
                status: 302,
                headers: vec![("location".to_owned(), "/elsewhere".to_owned())],
                body: Vec::new(),
            };
            let (finding, standing) =
                judge(&Case { validator: &validator, operation, exchange: &exchange }, Ids::None);
            (finding.map(|finding| finding.kind), standing)
        };
        assert_eq!(judged("get_a", "/a"), (None, Standing::Answered));
        assert_eq!(judged("get_b", "/b"), (Some(Kind::RequestRefused), Standing::Departed));
    }
}
