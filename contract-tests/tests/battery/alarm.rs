//! Time whose timers end when a test moves the clock to them: for deadlines, which never pass in [`crate::time::Time`].

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use cx_client::env::{BoxFuture, Environment};
use cx_mock::{Clock, ManualClock};
use tokio::sync::oneshot;

/// A clock with its timers. Clones share both.
#[derive(Clone, Debug, Default)]
pub struct Alarm {
    clock: ManualClock,
    timers: Arc<Mutex<Vec<Timer>>>,
}

#[derive(Debug)]
struct Timer {
    end: Duration,
    bell: oneshot::Sender<()>,
}

impl Alarm {
    /// Moves the clock, and ends the timers that it passes.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
        let now = self.clock.now();
        let mut timers = self.timers.lock().unwrap_or_else(PoisonError::into_inner);
        let (over, left): (Vec<_>, Vec<_>) = mem::take(&mut *timers).into_iter().partition(|timer| timer.end <= now);
        *timers = left;
        for timer in over {
            // Whoever waited may have gone.
            let _gone = timer.bell.send(());
        }
    }
}

impl Environment for Alarm {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.clock.now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        let (bell, rung) = oneshot::channel();
        let timer = Timer { end: self.clock.now() + duration, bell };
        self.timers.lock().unwrap_or_else(PoisonError::into_inner).push(timer);
        Box::pin(async move { drop(rung.await) })
    }

    fn random(&self) -> f64 {
        0.5
    }
}

/// Lets every task run that waits for no more than a timer.
pub async fn settled() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}
