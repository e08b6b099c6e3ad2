//! Items 52 to 56: retry and rate limits.

use cx_client::{ErrorKind, wootric};
use cx_mock::{FaultServer, Step};
use serde_json::json;

use crate::{
    item::{Item, Twin, item},
    rule::Rule,
    stage::client_of,
    time::Time,
    verdict::{Verdict, equal, refused},
};

pub const ITEMS: &[Item] =
    &[item!(item_55_retries_of_client_errors_408_and_429_alone, Twin::Cfg(Rule::ClientErrorRetried))];

async fn item_55_retries_of_client_errors_408_and_429_alone() -> Verdict {
    for (status, requests) in [(400, 1), (403, 1), (404, 1), (405, 1), (409, 1), (422, 1), (408, 3), (429, 3)] {
        let server = FaultServer::start(vec![Step::json(status, &json!({"error": "no"}))]).await.unwrap();
        let client =
            client_of::<wootric::Client>(&server.base_url(), &Time::hurried()).static_token("a-token").build();
        let outcome = client.unwrap().list_end_users().send().await;
        refused(outcome, ErrorKind::Api, format!("a call answered with {status}"))?;
        equal(server.requests(), requests, format!("requests answered with {status}"))?;
    }
    Ok(())
}
