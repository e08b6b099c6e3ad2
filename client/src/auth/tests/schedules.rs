//! Random schedules: callers start, stop, are refused and sign out in any order, on a clock that moves between any two
//! steps. A task is polled only after it was woken, so that a lost wake-up shows as a schedule that does not end.

use std::{
    pin::Pin,
    task::{Context, Wake},
};

use super::{cancellation::Slow, *};

/// Remembers that a task was woken.
#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

pub(super) struct Task {
    future: Pin<Box<dyn Future<Output = bool> + Send>>,
    flag: Arc<Flag>,
}

impl Task {
    pub(super) fn new(future: impl Future<Output = bool> + Send + 'static) -> Self {
        Self { future: Box::pin(future), flag: Arc::new(Flag(AtomicBool::new(true))) }
    }

    pub(super) fn woken(&self) -> bool {
        self.flag.0.load(Ordering::SeqCst)
    }

    pub(super) fn poll(&mut self) -> Poll<bool> {
        self.flag.0.store(false, Ordering::SeqCst);
        let waker = Waker::from(Arc::clone(&self.flag));
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }
}

/// How often each spent refresh token came back.
type Reused = Arc<Mutex<HashMap<String, u32>>>;

/// A vendor that rotates, fails now and then, and notices when a refresh token that was answered comes back. If it is
/// `lossy`, some of its answers do not arrive.
fn moody(seed: u64, lossy: bool, reused: Reused) -> Arc<Vendor> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut present = 0;
    Vendor::new(move |form| {
        if let Some(token) = form.get("refresh_token")
            && *token != format!("refresh-{present}")
        {
            *reused.lock().unwrap().entry(token.clone()).or_default() += 1;
            return invalid_grant();
        }
        match random.u32(0..12) {
            0 => Reaction::Answer(500, json!({})),
            1 => Reaction::Fail(Sent::No),
            2 => Reaction::Busy(503, 2),
            3 => invalid_grant(),
            4 if lossy => {
                present += 1;
                Reaction::Fail(Sent::Unknown)
            }
            _ => {
                present += 1;
                Reaction::Answer(200, pair(present))
            }
        }
    })
}

/// Time passes between requests only, so that no answer is lost.
#[test]
fn no_schedule_sends_a_spent_token_if_no_answer_is_lost() {
    for seed in 0..400 {
        assert_eq!(run(seed, false), 0, "seed {seed}");
    }
}

/// Answers do not arrive, and time passes at any moment, so that requests run into their limits.
#[test]
fn no_schedule_sends_a_spent_token_more_than_once() {
    let most = (0..400).map(|seed| run(seed, true)).max();
    assert_eq!(most, Some(1));
}

/// Runs a schedule; how often a spent refresh token came back at most.
fn run(seed: u64, lossy: bool) -> u32 {
    let mut random = fastrand::Rng::with_seed(seed);
    let reused = Reused::default();
    let vendor = moody(seed, lossy, Arc::clone(&reused));
    vendor.delay.store(random.usize(0..4), Ordering::SeqCst);
    let credentials = password().with_password_kept();
    let bench = Bench::with_store(&WOOTRIC, vendor, credentials, Arc::new(Slow::default()));
    let mut tasks: Vec<Task> = Vec::new();
    let last = Arc::new(Mutex::new(None::<Bearer>));
    let mut good = 0;
    for _ in 0..300 {
        match random.u32(0..20) {
            0..=4 => {
                let (manager, last) = (bench.manager.clone(), Arc::clone(&last));
                tasks.push(Task::new(async move {
                    let result = manager.bearer().await;
                    let good = result.is_ok();
                    *last.lock().unwrap() = result.ok();
                    good
                }));
            }
            5 => {
                if let Some(bearer) = last.lock().unwrap().clone() {
                    let manager = bench.manager.clone();
                    tasks.push(Task::new(async move { manager.rejected(&bearer).await.is_ok() }));
                }
            }
            6 if lossy || bench.vendor.idle() => {
                bench.advance(*[0.1, 1.0, 5.0, 3000.0, 3545.0, 3600.0].get(random.usize(0..6)).unwrap())
            }
            7 if !tasks.is_empty() => drop(tasks.swap_remove(random.usize(0..tasks.len()))),
            _ => {
                let woken: Vec<usize> = (0..tasks.len()).filter(|&index| tasks[index].woken()).collect();
                if let Some(&index) = woken.get(random.usize(0..woken.len().max(1)))
                    && let Poll::Ready(result) = tasks[index].poll()
                {
                    good += usize::from(result);
                    drop(tasks.swap_remove(index));
                }
            }
        }
    }
    // What is left ends, given time.
    for _ in 0..2000 {
        for index in (0..tasks.len()).rev() {
            if tasks[index].woken() && tasks[index].poll().is_ready() {
                drop(tasks.swap_remove(index));
            }
        }
        if !tasks.iter().any(Task::woken) {
            bench.advance(1.0);
        }
    }
    assert!(tasks.is_empty(), "seed {seed}: {} callers never end", tasks.len());
    assert!(good > 0, "seed {seed}: no caller got a token");
    assert_eq!(bench.vendor.most.load(Ordering::SeqCst), 1, "seed {seed}: requests overlapped");
    reused.lock().unwrap().values().copied().max().unwrap_or_default()
}
