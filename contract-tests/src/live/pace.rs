//! So many requests a second, and not one more.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use cx_client::env::Environment;

/// Keeps requests apart.
pub(super) struct Pace {
    environment: Arc<dyn Environment>,
    interval: Duration,
    /// When the next request may start.
    next: Mutex<Duration>,
}

impl Pace {
    /// `rate` requests a second.
    pub fn new(environment: Arc<dyn Environment>, rate: f64) -> Self {
        let interval = Duration::try_from_secs_f64(rate.recip()).unwrap_or(Duration::from_secs(1));
        Self { environment, interval, next: Mutex::default() }
    }

    /// Waits for one's turn.
    pub async fn turn(&self) {
        let now = self.environment.now();
        let start = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let start = now.max(*next);
            *next = start.saturating_add(self.interval);
            start
        };
        let pause = start.saturating_sub(now);
        if !pause.is_zero() {
            self.environment.sleep(pause).await;
        }
    }
}
