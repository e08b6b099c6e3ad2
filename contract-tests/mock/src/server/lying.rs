//! Where the responder asks what the lie of the day is.

use cx_spec::{Operation, ResourceRole};

use super::mount::Mount;
use crate::{
    lie::{self, Ledger, Lie, Told},
    outgoing::Outgoing,
    validator::Verdict,
    violation::{Place, Violation},
};

/// Whether a vendor with this lie minds a violation.
pub(super) fn minds(lie: Option<Lie>, violation: &Violation) -> bool {
    match lie {
        Some(Lie::AcceptsAnything) => violation.place == Place::Security,
        Some(Lie::IgnoresCredentials) => violation.place != Place::Security,
        _ => true,
    }
}

/// The reply with the lie in it, if it has room for it, and a note of it. `tolerated` is what an honest vendor would
/// have refused.
pub(super) fn about(
    ledger: &Ledger,
    lie: Lie,
    mount: &Mount,
    operation: &Operation,
    honest: Outgoing,
    tolerated: Option<Place>,
) -> Outgoing {
    if let Some((outgoing, told)) = lie::tell(lie, mount, operation, &honest) {
        ledger.keep(told);
        return outgoing;
    }
    let role = operation.resource.as_ref().map(|resource| resource.role);
    let place = match (lie, role) {
        (Lie::ForgetsCreated, Some(ResourceRole::Create)) | (Lie::KeepsDeleted, Some(ResourceRole::Delete)) => {
            Some(Place::ReplyStatus)
        }
        _ => tolerated,
    };
    if let Some(place) = place.filter(|_| honest.status < 400) {
        let (api, operation) = (mount.api().name().to_owned(), Some(operation.id.clone()));
        ledger.keep(Told { lie, api, operation, status: honest.status, place });
    }
    honest
}

/// The reply to a request for which there is no operation.
pub(super) fn elsewhere(ledger: &Ledger, honest: Outgoing, verdict: &Verdict) -> Outgoing {
    if ledger.elsewhere() != Some(Lie::NoAllow) || verdict.allowed.is_empty() {
        return honest;
    }
    let mut outgoing = honest;
    outgoing.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("allow"));
    let place = Place::ReplyHeader("allow".to_owned());
    let (api, operation) = (verdict.api.clone(), None);
    ledger.keep(Told { lie: Lie::NoAllow, api, operation, status: outgoing.status, place });
    outgoing
}
