//! The end of a session, as the vendor is told of it.

use http::StatusCode;

use super::{attempt::attempt, encode::Outgoing, outcome::finish, retry::Schedule};
use crate::{
    auth::Bearer,
    client::Core,
    error::Result,
    operation::Operation,
    options::CallOptions,
    runtime::{Payload, unbuilt},
    twin::{self, Rule},
};

/// Tells the vendor that a session is over. Asked again only where the vendor did nothing: until then the token is alive
/// (RFC 7009 §2.2.1). A token that the vendor does not know is one that has ended.
pub(crate) async fn logout(core: &Core, bearer: &Bearer, operation: &'static Operation) -> Result<()> {
    let url = format!("{}{}", core.base_url(), operation.path);
    let request = core.http().request(operation.method.clone(), url).build();
    let request = request.map_err(|cause| unbuilt(cause, operation))?;
    let options = CallOptions::new();
    let outgoing = Outgoing::new(core, request, Payload::none(), operation, &options)?;
    let deadline = core.environment().now().saturating_add(core.limits().deadline);
    let retry = Schedule::new(core, operation, &options, deadline, outgoing.can_repeat()).with_put_off();
    let mut sent = 0;
    loop {
        sent += 1;
        let outcome = attempt(core, &outgoing, Some(bearer), operation, sent - 1).await;
        match outcome.as_ref().map(|received| received.status) {
            Ok(StatusCode::UNAUTHORIZED) if !twin::broken(Rule::UnknownTokenFails) => return Ok(()),
            Ok(StatusCode::SERVICE_UNAVAILABLE) if twin::broken(Rule::PutOffLogoutDone) => return Ok(()),
            _ => {}
        }
        match retry.after(&outcome, sent) {
            Some(pause) => core.environment().sleep(pause).await,
            None => return finish(core, outcome, operation, sent).map(drop),
        }
    }
}
