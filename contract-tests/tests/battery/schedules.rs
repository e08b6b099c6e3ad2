//! Item 51: random schedules of callers who start, leave, are refused and find their token expired.
//!
//! The manager's own tests run more schedules, on a vendor without a network; here the same is asked of the client as a
//! whole. A task is polled only after it was woken, so that a lost wake-up shows as a call that does not end.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use cx_client::{
    auth::{MemoryStore, StoreFuture, StoreKey, StoredToken, TokenStore},
    wootric,
};
use cx_mock::issuer;

use crate::{
    item::{Item, item},
    rule::Rule,
    stage::{AGES, Stage, field, token_requests},
    time::Time,
    verdict::{Verdict, ensure, equal, succeeds},
};

pub const ITEMS: &[Item] = &[item!(item_51_keeps_its_promises_in_random_schedules, Rule::FlightThrownAway)];

const SCHEDULES: u64 = 40;
const STEPS: u32 = 300;
/// Rounds without an end in sight after which a call counts as stuck. One gives the network time for its part.
const PATIENCE: u32 = 2_000_000;

/// Remembers that a task was woken.
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct Task {
    call: Pin<Box<dyn Future<Output = bool> + Send>>,
    flag: Arc<Flag>,
}

impl Task {
    fn new(client: wootric::Client) -> Self {
        let call = Box::pin(async move { client.list_end_users().send().await.is_ok() });
        Self { call, flag: Arc::new(Flag(AtomicBool::new(true))) }
    }

    fn woken(&self) -> bool {
        self.flag.0.load(Ordering::SeqCst)
    }

    fn poll(&mut self) -> Poll<bool> {
        self.flag.0.store(false, Ordering::SeqCst);
        let waker = Waker::from(Arc::clone(&self.flag));
        self.call.as_mut().poll(&mut Context::from_waker(&waker))
    }
}

/// A store whose every answer is late, so that there are more moments at which a caller may leave.
#[derive(Debug, Default)]
struct Slow(MemoryStore);

impl TokenStore for Slow {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async move {
            late().await;
            self.0.load(key).await
        })
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            late().await;
            self.0.save(key, token).await
        })
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            late().await;
            self.0.clear(key).await
        })
    }
}

/// Ready when it is polled for the fourth time.
async fn late() {
    let mut polls = 0;
    std::future::poll_fn(|context| {
        polls += 1;
        if polls > 3 {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Random numbers that are the same in every run: splitmix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 1) as usize % sides.max(1)
    }
}

async fn item_51_keeps_its_promises_in_random_schedules() -> Verdict {
    let mut good = 0;
    for seed in 0..SCHEDULES {
        good += schedule(seed).await?;
    }
    ensure(good > 100, format!("{good} calls of {SCHEDULES} schedules ended well"))
}

/// Runs a schedule; how many calls ended well.
async fn schedule(seed: u64) -> Verdict<u32> {
    let stage = Stage::wootric(Time::still()).await;
    let builder = stage.client::<wootric::Client>().token_store(Arc::new(Slow::default()));
    let client = builder.password_kept(issuer::USERNAME, issuer::PASSWORD).build().unwrap();
    let (mut dice, mut tasks, mut good) = (Dice(seed), Vec::<Task>::new(), 0);
    // How often the token was good no more.
    let mut losses = 0;
    for _ in 0..STEPS {
        match dice.below(20) {
            0..=3 => tasks.push(Task::new(client.clone())),
            4 if dice.below(4) == 0 => {
                stage.vendor.issuer().end_all();
                losses += 1;
            }
            5 if dice.below(4) == 0 => {
                stage.time.advance(AGES + Duration::from_secs(dice.below(60) as u64));
                losses += 1;
            }
            6 if !tasks.is_empty() => drop(tasks.swap_remove(dice.below(tasks.len()))),
            // All leave, so that nobody drives a renewal under way.
            7 => tasks.clear(),
            8..=12 => {
                for _ in 0..dice.below(200) {
                    tokio::task::yield_now().await;
                }
            }
            _ => good += poll_one(&mut tasks, &mut dice),
        }
    }
    let mut rounds = 0;
    while !tasks.is_empty() {
        let before = tasks.len();
        good += poll_one(&mut tasks, &mut dice);
        rounds = if tasks.len() < before { 0 } else { rounds + 1 };
        ensure(rounds < PATIENCE, format!("schedule {seed}: all calls end"))?;
        tokio::task::yield_now().await;
    }
    succeeds(client.list_end_users().send().await, format!("schedule {seed}: a call after it"))?;
    equal(stage.vendor.issuer().reuse_detected(), 0, format!("schedule {seed}: spent refresh tokens sent again"))?;
    // A login that all have left may be made again; a refresh may not.
    let exchanges = stage.vendor.take_exchanges();
    let refreshes =
        token_requests(&exchanges).into_iter().filter(|one| field(one, "refresh_token").is_some()).count();
    ensure(
        refreshes <= losses,
        format!("schedule {seed}: {refreshes} refreshes for {losses} tokens that were lost"),
    )?;
    Ok(good)
}

/// Polls one of the tasks that were woken, if there is one.
fn poll_one(tasks: &mut Vec<Task>, dice: &mut Dice) -> u32 {
    let woken: Vec<usize> = (0..tasks.len()).filter(|&index| tasks[index].woken()).collect();
    let Some(&index) = woken.get(dice.below(woken.len())) else { return 0 };
    let Poll::Ready(good) = tasks[index].poll() else { return 0 };
    drop(tasks.swap_remove(index));
    u32::from(good)
}
