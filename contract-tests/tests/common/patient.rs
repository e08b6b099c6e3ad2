//! Surroundings without a real clock, for several of the test programs.

use std::{
    sync::Mutex,
    time::{Duration, SystemTime},
};

use cx_client::env::{BoxFuture, Environment};

/// A timer of this length or longer is a deadline; a shorter one is a pause.
const SHORTEST_DEADLINE: Duration = Duration::from_secs(25);

/// Surroundings in which pauses pass at once and are written down, and in which deadlines never pass.
#[derive(Debug, Default)]
pub struct Patient(Mutex<Vec<Duration>>);

impl Patient {
    /// The time of day that never changes.
    pub const NOW: u64 = 1_600_000_000;

    /// The pauses so far.
    pub fn pauses(&self) -> Vec<Duration> {
        self.0.lock().unwrap().clone()
    }
}

impl Environment for Patient {
    fn now(&self) -> Duration {
        self.pauses().iter().sum()
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(Self::NOW)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        if duration >= SHORTEST_DEADLINE {
            return Box::pin(std::future::pending());
        }
        self.0.lock().unwrap().push(duration);
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> f64 {
        0.5
    }
}
