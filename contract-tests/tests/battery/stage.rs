//! A vendor with its client, and what was said between them.

#[path = "../common/chain.rs"]
mod chain;

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use cx_client::{
    ApiClient, ClientBuilder,
    auth::{AuthorizationCode, AuthorizationOptions},
    directly, wootric,
};
use cx_mock::{Answer, Exchange, Incoming, MockVendor, form, issuer};
use cx_spec::Api;
use serde_json::{Value, json};

pub use chain::chain;

use crate::time::Time;

/// A vendor whose clock a test moves.
pub struct Stage {
    pub vendor: MockVendor,
    pub time: Time,
}

impl Stage {
    pub async fn wootric(time: Time) -> Self {
        Self::of("wootric", time).await
    }

    pub async fn directly(time: Time) -> Self {
        Self::of("directly", time).await
    }

    async fn of(name: &str, time: Time) -> Self {
        Self { vendor: MockVendor::builder(document(name)).clock(time.clock()).start().await, time }
    }

    /// The builder of a client of this vendor.
    pub fn client<C: ApiClient>(&self) -> ClientBuilder<C> {
        client_of(&self.vendor.base_url(), &self.time)
    }

    /// A client of Wootric that is logged in by its application, and has made one call.
    pub async fn logged_in(&self) -> wootric::Client {
        self.after_a_call(
            self.client::<wootric::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET),
        )
        .await
    }

    /// A client of Wootric that is logged in by a password, has forgotten it, and has made one call.
    pub async fn logged_in_by_password(&self) -> wootric::Client {
        self.after_a_call(self.client::<wootric::Client>().password(issuer::USERNAME, issuer::PASSWORD)).await
    }

    /// The same with the password kept, so that it can log in again.
    pub async fn logged_in_by_kept_password(&self) -> wootric::Client {
        self.after_a_call(self.client::<wootric::Client>().password_kept(issuer::USERNAME, issuer::PASSWORD)).await
    }

    async fn after_a_call(&self, builder: ClientBuilder<wootric::Client>) -> wootric::Client {
        let client = builder.build().unwrap();
        client.list_end_users().send().await.unwrap();
        self.vendor.take_exchanges();
        client
    }

    /// A code of Directly, from a callback in good order.
    pub fn code(&self) -> AuthorizationCode {
        let options = AuthorizationOptions::new(issuer::CLIENT_ID).with_scope("read write");
        let request = self.client::<directly::Client>().authorization_request(options).unwrap();
        let state = request.state().unwrap().expose().to_owned();
        request.finish(&format!("/callback?code={}&state={state}", issuer::CODE)).unwrap()
    }
}

/// The document of this name. All are read once: that takes longer than most items.
fn document(name: &str) -> Arc<Api> {
    static ALL: LazyLock<Vec<Arc<Api>>> =
        LazyLock::new(|| cx_spec::embedded_all().unwrap().into_iter().map(Arc::new).collect());
    Arc::clone(ALL.iter().find(|api| api.name() == name).unwrap())
}

/// The builder of a client of any server.
pub fn client_of<C: ApiClient>(base_url: &str, time: &Time) -> ClientBuilder<C> {
    ClientBuilder::new().base_url(base_url).environment(time.environment())
}

/// A token response in good order.
pub fn token() -> Value {
    json!({"access_token": "an-access-token", "token_type": "bearer", "expires_in": 7200})
}

/// The refusal of a refresh token or of a password that is not good any more.
pub fn invalid_grant() -> Answer {
    Answer::value(400, json!({"error": "invalid_grant"}))
}

/// A login and a renewal by every grant that either vendor takes, each with a call that needs the token: eight token
/// requests if nothing fails. What becomes of the calls is not looked at.
pub async fn every_grant() -> Vec<Exchange> {
    let (wootric, directly) = (Stage::wootric(Time::hurried()).await, Stage::directly(Time::hurried()).await);
    let password = wootric.client::<wootric::Client>().password(issuer::USERNAME, issuer::PASSWORD).build();
    let application =
        wootric.client::<wootric::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build();
    for client in [password.unwrap(), application.unwrap()] {
        for _ in 0..2 {
            drop(client.list_end_users().send().await);
            wootric.vendor.issuer().end_all();
        }
    }
    let code =
        directly.client::<directly::Client>().authorization_code(directly.code(), issuer::CLIENT_SECRET).build();
    let application =
        directly.client::<directly::Client>().client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET).build();
    for client in [code.unwrap(), application.unwrap()] {
        for _ in 0..2 {
            drop(client.list_questions().send().await);
            directly.vendor.issuer().end_all();
        }
    }
    let mut all = wootric.vendor.take_exchanges();
    all.extend(directly.vendor.take_exchanges());
    all
}

/// The requests to the token endpoint, whatever their method.
pub fn token_requests(exchanges: &[Exchange]) -> Vec<&Exchange> {
    exchanges.iter().filter(|one| one.request.path() == "/oauth/token").collect()
}

/// The operations that were asked for, and the status of each answer.
pub fn seen(exchanges: &[Exchange]) -> Vec<(&str, u16)> {
    exchanges.iter().map(|one| (one.operation().unwrap_or("nothing"), one.reply.status)).collect()
}

/// The value of a form member of a request.
pub fn field(exchange: &Exchange, name: &str) -> Option<String> {
    form::urlencoded(exchange.request.body()).into_iter().find(|pair| pair.name == name).map(|pair| match pair.part {
        form::Part::Text(text) | form::Part::Json(text) => text,
        form::Part::File(file) => panic!("a file: {}", file.marker()),
    })
}

/// Longer than any token lives.
pub const AGES: Duration = Duration::from_secs(30 * 24 * 3600);

/// The members of a form, as they were written.
pub fn members(request: &Incoming) -> Vec<(String, String)> {
    let pairs = form::urlencoded(request.body()).into_iter();
    pairs
        .map(|pair| match pair.part {
            form::Part::Text(text) | form::Part::Json(text) => (pair.name, text),
            form::Part::File(file) => panic!("a file: {}", file.marker()),
        })
        .collect()
}

/// The grants that tokens were asked for by.
pub fn grants(exchanges: &[Exchange]) -> Vec<String> {
    token_requests(exchanges).into_iter().filter_map(|one| field(one, "grant_type")).collect()
}
