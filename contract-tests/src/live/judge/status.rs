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
