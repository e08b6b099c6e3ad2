//! What a process under test does: a client on a shared store, told what to do by its parent.
//!
//! | line to it | does |
//! |---|---|
//! | `call N` | sets the clock to N seconds after the start, makes one call, answers `ok` or `failed WHY` |
//! | `on` | lets it pass the point where it stops, until the next call |

use std::{
    io::BufRead as _,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use cx_client::{
    ApiClient as _, CoreBuilder,
    auth::{Credentials, FileStore, RedisStore, TokenStore},
    env::{BoxFuture, Environment},
    wootric,
};
use cx_mock::issuer;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};

use crate::witness::{Point, Stop, Witness, say};

/// Where a parent puts what its child should be.
pub const VARIABLE: &str = "CX_STORE_CHILD";
/// The refresh token that a session without a login starts with.
pub const START: &str = "refresh-token-to-start-with";

/// How long a lock on a Redis server lasts: longer than any test.
pub const TERM: Duration = Duration::from_secs(600);

/// What a child should be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Role {
    pub base_url: String,
    pub store: Shared,
    /// It can log in again, or has a refresh token and nothing else.
    pub can_log_in: bool,
    pub stop: Option<Point>,
}

/// The store that processes share.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Shared {
    File(PathBuf),
    Redis(String),
}

impl Shared {
    pub fn open(&self) -> Arc<dyn TokenStore> {
        match self {
            Self::File(folder) => Arc::new(FileStore::new(folder)),
            Self::Redis(url) => Arc::new(RedisStore::new(url).unwrap().with_lock_term(TERM)),
        }
    }
}

/// The clock of the machine, and what the parent adds to it.
#[derive(Debug)]
struct Shifted {
    start: Instant,
    seconds: AtomicU64,
}

impl Shifted {
    fn shift(&self) -> Duration {
        Duration::from_secs(self.seconds.load(Ordering::SeqCst))
    }
}

impl Environment for Shifted {
    fn now(&self) -> Duration {
        self.start.elapsed() + self.shift()
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::now() + self.shift()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self) -> f64 {
        0.5
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a process that the other tests start"]
async fn run() {
    let role: Role = serde_json::from_str(&std::env::var(VARIABLE).unwrap()).unwrap();
    let clock = Arc::new(Shifted { start: Instant::now(), seconds: AtomicU64::new(0) });
    let (gate, open) = watch::channel(false);
    let stop = Stop { at: role.stop, open };
    let credentials = match role.can_log_in {
        true => Credentials::password(issuer::USERNAME, issuer::PASSWORD).with_password_kept(),
        false => Credentials::refresh_token(START),
    };
    let environment: Arc<Shifted> = Arc::clone(&clock);
    let core = CoreBuilder::new(wootric::Client::API)
        .base_url(role.base_url)
        .credentials(credentials)
        .token_store(Arc::new(Witness { store: role.store.open(), stop }))
        .environment(environment)
        .build()
        .unwrap();
    let client = wootric::Client::from_core(core);
    let mut calls = commands(gate);
    say("ready");
    while let Some(seconds) = calls.recv().await {
        clock.seconds.store(seconds, Ordering::SeqCst);
        match client.list_end_users().send().await {
            Ok(_) => say("ok"),
            Err(error) => say(&format!("failed {:?} {}", error.kind(), error.oauth_error().unwrap_or("-"))),
        }
    }
}

/// The calls to make. Whether the way is open is settled here.
fn commands(gate: watch::Sender<bool>) -> mpsc::UnboundedReceiver<u64> {
    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let line = line.unwrap();
            let call = line.strip_prefix("call ");
            gate.send_replace(call.is_none());
            if let Some(seconds) = call {
                sender.send(seconds.parse().unwrap()).unwrap();
            }
        }
    });
    receiver
}
