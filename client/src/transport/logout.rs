//! The end of a session, as the vendor is told of it.

use std::time::Duration;

use http::StatusCode;

use super::{attempt::attempt, before, encode::Outgoing, outcome::finish, progress::Progress, retry::Schedule};
use crate::{
    auth::Bearer,
    client::Core,
    error::Result,
    operation::Operation,
    options::CallOptions,
    runtime::{Payload, unbuilt},
    twin::{self, Rule},
};

/// Tells the vendor that a session is over, within the deadline of a call. Asked again only where the vendor did nothing:
/// until then the token is alive (RFC 7009 §2.2.1). A token that the vendor does not know is one that has ended.
pub(crate) async fn logout(core: &Core, bearer: &Bearer, operation: &'static Operation) -> Result<()> {
    let deadline = core.limits().deadline;
    let end = core.environment().now().saturating_add(deadline);
    let progress = Progress::default();
    let told = Box::pin(tell(core, bearer, operation, end, &progress));
    before(core, deadline, told, || progress.cut_off(operation)).await
}

async fn tell(
    core: &Core,
    bearer: &Bearer,
    operation: &'static Operation,
    deadline: Duration,
    progress: &Progress,
) -> Result<()> {
    let url = format!("{}{}", core.base_url(), operation.path);
    let request = core.http().request(operation.method.clone(), url).build();
    let request = request.map_err(|cause| unbuilt(cause, operation))?;
    let options = CallOptions::new();
    let outgoing = Outgoing::new(core, request, Payload::none(), operation, &options)?;
    let retry = Schedule::new(core, operation, &options, deadline, outgoing.can_repeat()).with_put_off();
    loop {
        let sent = progress.sending();
        let outcome = attempt(core, &outgoing, Some(bearer), operation, sent - 1).await;
        progress.ended(&outcome);
        match outcome.as_ref().map(|received| received.status) {
            Ok(StatusCode::UNAUTHORIZED) if !twin::broken(Rule::UnknownTokenFails) => return Ok(()),
            Ok(StatusCode::SERVICE_UNAVAILABLE) if twin::broken(Rule::PutOffLogoutDone) => return Ok(()),
            _ => {}
        }
        let pause = retry.after(&outcome, sent);
        let finished = finish(core, outcome, operation, sent);
        let Some(pause) = pause else { return finished.map(drop).map_err(|error| progress.of_call(error)) };
        progress.failed(finished.err());
        core.environment().sleep(pause).await;
    }
}
