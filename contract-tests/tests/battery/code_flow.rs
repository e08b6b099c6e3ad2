//! Items 82 to 87: the authorization code, which Directly has.

use std::collections::BTreeSet;

use cx_client::{
    ErrorKind,
    auth::{AuthorizationOptions, AuthorizationRequest},
    directly,
};
use cx_mock::issuer;

use crate::{
    item::{Item, Twin, item},
    rule::Rule,
    stage::Stage,
    time::Time,
    verdict::{Verdict, ensure, equal, refused, succeeds},
};

pub const ITEMS: &[Item] = &[item!(item_82_uses_a_fresh_state_and_checks_it, Twin::Cfg(Rule::StateUnchecked))];

async fn item_82_uses_a_fresh_state_and_checks_it() -> Verdict {
    let stage = Stage::directly(Time::hurried()).await;
    let begin = || -> AuthorizationRequest {
        let options = AuthorizationOptions::new(issuer::CLIENT_ID);
        stage.client::<directly::Client>().authorization_request(options).unwrap()
    };
    let states: BTreeSet<String> =
        (0..64).filter_map(|_| begin().state().map(|state| state.expose().to_owned())).collect();
    equal(states.len(), 64, "different states of as many attempts")?;
    // 128 bits in base64 are 22 letters.
    ensure(states.iter().all(|state| state.len() >= 22), "a state has at least 128 bits")?;

    let (code, other) = (issuer::CODE, begin());
    let other = other.state().unwrap().expose();
    let bad = [
        format!("?code={code}"),
        format!("?code={code}&state="),
        format!("?code={code}&state=guessed"),
        format!("?code={code}&state={other}"),
    ];
    for callback in bad {
        refused(begin().finish(&callback), ErrorKind::Authentication, "a callback with a missing or wrong state")?;
    }
    equal(stage.vendor.take_exchanges().len(), 0, "requests on the strength of such callbacks")?;

    let request = begin();
    let state = request.state().unwrap().expose().to_owned();
    // `finish` consumes the request, so that a state is good for one callback.
    succeeds(request.finish(&format!("?code={code}&state={state}")), "a callback with its own state").map(drop)
}
