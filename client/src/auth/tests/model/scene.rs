//! A vendor, a store and the callers of one schedule.

use std::collections::BTreeSet;

use shuttle::rand::{Rng, thread_rng};

use super::{
    super::*,
    callers::{Caller, Leaving},
};

/// Whether time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weather {
    /// No time passes and every answer comes.
    Still,
    /// Time passes, and answers may be late or lost.
    Windy,
}

/// What is there in one schedule.
pub(super) struct Scene {
    weather: Weather,
    bench: Bench,
    witness: Arc<Witness>,
}

/// What must not happen, as it is seen from outside.
#[derive(Debug, Default)]
pub(super) struct Witness {
    /// Numbers of the refresh tokens that the store was given.
    stored: Mutex<BTreeSet<u32>>,
    /// Old refresh tokens that were sent.
    resent: Mutex<Vec<u32>>,
}

impl Witness {
    /// Sees a refresh token on its way to a vendor who has given so many.
    fn saw(&self, token: u32, given: u32, weather: Weather) {
        // Old is a token whose successor is stored; where no answer is lost, one that was answered with a successor.
        let stored = self.stored.lock().unwrap().iter().any(|stored| *stored > token);
        if stored || weather == Weather::Still && token < given {
            self.resent.lock().unwrap().push(token);
        }
    }
}

/// A number at the end of a token.
fn number(token: &str) -> u32 {
    token.rsplit('-').next().unwrap().parse().unwrap()
}

/// Gives way in the middle of a poll, woken before, after, both or not at all.
pub(super) async fn interruption() {
    let (before, pending) = (thread_rng().gen_bool(0.5), thread_rng().gen_bool(0.7));
    let mut first = true;
    poll_fn(move |context| {
        if !std::mem::take(&mut first) {
            return Poll::Ready(());
        }
        if before {
            context.waker().wake_by_ref();
        }
        shuttle::thread::yield_now();
        if !pending {
            return Poll::Ready(());
        }
        if !before {
            context.waker().wake_by_ref();
        }
        Poll::Pending
    })
    .await;
}

/// A vendor whose every answer gives way to others.
#[derive(Debug)]
struct Interrupted(Line);

impl Exchange for Interrupted {
    fn exchange(&self, pairs: Pairs) -> BoxFuture<Result<ExchangeReply, Error>> {
        let answer = self.0.exchange(pairs);
        Box::pin(async move {
            interruption().await;
            let answer = answer.await;
            interruption().await;
            answer
        })
    }
}

/// A store whose every answer gives way to others.
#[derive(Debug)]
struct Watched {
    store: MemoryStore,
    witness: Arc<Witness>,
}

impl TokenStore for Watched {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async move {
            interruption().await;
            self.store.load(key).await
        })
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            interruption().await;
            self.store.save(key, token).await?;
            if let Some(refresh) = &token.refresh_token {
                self.witness.stored.lock().unwrap().insert(number(refresh.expose()));
            }
            interruption().await;
            Ok(())
        })
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            interruption().await;
            self.store.clear(key).await
        })
    }
}

/// A vendor that rotates, and fails now and then.
fn vendor(weather: Weather, witness: Arc<Witness>) -> Arc<Vendor> {
    let mut present = 0;
    Vendor::new(move |form| {
        if let Some(token) = form.get("refresh_token") {
            witness.saw(number(token), present, weather);
            if number(token) != present {
                return invalid_grant();
            }
        }
        match thread_rng().gen_range(0..12) {
            // The first token must come, or there is nothing to renew.
            0 if present > 0 => Reaction::Answer(500, json!({})),
            1 if present > 0 => Reaction::Fail(Sent::No),
            2 if present > 0 => invalid_grant(),
            3 if present > 0 && weather == Weather::Windy => Reaction::Busy(503, 2),
            4 if present > 0 && weather == Weather::Windy => Reaction::Stall,
            _ => {
                present += 1;
                Reaction::Answer(200, pair(present))
            }
        }
    })
}

impl Scene {
    pub(super) fn new(weather: Weather) -> Self {
        let witness = Arc::new(Witness::default());
        let vendor = vendor(weather, Arc::clone(&witness));
        let store: Arc<dyn TokenStore> =
            Arc::new(Watched { store: MemoryStore::default(), witness: Arc::clone(&witness) });
        vendor.delay.store(thread_rng().gen_range(0..3), Ordering::SeqCst);
        let clock = Env::default();
        clock.0.advance(1000.0);
        let line = Arc::new(Interrupted(Line(Arc::clone(&vendor))));
        let credentials = password().with_password_kept();
        let manager = manager_over(&WOOTRIC, line, credentials, &store, &clock).unwrap();
        Self { weather, bench: Bench { vendor, clock, store, manager }, witness }
    }

    /// Plays it once.
    pub(super) async fn play(self) {
        let first = self.bench.manager.bearer().await.unwrap();
        // Expired, about to expire, or refused.
        self.bench.advance(*[3600.0, 3545.0, 0.0].get(thread_rng().gen_range(0..3)).unwrap());
        let leaves = thread_rng().gen_bool(0.2);
        let left = Arc::new(AtomicUsize::new(0));
        let callers: Vec<_> = (0..thread_rng().gen_range(2..6))
            .map(|_| {
                let (caller, leaving) = (Caller::any(&self.bench.manager, &first), Leaving::any());
                let task = shuttle::future::spawn(caller.run(leaving, Arc::clone(&left)));
                left.fetch_add(1, Ordering::SeqCst);
                task
            })
            .collect();
        let key = self.bench.manager.key().unwrap();
        if leaves {
            self.bench.manager.sign_out().await.cleared.unwrap();
        }
        while self.weather == Weather::Windy && left.load(Ordering::SeqCst) > 0 {
            self.bench.advance(*[0.1, 1.0, 5.0, 3600.0].get(thread_rng().gen_range(0..4)).unwrap());
            shuttle::future::yield_now().await;
        }
        for caller in callers {
            caller.await.unwrap();
        }
        if leaves {
            assert!(self.bench.manager.bearer().await.is_err(), "an ended session has a token");
            assert!(self.bench.store.load(&key).await.unwrap().is_none(), "an ended session is in the store");
        } else if self.weather == Weather::Still {
            // What all have left is brought to its end before time passes, so that no answer is lost; then what was renewed
            // is renewed.
            drop(self.bench.manager.bearer().await);
            self.bench.advance(3600.0);
            drop(self.bench.manager.bearer().await);
        }
        assert_eq!(self.bench.vendor.most.load(Ordering::SeqCst), 1, "requests overlapped");
        assert_eq!(*self.witness.resent.lock().unwrap(), [0_u32; 0], "old refresh tokens were sent again");
    }
}
