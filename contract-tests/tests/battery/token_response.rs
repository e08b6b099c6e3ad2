//! Items 12 to 24: the token response.

use cx_client::{ErrorKind, wootric};
use cx_mock::{Answer, issuer};
use serde_json::{Value, json};

use crate::{
    item::{Item, Twin, item},
    rule::Rule,
    stage::{Stage, seen, token, token_requests},
    time::Time,
    verdict::{Verdict, equal, refused, succeeds},
};

pub const ITEMS: &[Item] = &[
    item!(item_12_reads_token_type_without_regard_to_case, Twin::Cfg(Rule::TokenTypeByCase)),
    item!(item_13_refuses_a_token_of_an_unknown_type, Twin::Cfg(Rule::AnyTokenType)),
    item!(item_16_survives_any_expires_in, Twin::Cfg(Rule::LifetimeAtItsWord)),
];

/// A vendor that answers every token request with this, and takes whatever token comes of it.
async fn answering(reply: Value) -> (Stage, wootric::Client) {
    let stage = Stage::wootric(Time::hurried()).await;
    stage.vendor.issuer().trust_unknown_tokens(true);
    stage.vendor.on("create_token", move |_, _| Some(Answer::value(200, reply.clone())));
    let client =
        stage.client::<wootric::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build();
    (stage, client.unwrap())
}

/// A token response with one member changed.
fn with(member: &str, value: Value) -> Value {
    let mut reply = token();
    reply[member] = value;
    reply
}

async fn item_12_reads_token_type_without_regard_to_case() -> Verdict {
    for spelling in ["bearer", "Bearer", "BEARER", "bEARER"] {
        let (_stage, client) = answering(with("token_type", json!(spelling))).await;
        succeeds(client.list_end_users().send().await, format!("a call with a {spelling} token"))?;
    }
    Ok(())
}

async fn item_13_refuses_a_token_of_an_unknown_type() -> Verdict {
    for kind in ["mac", "DPoP", "bearer2"] {
        let (stage, client) = answering(with("token_type", json!(kind))).await;
        refused(client.list_end_users().send().await, ErrorKind::Decode, format!("a call with a {kind} token"))?;
        equal(seen(&stage.vendor.take_exchanges()), [("create_token", 200)], "what was sent")?;
    }
    Ok(())
}

async fn item_16_survives_any_expires_in() -> Verdict {
    let odd = [
        json!("7200"),
        json!(7200.5),
        json!(0),
        json!(-5),
        json!(9_223_372_036_854_775_808_u64),
        json!(1e300),
        Value::Null,
        json!("soon"),
        json!({}),
    ];
    for value in odd {
        let what = format!("a call with expires_in {value}");
        let (stage, client) = answering(with("expires_in", value)).await;
        for _ in 0..3 {
            succeeds(client.list_end_users().send().await, &what)?;
        }
        equal(
            token_requests(&stage.vendor.take_exchanges()).len(),
            1,
            format!("token requests for three times {what}"),
        )?;
    }
    Ok(())
}
