//! Items 64 to 71: secret hygiene.

mod errors;
mod files;
mod logs;
mod memory;

use std::fmt::Debug;

use cx_client::{
    ClientBuilder, ErrorKind, Secret,
    auth::{AuthorizationOptions, Credentials, StoredToken},
    directly, wootric,
};
use cx_mock::{FaultServer, Step};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    item::{Item, item},
    rule::Rule,
    stage::client_of,
    time::Time,
    verdict::{Verdict, ensure, refused},
};

use self::{errors::*, files::*, logs::*, memory::*};

pub const ITEMS: &[Item] = &[
    item!(item_64_shows_no_secret_in_debug_or_display, Rule::SecretInDebug),
    item!(item_65_shows_no_secret_in_any_chain_of_errors, Rule::BodyInChain),
    item!(item_66_describes_a_bad_payload_without_quoting_it, Rule::PayloadQuoted),
    item!(item_67_logs_no_secret_at_any_level, Rule::WireInLog),
    item!(item_68_hides_cookies_and_credentials_in_headers, Rule::CookieShown),
    item!(item_69_hides_user_info_and_queries_of_addresses, Rule::UrlInCause),
    item!(item_70_leaves_no_secret_in_what_is_written_down, Rule::BodyInDisplay),
    item!(item_71_wipes_secrets_and_copies_none_unasked, Rule::SecretNotWiped),
];

/// Stands in every secret.
const CANARY: &str = "canary-7f3a";

/// The `Debug` of a value, plain and pretty.
fn debug(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

/// The `Debug` of a type that is made from JSON.
fn read<T: DeserializeOwned + Debug>(value: Value) -> String {
    debug(&serde_json::from_value::<T>(value).unwrap())
}

/// That every public type is known is what the suite's list of types sees to; here is what holds a secret.
async fn item_64_shows_no_secret_in_debug_or_display() -> Verdict {
    let id = "an-id";
    let builder = ClientBuilder::<directly::Client>::new();
    let request = builder.authorization_request(AuthorizationOptions::new(id)).unwrap();
    let state = request.state().unwrap().expose().to_owned();
    let mut shown = vec![debug(&request), debug(&Secret::from(CANARY))];
    let code = request.finish(&format!("?code={CANARY}&state={state}")).unwrap();
    shown.push(debug(&code));
    shown.push(debug(&code.into_credentials(CANARY)));
    let credentials = || {
        [
            Credentials::password("a@example.com", CANARY),
            Credentials::client_credentials(id, CANARY),
            Credentials::refresh_token(CANARY).with_client(id, CANARY),
            Credentials::authorization_code(id, CANARY, CANARY),
            Credentials::fixed(CANARY),
        ]
    };
    shown.extend(credentials().iter().map(debug));
    let builder = ClientBuilder::<wootric::Client>::new().token_query("account_token", CANARY).password("a", CANARY);
    shown.push(debug(&builder));
    let client = builder.build().unwrap();
    shown.push(debug(&client));
    shown.push(debug(client.core()));
    let token = json!({"access_token": CANARY, "refresh_token": CANARY, "token_type": "bearer", "obtained_at": 1});
    shown.push(read::<StoredToken>(token.clone()));
    shown.push(read::<wootric::types::TokenResponse>(token.clone()));
    shown.push(read::<directly::types::Token>(token.clone()));
    shown.push(read::<wootric::types::CreateTokenRequest>(
        json!({"grant_type": "password", "username": "a@example.com", "password": CANARY}),
    ));
    shown.push(read::<directly::types::CreateTokenRequest>(
        json!({"grant_type": "authorization_code", "client_id": id, "client_secret": CANARY, "code": CANARY}),
    ));
    // A token response that is refused, whose error has the reply.
    let refused_reply = json!({"access_token": CANARY, "refresh_token": CANARY, "token_type": "mac"});
    let server = FaultServer::start(vec![Step::json(200, &refused_reply)]).await.unwrap();
    let client =
        client_of::<wootric::Client>(&server.base_url(), &Time::hurried()).client_credentials(id, CANARY).build();
    let error = refused(client.unwrap().list_end_users().send().await, ErrorKind::Decode, "a token of type mac")?;
    shown.push(format!("{} {error} {error:#}", debug(&error)));
    for (index, text) in shown.iter().enumerate() {
        // What is shown is not repeated here: it would stand in the log of the test.
        ensure(!text.contains(CANARY), format!("text {index} shows no secret"))?;
        ensure(!text.contains(&state), format!("text {index} shows no state"))?;
    }
    Ok(())
}
