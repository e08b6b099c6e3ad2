//! The end of a flight or of a session, which any number of callers await.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
    task::AtomicWaker,
};

use super::renewal::Outcome;
#[cfg(cx_shuttle)]
use crate::twin::{self, Rule};

/// The end of a flight, or of a session. Whoever polls it drives it on.
///
/// A plain [`Shared`] forgets callers in one case. Something wakes the flight while A polls it; B, woken with A, finds it
/// being polled and goes back to sleep; then A is dropped before its next turn, and nobody polls again. So whoever stops
/// waiting wakes the others, who look for themselves.
#[derive(Clone)]
pub(super) struct Landing<T = Arc<Outcome>> {
    /// Dropped before the field below it, so that a caller who stops waiting does not wake itself.
    shared: Shared<BoxFuture<'static, T>>,
    _others: Others,
}

impl<T: Clone + Send + Sync + 'static> Landing<T> {
    pub(super) fn new(flight: impl Future<Output = T> + Send + 'static) -> Self {
        let others = Others::default();
        let waker = Arc::clone(&others.0);
        let shared = async move {
            let mut flight = pin!(flight);
            poll_fn(move |context| {
                let polled = flight.as_mut().poll(context);
                if polled.is_pending() {
                    waker.register(context.waker());
                }
                polled
            })
            .await
        };
        Self { shared: shared.boxed().shared(), _others: others }
    }

    /// Whether there is an outcome.
    pub(super) fn over(&self) -> bool {
        self.shared.peek().is_some()
    }
}

impl<T: Clone> Future for Landing<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.shared.poll_unpin(context)
    }
}

/// Wakes all who wait, when it is dropped. Waking takes the registered waker away, so a second drop wakes nobody until the
/// flight has been polled again, and need not.
#[derive(Clone, Default)]
struct Others(Arc<AtomicWaker>);

impl Drop for Others {
    fn drop(&mut self) {
        #[cfg(cx_shuttle)]
        if twin::broken(Rule::LeaverSilent) {
            return;
        }
        self.0.wake();
    }
}
