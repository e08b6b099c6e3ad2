//! What is secret or personal is shown by nothing that is printed, traced or written to a file, and no secret stands in a
//! URL.
//!
//! Every planted value holds the word of [`CANARY`], so that one search finds any of them, whole or in part and in
//! whatever encoding. [`leaks`] shows that the search can fail.

mod by_hand;
#[path = "../../common/chain.rs"]
mod chain;
mod failures;
mod files;
mod generated_types;
mod hand_written;
mod leaks;
mod listed;
mod lists;
mod plant;
mod printed;
mod search;
mod sessions;
mod traces;

use std::fmt::Debug;

use cx_client::auth::Credentials;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

pub use files::secrets;

use chain::chain;

const CANARY: &str = "canary";
const EMAIL: &str = "canary.pat@example.com";

/// What printing a value shows, in both forms of `Debug`.
fn debug(value: &impl Debug) -> String {
    format!("{value:?}\n{value:#?}")
}

#[track_caller]
fn hidden(shown: &str) {
    let form = search::found(shown, CANARY);
    assert!(form.is_none(), "a canary is shown, {form:?}: {shown}");
}

/// A value read from JSON holds the canaries of it and shows none.
#[track_caller]
fn masks<T: DeserializeOwned + Serialize + Debug>(value: Value) {
    let planted = canaries(&value.to_string());
    assert!(planted > 0);
    let typed: T = serde_json::from_value(value).unwrap();
    assert_eq!(canaries(&serde_json::to_string(&typed).unwrap()), planted, "the type lost a canary");
    hidden(&debug(&typed));
}

fn canaries(text: &str) -> usize {
    text.matches(CANARY).count()
}

/// Every kind of credentials, with all that it can carry.
fn credentials() -> Vec<Credentials> {
    let scope = format!("read {EMAIL}");
    vec![
        Credentials::password(EMAIL, "canary-password"),
        Credentials::password(EMAIL, "canary-password").with_password_kept(),
        Credentials::client_credentials("canary-id", "canary-secret").with_scope(scope.clone()),
        Credentials::refresh_token("canary-refresh")
            .with_client("canary-id", "canary-secret")
            .with_scope(scope.clone()),
        Credentials::authorization_code("canary-id", "canary-secret", "canary-code")
            .with_redirect_uri("https://example.com/canary")
            .with_scope(scope),
        Credentials::fixed("canary-token"),
    ]
}
