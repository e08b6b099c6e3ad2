//! Items 1 to 11: the token request.

use cx_mock::{Exchange, issuer};
use serde_json::Value;

use crate::{
    item::{Item, Twin, item},
    rule::Rule,
    stage::{every_grant, token_requests},
    verdict::{Verdict, ensure, equal},
};

pub const ITEMS: &[Item] = &[
    item!(item_01_posts_every_token_request, Twin::Cfg(Rule::TokenRequestIsGet)),
    item!(item_03_puts_no_secret_in_a_url, Twin::Cfg(Rule::SecretsInQuery)),
    item!(item_09_attaches_no_old_token_to_a_token_request, Twin::Cfg(Rule::BearerOnTokenRequest)),
];

/// Token requests of [`every_grant`].
const EVERY_GRANT: usize = 8;

async fn item_01_posts_every_token_request() -> Verdict {
    let exchanges = every_grant().await;
    let requests = token_requests(&exchanges);
    for one in &requests {
        equal(one.request.method(), "POST", "the method of a token request")?;
    }
    equal(requests.len(), EVERY_GRANT, "the number of token requests")
}

async fn item_03_puts_no_secret_in_a_url() -> Verdict {
    let exchanges = every_grant().await;
    let mut secrets: Vec<String> = [issuer::PASSWORD, issuer::CLIENT_SECRET, issuer::CODE].map(str::to_owned).into();
    secrets.extend(exchanges.iter().flat_map(tokens_given));
    for one in &exchanges {
        let line = format!("{}?{}", one.request.path(), one.request.query());
        // The line itself is not shown: it may hold what is looked for.
        ensure(
            !secrets.iter().any(|secret| line.contains(secret)),
            format!("{} is free of secrets", one.request.path()),
        )?;
    }
    equal(token_requests(&exchanges).len(), EVERY_GRANT, "the number of token requests")
}

/// The tokens in a reply.
fn tokens_given(exchange: &Exchange) -> Vec<String> {
    let body: Value = serde_json::from_slice(&exchange.reply.body).unwrap_or_default();
    let text = |name| body.get(name).and_then(Value::as_str).map(str::to_owned);
    ["access_token", "refresh_token"].into_iter().filter_map(text).collect()
}

async fn item_09_attaches_no_old_token_to_a_token_request() -> Verdict {
    let exchanges = every_grant().await;
    let requests = token_requests(&exchanges);
    for one in &requests {
        equal(one.request.header("authorization").is_some(), false, "a token request has an Authorization header")?;
    }
    equal(requests.len(), EVERY_GRANT, "the number of token requests")
}
