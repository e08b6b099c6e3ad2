//! Which request follows which.

use super::*;

/// A vendor that rotates its refresh tokens and ends the session when an old one comes back.
struct Rotating {
    present: u32,
    reused: Arc<AtomicBool>,
}

impl Rotating {
    fn vendor() -> (Arc<Vendor>, Arc<AtomicBool>) {
        let reused = Arc::new(AtomicBool::new(false));
        let mut this = Self { present: 0, reused: Arc::clone(&reused) };
        (Vendor::new(move |form| this.react(form)), reused)
    }

    fn react(&mut self, form: &Form) -> Reaction {
        if let Some(token) = form.get("refresh_token")
            && *token != format!("refresh-{}", self.present)
        {
            self.reused.store(true, Ordering::SeqCst);
            return invalid_grant();
        }
        self.present += 1;
        Reaction::Answer(201, pair(self.present))
    }
}

#[tokio::test]
async fn a_rotated_refresh_token_replaces_the_one_before() {
    let (vendor, reused) = Rotating::vendor();
    let bench = Bench::new(&WOOTRIC, vendor, password());
    for round in 1..=4 {
        assert_eq!(bench.token().await, format!("access-{round}"));
        let key = bench.manager.key().unwrap();
        let stored = bench.store.load(&key).await.unwrap().unwrap();
        assert_eq!(stored.refresh_token.unwrap().expose(), format!("refresh-{round}"));
        bench.advance(3600.0);
    }
    assert!(!reused.load(Ordering::SeqCst));
    assert_eq!(bench.vendor.grants(), ["password", "refresh_token", "refresh_token", "refresh_token"]);
}

#[tokio::test]
async fn a_refresh_token_stays_when_the_reply_brings_none() {
    let vendor = Vendor::new(|_| {
        Reaction::Answer(200, json!({"access_token": "short", "token_type": "bearer", "expires_in": 10}))
    });
    let bench = Bench::new(&WOOTRIC, vendor, Credentials::refresh_token("refresh-0"));
    for _ in 0..3 {
        bench.token().await;
        bench.advance(10.0);
    }
    for index in 0..3 {
        assert_eq!(bench.vendor.form(index)["refresh_token"], "refresh-0");
    }
}

#[tokio::test]
async fn without_a_refresh_token_the_grant_is_repeated() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), application());
    for _ in 0..3 {
        bench.token().await;
        bench.advance(3600.0);
    }
    assert_eq!(bench.vendor.grants(), ["client_credentials"; 3]);
}

#[tokio::test]
async fn a_password_is_used_once_unless_kept() {
    for (credentials, again) in [(password(), false), (password().with_password_kept(), true)] {
        let bench = Bench::new(&WOOTRIC, Vendor::plain(), credentials);
        bench.token().await;
        bench.vendor.react(|form| match form["grant_type"].as_str() {
            "refresh_token" => invalid_grant(),
            _ => Reaction::Answer(200, pair(2)),
        });
        bench.advance(3600.0);
        let result = bench.manager.bearer().await;
        if again {
            assert_eq!(text(&result.unwrap()), "access-2");
            assert_eq!(bench.vendor.grants(), ["password", "refresh_token", "password"]);
        } else {
            let error = result.unwrap_err();
            assert_eq!((error.kind(), error.oauth_error()), (ErrorKind::Authentication, Some("invalid_grant")));
            bench.advance(60.0);
            let error = bench.manager.bearer().await.unwrap_err();
            assert_eq!(error.oauth_error(), Some("invalid_grant"));
            assert_eq!(bench.vendor.grants(), ["password", "refresh_token"]);
            let key = bench.manager.key().unwrap();
            assert!(bench.store.load(&key).await.unwrap().is_none());
            bench.manager.sign_in(password()).unwrap();
            assert_eq!(bench.token().await, "access-2");
        }
    }
}

#[tokio::test]
async fn a_token_without_a_lifetime_is_used_until_it_is_refused() {
    for expires_in in [json!(null), json!(0), json!(-5), json!("never")] {
        let vendor = Vendor::new(move |_| {
            let mut body = pair(1);
            body["expires_in"] = expires_in.clone();
            Reaction::Answer(200, body)
        });
        let bench = Bench::new(&WOOTRIC, vendor, password());
        let bearer = bench.manager.bearer().await.unwrap();
        bench.advance(1e9);
        bench.token().await;
        assert_eq!(bench.vendor.count(), 1);
        bench.manager.rejected(&bearer).await.unwrap();
        assert_eq!(bench.vendor.count(), 2);
    }
}

#[tokio::test]
async fn a_jump_of_the_wall_clock_changes_nothing() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    bench.token().await;
    for jump in [3600, -7200] {
        bench.clock.0.jump(jump);
        bench.advance(100.0);
        assert_eq!(bench.token().await, "access-1");
    }
    bench.advance(3400.0);
    assert_eq!(bench.token().await, "access-2");
    assert_eq!(bench.vendor.count(), 2);
}

#[tokio::test]
async fn a_narrower_scope_is_noticed_and_never_widened() {
    let vendor = Vendor::new(|_| {
        let mut body = pair(1);
        body["scope"] = json!("read");
        Reaction::Answer(201, body)
    });
    let bench = Bench::new(&DIRECTLY, vendor, code());
    let bearer = bench.manager.bearer().await.unwrap();
    assert_eq!((bearer.scope(), bearer.narrowed()), (Some("read"), true));
    bench.advance(3600.0);
    let bearer = bench.manager.bearer().await.unwrap();
    assert_eq!((bearer.scope(), bearer.narrowed()), (Some("read"), true));
    assert_eq!(bench.vendor.form(1)["scope"], "read");
    assert_eq!(bench.vendor.form(1).len(), 5);
}

#[tokio::test]
async fn a_scope_is_not_narrower_for_its_order_or_for_more_words() {
    for (asked, granted) in [("read", "read"), ("read write", "write read"), ("read write", "admin read  write")] {
        let vendor = Vendor::new(move |_| {
            let mut body = pair(1);
            body["scope"] = json!(granted);
            Reaction::Answer(201, body)
        });
        let bench = Bench::new(&DIRECTLY, vendor, code().with_scope(asked));
        let bearer = bench.manager.bearer().await.unwrap();
        assert_eq!((bearer.scope(), bearer.narrowed()), (Some(granted), false));
    }
}

#[tokio::test]
async fn a_scope_that_is_not_named_is_the_one_asked_for() {
    let vendor = Vendor::new(|_| {
        let mut body = pair(1);
        body.as_object_mut().unwrap().remove("scope");
        Reaction::Answer(201, body)
    });
    let bench = Bench::new(&DIRECTLY, vendor, code());
    let bearer = bench.manager.bearer().await.unwrap();
    assert_eq!((bearer.scope(), bearer.narrowed()), (Some("read write"), false));
    bench.advance(3600.0);
    bench.token().await;
    assert_eq!(bench.vendor.form(1)["scope"], "read write");
}

#[tokio::test]
async fn a_session_of_one_user_ends_with_its_token() {
    let vendor = Vendor::new(|_| {
        let mut body = pair(1);
        body["scope"] = json!("read write pat@example.com");
        Reaction::Answer(201, body)
    });
    let bench = Bench::new(&DIRECTLY, vendor, code());
    bench.token().await;
    bench.advance(3545.0);
    assert_eq!(bench.token().await, "access-1");
    bench.advance(100.0);
    let error = bench.manager.bearer().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(!format!("{error} {error:?}").contains("pat@"));
    assert_eq!(bench.vendor.count(), 1);
}
