//! What is secret or personal is shown by nothing that is printed, and no secret stands in a URL.
//!
//! Every planted value holds the word of [`CANARY`], so that one search finds any of them, whole or in part.

use std::{
    error::Error as StdError,
    fmt::{self, Debug, Display},
    sync::{Arc, Mutex},
};

use cx_client::{
    CallOptions, ClientBuilder, CoreBuilder, Error, ErrorKind, Upload,
    auth::{AuthorizationOptions, Credentials, MemoryStore, StoreFuture, StoreKey, StoredToken, TokenStore},
    directly,
    dynamic::Arguments,
    generated,
    runtime::Payload,
    wootric, wootric_cxi,
};
use cx_mock::{FaultServer, Incoming, Step};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::support::{self, Patient};

const CANARY: &str = "canary";
const EMAIL: &str = "canary.pat@example.com";

/// What printing a value shows, in both forms of `Debug`.
fn debug(value: &impl Debug) -> String {
    format!("{value:?}\n{value:#?}")
}

/// What printing an error and all that caused it shows.
fn chain(error: &Error) -> String {
    let mut shown = format!("{error}\n{error:#}\n{}", debug(error));
    let mut source = error.source();
    while let Some(cause) = source {
        shown.push_str(&format!("\n{cause}\n{cause:?}\n{cause:#?}"));
        source = cause.source();
    }
    shown
}

#[track_caller]
fn hidden(shown: &str) {
    assert!(!shown.to_lowercase().contains(CANARY), "a canary is shown: {shown}");
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

#[test]
fn credentials_and_the_clients_made_from_them_show_nothing() {
    let mut checked = 0;
    for registered in generated::REGISTRY {
        for credentials in credentials() {
            hidden(&debug(&credentials));
            let builder = CoreBuilder::new(registered.api)
                .base_url("http://127.0.0.1:9/canary-path")
                .credentials(credentials)
                .token_base_url("http://127.0.0.1:9/canary-path")
                .token_query("account_token", "canary-account-token")
                .token_store(Arc::new(MemoryStore::default()))
                .account(EMAIL)
                .user_agent("canary-agent");
            hidden(&debug(&builder));
            match builder.build() {
                Ok(core) => hidden(&debug(&core)),
                Err(error) => hidden(&chain(&error)),
            }
            checked += 1;
        }
    }
    assert!(checked > 0);
}

#[test]
fn generated_builders_and_clients_show_nothing() {
    fn check<C: Debug + cx_client::ApiClient>(builder: ClientBuilder<C>) {
        let builder = builder.base_url("http://127.0.0.1:9");
        hidden(&debug(&builder));
        hidden(&debug(&builder.build().unwrap()));
    }
    check(wootric::Client::builder().password(EMAIL, "canary-password"));
    check(wootric::Client::builder().password_kept(EMAIL, "canary-password"));
    check(wootric::Client::builder().client_credentials("canary-id", "canary-secret"));
    check(wootric::Client::builder().refresh_token(Credentials::refresh_token("canary-refresh")));
    check(wootric::Client::builder().static_token("canary-token"));
    check(wootric_cxi::Client::builder().static_token("canary-token"));
    check(directly::Client::builder().static_token("canary-token"));
    check(directly::Client::builder().authorization_code(code(), "canary-secret"));
}

/// The vendor has no address of its own that anybody would know.
fn builder_of_directly() -> ClientBuilder<directly::Client> {
    directly::Client::builder().base_url("http://127.0.0.1:9")
}

/// A code as it comes back from a user who agreed.
fn code() -> cx_client::auth::AuthorizationCode {
    let options = AuthorizationOptions::new("canary-id")
        .with_scope(format!("read {EMAIL}"))
        .with_redirect_uri("https://example.com/canary");
    hidden(&debug(&options));
    let request = builder_of_directly().authorization_request(options).unwrap();
    hidden(&debug(&request));
    let state = request.state().unwrap().expose().to_owned();
    assert!(!debug(&request).contains(&state) && !debug(&request.state()).contains(&state));
    let code = request.finish(&format!("https://example.com/canary?code=canary-code&state={state}")).unwrap();
    hidden(&debug(&code));
    code
}

#[test]
fn a_callback_that_is_refused_shows_nothing_of_itself() {
    for callback in [
        "https://example.com/canary?code=canary-code&state=canary-state",
        "https://example.com/canary?code=canary-code",
        "canary",
    ] {
        let options = AuthorizationOptions::new("canary-id");
        let request = builder_of_directly().authorization_request(options).unwrap();
        hidden(&chain(&request.finish(callback).unwrap_err()));
    }
}

#[test]
fn options_arguments_and_bodies_show_nothing() {
    let options = CallOptions::new()
        .header(http::HeaderName::from_static("x-key"), http::HeaderValue::from_static("canary-header"));
    hidden(&debug(&options));
    let row = *wootric::operations::API.operations.iter().find(|row| row.id == "create_end_user").unwrap();
    let given = json!({"id": EMAIL, "body": {"email": EMAIL}});
    hidden(&debug(&Arguments::new(given.clone(), row).unwrap()));
    hidden(&debug(&Payload::new(&given, row).unwrap().with_file("csv", &Upload::bytes("a.csv", EMAIL))));
    hidden(&debug(&Upload::bytes("a.csv", EMAIL)));
    let client = wootric::Client::builder().static_token("canary-token").build().unwrap();
    hidden(&debug(&client.get_end_user().id(EMAIL)));
    hidden(&debug(&client.list_end_users().email(EMAIL)));
    let body: wootric::types::CreateEndUserRequest = serde_json::from_value(json!({"email": EMAIL})).unwrap();
    hidden(&debug(&client.create_end_user().body(body)));
}

#[test]
fn types_of_tokens_show_no_secret() {
    let token = json!({
        "access_token": "canary-token",
        "refresh_token": "canary-refresh",
        "token_type": "bearer",
        "expires_in": 7200,
    });
    masks::<wootric::types::TokenResponse>(token.clone());
    masks::<directly::types::Token>(token);
    let password = json!({"grant_type": "password", "username": EMAIL, "password": "canary-password"});
    masks::<wootric::types::PasswordGrant>(password.clone());
    masks::<wootric::types::CreateTokenRequest>(password);
    let refresh = json!({"grant_type": "refresh_token", "refresh_token": "canary-refresh"});
    masks::<wootric::types::RefreshTokenGrant>(refresh.clone());
    masks::<wootric::types::CreateTokenRequest>(refresh);
    let application =
        json!({"grant_type": "client_credentials", "client_id": "an-id", "client_secret": "canary-secret"});
    masks::<wootric::types::ClientCredentialsGrant>(application.clone());
    masks::<wootric::types::CreateTokenRequest>(application);
    let code = json!({
        "grant_type": "authorization_code",
        "client_id": "an-id",
        "client_secret": "canary-secret",
        "code": "canary-code",
    });
    masks::<directly::types::AuthorizationCodeGrant>(code.clone());
    masks::<directly::types::CreateTokenRequest>(code);
    masks::<StoredToken>(
        json!({"access_token": "canary-token", "refresh_token": "canary-refresh", "scope": EMAIL, "obtained_at": 1}),
    );
}

#[test]
fn types_with_personal_data_show_none_of_it() {
    let end_user = json!({
        "id": 1,
        "email": EMAIL,
        "phone_number": "+1 555 canary",
        "last_response": {"id": 2, "score": 3, "text": "canary text"},
    });
    masks::<wootric::types::EndUser>(end_user.clone());
    masks::<Vec<wootric::types::EndUser>>(json!([end_user]));
    masks::<wootric::types::CreateEndUserRequest>(json!({"email": EMAIL, "phone_number": "+1 555 canary"}));
    masks::<wootric::types::UpdateEndUserRequest>(json!({"email": EMAIL, "phone_number": "+1 555 canary"}));
    let response = json!({"id": 1, "score": 3, "text": "canary text", "ip_address": "canary", "notes": ["canary"]});
    masks::<wootric::types::Response>(response);
    let answer =
        json!({"score": 3, "text": "canary text", "ip_address": "canary", "origin_url": "https://a.example"});
    masks::<wootric::types::CreateResponseRequest>(answer);
    masks::<wootric::types::Decline>(json!({"id": 1, "ip_address": "canary"}));
    masks::<wootric::types::CreateEmailSurveyRequest>(json!({
        "emails": [EMAIL],
        "reply_to_email": EMAIL,
        "senders_name": "Canary canary",
    }));
    masks::<directly::types::CreateQuestionRequest>(
        json!({"userEmail": EMAIL, "userName": "canary", "text": "canary text"}),
    );
    masks::<directly::types::Author>(json!({"name": "canary"}));
    masks::<directly::types::Message>(
        json!({"body": "canary text", "bodyHtml": "<b>canary</b>", "author": {"name": "canary"}}),
    );
    masks::<directly::types::QuestionEnvelope>(json!({"data": {"uuid": "q", "metadata": {"plan": "canary"}}}));
    masks::<directly::types::CreateMessageRequest>(json!({"userEmail": EMAIL, "text": "canary text"}));
}

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
fn sessions() -> Vec<(&'static str, Credentials)> {
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
async fn session(api: &str, credentials: Credentials, in_query: bool) -> (Vec<Incoming>, String) {
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

/// One way to fail, with canaries in all that comes back.
fn failures() -> Vec<(&'static str, Step)> {
    let headers = [("content-type", "application/json"), ("x-mail", EMAIL), ("set-cookie", "id=canary")];
    let error =
        json!({"error": "refused", "error_description": "canary", "errors": [{"message": "canary"}]}).to_string();
    vec![
        ("401", Step::reply(401, &headers, error.clone())),
        ("404", Step::reply(404, &headers, error.clone())),
        ("429", Step::reply(429, &headers, error.clone())),
        ("500", Step::reply(500, &headers, error)),
        ("307", Step::redirect(307, "https://canary.example/canary?access_token=canary")),
        ("another type", Step::reply(200, &headers, r#"{"id":{"canary":"canary"},"questions":"canary"}"#)),
        ("another type in a list", Step::reply(200, &headers, r#"[{"id":"canary"}]"#)),
        ("no JSON", Step::reply(200, &headers, "canary <html>")),
        ("an open end", Step::reply(200, &headers, r#"{"email":"canary"#)),
        ("a cut body", Step::cut_body(r#"{"email":"canary.pat@example.com"}"#, 30)),
        ("a reset", Step::reset_before_headers()),
        ("no HTTP", Step::nothing().send("canary canary\r\n\r\n").close()),
    ]
}

#[tokio::test]
async fn errors_of_calls_show_neither_arguments_nor_replies_nor_tokens() {
    for (name, step) in failures() {
        for (api, operation, arguments) in [
            ("wootric", "get_end_user", json!({"id": EMAIL, "lookup_by_email": true})),
            ("wootric", "list_end_users", json!({"email": EMAIL})),
            ("wootric", "create_end_user", json!({"body": {"email": EMAIL, "properties": {"plan": "canary"}}})),
            ("directly", "get_question", json!({"uuid": "canary-uuid"})),
            (
                "directly",
                "create_question",
                json!({"body": {"userEmail": EMAIL, "userName": "canary", "text": "canary"}}),
            ),
        ] {
            for in_query in [false, true] {
                let server = FaultServer::start(vec![step.clone()]).await.unwrap();
                let subject = support::subject(api);
                let core = support::builder(&subject, &server.base_url(), &Arc::default())
                    .credentials(Credentials::fixed("canary-token"))
                    .token_in_query(in_query)
                    .build()
                    .unwrap();
                let call = (subject.client.call)(core, operation, arguments.clone(), CallOptions::new());
                match call.await {
                    Err(error) => hidden(&chain(&error)),
                    // Some replies are none of this operation's failures.
                    Ok(reply) => {
                        assert!(name.starts_with("another type"), "{name} is no failure of {operation}");
                        hidden(&debug(&reply));
                    }
                }
                assert!(server.requests() > 0, "{name} {operation}");
            }
        }
    }
}

#[tokio::test]
async fn errors_of_a_vendor_that_is_not_there_show_no_url() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/canary-path", listener.local_addr().unwrap());
    drop(listener);
    let subject = support::subject("wootric");
    for (credentials, kind) in [
        (Credentials::fixed("canary-token"), ErrorKind::Transport),
        (Credentials::password(EMAIL, "canary-password"), ErrorKind::Transport),
    ] {
        let core = support::builder(&subject, &url, &Arc::default())
            .credentials(credentials)
            .token_query("account_token", "canary-account-token")
            .token_in_query(true)
            .build()
            .unwrap();
        let arguments = json!({"id": EMAIL, "lookup_by_email": true});
        let error = (subject.client.call)(core, "get_end_user", arguments, CallOptions::new()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error:?}");
        hidden(&chain(&error));
    }
}

#[tokio::test]
async fn errors_of_token_requests_show_neither_credentials_nor_tokens() {
    let refused = json!({"error": "invalid_grant", "error_description": "canary", "password": "canary"});
    let mut steps = failures();
    steps.push(("400", Step::json(400, &refused)));
    steps.push(("another kind of token", Step::json(200, &json!({"access_token": "canary", "token_type": "mac"}))));
    steps.push(("a token in another type", Step::json(200, &json!({"access_token": ["canary"]}))));
    for (name, step) in &steps {
        for (api, credentials) in sessions() {
            let server = FaultServer::start(vec![step.clone()]).await.unwrap();
            let subject = support::subject(api);
            let core = support::builder(&subject, &server.base_url(), &Arc::default())
                .credentials(credentials)
                .build()
                .unwrap();
            let operation = if api == "wootric" { "list_end_users" } else { "list_questions" };
            let call = (subject.client.call)(core.clone(), operation, json!({}), CallOptions::new());
            let error = call.await.unwrap_err();
            hidden(&chain(&error));
            hidden(&debug(&core));
            assert!(server.requests() > 0, "{name} {api}");
        }
    }
}

#[tokio::test]
async fn errors_of_arguments_show_no_value() {
    let server = FaultServer::start(vec![Step::ok()]).await.unwrap();
    let subject = support::subject("wootric");
    let core = support::core(&subject, &server.base_url());
    for (operation, arguments) in [
        ("list_end_users", json!({"page": EMAIL})),
        ("list_end_users", json!({"email": {"a": EMAIL}})),
        ("list_end_users", json!(EMAIL)),
        ("list_end_users", json!({"unknown": EMAIL})),
        ("create_end_user", json!({"body": EMAIL})),
        ("create_end_user", json!({"body": {"last_surveyed": EMAIL}})),
        ("create_end_user", json!({"body": {"email": {"a": EMAIL}}})),
        ("create_end_user", json!({"body": {"unknown": EMAIL}})),
        ("create_token", json!({"body": {"grant_type": "password", "username": EMAIL}})),
        ("create_token", json!({"body": {"grant_type": "password", "username": 1, "password": ["canary"]}})),
    ] {
        let error = (subject.client.call)(core.clone(), operation, arguments, CallOptions::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error:?}");
        hidden(&chain(&error));
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn errors_of_building_a_client_show_no_secret_of_its_address() {
    for url in [
        "https://pat:canary@example.com",
        "https://canary@example.com",
        "https://example.com/?key=canary",
        "https://example.com/#canary",
        "http://canary.example.com",
        "canary",
        "ftp://canary",
        "https://[canary",
    ] {
        hidden(&chain(&wootric::Client::builder().base_url(url).build().unwrap_err()));
    }
    hidden(&chain(&wootric::Client::builder().user_agent("canary\n").build().unwrap_err()));
}

#[tokio::test]
async fn replies_show_neither_values_nor_headers() {
    let headers = [("content-type", "application/json"), ("x-mail", EMAIL)];
    let body = json!({"id": 1, "email": EMAIL, "unknown": "canary"}).to_string();
    let server = FaultServer::start(vec![Step::reply(200, &headers, body)]).await.unwrap();
    let client = wootric::Client::builder().base_url(server.base_url()).static_token("canary-token").build().unwrap();
    let response = client.get_end_user().id("1").send().await.unwrap();
    assert_eq!(response.email.as_deref(), Some(EMAIL));
    assert!(canaries(&String::from_utf8_lossy(response.raw())) > 0);
    hidden(&debug(&response));
    let subject = support::subject("wootric");
    let core = support::core(&subject, &server.base_url());
    let reply = (subject.client.call)(core, "get_end_user", json!({"id": "1"}), CallOptions::new()).await.unwrap();
    assert_eq!(reply.typed["email"], EMAIL);
    hidden(&debug(&reply));
}

#[test]
fn the_search_for_canaries_finds_them() {
    struct Leak;
    impl Display for Leak {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Canary")
        }
    }
    assert!(std::panic::catch_unwind(|| hidden(&Leak.to_string())).is_err());
    assert!(std::panic::catch_unwind(|| masks::<Value>(json!("canary"))).is_err());
}
