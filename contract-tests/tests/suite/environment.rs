//! A clock that a test moves, for client and vendor alike.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use cx_client::env::{BoxFuture, Environment};
use cx_mock::{Clock, ManualClock};

/// The surroundings of a client under test: time stands still until the test moves it, and no deadline ever passes.
#[derive(Clone, Debug, Default)]
pub struct Still(pub ManualClock);

impl Still {
    pub fn shared(&self) -> Arc<dyn Environment> {
        Arc::new(self.clone())
    }
}

impl Environment for Still {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.0.now()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<()> {
        Box::pin(std::future::pending())
    }

    fn random(&self) -> f64 {
        0.5
    }
}
