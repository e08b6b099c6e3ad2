//! Items 25 to 33: errors of the token endpoint.

use cx_client::{ErrorKind, wootric};
use cx_mock::{Answer, issuer};
use serde_json::json;

use crate::{
    item::{Item, Twin, item},
    rule::Rule,
    stage::{Stage, seen},
    time::Time,
    verdict::{Verdict, equal, refused},
};

pub const ITEMS: &[Item] =
    &[item!(item_27_takes_invalid_client_under_400_and_401_once, Twin::Cfg(Rule::RefusalRetried))];

async fn item_27_takes_invalid_client_under_400_and_401_once() -> Verdict {
    for status in [400, 401] {
        let stage = Stage::wootric(Time::hurried()).await;
        let answer = Answer::value(status, json!({"error": "invalid_client"}));
        let answer = if status == 401 { answer.header("www-authenticate", "Basic realm=\"token\"") } else { answer };
        stage.vendor.on("create_token", move |_, _| Some(answer.clone()));
        let client =
            stage.client::<wootric::Client>().client_credentials(issuer::CLIENT_ID, "a-wrong-secret").build();
        let outcome = client.unwrap().list_end_users().send().await;
        let error = refused(outcome, ErrorKind::Authentication, format!("a login refused with {status}"))?;
        equal(error.oauth_error(), Some("invalid_client"), "the code of the error")?;
        equal(error.status().map(|status| status.as_u16()), Some(status), "the status of the error")?;
        equal(seen(&stage.vendor.take_exchanges()), [("create_token", status)], "what was sent")?;
    }
    Ok(())
}
