//! Clients that share a store, and its lock.

use std::pin::pin;

use super::*;

/// What asking for the lock comes to.
#[derive(Clone, Copy, Debug, Default)]
enum Mood {
    #[default]
    Fair,
    Broken,
    Taken,
    /// Somebody else has renewed the token and gives the lock back just now.
    JustFreed,
}

/// A store whose lock does what a test says.
#[derive(Debug, Default)]
struct Moody {
    inner: MemoryStore,
    mood: Mutex<Mood>,
}

impl TokenStore for Moody {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        self.inner.load(key)
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        self.inner.save(key, token)
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        self.inner.clear(key)
    }

    fn lock<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Lock> {
        match *self.mood.lock().unwrap() {
            Mood::Fair => self.inner.lock(key),
            Mood::Broken => Box::pin(async { Err("cannot lock".into()) }),
            Mood::JustFreed => {
                drop(self.inner.save(key, &record(9)));
                self.inner.lock(key)
            }
            Mood::Taken => Box::pin(async { Ok(Lock::Taken) }),
        }
    }
}

fn moody(credentials: Credentials) -> (Bench, Arc<Moody>) {
    let store = Arc::new(Moody::default());
    (Bench::with_store(&WOOTRIC, Vendor::plain(), credentials, Arc::<Moody>::clone(&store)), store)
}

fn record(number: u32) -> StoredToken {
    record_until(4_000_000_000, number)
}

fn record_until(end: u64, number: u32) -> StoredToken {
    let (access, refresh) = (format!("access-{number}"), format!("refresh-{number}"));
    let body = json!({"access_token": access, "refresh_token": refresh, "obtained_at": 0, "expires_at": end});
    serde_json::from_value(body).unwrap()
}

async fn is_free(bench: &Bench) -> bool {
    let key = bench.manager.key().unwrap();
    matches!(bench.store.lock(&key).await.unwrap(), Lock::Held(_))
}

/// A client whose renewal is on its way while others write to the store: its bench, who waits for it, and the key of the
/// session.
async fn late() -> (Bench, tokio::task::JoinHandle<Result<Bearer, Error>>, Arc<StoreKey>) {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    bench.token().await;
    bench.advance(3600.0);
    bench.vendor.hold();
    let caller = bench.callers(1).await.remove(0);
    let key = bench.manager.key().unwrap();
    (bench, caller, key)
}

#[tokio::test]
async fn clients_on_one_store_share_one_request_per_expiry() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    let managers: Vec<TokenManager> =
        (0..8).map(|_| manager(&WOOTRIC, &bench.vendor, password(), &bench.store, &bench.clock).unwrap()).collect();
    for round in 1..4 {
        bench.vendor.hold();
        let callers: Vec<_> = managers
            .iter()
            .cloned()
            .map(|manager| tokio::spawn(async move { text(&manager.bearer().await.unwrap()) }))
            .collect();
        quiet().await;
        assert_eq!(bench.vendor.count(), round);
        bench.vendor.release();
        quiet().await;
        bench.advance(1.0);
        for caller in callers {
            assert_eq!(caller.await.unwrap(), format!("access-{round}"));
        }
        assert_eq!((bench.vendor.count(), is_free(&bench).await), (round, true));
        bench.advance(3600.0);
    }
    assert_eq!(bench.vendor.grants(), ["password", "refresh_token", "refresh_token"]);
}

#[tokio::test]
async fn a_lock_that_is_never_freed_is_not_waited_for_for_ever() {
    let (bench, store) = moody(password());
    *store.mood.lock().unwrap() = Mood::Taken;
    let caller = bench.callers(1).await.remove(0);
    let mut seconds = 0;
    while !caller.is_finished() {
        bench.advance(1.0);
        quiet().await;
        seconds += 1;
        assert!(seconds <= 130, "it waits for ever");
    }
    assert!(seconds >= 115, "it gave up after {seconds} s");
    assert_eq!(caller.await.unwrap().unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(bench.vendor.count(), 0);
    *store.mood.lock().unwrap() = Mood::Fair;
    assert_eq!(bench.token().await, "access-1");
}

#[tokio::test]
async fn a_lock_is_tried_again_after_at_least_half_of_a_pause() {
    for (die, milliseconds) in [(0.0, 25.0), (1.0, 50.0)] {
        let (bench, store) = moody(password());
        bench.clock.0.load_die(die);
        *store.mood.lock().unwrap() = Mood::Taken;
        let caller = bench.callers(1).await.remove(0);
        *store.mood.lock().unwrap() = Mood::Fair;
        bench.advance((milliseconds - 1.0) / 1e3);
        quiet().await;
        assert_eq!(bench.vendor.count(), 0);
        bench.advance(0.002);
        quiet().await;
        assert_eq!(bench.vendor.count(), 1);
        assert!(caller.await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn a_sign_out_ends_the_wait_for_the_lock() {
    let (bench, store) = moody(password());
    *store.mood.lock().unwrap() = Mood::Taken;
    let caller = bench.callers(1).await.remove(0);
    bench.manager.sign_out().await.cleared.unwrap();
    assert!(caller.await.unwrap().unwrap_err().is_authentication());
    assert_eq!(bench.vendor.count(), 0);
}

#[tokio::test]
async fn a_rotating_refresh_token_is_not_sent_without_the_lock() {
    let (bench, store) = moody(password());
    bench.token().await;
    bench.advance(3600.0);
    *store.mood.lock().unwrap() = Mood::Broken;
    let error = bench.manager.bearer().await.unwrap_err();
    assert_eq!((error.kind(), bench.vendor.count()), (ErrorKind::Store, 1));
    assert!(std::error::Error::source(&error).is_some());
    *store.mood.lock().unwrap() = Mood::Fair;
    assert_eq!(bench.token().await, "access-2");
}

#[tokio::test]
async fn an_application_goes_on_without_the_lock_once_it_has_a_session() {
    let (bench, store) = moody(application());
    *store.mood.lock().unwrap() = Mood::Broken;
    assert_eq!(bench.manager.bearer().await.unwrap_err().kind(), ErrorKind::Store);
    *store.mood.lock().unwrap() = Mood::Fair;
    bench.token().await;
    bench.advance(3600.0);
    *store.mood.lock().unwrap() = Mood::Broken;
    assert_eq!(bench.token().await, "access-2");
}

#[tokio::test]
async fn a_client_that_comes_late_takes_over_what_the_others_wrote() {
    let (bench, caller, key) = late().await;
    bench.store.save(&key, &record(9)).await.unwrap();
    bench.vendor.release();
    assert_eq!(text(&caller.await.unwrap().unwrap()), "access-9");
    assert_eq!(bench.store.load(&key).await.unwrap(), Some(record(9)));
    assert_eq!(bench.token().await, "access-9");
    assert!(is_free(&bench).await);
}

#[tokio::test]
async fn a_client_that_comes_late_leaves_no_spent_refresh_token_behind() {
    let (bench, caller, key) = late().await;
    // The lock was lost, and whoever has it has written nothing new.
    let spent = bench.store.load(&key).await.unwrap().unwrap();
    bench.store.save(&key, &spent).await.unwrap();
    bench.vendor.release();
    assert_eq!(text(&caller.await.unwrap().unwrap()), "access-2");
    let stored = bench.store.load(&key).await.unwrap().unwrap();
    assert_eq!(stored.refresh_token.unwrap().expose(), "refresh-2");
    let other = manager(&WOOTRIC, &bench.vendor, password(), &bench.store, &bench.clock).unwrap();
    assert_eq!((text(&other.bearer().await.unwrap()).as_str(), bench.vendor.count()), ("access-2", 2));
    assert!(is_free(&bench).await);
}

#[tokio::test]
async fn a_client_that_comes_late_leaves_a_newer_refresh_token_where_it_is() {
    let (bench, caller, key) = late().await;
    // The access token beside it has run out, so that it is not taken over.
    let newer = record_until(1, 9);
    bench.store.save(&key, &newer).await.unwrap();
    bench.vendor.release();
    assert_eq!(text(&caller.await.unwrap().unwrap()), "access-2");
    assert_eq!(bench.store.load(&key).await.unwrap(), Some(newer));
}

#[tokio::test]
async fn who_signed_in_takes_over_what_others_renew_from_then_on() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    bench.manager.sign_in(password()).unwrap();
    bench.token().await;
    bench.advance(3600.0);
    bench.store.save(&bench.manager.key().unwrap(), &record(9)).await.unwrap();
    assert_eq!((bench.token().await.as_str(), bench.vendor.count()), ("access-9", 1));
}

#[tokio::test]
async fn a_sign_in_that_comes_late_goes_before_what_the_store_holds() {
    // Of the session before: its token once more, a newer one, or nothing after a sign-out elsewhere.
    for there in [Some(1), Some(9), None] {
        let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
        bench.token().await;
        let key = bench.manager.key().unwrap();
        bench.manager.sign_in(password()).unwrap();
        bench.vendor.hold();
        let caller = bench.callers(1).await.remove(0);
        match there {
            Some(number) => bench.store.save(&key, &record(number)).await.unwrap(),
            None => bench.store.clear(&key).await.unwrap(),
        }
        bench.vendor.release();
        assert_eq!(text(&caller.await.unwrap().unwrap()), "access-2", "{there:?}");
        let stored = bench.store.load(&key).await.unwrap().unwrap();
        assert_eq!(stored.refresh_token.unwrap().expose(), "refresh-2", "{there:?}");
        assert!(is_free(&bench).await);
    }
}

#[tokio::test]
async fn a_sign_out_elsewhere_is_not_undone_by_a_renewal_under_way() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    bench.token().await;
    let other = manager(&WOOTRIC, &bench.vendor, password(), &bench.store, &bench.clock).unwrap();
    other.bearer().await.unwrap();
    bench.advance(3600.0);
    bench.vendor.hold();
    let caller = bench.callers(1).await.remove(0);
    let key = bench.manager.key().unwrap();
    other.sign_out().await.cleared.unwrap();
    bench.vendor.release();
    assert!(caller.await.unwrap().unwrap_err().is_authentication());
    assert_eq!(bench.store.load(&key).await.unwrap(), None);
    assert!(bench.manager.bearer().await.unwrap_err().is_authentication());
    assert_eq!(bench.vendor.count(), 2);
}

#[tokio::test]
async fn a_session_that_is_gone_from_the_store_is_not_refreshed_from_memory() {
    for (credentials, again) in [(password(), false), (password().with_password_kept(), true)] {
        let bench = Bench::new(&WOOTRIC, Vendor::plain(), credentials);
        bench.token().await;
        let key = bench.manager.key().unwrap();
        bench.store.clear(&key).await.unwrap();
        bench.advance(3600.0);
        match bench.manager.bearer().await {
            Ok(bearer) => assert!(again && text(&bearer) == "access-2"),
            Err(error) => assert!(!again && error.is_authentication()),
        }
        assert_eq!(bench.vendor.grants(), vec!["password"; 1 + usize::from(again)]);
    }
}

#[tokio::test]
async fn a_login_that_all_have_left_gives_the_lock_back() {
    let bench = Bench::new(&WOOTRIC, Vendor::new(|_| Reaction::Stall), application());
    {
        let leader = pin!(bench.manager.bearer());
        assert!(poll_times(leader, 10).is_none());
        assert!(!is_free(&bench).await);
    }
    assert!(is_free(&bench).await);
}

#[tokio::test]
async fn a_login_that_one_of_two_has_left_keeps_the_lock() {
    let bench = Bench::new(&WOOTRIC, Vendor::new(|_| Reaction::Stall), application());
    let mut stays = pin!(bench.manager.bearer());
    assert!(poll_times(stays.as_mut(), 10).is_none());
    {
        let leaves = pin!(bench.manager.bearer());
        assert!(poll_times(leaves, 10).is_none());
    }
    assert!(!is_free(&bench).await);
}

/// A store that is done before it says so, with leases of the same kind.
#[derive(Debug, Default)]
struct Dawdling(MemoryStore);

impl TokenStore for Dawdling {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        self.0.load(key)
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        self.0.save(key, token)
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        self.0.clear(key)
    }

    fn lock<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Lock> {
        Box::pin(async move {
            let lock = self.0.lock(key).await?;
            yields(3).await;
            Ok(match lock {
                Lock::Held(lease) => Lock::Held(Box::new(DawdlingLease(lease))),
                other => other,
            })
        })
    }
}

#[derive(Debug)]
struct DawdlingLease(Box<dyn Lease>);

impl Lease for DawdlingLease {
    fn number(&self) -> u64 {
        self.0.number()
    }

    fn term(&self) -> Duration {
        self.0.term()
    }

    fn extend(&self) -> StoreFuture<'_, bool> {
        Box::pin(async move {
            let extended = self.0.extend().await;
            yields(3).await;
            extended
        })
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> StoreFuture<'a, bool> {
        self.0.save(token)
    }

    fn clear(&self) -> StoreFuture<'_, bool> {
        self.0.clear()
    }

    fn release(self: Box<Self>) -> StoreFuture<'static, ()> {
        Box::pin(async move {
            yields(3).await;
            self.0.release().await
        })
    }
}

/// Whether the lock was asked for, extended or given back at that moment.
#[tokio::test]
async fn a_login_that_all_have_left_holds_neither_lock_nor_connection_wherever_it_is() {
    let mut most = 0;
    for polls in 0..60 {
        let vendor = Vendor::new(|_| Reaction::Busy(503, 20));
        vendor.delay.store(3, Ordering::SeqCst);
        let bench = Bench::with_store(&WOOTRIC, vendor, application(), Arc::new(Dawdling::default()));
        {
            let mut leader = pin!(bench.manager.bearer());
            for _ in 0..polls {
                if poll_times(leader.as_mut(), 1).is_some() {
                    break;
                }
                if bench.vendor.idle() {
                    // What it waits for may be the end of a pause.
                    bench.advance(4.0);
                }
            }
        }
        most = most.max(bench.vendor.count());
        assert!(bench.vendor.idle() && is_free(&bench).await, "after {polls} polls");
    }
    assert_eq!(most, 3, "the polls end before the last request");
}

#[tokio::test]
async fn a_refresh_that_all_have_left_keeps_the_lock_while_its_manager_lives() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    bench.token().await;
    bench.advance(3600.0);
    bench.vendor.react(|_| Reaction::Stall);
    {
        let leader = pin!(bench.manager.bearer());
        assert!(poll_times(leader, 10).is_none());
    }
    assert!(!is_free(&bench).await);
    let (store, key) = (Arc::clone(&bench.store), bench.manager.key().unwrap());
    drop(bench);
    assert!(matches!(store.lock(&key).await.unwrap(), Lock::Held(_)));
}

#[tokio::test]
async fn a_refresh_is_not_repeated_after_the_lock_was_lost() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    bench.token().await;
    bench.advance(3600.0);
    bench.vendor.react(|_| Reaction::Busy(503, 20));
    let caller = bench.callers(1).await.remove(0);
    let key = bench.manager.key().unwrap();
    bench.store.save(&key, &record(9)).await.unwrap();
    for _ in 0..2 {
        bench.advance(20.0);
        quiet().await;
    }
    // Within its term it went on; before a request that would have outlasted the term it noticed.
    assert_eq!(caller.await.unwrap().unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(bench.vendor.count(), 3);
    assert_eq!(bench.token().await, "access-9");
    assert!(is_free(&bench).await);
}

#[tokio::test]
async fn the_store_is_looked_into_again_under_the_lock() {
    let (bench, store) = moody(password());
    bench.token().await;
    bench.advance(3600.0);
    *store.mood.lock().unwrap() = Mood::JustFreed;
    assert_eq!((bench.token().await.as_str(), bench.vendor.count()), ("access-9", 1));
    *store.mood.lock().unwrap() = Mood::Fair;
    assert!(is_free(&bench).await);
}
