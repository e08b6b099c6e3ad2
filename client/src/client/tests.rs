//! What a core keeps of what its builder was told.

use http::Method;

use super::*;
use crate::{
    auth::{
        AuthorizationCodeGrant, AuthorizationOptions, ClientCredentialsGrant, Credentials, PasswordGrant,
        RefreshTokenGrant,
    },
    error::ErrorKind,
    operation::{Body, Grant, OAuth, Regions},
};

static TOKEN: Operation = Operation::made_up(Method::POST, "create_token", "/oauth/token");

/// Tokens of a vendor with one server.
const PLAIN: OAuth = OAuth::made_up(&TOKEN);

static API: Api = Api { oauth: Some(PLAIN), ..Api::made_up() };

/// An API without tokens.
static OPEN: Api = Api { server: "https://open.example.com", ..Api::made_up() };

/// Tokens of a vendor whose accounts live on several servers.
const REGIONAL: OAuth =
    OAuth { regions: Some(Regions { parameter: "account", servers: &[("EU-", "https://eu.example.com")] }), ..PLAIN };

/// That vendor's API.
static HOME: Api = Api { server: "https://example.com", oauth: Some(REGIONAL), ..Api::made_up() };

/// An API that takes the same tokens, on a host of its own.
static GUEST: Api = Api {
    server: "https://guest.example.com",
    oauth: Some(OAuth { token_server: Some("https://example.com"), ..REGIONAL }),
    ..Api::made_up()
};

fn built(set: impl FnOnce(CoreBuilder) -> CoreBuilder) -> Core {
    set(CoreBuilder::new(&API)).build().unwrap()
}

#[test]
fn calls_go_through_the_http_client_that_was_given() {
    let given = reqwest::Client::builder().user_agent("one of our own");
    #[cfg(feature = "rustls")]
    let given = given.tls_backend_preconfigured(crate::tls::config(&[]).unwrap());
    let given = given.build().unwrap();
    let core = built(|builder| builder.http_client(given.clone()));
    assert_eq!(format!("{:?}", core.http()), format!("{given:?}"));
    assert_ne!(format!("{:?}", built(|builder| builder).http()), format!("{given:?}"));
}

#[test]
fn limits_are_those_that_were_set() {
    let second = Duration::from_secs(1);
    let core = built(|builder| {
        builder.deadline(7 * second).attempt_deadline(5 * second).max_attempts(9).max_body_bytes(11).pacing(false)
    });
    let limits = core.limits();
    assert_eq!((limits.deadline, limits.attempt_deadline), (7 * second, 5 * second));
    assert_eq!((limits.max_attempts, limits.max_body_bytes, limits.pacing), (9, 11, false));
}

#[test]
fn the_documented_limits_hold_where_none_was_set() {
    let core = built(|builder| builder);
    let limits = core.limits();
    assert_eq!((limits.deadline.as_secs(), limits.attempt_deadline.as_secs()), (60, 30));
    assert_eq!((limits.max_attempts, limits.max_body_bytes, limits.pacing), (3, 16 * 1024 * 1024, true));
    // A call is sent once at least.
    assert_eq!(built(|builder| builder.max_attempts(0)).limits().max_attempts, 1);
}

#[test]
fn pauses_double_up_to_the_longest() {
    let pauses = [0, 1, 2, 3, 6, 7, u32::MAX].map(|attempt| Limits::default().backoff(attempt).as_millis());
    assert_eq!(pauses, [500, 500, 1000, 2000, 16_000, 20_000, 20_000]);
}

#[test]
fn one_operation_alone_fetches_tokens() {
    // The same row again is another operation: rows are told apart by where they stand.
    static OTHER: Operation = Operation::made_up(Method::POST, "create_token", "/oauth/token");
    let core = built(|builder| builder);
    assert!(core.is_token_request(&TOKEN) && !core.is_token_request(&OTHER));
    let open = CoreBuilder::new(&OPEN).build().unwrap();
    assert!(!open.is_token_request(&TOKEN));
}

#[test]
fn debug_names_the_api_and_nothing_else() {
    let builder = || CoreBuilder::new(&API).credentials(Credentials::client_credentials("id", "secret"));
    assert_eq!(format!("{:?}", builder()), r#"CoreBuilder { api: "vendor", .. }"#);
    assert_eq!(format!("{:?}", builder().build().unwrap()), r#"Core { api: "vendor", .. }"#);
    assert_eq!(format!("{:?}", ClientBuilder::<Vendor>::new()), r#"CoreBuilder { api: "vendor", .. }"#);
}

#[test]
fn the_application_stands_before_the_client_in_the_user_agent() {
    let own = concat!("cx-client/", env!("CARGO_PKG_VERSION"));
    assert_eq!(built(|builder| builder).user_agent(), own);
    assert_eq!(built(|builder| builder.user_agent("weekly-nps/1.0")).user_agent(), &format!("weekly-nps/1.0 {own}"));
    let error = CoreBuilder::new(&API).user_agent("two\nlines").build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[test]
fn an_api_without_tokens_takes_no_credentials() {
    let refused = CoreBuilder::new(&OPEN).credentials(Credentials::client_credentials("id", "secret")).build();
    let unknown = CoreBuilder::new(&OPEN).authorization_request(AuthorizationOptions::new("id"));
    for error in [refused.unwrap_err(), unknown.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.to_string(), "this API takes no credentials");
    }
    assert!(CoreBuilder::new(&OPEN).build().unwrap().tokens().is_none());
}

#[test]
fn credentials_make_a_core_that_fetches_tokens() {
    assert!(built(|builder| builder).tokens().is_none());
    assert!(built(|builder| builder.credentials(Credentials::client_credentials("id", "secret"))).tokens().is_some());
}

#[test]
fn tokens_are_asked_for_in_the_first_media_type_of_the_document() {
    const FORM: &str = "application/x-www-form-urlencoded";
    const fn row(media_types: &'static [&'static str]) -> Operation {
        let mut row = Operation::made_up(Method::POST, "create_token", "/oauth/token");
        row.body = Some(Body {
            required: true,
            media_types,
            indexed: false,
            indexed_members: &[],
            files: &[],
            alternatives: &[],
        });
        row
    }
    assert_eq!(build::default_media_type(&row(&[FORM, "application/json"])), Some(FORM));
    assert_eq!(build::default_media_type(&row(&["application/json"])), Some("application/json"));
    assert_eq!(build::default_media_type(&row(&[])), None);
    assert_eq!(build::default_media_type(&Operation::made_up(Method::POST, "create_token", "/oauth/token")), None);
}

/// Where calls go, and where their tokens are fetched.
fn servers(api: &'static Api, account: &str, set: impl FnOnce(CoreBuilder) -> CoreBuilder) -> [String; 2] {
    let builder = CoreBuilder::new(api).credentials(Credentials::client_credentials("id", "secret"));
    let core = set(builder.token_query("account", account)).build().unwrap();
    let key = core.tokens().unwrap().key().unwrap();
    [core.base_url().to_owned(), key.origin.clone()]
}

#[test]
fn an_account_is_asked_for_on_its_own_server() {
    let (usual, eu, guest) = ("https://example.com", "https://eu.example.com", "https://guest.example.com");
    assert_eq!(servers(&HOME, "EU-1", |builder| builder), [eu, eu]);
    assert_eq!(servers(&HOME, "1-EU-", |builder| builder), [usual, usual]);
    assert_eq!(servers(&GUEST, "EU-1", |builder| builder), [guest, eu]);
    assert_eq!(servers(&GUEST, "1", |builder| builder), [guest, usual]);
}

#[test]
fn an_address_that_is_given_goes_before_the_server_of_the_account() {
    let own = "http://127.0.0.1:8";
    assert_eq!(servers(&HOME, "EU-1", |builder| builder.base_url(own)), [own, own]);
    assert_eq!(servers(&GUEST, "EU-1", |builder| builder.token_base_url(own)), ["https://guest.example.com", own]);
}

/// A client as the generator writes them.
#[derive(Debug)]
struct Vendor(Core);

impl ApiClient for Vendor {
    const API: &'static Api = &API;

    fn from_core(core: Core) -> Self {
        Self(core)
    }
}

#[test]
fn a_generated_client_is_built_with_the_same_settings() {
    let Vendor(core) = ClientBuilder::default()
        .base_url("http://127.0.0.1:8/")
        .max_attempts(2)
        .static_token("token")
        .build()
        .unwrap();
    assert_eq!((core.api().name, core.base_url(), core.limits().max_attempts), ("vendor", "http://127.0.0.1:8", 2));
    assert!(core.tokens().is_some());
}

/// A vendor that takes every grant.
static GENEROUS: Api = Api {
    oauth: Some(OAuth {
        grants: &[
            grant("authorization_code", &["client_id", "client_secret", "code"]),
            grant("client_credentials", &["client_id", "client_secret"]),
            grant("password", &["username", "password"]),
            grant("refresh_token", &["client_id", "client_secret", "refresh_token"]),
        ],
        authorize: Some(&AUTHORIZE),
        ..PLAIN
    }),
    ..Api::made_up()
};

static AUTHORIZE: Operation = Operation::made_up(Method::GET, "authorize", "/oauth/authorize");

const fn grant(name: &'static str, parameters: &'static [&'static str]) -> Grant {
    Grant { name, parameters, refresh_token: true }
}

/// Its client.
#[derive(Debug)]
struct Generous(Core);

impl ApiClient for Generous {
    const API: &'static Api = &GENEROUS;

    fn from_core(core: Core) -> Self {
        Self(core)
    }
}

impl PasswordGrant for Generous {}
impl ClientCredentialsGrant for Generous {}
impl RefreshTokenGrant for Generous {}
impl AuthorizationCodeGrant for Generous {}

#[test]
fn a_generated_client_has_a_session_of_the_grant_that_was_named() {
    let new = ClientBuilder::<Generous>::new;
    let session = |builder: ClientBuilder<Generous>| {
        let Generous(core) = builder.build().unwrap();
        format!("{:?}", core.tokens().unwrap().key().unwrap())
    };
    for (builder, grant) in [
        (new().password("pat", "secret"), "password"),
        (new().password_kept("pat", "secret"), "password"),
        (new().client_credentials("id", "secret"), "client_credentials"),
        (new().refresh_token(Credentials::refresh_token("token").with_client("id", "secret")), "refresh_token"),
    ] {
        assert!(session(builder).contains(&format!("grant: {grant:?}")), "{grant}");
    }
    let request = new().authorization_request(AuthorizationOptions::new("id").without_state()).unwrap();
    let code = request.finish("/callback?code=code").unwrap();
    assert!(session(new().authorization_code(code, "secret")).contains(r#"grant: "authorization_code""#));
}

#[test]
fn all_that_picks_an_account_keeps_its_session_from_the_others() {
    let key = |query: &[(&'static str, &str)]| {
        let core = built(|builder| {
            let builder = builder.credentials(Credentials::client_credentials("id", "secret"));
            query.iter().fold(builder, |builder, (name, value)| builder.token_query(name, *value))
        });
        core.tokens().unwrap().key().unwrap()
    };
    assert_eq!(key(&[("account", "1"), ("team", "7")]), key(&[("account", "1"), ("team", "7")]));
    let keys = [
        key(&[]),
        key(&[("account", "1")]),
        key(&[("team", "1")]),
        key(&[("account", "1"), ("team", "7")]),
        key(&[("account", "2"), ("team", "7")]),
    ];
    let different: std::collections::HashSet<_> = keys.iter().collect();
    assert_eq!(different.len(), keys.len());
}
