//! Items 34 to 41: requests to resources.

use cx_client::ErrorKind;
use cx_mock::Answer;

use crate::{
    item::{Item, Twin, item},
    rule::Rule,
    stage::{Stage, seen},
    time::Time,
    verdict::{Verdict, equal, refused},
};

pub const ITEMS: &[Item] = &[item!(item_35_replays_once_after_401, Twin::Cfg(Rule::SecondReplay))];

async fn item_35_replays_once_after_401() -> Verdict {
    let stage = Stage::wootric(Time::hurried()).await;
    let client = stage.logged_in().await;
    stage.vendor.on("list_end_users", |_, _| {
        Some(Answer::status(401).header("www-authenticate", "Bearer error=\"invalid_token\""))
    });
    let error =
        refused(client.list_end_users().send().await, ErrorKind::Authentication, "a call that is always 401")?;
    equal(error.status().map(|status| status.as_u16()), Some(401), "the status of the error")?;
    let sent = [("list_end_users", 401), ("create_token", 200), ("list_end_users", 401)];
    equal(seen(&stage.vendor.take_exchanges()), sent, "what was sent")
}
