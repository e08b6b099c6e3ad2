//! Items 72 to 77: limits and hostile servers.

use cx_client::{ErrorKind, wootric};
use cx_mock::{FaultServer, Step};
use serde_json::json;

use crate::{
    item::{Item, Twin, item},
    rule::Rule,
    stage::{client_of, token},
    time::Time,
    verdict::{Verdict, ensure, refused},
};

pub const ITEMS: &[Item] = &[item!(item_72_caps_bodies, Twin::Cfg(Rule::BodyWithoutCap))];

const MIB: usize = 1024 * 1024;

/// A good reply of so many bytes, blanks for the most part.
fn padded(text: String, bytes: usize) -> String {
    let blanks = bytes.saturating_sub(text.len());
    text + &" ".repeat(blanks)
}

/// The same in one chunk, without its length.
fn chunked(body: &str) -> Step {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    Step::nothing().send(format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len()))
}

async fn item_72_caps_bodies() -> Verdict {
    let json = [("content-type", "application/json")];
    // The lower cap is that of the token endpoint; the reply would do for a resource.
    let login = padded(token().to_string(), MIB);
    for step in
        [Step::reply(200, &json, login.clone()), chunked(&login), Step::big_unannounced_body(200 * MIB as u64)]
    {
        let server = FaultServer::start(vec![step, Step::json(200, &json!([]))]).await.unwrap();
        let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried());
        let outcome = client.client_credentials("id", "secret").build().unwrap().list_end_users().send().await;
        refused(outcome, ErrorKind::Decode, "a login with a huge reply")?;
    }
    let list = padded("[]".to_owned(), 17 * MIB);
    for step in [Step::reply(200, &json, list.clone()), chunked(&list), Step::gzip(list)] {
        let server = FaultServer::start(vec![step]).await.unwrap();
        let client = client_of::<wootric::Client>(&server.base_url(), &Time::hurried()).static_token("a-token");
        let outcome = client.build().unwrap().list_end_users().send().await;
        let error = refused(outcome, ErrorKind::Decode, "a call with a huge reply")?;
        ensure(error.body().is_some_and(|body| body.len() <= 16 * MIB), "what was kept is within the cap")?;
    }
    Ok(())
}
