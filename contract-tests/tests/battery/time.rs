//! The time that client and vendor share: it moves when a test moves it, and never by itself.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use cx_client::env::{BoxFuture, Environment};
use cx_mock::{Clock, ManualClock};

/// A timer of this length or longer is a deadline; a shorter one is a pause between two attempts.
const SHORTEST_DEADLINE: Duration = Duration::from_secs(25);

/// Time, as a test wants it. No deadline passes in it. Clones show the same time.
#[derive(Clone, Debug)]
pub struct Time {
    clock: ManualClock,
    hurried: bool,
}

impl Time {
    /// Pauses between attempts pass at once, and move the clock.
    pub fn hurried() -> Self {
        Self { clock: ManualClock::default(), hurried: true }
    }

    /// No timer ever ends: for tests in which a pause would change what is tested.
    pub fn still() -> Self {
        Self { clock: ManualClock::default(), hurried: false }
    }

    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    pub fn clock(&self) -> ManualClock {
        self.clock.clone()
    }

    pub fn environment(&self) -> Arc<dyn Environment> {
        Arc::new(self.clone())
    }
}

impl Environment for Time {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.clock.now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        if !self.hurried || duration >= SHORTEST_DEADLINE {
            return Box::pin(std::future::pending());
        }
        self.clock.advance(duration);
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> f64 {
        0.5
    }
}
