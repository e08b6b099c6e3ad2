//! A clock that moves when told to.

use super::*;

/// A clock that moves when told to.
#[derive(Debug, Default)]
pub(super) struct Clock(Mutex<Times>);

#[derive(Debug, Default)]
struct Times {
    now: Duration,
    /// How far the wall clock was set back or forth, in seconds.
    jump: i64,
    /// What the die shows.
    die: f64,
    sleepers: Vec<Waker>,
}

impl Clock {
    pub(super) fn advance(&self, seconds: f64) {
        let mut times = self.0.lock().unwrap();
        times.now += Duration::from_secs_f64(seconds);
        let sleepers = std::mem::take(&mut times.sleepers);
        drop(times);
        sleepers.into_iter().for_each(Waker::wake);
    }

    pub(super) fn jump(&self, seconds: i64) {
        self.0.lock().unwrap().jump += seconds;
    }

    pub(super) fn load_die(&self, die: f64) {
        self.0.lock().unwrap().die = die;
    }
}

/// The clock as an environment. Unless its die is loaded, it shows 0: repetitions without a named wait follow at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Env(pub(super) Arc<Clock>);

impl Environment for Env {
    fn now(&self) -> Duration {
        self.0.0.lock().unwrap().now
    }

    fn wall_clock(&self) -> SystemTime {
        let times = self.0.0.lock().unwrap();
        let seconds = 1_700_000_000 + i64::try_from(times.now.as_secs()).unwrap() + times.jump;
        UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        let clock = Arc::clone(&self.0);
        let end = self.now() + duration;
        Box::pin(poll_fn(move |context| {
            let mut times = clock.0.lock().unwrap();
            if times.now >= end {
                return Poll::Ready(());
            }
            times.sleepers.push(context.waker().clone());
            Poll::Pending
        }))
    }

    fn random(&self) -> f64 {
        self.0.0.lock().unwrap().die
    }
}
