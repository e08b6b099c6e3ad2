//! What a token request carries.

use super::*;
use crate::auth::login::Login;

fn row(oauth: &'static OAuth, name: &str) -> &'static Grant {
    oauth.grants.iter().find(|grant| grant.name == name).unwrap()
}

fn shown(pairs: &Pairs) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={}", value.expose())).collect::<Vec<_>>().join("&")
}

fn start(oauth: &'static OAuth, credentials: Credentials) -> Result<String, Error> {
    let (login, _) = Login::new(credentials);
    login.start(row(oauth, login.grant)).map(|pairs| shown(&pairs))
}

fn refresh(oauth: &'static OAuth, credentials: Credentials, scope: Option<&str>) -> Result<String, Error> {
    let (login, _) = Login::new(credentials);
    let token = Secret::from("the-refresh-token");
    login.refresh(oauth, row(oauth, "refresh_token"), &token, scope).map(|pairs| shown(&pairs))
}

#[test]
fn a_login_carries_the_members_of_its_grant_in_order() {
    assert_eq!(
        start(&WOOTRIC, password()).unwrap(),
        "grant_type=password&username=pat@example.com&password=the-password"
    );
    assert_eq!(
        start(&WOOTRIC, application()).unwrap(),
        "grant_type=client_credentials&client_id=the-client&client_secret=the-secret"
    );
    assert_eq!(
        start(&DIRECTLY, application().with_scope("read write")).unwrap(),
        "grant_type=client_credentials&client_id=the-client&client_secret=the-secret&scope=read write"
    );
    assert_eq!(
        start(&DIRECTLY, code()).unwrap(),
        "grant_type=authorization_code&client_id=the-client&client_secret=the-secret&code=the-code"
    );
    assert_eq!(
        start(&DIRECTLY, code().with_redirect_uri("https://callback.example.com")).unwrap(),
        "grant_type=authorization_code&client_id=the-client&client_secret=the-secret&code=the-code\
         &redirect_uri=https://callback.example.com"
    );
}

#[test]
fn what_a_grant_leaves_to_the_caller_is_sent_once_or_not_at_all() {
    const LISTED: Grant = Grant {
        name: "authorization_code",
        parameters: &["client_id", "client_secret", "code", "redirect_uri", "scope"],
        refresh_token: true,
    };
    let sent = |credentials| shown(&Login::new(credentials).0.start(&LISTED).unwrap());
    let without = Credentials::authorization_code("the-client", "the-secret", "the-code");
    let bare = "grant_type=authorization_code&client_id=the-client&client_secret=the-secret&code=the-code";
    assert_eq!(sent(without), bare);
    assert_eq!(sent(code().with_redirect_uri("/x")), format!("{bare}&redirect_uri=/x&scope=read write"));
    let empty = start(&WOOTRIC, application().with_scope("")).unwrap();
    assert_eq!(empty, "grant_type=client_credentials&client_id=the-client&client_secret=the-secret");
}

#[test]
fn a_refresh_carries_what_the_row_lists() {
    assert_eq!(
        refresh(&WOOTRIC, password(), Some("public")).unwrap(),
        "grant_type=refresh_token&refresh_token=the-refresh-token"
    );
    assert_eq!(
        refresh(&DIRECTLY, code(), Some("read write")).unwrap(),
        "grant_type=refresh_token&client_id=the-client&client_secret=the-secret&refresh_token=the-refresh-token\
         &scope=read write"
    );
}

#[test]
fn a_member_that_is_missing_or_empty_is_refused() {
    for error in [
        start(&WOOTRIC, Credentials::password("pat@example.com", "")).unwrap_err(),
        start(&WOOTRIC, Credentials::client_credentials("", "the-secret")).unwrap_err(),
        start(&DIRECTLY, Credentials::authorization_code("the-client", "the-secret", "")).unwrap_err(),
        refresh(&DIRECTLY, code(), None).unwrap_err(),
        refresh(&DIRECTLY, Credentials::refresh_token("x").with_scope("read"), Some("read")).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}

#[test]
fn a_scope_of_one_user_is_not_refreshed_where_the_vendor_cannot() {
    let scope = "read write pat@example.com";
    let error = refresh(&DIRECTLY, code(), Some(scope)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(
        error.to_string(),
        "a scope that names a single user cannot be refreshed: authorize again, or ask for a general scope"
    );
    assert!(!format!("{error:?}").contains("pat@"));
    assert!(refresh(&WOOTRIC, password(), Some(scope)).is_ok());
}

#[test]
fn nothing_secret_or_personal_is_shown() {
    let (login, _) = Login::new(password());
    let pairs = login.start(row(&WOOTRIC, "password")).unwrap();
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    let key = bench.manager.key().unwrap();
    let one_user = code().with_scope("read pat@example.com");
    let shown = format!("{:?} {one_user:?} {:?} {login:?} {pairs:?} {key:?}", password(), code());
    assert!(shown.starts_with(r#"Credentials { grant: "password", .. }"#), "{shown}");
    assert!(shown.contains(r#" Login { grant: "password", can_start: true, .. } "#), "{shown}");
    for secret in ["pat@", "the-password", "the-code", "the-secret", "the-client"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn a_grant_the_vendor_lacks_is_refused_at_once() {
    let store: Arc<dyn TokenStore> = Arc::new(MemoryStore::default());
    let made = manager(&DIRECTLY, &Vendor::plain(), password(), &store, &Env::default());
    assert_eq!(made.err().unwrap().kind(), ErrorKind::InvalidRequest);
    let made = manager(&WOOTRIC, &Vendor::plain(), code(), &store, &Env::default());
    assert_eq!(made.err().unwrap().kind(), ErrorKind::InvalidRequest);
}
