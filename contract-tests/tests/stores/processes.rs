//! Two and eight processes on one store, and one of them killed at every point that matters.

use std::{sync::Arc, time::Duration};

use cx_mock::{ManualClock, MockVendor};
use tempfile::TempDir;

use crate::{
    child::{Role, START, Shared, TERM},
    process::Process,
    server::Server,
    witness::Point,
};

/// Lifetime of a token, in seconds.
const LIFETIME: u64 = 7200;

/// A vendor, a store, and the processes that share both.
struct Scene {
    vendor: MockVendor,
    clock: ManualClock,
    store: Shared,
    _folder: TempDir,
    server: Option<Server>,
}

impl Scene {
    async fn new(store: Shared, folder: TempDir, server: Option<Server>) -> Self {
        let clock = ManualClock::default();
        let api = Arc::new(cx_spec::embedded("wootric").unwrap());
        let vendor = MockVendor::builder(api).clock(clock.clone()).start().await;
        vendor.issuer().accept_refresh_token(START);
        Self { vendor, clock, store, _folder: folder, server }
    }

    async fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::new(Shared::File(folder.path().join("tokens")), folder, None).await
    }

    async fn redis() -> Option<Self> {
        let server = Server::start()?;
        let store = Shared::Redis(server.url());
        Some(Self::new(store, tempfile::tempdir().unwrap(), Some(server)).await)
    }

    fn process(&self, can_log_in: bool, stop: Option<Point>) -> Process {
        let (base_url, store) = (self.vendor.base_url().to_owned(), self.store.clone());
        Process::start(&Role { base_url, store, can_log_in, stop })
    }

    /// Requests at the token operation so far, and spent refresh tokens among them.
    fn requests(&self) -> (u64, u64) {
        (self.vendor.issuer().token_requests(), self.vendor.issuer().reuse_detected())
    }

    fn expire(&self) {
        self.clock.advance(Duration::from_secs(LIFETIME));
    }

    /// Everybody asks at once for a token that has expired, twice.
    async fn share(&self, number: usize) {
        let mut processes: Vec<Process> = (0..number).map(|_| self.process(true, Some(Point::Held))).collect();
        for round in 0..3 {
            processes.iter_mut().for_each(|process| process.call(round * LIFETIME));
            // One has the lock and is stopped there until all others have found it taken.
            let leaders: Vec<bool> = processes.iter().map(|process| process.next() == "Held").collect();
            assert_eq!(leaders.iter().filter(|leader| **leader).count(), 1);
            assert_eq!(self.requests(), (round, 0));
            // The others may get the lock after the leader: they are not to be stopped.
            processes.iter_mut().for_each(Process::let_on);
            for process in &processes {
                assert_eq!(process.result(), "ok");
            }
            assert_eq!(self.requests(), (round + 1, 0));
            self.expire();
        }
        self.vendor.assert_no_violations();
    }

    /// Kills a process that renews an expired token, at a point. Returns the others, who know the expired token.
    async fn kill_at(&self, point: Point, number: usize, can_log_in: bool) -> Vec<Process> {
        let mut leader = self.process(can_log_in, Some(point));
        let mut others: Vec<Process> = (1..number).map(|_| self.process(can_log_in, None)).collect();
        leader.call(0);
        leader.let_on();
        assert_eq!(leader.result(), "ok");
        for other in &mut others {
            other.call(0);
            assert_eq!(other.result(), "ok");
        }
        assert_eq!(self.requests(), (1, 0));
        self.expire();
        leader.call(LIFETIME);
        leader.expect(&format!("{point:?}"));
        leader.kill();
        self.outlast_lock().await;
        others
    }

    /// Has the lock of a dead process run out. Of a file the operating system has freed it already.
    async fn outlast_lock(&self) {
        let Some(server) = &self.server else { return };
        let keys = server.keys().await;
        let locks: Vec<&String> = keys.iter().filter(|key| key.ends_with(":lock")).collect();
        let [lock] = locks[..] else { panic!("one lock: {keys:?}") };
        let mut connection = server.connection().await;
        let left: i64 = ::redis::cmd("PTTL").arg(lock).query_async(&mut connection).await.unwrap();
        assert!((1..=TERM.as_millis()).contains(&u128::try_from(left).unwrap()), "{left}");
        let _: bool = ::redis::cmd("PEXPIRE").arg(lock).arg(0).query_async(&mut connection).await.unwrap();
    }

    /// Has all ask at once; what they get.
    fn ask(&self, processes: &mut [Process]) -> Vec<String> {
        processes.iter_mut().for_each(|process| process.call(LIFETIME));
        processes.iter().map(Process::result).collect()
    }

    async fn killed_before_the_request(&self, number: usize) {
        let mut others = self.kill_at(Point::Held, number, true).await;
        assert_eq!(self.requests(), (1, 0));
        assert_eq!(self.ask(&mut others), vec!["ok"; number - 1]);
        assert_eq!(self.requests(), (2, 0));
    }

    async fn killed_after_the_write(&self, number: usize) {
        let mut others = self.kill_at(Point::Saved, number, false).await;
        assert_eq!(self.requests(), (2, 0));
        assert_eq!(self.ask(&mut others), vec!["ok"; number - 1]);
        assert_eq!(self.requests(), (2, 0));
    }

    /// The refresh token without a successor is sent once more, by one of them; then one of them logs in.
    async fn killed_in_between_with_a_password(&self, number: usize) {
        let mut others = self.kill_at(Point::Saving, number, true).await;
        assert_eq!(self.requests(), (2, 0));
        assert_eq!(self.ask(&mut others), vec!["ok"; number - 1]);
        assert_eq!(self.requests(), (4, 1));
    }

    /// The refresh token without a successor is sent once more, by one of them; then the session is over for all.
    async fn killed_in_between_without_a_password(&self, number: usize) {
        let mut others = self.kill_at(Point::Saving, number, false).await;
        assert_eq!(self.requests(), (2, 0));
        let mut results = self.ask(&mut others);
        results.sort();
        let mut expected = vec!["failed Authentication -"; number - 1];
        expected[number - 2] = "failed Authentication invalid_grant";
        assert_eq!(results, expected);
        assert_eq!(self.requests(), (3, 1));
        // The error stays, nothing is sent, and whoever asks can have the lock.
        for other in &mut others {
            other.call(LIFETIME + 60);
            other.expect("Held");
            assert!(other.result().starts_with("failed Authentication"));
        }
        assert_eq!(self.requests(), (3, 1));
    }
}

macro_rules! scenes {
    ($($name:ident: $act:ident;)*) => {
        mod files {
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                for number in [2, 8] {
                    Scene::file().await.$act(number).await;
                }
            })*
        }

        mod redis {
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                for number in [2, 8] {
                    let Some(scene) = Scene::redis().await else { return };
                    scene.$act(number).await;
                }
            })*
        }
    };
}

scenes! {
    processes_share_one_refresh_per_expiry: share;
    a_leader_killed_before_the_request_loses_nothing: killed_before_the_request;
    a_leader_killed_after_the_write_loses_nothing: killed_after_the_write;
    a_leader_killed_in_between_costs_one_login: killed_in_between_with_a_password;
    a_leader_killed_in_between_ends_a_session_that_cannot_log_in: killed_in_between_without_a_password;
}
