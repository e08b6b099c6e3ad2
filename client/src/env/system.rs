//! What the machine gives.

use std::time::{Duration, Instant, SystemTime};

use super::{BoxFuture, Environment};

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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_machine_draws_numbers_below_one_that_differ() {
        let system = System::default();
        let drawn: Vec<f64> = (0..100).map(|_| system.random()).collect();
        assert!(drawn.iter().all(|number| (0.0..1.0).contains(number)), "{drawn:?}");
        // Jitter that is the same for everybody is none.
        assert!(drawn.windows(2).any(|pair| pair.first() != pair.last()), "{drawn:?}");
    }

    #[test]
    fn the_machine_counts_from_its_start() {
        let five = Duration::from_secs(5);
        let system = System { start: Instant::now().checked_sub(five).unwrap() };
        let first = system.now();
        assert!(first >= five && system.now() >= first);
    }

    #[test]
    fn the_machine_knows_the_time_of_day() {
        let before = SystemTime::now();
        assert!(System::default().wall_clock() >= before);
    }
}
