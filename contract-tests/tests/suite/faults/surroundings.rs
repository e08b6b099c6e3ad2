//! Clocks that stand still, jump or leap, and deadlines of which one kind may be real.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use cx_client::env::{BoxFuture, Environment};

use crate::support::Patient;

/// A deadline of just this length passes by the machine's clock, so that a stall ends. All others never pass.
pub const REAL_DEADLINE: Duration = Duration::from_millis(200);

/// A timer of this length or longer is a deadline; a shorter one is a pause between two attempts.
const SHORTEST_DEADLINE: Duration = Duration::from_secs(25);

/// How the clocks run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clocks {
    /// The time of day stands still, and the other clock moves by what was slept.
    #[default]
    Calm,
    /// The time of day is a hundred years early.
    LongAgo,
    /// The time of day is a hundred years late.
    FarAhead,
    /// The time of day changes with each look by years, back and forth.
    ToAndFro,
    /// The clock that deadlines run on leaps an hour with each look, as after a sleep of the machine.
    Leaping,
}

/// Surroundings in which pauses pass at once.
#[derive(Debug, Default)]
pub struct Surroundings {
    clocks: Clocks,
    slept: Mutex<Duration>,
    looks: AtomicU64,
}

impl Surroundings {
    /// With clocks that run so.
    pub fn new(clocks: Clocks) -> Self {
        Self { clocks, ..Self::default() }
    }

    fn look(&self) -> u64 {
        self.looks.fetch_add(1, Ordering::Relaxed)
    }
}

impl Environment for Surroundings {
    fn now(&self) -> Duration {
        let leaps = if self.clocks == Clocks::Leaping { self.look() } else { 0 };
        *self.slept.lock().unwrap() + Duration::from_secs(3600 * leaps)
    }

    fn wall_clock(&self) -> SystemTime {
        const CENTURY: Duration = Duration::from_secs(36_525 * 24 * 3600);
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(Patient::NOW);
        match self.clocks {
            Clocks::Calm | Clocks::Leaping => now,
            Clocks::LongAgo => now - CENTURY,
            Clocks::FarAhead => now + CENTURY,
            Clocks::ToAndFro if self.look().is_multiple_of(2) => now - CENTURY,
            Clocks::ToAndFro => now + CENTURY,
        }
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        if duration == REAL_DEADLINE {
            return Box::pin(tokio::time::sleep(duration));
        }
        if duration >= SHORTEST_DEADLINE {
            return Box::pin(std::future::pending());
        }
        *self.slept.lock().unwrap() += duration;
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> f64 {
        0.5
    }
}
