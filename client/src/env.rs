//! Time, sleep and randomness, passed in so that tests decide them.

// The standard library has no clock in a browser, and timers are its JavaScript's: there an application brings its own.
#[cfg(not(target_family = "wasm"))]
mod system;

use std::{
    fmt::Debug,
    future::Future,
    pin::Pin,
    time::{Duration, SystemTime},
};

#[cfg(not(target_family = "wasm"))]
pub use system::System;

/// A boxed future without a lifetime.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What the runtime takes from its surroundings.
///
/// `System` is the real one, where there is one. A test passes its own to decide when a token expires or how long a retry waits.
pub trait Environment: Debug + Send + Sync {
    /// Time since some fixed point, never going back.
    fn now(&self) -> Duration;

    /// The time of day, for headers that carry a date. It may jump.
    fn wall_clock(&self) -> SystemTime;

    /// Waits for so long. The future is dropped where the wait is not needed any more.
    fn sleep(&self, duration: Duration) -> BoxFuture<()>;

    /// A number from 0 (included) to 1 (excluded).
    fn random(&self) -> f64;
}

/// A random part of a pause, so that many clients do not end it at the same moment: between nothing and all of it,
/// whatever number an environment draws.
pub(crate) fn jitter(environment: &dyn Environment, longest: Duration) -> Duration {
    let drawn = environment.random();
    // `clamp` lets a NaN through, and `mul_f64` would panic on it.
    longest.mul_f64(if drawn.is_nan() { 0.0 } else { drawn.clamp(0.0, 1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws one number for ever.
    #[derive(Debug)]
    struct Loaded(f64);

    impl Environment for Loaded {
        fn now(&self) -> Duration {
            Duration::ZERO
        }

        fn wall_clock(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH
        }

        fn sleep(&self, _: Duration) -> BoxFuture<()> {
            Box::pin(std::future::pending())
        }

        fn random(&self) -> f64 {
            self.0
        }
    }

    #[test]
    fn jitter_is_a_part_of_the_pause_whatever_is_drawn() {
        for (drawn, seconds) in
            [(0.0, 0), (0.25, 2), (1.0, 8), (7.0, 8), (-1.0, 0), (f64::NAN, 0), (f64::INFINITY, 8)]
        {
            assert_eq!(jitter(&Loaded(drawn), Duration::from_secs(8)), Duration::from_secs(seconds), "{drawn}");
        }
    }
}
