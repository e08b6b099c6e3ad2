//! Sessions that outlive a client, and stores that fail.

use super::*;

/// A store whose calls fail when told to.
#[derive(Debug, Default)]
struct Broken {
    inner: MemoryStore,
    /// It panics instead.
    panics: AtomicBool,
    load: AtomicBool,
    save: AtomicBool,
    /// What it says it could not write it has written.
    unsure: AtomicBool,
    clear: AtomicBool,
}

impl Broken {
    fn fail<'a, T: 'a>(&self, why: &'static str) -> StoreFuture<'a, T> {
        assert!(!self.panics.load(Ordering::SeqCst), "{why}");
        Box::pin(async move { Err(why.into()) })
    }
}

impl TokenStore for Broken {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        match self.load.load(Ordering::SeqCst) {
            true => self.fail("cannot read"),
            false => self.inner.load(key),
        }
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        if self.unsure.load(Ordering::SeqCst) {
            drop(self.inner.save(key, token));
        }
        match self.save.load(Ordering::SeqCst) {
            true => self.fail("cannot write"),
            false => self.inner.save(key, token),
        }
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        match self.clear.load(Ordering::SeqCst) {
            true => self.fail("cannot remove"),
            false => self.inner.clear(key),
        }
    }
}

fn selectors(account_token: Option<&'static str>) -> Vec<(&'static str, Secret)> {
    account_token.map(|token| ("account_token", Secret::from(token))).into_iter().collect()
}

#[tokio::test]
async fn two_accounts_two_origins_and_two_scopes_never_mix() {
    let store: Arc<dyn TokenStore> = Arc::new(MemoryStore::default());
    let (vendor, clock) = (Vendor::plain(), Env::default());
    let sessions = [
        application(),
        application().with_scope("read"),
        Credentials::client_credentials("another", "the-secret"),
        password(),
        Credentials::password("sam@example.com", "the-password"),
        Credentials::refresh_token("one"),
        Credentials::refresh_token("two"),
    ];
    let number = sessions.len();
    let mut seen = std::collections::HashSet::new();
    for credentials in sessions {
        let manager = manager(&WOOTRIC, &vendor, credentials, &store, &clock).unwrap();
        seen.insert(text(&manager.bearer().await.unwrap()));
    }
    assert_eq!(seen.len(), number);
    for (origin, selector) in [
        ("https://api.example.eu", None),
        ("https://api.example.com", Some("NPS-1")),
        ("https://api.example.com", Some("NPS-2")),
    ] {
        let deps = Deps {
            origin: origin.to_owned(),
            options: TokenOptions { selectors: selectors(selector), ..TokenOptions::default() },
            ..deps(&WOOTRIC, Arc::new(Line(Arc::clone(&vendor))), &store, &clock)
        };
        let manager = TokenManager::new(deps, password()).unwrap();
        assert!(seen.insert(text(&manager.bearer().await.unwrap())), "{origin} {selector:?}");
        assert!(!manager.key().unwrap().account.contains("NPS"));
    }
}

#[test]
fn a_name_of_the_caller_stands_for_the_user_and_not_for_the_account_that_is_picked() {
    let key = |credentials, account: Option<&str>, selector: Option<&'static str>| {
        let store: Arc<dyn TokenStore> = Arc::new(MemoryStore::default());
        let mut deps = deps(&WOOTRIC, Arc::new(Line(Vendor::plain())), &store, &Env::default());
        deps.options.account = account.map(str::to_owned);
        deps.options.selectors = selectors(selector);
        TokenManager::new(deps, credentials).unwrap().key().unwrap()
    };
    let refresh = |token: &str| Credentials::refresh_token(token);
    assert_eq!(key(refresh("one"), Some("pat"), None), key(refresh("two"), Some("pat"), None));
    assert_ne!(key(refresh("one"), Some("pat"), None), key(refresh("one"), Some("sam"), None));
    assert_ne!(key(refresh("one"), Some("pat"), Some("NPS-1")), key(refresh("one"), Some("pat"), Some("NPS-2")));
    assert_ne!(key(refresh("one"), Some("pat"), Some("NPS-1")), key(refresh("one"), Some("pat"), None));
}

#[tokio::test]
async fn a_session_is_found_again() {
    let bench = Bench::new(&DIRECTLY, Vendor::plain(), code());
    bench.token().await;
    let again = manager(&DIRECTLY, &bench.vendor, code(), &bench.store, &bench.clock).unwrap();
    assert_eq!(text(&again.bearer().await.unwrap()), "access-1");
    bench.advance(3600.0);
    let again = manager(&DIRECTLY, &bench.vendor, code(), &bench.store, &bench.clock).unwrap();
    assert_eq!(text(&again.bearer().await.unwrap()), "access-2");
    assert_eq!(bench.vendor.grants(), ["authorization_code", "refresh_token"]);
    assert_eq!(bench.vendor.form(1)["scope"], "public");
}

#[tokio::test]
async fn a_session_that_is_taken_up_without_a_code_ends_with_what_the_vendor_said() {
    let bench = Bench::new(&DIRECTLY, Vendor::new(|_| invalid_grant()), Credentials::authorization_code("", "", ""));
    let error = bench.manager.bearer().await.unwrap_err();
    assert_eq!((error.kind(), bench.vendor.count()), (ErrorKind::Authentication, 0), "{error}");

    let without = Credentials::authorization_code("the-client", "the-secret", "").with_scope("read write");
    let bench = Bench::new(&DIRECTLY, Vendor::new(|_| invalid_grant()), without);
    let stored = json!({"access_token": "access-1", "refresh_token": "refresh-1", "obtained_at": 0, "expires_at": 1});
    let stored: StoredToken = serde_json::from_value(stored).unwrap();
    bench.store.save(&bench.manager.key().unwrap(), &stored).await.unwrap();
    for _ in 0..2 {
        let error = bench.manager.bearer().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.oauth_error()),
            (ErrorKind::Authentication, Some("invalid_grant")),
            "{error}"
        );
    }
    assert_eq!(bench.vendor.grants(), ["refresh_token"]);
}

#[tokio::test]
async fn a_refresh_token_that_was_spent_by_another_client_is_not_sent() {
    let start = || Credentials::refresh_token("refresh-0");
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), start());
    let other = manager(&WOOTRIC, &bench.vendor, start(), &bench.store, &bench.clock).unwrap();
    assert_eq!(bench.token().await, "access-1");
    assert_eq!(text(&other.bearer().await.unwrap()), "access-1");
    for round in 1..4 {
        bench.advance(3600.0);
        let (one, two) = (bench.token().await, text(&other.bearer().await.unwrap()));
        assert_eq!((one.as_str(), two), (format!("access-{}", round + 1).as_str(), one.clone()));
    }
    let sent: Vec<String> =
        (0..bench.vendor.count()).map(|at| bench.vendor.form(at)["refresh_token"].clone()).collect();
    assert_eq!(sent, ["refresh-0", "refresh-1", "refresh-2", "refresh-3"]);
}

/// A session whose token has expired, with something else in its store by then.
async fn expired_with_another_in_store(stored: Value) -> Bench {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    assert_eq!(bench.token().await, "access-1");
    bench.advance(3600.0);
    let stored: StoredToken = serde_json::from_value(stored).unwrap();
    bench.store.save(&bench.manager.key().unwrap(), &stored).await.unwrap();
    bench
}

#[tokio::test]
async fn what_the_store_has_of_the_same_token_brings_another_refresh_token_and_takes_none_away() {
    let same = json!({"access_token": "access-1", "obtained_at": 0, "expires_at": 1});
    let bench = expired_with_another_in_store(same.clone()).await;
    assert_eq!(bench.token().await, "access-2");
    assert_eq!(bench.vendor.form(1)["refresh_token"], "refresh-1");

    let mut other = same;
    other["refresh_token"] = json!("refresh-7");
    let bench = expired_with_another_in_store(other).await;
    assert_eq!(bench.token().await, "access-2");
    assert_eq!(bench.vendor.form(1)["refresh_token"], "refresh-7");
}

#[tokio::test]
async fn a_token_of_another_client_is_taken_over_though_nothing_refreshes_it() {
    let live = json!({"access_token": "access-9", "obtained_at": 0, "expires_at": 4_000_000_000_u64});
    let bench = expired_with_another_in_store(live).await;
    assert_eq!((bench.token().await.as_str(), bench.vendor.count()), ("access-9", 1));
}

#[tokio::test]
async fn a_spent_refresh_token_is_not_taken_out_of_the_store_again() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    for round in 1..3 {
        assert_eq!(bench.token().await, format!("access-{round}"));
        bench.advance(3600.0);
    }
    let old = json!({"access_token": "access-1", "refresh_token": "refresh-1", "obtained_at": 0, "expires_at": 1});
    let old: StoredToken = serde_json::from_value(old).unwrap();
    bench.store.save(&bench.manager.key().unwrap(), &old).await.unwrap();
    assert_eq!(bench.token().await, "access-3");
    assert_eq!(bench.vendor.form(2)["refresh_token"], "refresh-2");
}

#[tokio::test]
async fn a_refresh_token_that_stayed_does_not_count_as_spent() {
    let bench = Bench::new(&STEADY, Vendor::plain(), password());
    bench.token().await;
    bench.vendor.react(|_| {
        Reaction::Answer(200, json!({"access_token": "access-2", "token_type": "bearer", "expires_in": 3600}))
    });
    bench.advance(3600.0);
    assert_eq!(bench.token().await, "access-2");
    bench.advance(3600.0);
    let live = json!({"access_token": "access-9", "refresh_token": "refresh-1", "obtained_at": 0, "expires_at": 4_000_000_000_u64});
    let live: StoredToken = serde_json::from_value(live).unwrap();
    bench.store.save(&bench.manager.key().unwrap(), &live).await.unwrap();
    assert_eq!((bench.token().await.as_str(), bench.vendor.count()), ("access-9", 2));
}

#[tokio::test]
async fn a_refused_refresh_token_may_have_a_successor_in_the_store() {
    let start = || Credentials::refresh_token("refresh-0");
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), start());
    bench.token().await;
    bench.advance(3600.0);
    let (store, key) = (Arc::clone(&bench.store), bench.manager.key().unwrap());
    bench.vendor.react(move |form| {
        if form["refresh_token"] != "refresh-1" {
            return Reaction::Answer(200, pair(5));
        }
        let body =
            json!({"access_token": "access-4", "refresh_token": "refresh-4", "obtained_at": 0, "expires_at": 1});
        let successor: StoredToken = serde_json::from_value(body).unwrap();
        drop(store.save(&key, &successor));
        invalid_grant()
    });
    assert_eq!(bench.token().await, "access-5");
    assert_eq!(bench.vendor.form(2)["refresh_token"], "refresh-4");
}

#[tokio::test]
async fn a_pair_that_the_store_does_not_take_is_used_all_the_same() {
    let store = Arc::new(Broken::default());
    let bench = Bench::with_store(&WOOTRIC, Vendor::plain(), password(), Arc::<Broken>::clone(&store));
    bench.token().await;
    store.save.store(true, Ordering::SeqCst);
    for round in 2..4 {
        bench.advance(3600.0);
        assert_eq!(bench.token().await, format!("access-{round}"));
    }
    let key = bench.manager.key().unwrap();
    assert_eq!(store.inner.load(&key).await.unwrap().unwrap().access_token.expose(), "access-1");
    store.save.store(false, Ordering::SeqCst);
    bench.advance(3600.0);
    assert_eq!(bench.token().await, "access-4");
    assert_eq!(store.inner.load(&key).await.unwrap().unwrap().access_token.expose(), "access-4");
    assert_eq!(bench.vendor.form(3)["refresh_token"], "refresh-3");
}

#[tokio::test]
async fn a_pair_that_the_store_took_without_saying_so_may_be_renewed_by_others() {
    let store = Arc::new(Broken::default());
    let bench = Bench::with_store(&WOOTRIC, Vendor::plain(), password(), Arc::<Broken>::clone(&store));
    bench.token().await;
    store.save.store(true, Ordering::SeqCst);
    store.unsure.store(true, Ordering::SeqCst);
    bench.advance(3600.0);
    assert_eq!(bench.token().await, "access-2");
    store.save.store(false, Ordering::SeqCst);
    bench.advance(3600.0);
    let other = manager(&WOOTRIC, &bench.vendor, password(), &bench.store, &bench.clock).unwrap();
    assert_eq!(text(&other.bearer().await.unwrap()), "access-3");
    // Its own refresh token is spent by now.
    assert_eq!((bench.token().await.as_str(), bench.vendor.count()), ("access-3", 3));
    bench.advance(3600.0);
    assert_eq!(bench.token().await, "access-4");
    assert_eq!(bench.vendor.form(3)["refresh_token"], "refresh-3");
}

#[tokio::test]
async fn a_pair_outlives_a_store_that_panics() {
    let store = Arc::new(Broken::default());
    let bench = Bench::with_store(&WOOTRIC, Vendor::plain(), password(), Arc::<Broken>::clone(&store));
    bench.token().await;
    store.panics.store(true, Ordering::SeqCst);
    store.save.store(true, Ordering::SeqCst);
    for round in 2..4 {
        bench.advance(3600.0);
        assert_eq!(bench.token().await, format!("access-{round}"));
    }
    assert_eq!(bench.vendor.form(2)["refresh_token"], "refresh-2");
}

#[tokio::test]
async fn a_store_that_panics_before_anything_is_sent_costs_nothing() {
    for (oauth, credentials, grants) in [
        (&DIRECTLY, code(), ["authorization_code", "refresh_token"]),
        (&WOOTRIC, Credentials::refresh_token("refresh-0"), ["refresh_token", "refresh_token"]),
    ] {
        let store = Arc::new(Broken::default());
        let bench = Bench::with_store(oauth, Vendor::plain(), credentials, Arc::<Broken>::clone(&store));
        store.panics.store(true, Ordering::SeqCst);
        for round in 1..3 {
            store.load.store(true, Ordering::SeqCst);
            for _ in 0..3 {
                assert!(bench.manager.bearer().await.is_err());
            }
            store.load.store(false, Ordering::SeqCst);
            assert_eq!(bench.token().await, format!("access-{round}"));
            bench.advance(3600.0);
        }
        assert_eq!(bench.vendor.grants(), grants);
    }
}

#[tokio::test]
async fn a_sign_in_that_the_store_does_not_take_is_not_given_up_for_the_session_before() {
    let store = Arc::new(Broken::default());
    let bench = Bench::with_store(&WOOTRIC, Vendor::plain(), password(), Arc::<Broken>::clone(&store));
    bench.token().await;
    store.save.store(true, Ordering::SeqCst);
    bench.manager.sign_in(password()).unwrap();
    for round in 2..4 {
        assert_eq!(bench.token().await, format!("access-{round}"));
        bench.advance(3600.0);
    }
    store.save.store(false, Ordering::SeqCst);
    assert_eq!(bench.token().await, "access-4");
    assert_eq!(bench.vendor.grants(), ["password", "password", "refresh_token", "refresh_token"]);
    assert_eq!(bench.vendor.form(3)["refresh_token"], "refresh-3");
}

#[tokio::test]
async fn a_store_that_cannot_be_read_fails_the_start_alone() {
    let store = Arc::new(Broken::default());
    store.load.store(true, Ordering::SeqCst);
    let bench = Bench::with_store(&WOOTRIC, Vendor::plain(), password(), Arc::<Broken>::clone(&store));
    let error = bench.manager.bearer().await.unwrap_err();
    assert_eq!((error.kind(), bench.vendor.count()), (ErrorKind::Store, 0));
    let cause = std::error::Error::source(&error).and_then(std::error::Error::source).unwrap();
    assert_eq!(cause.to_string(), "cannot read");
    store.load.store(false, Ordering::SeqCst);
    bench.token().await;
    store.load.store(true, Ordering::SeqCst);
    bench.advance(3600.0);
    assert_eq!(bench.token().await, "access-2");
}

#[tokio::test]
async fn a_store_that_keeps_a_session_that_was_ended_says_so() {
    let store = Arc::new(Broken::default());
    let bench = Bench::with_store(&WOOTRIC, Vendor::plain(), password(), Arc::<Broken>::clone(&store));
    bench.token().await;
    store.clear.store(true, Ordering::SeqCst);
    let signed_out = bench.manager.sign_out().await;
    assert_eq!(signed_out.cleared.unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(signed_out.tokens.iter().map(text).collect::<Vec<_>>(), ["access-1"]);
    assert!(bench.manager.bearer().await.unwrap_err().is_authentication());
}

#[tokio::test]
async fn a_wall_clock_that_went_back_does_not_lengthen_a_stored_life() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), application());
    bench.token().await;
    bench.clock.0.jump(-86_400);
    let again = manager(&WOOTRIC, &bench.vendor, application(), &bench.store, &bench.clock).unwrap();
    assert_eq!(text(&again.bearer().await.unwrap()), "access-1");
    bench.advance(3600.0);
    assert_eq!(text(&again.bearer().await.unwrap()), "access-2");
}

#[test]
fn a_stored_token_is_written_and_read() {
    let body = json!({"access_token": "a", "refresh_token": "r", "scope": "s", "obtained_at": 1, "expires_at": 2});
    let stored: StoredToken = serde_json::from_value(body.clone()).unwrap();
    assert_eq!(serde_json::to_value(&stored).unwrap(), body);
    assert!(!format!("{stored:?}").contains("\"a\""));
    let least: StoredToken =
        serde_json::from_value(json!({"access_token": "a", "obtained_at": 1, "new": 1})).unwrap();
    assert_eq!(least.expires_at, None);
}

#[tokio::test]
async fn a_sign_in_that_is_refused_takes_nothing_from_the_store() {
    let (vendor, clock) = (Vendor::plain(), Env::default());
    let store: Arc<dyn TokenStore> = Arc::new(MemoryStore::default());
    let client = || {
        let mut deps = deps(&WOOTRIC, Arc::new(Line(Arc::clone(&vendor))), &store, &clock);
        deps.options.account = Some("help-desk".to_owned());
        TokenManager::new(deps, Credentials::refresh_token("refresh-0")).unwrap()
    };
    let (one, other) = (client(), client());
    assert_eq!(text(&one.bearer().await.unwrap()), "access-1");
    vendor.react(|form| match form["refresh_token"].as_str() {
        "mistyped" => invalid_grant(),
        _ => Reaction::Answer(200, pair(2)),
    });
    one.sign_in(Credentials::refresh_token("mistyped")).unwrap();
    assert!(one.bearer().await.unwrap_err().is_authentication());
    assert_eq!(text(&other.bearer().await.unwrap()), "access-1");
    clock.0.advance(3600.0);
    assert_eq!(text(&other.bearer().await.unwrap()), "access-2");
    assert!(one.bearer().await.unwrap_err().is_authentication());
}
