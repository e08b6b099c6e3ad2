//! What twins do with a reply. No build that users get does any of it.

use http::StatusCode;

use super::receive::{self, Received};
use crate::{
    auth::Bearer,
    challenge,
    client::Core,
    error::Result,
    twin::{self, Rule},
};

/// Whether a twin has the token renewed after this reply.
pub(super) fn renewed_by_twin(received: &Received, replayed: bool) -> bool {
    let named = || challenge::bearer_parameter(&received.headers, "error").is_some();
    match received.status {
        StatusCode::UNAUTHORIZED => {
            replayed && (twin::broken(Rule::SecondReplay) || twin::broken(Rule::SecondReplayWithoutError) && !named())
        }
        StatusCode::FORBIDDEN => twin::broken(Rule::ForbiddenRenewed),
        StatusCode::BAD_REQUEST => twin::broken(Rule::BadRequestRenewed) && named(),
        _ => false,
    }
}

/// Where a twin goes that follows links.
pub(super) async fn follow(core: &Core, outcome: &Result<Received>, bearer: Option<&Bearer>) {
    let link = outcome.as_ref().ok().and_then(|received| received.headers.get(http::header::LOCATION)?.to_str().ok());
    let (Some(link), Some(bearer)) = (link, bearer) else { return };
    if let Ok(request) = core.http().get(link).header(http::header::AUTHORIZATION, bearer.header()).build() {
        drop(receive::send(core.http(), request, usize::MAX, Box::pin(std::future::pending())).await);
    }
}
