//! Whole sessions: what is kept, what is sent, and where it stands.

use std::{
    fmt::{self, Debug},
    sync::{Arc, Mutex},
};

use cx_client::{
    CallOptions,
    auth::{Credentials, MemoryStore, StoreFuture, StoreKey, StoredToken, TokenStore},
};
use cx_mock::{FaultServer, Incoming, Step};
use serde_json::{Value, json};

use super::{CANARY, EMAIL, canaries, credentials, debug, hidden};
use crate::support::{self, Patient};

/// A store that keeps what printing its keys and records shows.
#[derive(Default)]
struct Spy {
    inner: MemoryStore,
    shown: Mutex<String>,
}

impl Spy {
    fn note(&self, what: &impl Debug) {
        self.shown.lock().unwrap().push_str(&debug(what));
    }
}

impl Debug for Spy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spy")
    }
}

impl TokenStore for Spy {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        self.note(key);
        self.inner.load(key)
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        self.note(&(key, token));
        assert!(token.access_token.expose().contains(CANARY));
        self.inner.save(key, token)
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        self.note(key);
        self.inner.clear(key)
    }
}

/// Replies of a vendor that grants a token, refuses it, grants another and then answers.
fn refused_once(api: &str, reply: &Value) -> Vec<Step> {
    // Directly does not renew a token for one person.
    let scope = if api == "wootric" { format!("read {EMAIL}") } else { "read write".to_owned() };
    let token = |number: u32| {
        Step::json(
            200,
            &json!({
                "access_token": format!("canary-token-{number}"),
                "refresh_token": format!("canary-refresh-{number}"),
                "token_type": "bearer",
                "expires_in": 7200,
                "scope": scope,
            }),
        )
    };
    vec![token(1), Step::json(401, &json!({})), token(2), Step::json(200, reply), Step::json(200, &json!({}))]
}

/// Credentials that start a session by a token request, for an API.
pub fn sessions() -> Vec<(&'static str, Credentials)> {
    let mut sessions = Vec::new();
    for credentials in credentials() {
        match credentials.grant() {
            "password" => sessions.push(("wootric", credentials)),
            "client_credentials" => sessions.push(("wootric", credentials)),
            "authorization_code" => {
                let credentials = Credentials::authorization_code("canary-id", "canary-secret", "canary-code")
                    .with_redirect_uri("https://example.com/canary")
                    .with_scope("read write");
                sessions.push(("directly", credentials));
            }
            _ => {}
        }
    }
    sessions.push(("wootric", Credentials::refresh_token("canary-refresh")));
    let refresh = Credentials::refresh_token("canary-refresh").with_client("canary-id", "canary-secret");
    sessions.push(("directly", refresh.with_scope("read write")));
    sessions
}

/// Has a session in which the token is refused once, and gives what went over the wire.
pub async fn session(api: &str, credentials: Credentials, in_query: bool) -> (Vec<Incoming>, String) {
    let (operation, reply) =
        if api == "wootric" { ("list_end_users", json!([])) } else { ("list_questions", json!({"questions": []})) };
    let server = FaultServer::start(refused_once(api, &reply)).await.unwrap();
    let (subject, store) = (support::subject(api), Arc::new(Spy::default()));
    let surroundings = Arc::new(Patient::default());
    let core = support::builder(&subject, &server.base_url(), &surroundings)
        .credentials(credentials)
        .token_store(Arc::clone(&store) as Arc<dyn TokenStore>)
        .token_in_query(in_query)
        .build()
        .unwrap();
    let grant = debug(&core);
    (subject.client.call)(core.clone(), operation, json!({}), CallOptions::new()).await.unwrap();
    let scope = debug(&core.granted_scope().await.unwrap());
    core.sign_out().await.unwrap();
    let shown = format!("{grant}{scope}{}", store.shown.lock().unwrap());
    assert!(shown.contains("StoredToken"), "nothing was stored: {shown}");
    (server.take_requests(), shown)
}

/// Everything of a request but its body and its `Authorization`.
fn open_parts(request: &Incoming) -> String {
    let headers = request.headers().iter().filter(|(name, _)| name != "authorization");
    format!("{} {}?{} {:?}", request.method(), request.path(), request.query(), headers.collect::<Vec<_>>())
}

#[tokio::test]
async fn no_credential_and_no_token_stands_in_a_url_unless_asked_for() {
    for (api, credentials) in sessions() {
        let grant = credentials.grant();
        let (requests, shown) = session(api, credentials, false).await;
        hidden(&shown);
        let mut carried = 0;
        for request in &requests {
            hidden(&open_parts(request));
            hidden(&debug(request));
            carried += canaries(&String::from_utf8_lossy(request.body()));
            carried += canaries(request.header("authorization").unwrap_or_default());
        }
        assert!(carried >= 4, "{api} {grant}: the secrets were never sent, {carried}");
        // Token, call, token again, call again; and the end of the session, where the vendor can be told.
        assert_eq!(requests.len(), if api == "directly" { 5 } else { 4 }, "{api} {grant}");
    }
}

#[tokio::test]
async fn a_token_stands_in_the_query_where_that_is_asked_for_and_the_vendor_takes_it_there() {
    for (api, credentials) in sessions() {
        let (requests, shown) = session(api, credentials, true).await;
        hidden(&shown);
        for request in &requests {
            let is_token_request = request.path() == "/oauth/token";
            let query = request.query();
            if api == "wootric" && !is_token_request {
                assert!(query.contains("access_token=canary-token-"), "{query}");
                assert_eq!(request.header("authorization"), None);
            } else {
                hidden(query);
                assert_eq!(request.header("authorization").is_some(), !is_token_request);
            }
            hidden(request.path());
        }
    }
}
