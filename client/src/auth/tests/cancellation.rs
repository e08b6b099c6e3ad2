//! Callers that are dropped, at every point where they may be.

use std::{pin::pin, task::Context};

use super::{schedules::Task, *};

/// A store that is not ready at once.
#[derive(Debug, Default)]
pub(super) struct Slow(pub(super) MemoryStore);

impl TokenStore for Slow {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async move {
            yields(3).await;
            self.0.load(key).await
        })
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            yields(3).await;
            self.0.save(key, token).await?;
            yields(3).await;
            Ok(())
        })
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            yields(3).await;
            self.0.clear(key).await
        })
    }

    fn lock<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Lock> {
        Box::pin(async move {
            yields(3).await;
            self.0.lock(key).await
        })
    }
}

/// The same without a lock: a token is saved by the store itself, which takes its time.
#[derive(Debug, Default)]
struct Lockless(Slow);

impl TokenStore for Lockless {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        self.0.load(key)
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        self.0.save(key, token)
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        self.0.clear(key)
    }
}

/// More polls than any renewal here takes.
const POLLS: usize = 40;

fn bench(oauth: &'static OAuth, credentials: Credentials) -> Bench {
    let bench = Bench::with_store(oauth, Vendor::plain(), credentials, Arc::new(Slow::default()));
    bench.vendor.delay.store(3, Ordering::SeqCst);
    bench
}

/// Asks for a token, polls so many times at most, and leaves.
fn lead_and_leave(bench: &Bench, polls: usize) -> Option<Result<Bearer, Error>> {
    poll_times(pin!(bench.manager.bearer()), polls)
}

#[tokio::test]
async fn followers_finish_wherever_the_leader_is_dropped() {
    for polls in 0..POLLS {
        let bench = bench(&WOOTRIC, application());
        let mut leader = Box::pin(bench.manager.bearer());
        assert_eq!(poll_times(leader.as_mut(), 1).map(|_| ()), None);
        let mut follower = pin!(bench.manager.bearer());
        assert!(poll_times(follower.as_mut(), 1).is_none());
        let done = poll_times(leader.as_mut(), polls).is_some();
        drop(leader);
        assert_eq!(text(&follower.await.unwrap()), "access-1", "dropped after {polls} polls, done: {done}");
        assert_eq!(bench.vendor.count(), 1, "dropped after {polls} polls");
    }
}

/// A vendor who wakes its caller, and lets another caller have its turn, while the caller is being polled.
struct Meddling {
    answered: AtomicBool,
    other: Mutex<Option<Task>>,
}

impl std::fmt::Debug for Meddling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meddling")
    }
}

/// The exchange of a [`Meddling`] vendor.
#[derive(Debug)]
struct Meddled(Arc<Meddling>);

impl Exchange for Meddled {
    fn exchange(&self, _: Pairs) -> BoxFuture<Result<ExchangeReply, Error>> {
        let vendor = Arc::clone(&self.0);
        Box::pin(poll_fn(move |context| {
            if vendor.answered.swap(true, Ordering::SeqCst) {
                return Poll::Ready(Ok(vendor::reply(200, &pair(1).to_string(), None)));
            }
            context.waker().wake_by_ref();
            if let Some(other) = &mut *vendor.other.lock().unwrap() {
                assert!(other.poll().is_pending(), "the flight is being polled");
            }
            Poll::Pending
        }))
    }
}

/// On two threads: the answer comes while the leader polls; the follower, woken by it, finds the flight being polled and
/// goes back to sleep; the leader leaves before its next turn.
#[test]
fn a_follower_who_came_while_the_leader_polled_is_not_forgotten() {
    let vendor = Arc::new(Meddling { answered: AtomicBool::new(false), other: Mutex::default() });
    let store: Arc<dyn TokenStore> = Arc::new(MemoryStore::default());
    let exchange = Arc::new(Meddled(Arc::clone(&vendor)));
    let manager = manager_over(&WOOTRIC, exchange, application(), &store, &Env::default()).unwrap();
    let follower = manager.clone();
    *vendor.other.lock().unwrap() = Some(Task::new(async move { follower.bearer().await.is_ok() }));
    let mut leader = Box::pin(manager.bearer());
    assert!(poll_times(leader.as_mut(), 1).is_none());
    let mut follower = vendor.other.lock().unwrap().take().unwrap();
    drop(leader);
    assert!(follower.woken(), "nobody will poll again");
    assert_eq!(follower.poll(), Poll::Ready(true));
}

#[tokio::test]
async fn a_refresh_is_taken_over_wherever_its_leader_is_dropped() {
    for polls in 0..POLLS {
        let bench = bench(&WOOTRIC, password());
        assert_eq!(bench.token().await, "access-1");
        bench.advance(3600.0);
        lead_and_leave(&bench, polls);
        assert_eq!(bench.token().await, "access-2", "dropped after {polls} polls");
        assert_eq!(bench.vendor.grants(), ["password", "refresh_token"], "dropped after {polls} polls");
        let key = bench.manager.key().unwrap();
        assert_eq!(bench.store.load(&key).await.unwrap().unwrap().access_token.expose(), "access-2");
    }
}

#[tokio::test]
async fn a_code_is_sent_once_wherever_its_leader_is_dropped() {
    for polls in 0..POLLS {
        let bench = bench(&DIRECTLY, code());
        lead_and_leave(&bench, polls);
        assert_eq!(bench.token().await, "access-1", "dropped after {polls} polls");
        assert_eq!(bench.vendor.count(), 1, "dropped after {polls} polls");
    }
}

/// The reply of a real vendor is there by then, and takes a few polls to be read.
#[tokio::test]
async fn a_reply_that_nobody_waited_for_is_read_however_late_somebody_comes() {
    for polls in 0..POLLS {
        let bench = bench(&WOOTRIC, password());
        assert_eq!(bench.token().await, "access-1");
        bench.advance(3600.0);
        lead_and_leave(&bench, polls);
        // Longer than a token request may take.
        bench.advance(60.0);
        assert_eq!(bench.token().await, "access-2", "dropped after {polls} polls");
        assert_eq!(bench.vendor.grants(), ["password", "refresh_token"], "dropped after {polls} polls");

        let bench = self::bench(&DIRECTLY, code());
        lead_and_leave(&bench, polls);
        bench.advance(60.0);
        assert_eq!(bench.token().await, "access-1", "dropped after {polls} polls");
        assert_eq!(bench.vendor.count(), 1, "dropped after {polls} polls");
    }
}

#[tokio::test]
async fn a_token_that_ended_while_nobody_waited_for_it_is_not_handed_out() {
    for polls in 0..POLLS {
        let bench = bench(&WOOTRIC, password());
        assert_eq!(bench.token().await, "access-1");
        bench.advance(3600.0);
        lead_and_leave(&bench, polls);
        // Longer than the token that it brings is good for.
        bench.advance(7200.0);
        let bearer = bench.manager.bearer().await.unwrap();
        assert!(!bearer.token().expired(bench.clock.now()), "dropped after {polls} polls");
    }
}

#[tokio::test]
async fn a_token_that_ends_on_its_way_costs_one_request() {
    let reply = json!({"access_token": "access-1", "token_type": "bearer", "expires_in": 10});
    let bench = Bench::new(&WOOTRIC, Vendor::new(move |_| Reaction::Answer(200, reply.clone())), password());
    bench.vendor.hold();
    let caller = bench.callers(1).await.remove(0);
    bench.advance(20.0);
    bench.vendor.release();
    assert_eq!(text(&caller.await.unwrap().unwrap()), "access-1");
    assert_eq!(bench.vendor.count(), 1);
}

#[tokio::test]
async fn a_login_that_stalled_for_a_dropped_caller_does_not_hold_up_the_next() {
    let bench = Bench::new(&WOOTRIC, Vendor::new(|_| Reaction::Stall), application());
    assert!(lead_and_leave(&bench, 10).is_none());
    bench.vendor.react(|_| Reaction::Answer(200, pair(2)));
    assert_eq!(bench.token().await, "access-2");
    assert_eq!(bench.vendor.most.load(Ordering::SeqCst), 1);
    assert_eq!(bench.vendor.count(), 2);
}

#[tokio::test]
async fn a_refresh_that_stalled_for_a_dropped_caller_is_resent_once() {
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    assert_eq!(bench.token().await, "access-1");
    bench.advance(3600.0);
    bench.vendor.react(|_| Reaction::Stall);
    assert!(lead_and_leave(&bench, 10).is_none());
    bench.vendor.react(|_| Reaction::Answer(200, pair(2)));
    let next = bench.callers(1).await;
    assert_eq!(bench.vendor.count(), 2);
    bench.advance(1.0);
    for caller in next {
        assert_eq!(text(&caller.await.unwrap().unwrap()), "access-2");
    }
    assert_eq!(bench.vendor.grants(), ["password", "refresh_token", "refresh_token"]);
}

#[tokio::test]
async fn a_sign_out_wins_over_a_renewal_wherever_it_comes() {
    for polls in 0..POLLS {
        let bench = bench(&WOOTRIC, password().with_password_kept());
        let key = bench.manager.key().unwrap();
        assert_eq!(bench.token().await, "access-1");
        bench.advance(3600.0);
        let mut caller = pin!(bench.manager.bearer());
        let before = poll_times(caller.as_mut(), polls);
        let requests = bench.vendor.count();
        bench.manager.sign_out().await.cleared.unwrap();
        if before.is_none() {
            assert!(caller.await.unwrap_err().is_authentication(), "after {polls} polls");
        }
        assert!(bench.manager.bearer().await.unwrap_err().is_authentication());
        assert!(bench.store.load(&key).await.unwrap().is_none(), "after {polls} polls");
        assert_eq!(bench.vendor.count(), requests, "after {polls} polls");
    }
}

#[tokio::test]
async fn a_sign_in_wins_over_the_renewal_of_the_session_before() {
    for polls in 0..POLLS {
        let bench = bench(&WOOTRIC, password());
        let key = bench.manager.key().unwrap();
        assert_eq!(bench.token().await, "access-1");
        bench.advance(3600.0);
        let mut caller = pin!(bench.manager.bearer());
        let before = poll_times(caller.as_mut(), polls);
        bench.manager.sign_in(password()).unwrap();
        let mut next = pin!(bench.manager.bearer());
        assert!(poll_times(next.as_mut(), 1).is_none());
        // A caller who had not begun to wait belongs to the new session.
        if before.is_none() && polls > 0 {
            assert!(caller.await.unwrap_err().is_authentication(), "after {polls} polls");
        }
        let token = text(&next.await.unwrap());
        assert_eq!(bench.token().await, token);
        let stored = bench.store.load(&key).await.unwrap().unwrap();
        assert_eq!(stored.access_token.expose(), token, "after {polls} polls");
    }
}

#[tokio::test]
async fn a_sign_out_takes_the_record_of_its_own_session_although_another_begins_meanwhile() {
    let accounts: [fn() -> Credentials; 2] = [password, || Credentials::password("sam@example.com", "the-password")];
    for (account, credentials) in accounts.into_iter().enumerate() {
        for polls in 1..POLLS {
            let place = format!("account {account}, after {polls} polls");
            let bench = bench(&WOOTRIC, password());
            let key = bench.manager.key().unwrap();
            bench.token().await;
            bench.advance(3600.0);
            let mut caller = pin!(bench.manager.bearer());
            assert!(poll_times(caller.as_mut(), 10).is_none());
            let mut leaving = pin!(bench.manager.sign_out());
            let left = poll_times(leaving.as_mut(), polls);
            bench.manager.sign_in(credentials()).unwrap();
            let token = bench.token().await;
            let left = match left {
                Some(left) => left,
                None => leaving.await,
            };
            left.cleared.unwrap();
            let next = bench.manager.key().unwrap();
            let stored = bench.store.load(&next).await.unwrap();
            assert_eq!(stored.map(|stored| stored.access_token), Some(token.as_str().into()), "{place}");
            assert_eq!(bench.store.load(&key).await.unwrap().is_some(), key == next, "{place}");
        }
    }
}

#[tokio::test]
async fn a_sign_out_knows_of_a_token_that_came_while_it_waited() {
    let mut late = 0;
    for polls in 0..POLLS {
        let store = Arc::new(Lockless::default());
        let bench = Bench::with_store(&WOOTRIC, Vendor::plain(), password(), store);
        bench.token().await;
        // The first one is good for a minute yet, and renewed.
        bench.advance(3545.0);
        let mut caller = pin!(bench.manager.bearer());
        let renewed = poll_times(caller.as_mut(), polls).is_some();
        let signed_out = bench.manager.sign_out().await;
        let tokens: Vec<String> = signed_out.tokens.iter().map(text).collect();
        match tokens.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["access-1"] => assert!(!renewed, "after {polls} polls"),
            ["access-2"] => assert!(renewed, "after {polls} polls"),
            ["access-1", "access-2"] => late += 1,
            _ => panic!("{tokens:?} after {polls} polls"),
        }
    }
    assert!(late > 0);
}

#[tokio::test]
async fn a_sign_out_that_is_dropped_is_brought_to_its_end_by_the_next_session() {
    for polls in 1..POLLS {
        let bench = bench(&WOOTRIC, password());
        let key = bench.manager.key().unwrap();
        bench.token().await;
        {
            let leaving = pin!(bench.manager.sign_out());
            poll_times(leaving, polls);
        }
        bench.manager.sign_in(application()).unwrap();
        bench.token().await;
        assert!(bench.store.load(&key).await.unwrap().is_none(), "after {polls} polls");
    }
}

#[test]
fn a_dropped_manager_takes_its_flight_along() {
    // A code is presented once, so its flight stays where it is when all have left.
    let bench = Bench::new(&DIRECTLY, Vendor::new(|_| Reaction::Stall), code());
    let Bench { vendor, manager, .. } = bench;
    {
        let leader = pin!(manager.bearer());
        assert!(poll_times(leader, 3).is_none());
    }
    assert_eq!(Arc::strong_count(&vendor), 3);
    drop(manager);
    assert_eq!(Arc::strong_count(&vendor), 1);
}

#[test]
fn what_is_awaited_can_go_from_thread_to_thread() {
    fn sendable(future: impl Send) {
        drop(future);
    }
    let bench = Bench::new(&WOOTRIC, Vendor::plain(), password());
    sendable(bench.manager.bearer());
    sendable(bench.manager.sign_out());
    let mut context = Context::from_waker(Waker::noop());
    let mut caller = pin!(bench.manager.bearer());
    assert!(caller.as_mut().poll(&mut context).is_ready());
}
