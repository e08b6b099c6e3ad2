//! A run against a vendor, in a time that passes at once.

use std::{
    future::pending,
    sync::{Arc, LazyLock, Mutex},
    time::{Duration, SystemTime},
};

use contract_tests::{
    apis::{self, Subject},
    live::{self, Report, Settings},
};
use cx_client::env::{BoxFuture, Environment};
use cx_mock::issuer;

pub const APIS: &[&str] = &["wootric", "wootric-cxi", "directly"];

/// A timer of this length or longer is a deadline; a shorter one is a pause.
const SHORTEST_DEADLINE: Duration = Duration::from_secs(25);

/// Surroundings in which pauses pass at once and are written down, and in which deadlines never pass.
#[derive(Debug, Default)]
pub struct Patient(Mutex<Vec<Duration>>);

impl Patient {
    pub fn pauses(&self) -> Vec<Duration> {
        self.0.lock().unwrap().clone()
    }
}

impl Environment for Patient {
    fn now(&self) -> Duration {
        self.pauses().iter().sum()
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        if duration >= SHORTEST_DEADLINE {
            return Box::pin(pending());
        }
        self.0.lock().unwrap().push(duration);
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> f64 {
        0.5
    }
}

/// The settings of a run that nothing slows down.
pub fn settings(api: &str, base_url: &str) -> Settings {
    let settings = Settings::of(subject(api), base_url).unwrap().with_limits(1.0, 1_000).unwrap();
    Settings { environment: Arc::new(Patient::default()), ..settings }
}

/// Credentials that the mock knows, one kind at a time.
pub fn mock_credentials(name: &str) -> Option<String> {
    let value = match name {
        "CX_CLIENT_ID" => issuer::CLIENT_ID,
        "CX_CLIENT_SECRET" => issuer::CLIENT_SECRET,
        _ => return None,
    };
    Some(value.to_owned())
}

/// A run that nobody ends.
pub async fn run(settings: &Settings) -> Report {
    live::run(settings, &mock_credentials, pending()).await.unwrap()
}

/// The subject of an API. The documents are read once, because that takes a while.
pub fn subject(api: &str) -> Subject {
    static ALL: LazyLock<Vec<Subject>> = LazyLock::new(|| apis::subjects(None).unwrap());
    ALL.iter().find(|subject| subject.name() == api).unwrap().clone()
}
