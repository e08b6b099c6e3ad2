//! Time with timers: each waits until a test moves the clock past its end. Short ones may pass by themselves.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
    time::{Duration, SystemTime},
};

use cx_client::env::{BoxFuture, Environment};

/// The wall clock at the beginning: Sunday, 6 November 1994, 08:49:37 GMT, the date of RFC 9110's own examples.
pub const BEGINNING: u64 = 784_111_777;

/// Time with timers. Clones show the same time.
#[derive(Clone, Debug)]
pub struct Timers(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    now: Duration,
    /// What was added to the wall clock, in seconds.
    jumped: i64,
    random: f64,
    /// Timers shorter than this pass at once, and move the clock.
    hurried_below: Duration,
    /// Those timers, in order.
    hurried: Vec<Duration>,
    waiting: Vec<Waker>,
}

impl Timers {
    /// Timers that pass when [`Self::advance`] lets them.
    pub fn new() -> Self {
        Self::hurried_below(Duration::ZERO)
    }

    /// The same, but shorter timers pass at once.
    pub fn hurried_below(limit: Duration) -> Self {
        Self(Arc::new(Mutex::new(State {
            now: Duration::ZERO,
            jumped: 0,
            random: 0.5,
            hurried_below: limit,
            hurried: Vec::new(),
            waiting: Vec::new(),
        })))
    }

    pub fn advance(&self, by: Duration) {
        let waiting = {
            let mut state = self.state();
            state.now += by;
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Sets the wall clock forward, or back, by so many seconds.
    pub fn jump(&self, seconds: i64) {
        self.state().jumped += seconds;
    }

    /// What every random number is from now on.
    pub fn set_random(&self, number: f64) {
        self.state().random = number;
    }

    /// The timers that passed at once since the last call.
    pub fn take_hurried(&self) -> Vec<Duration> {
        std::mem::take(&mut self.state().hurried)
    }

    pub fn environment(&self) -> Arc<dyn Environment> {
        Arc::new(self.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Environment for Timers {
    fn now(&self) -> Duration {
        self.state().now
    }

    fn wall_clock(&self) -> SystemTime {
        let state = self.state();
        let wall = Duration::from_secs(BEGINNING.saturating_add_signed(state.jumped)) + state.now;
        SystemTime::UNIX_EPOCH + wall
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        let mut state = self.state();
        if duration < state.hurried_below {
            state.now += duration;
            state.hurried.push(duration);
            return Box::pin(std::future::ready(()));
        }
        let end = state.now.saturating_add(duration);
        let own = self.clone();
        Box::pin(poll_fn(move |context| {
            let mut state = own.state();
            if state.now >= end {
                return Poll::Ready(());
            }
            state.waiting.push(context.waker().clone());
            Poll::Pending
        }))
    }

    fn random(&self) -> f64 {
        self.state().random
    }
}
