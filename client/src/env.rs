//! Time, sleep and randomness, passed in so that tests decide them.

use std::{
    fmt::Debug,
    future::Future,
    pin::Pin,
    time::{Duration, Instant, SystemTime},
};

/// A boxed future without a lifetime.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What the runtime takes from its surroundings.
///
/// [`System`] is the real one. A test passes its own to decide when a token expires or how long a retry waits.
pub trait Environment: Debug + Send + Sync {
    /// Time since some fixed point, never going back.
    fn now(&self) -> Duration;

    /// The time of day, for headers that carry a date. It may jump.
    fn wall_clock(&self) -> SystemTime;

    /// Waits.
    fn sleep(&self, duration: Duration) -> BoxFuture<()>;

    /// A number from 0 (included) to 1 (excluded).
    fn random(&self) -> f64;
}

/// The clock, timer and random numbers of the machine.
#[derive(Debug)]
pub struct System {
    start: Instant,
}

impl Default for System {
    fn default() -> Self {
        Self { start: Instant::now() }
    }
}

impl Environment for System {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self) -> f64 {
        fastrand::f64()
    }
}
