//! One renewal that any number of callers share.

use std::{
    future::Future,
    panic::AssertUnwindSafe,
    sync::{Arc, PoisonError},
};

use futures_util::{
    FutureExt,
    future::{AbortHandle, abortable},
};

use super::{
    landing::Landing,
    locking::Held,
    renewal::Outcome,
    sync::{AtomicUsize, Mutex, MutexGuard, Ordering},
};
use crate::twin::{self, Rule};

/// One renewal that any number of callers share. Whoever polls drives it; who leaves lets the others go on, and a flight
/// that all have left stays where it is until somebody boards it again, if something would be lost with it.
pub(crate) struct Flight {
    landing: Landing,
    control: Arc<Control>,
    seats: AtomicUsize,
}

impl Flight {
    /// A flight that has not yet been polled. A panic inside ends it with `crashed`.
    pub(crate) fn new(
        control: Arc<Control>,
        renewal: impl Future<Output = Outcome> + Send + 'static,
        crashed: impl FnOnce() -> Outcome + Send + 'static,
    ) -> Arc<Self> {
        let landing =
            AssertUnwindSafe(renewal).catch_unwind().map(|outcome| Arc::new(outcome.unwrap_or_else(|_| crashed())));
        Arc::new(Self { landing: Landing::new(landing), control, seats: AtomicUsize::new(0) })
    }

    pub(crate) fn landing(&self) -> Landing {
        self.landing.clone()
    }

    pub(crate) fn control(&self) -> &Control {
        &self.control
    }

    /// Whether anybody drives it.
    pub(crate) fn occupied(&self) -> bool {
        self.seats.load(Ordering::Acquire) > 0
    }

    /// How many drive it.
    #[cfg(test)]
    pub(crate) fn seats(&self) -> usize {
        self.seats.load(Ordering::Acquire)
    }

    /// Takes a seat. To be called with the manager's state locked, so that [`Self::occupied`] can be relied on there.
    pub(crate) fn board(self: &Arc<Self>) -> Seat {
        self.seats.fetch_add(1, Ordering::AcqRel);
        Seat(Arc::clone(self))
    }
}

/// A caller's place on a flight.
pub(crate) struct Seat(Arc<Flight>);

impl Seat {
    pub(crate) fn flight(&self) -> &Arc<Flight> {
        &self.0
    }
}

impl Drop for Seat {
    /// A flight that all have left gives the lock of the store back, unless an answer is under way that it protects.
    fn drop(&mut self) {
        if twin::broken(Rule::LeaverEndsFlight) && !self.0.landing.over() {
            self.0.control.cancel();
        }
        if self.0.seats.fetch_sub(1, Ordering::AcqRel) == 1 && !self.0.control.precious() {
            drop(self.0.control.take_lease());
        }
    }
}

/// What those outside may do to a flight, and what it says about itself.
#[derive(Default)]
pub(crate) struct Control(Mutex<Stage>);

/// Where a flight is.
#[derive(Default)]
struct Stage {
    cancelled: bool,
    /// What was sent or received cannot be had again: the flight must not be thrown away.
    precious: bool,
    /// Counts what can be interrupted.
    step: u32,
    interrupt: Option<(Step, AbortHandle)>,
    /// The lock of the store. It is not here while it is used.
    lease: Option<Held>,
}

/// What can be interrupted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Waiting for an answer: by [`Control::hurry`] and [`Control::cancel`].
    Answer,
    /// Waiting before a repetition: by [`Control::cancel`] alone.
    Pause,
}

impl Control {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the flight at the next chance, without a further request and without saving anything.
    pub(crate) fn cancel(&self) {
        let mut stage = self.stage();
        stage.cancelled = true;
        if let Some((_, handle)) = stage.interrupt.take() {
            handle.abort();
        }
    }

    pub(crate) fn cancelled(&self) -> bool {
        self.stage().cancelled
    }

    /// From here on the flight must not be thrown away: what it sent or received cannot be had again.
    pub(crate) fn set_precious(&self) {
        self.stage().precious = true;
    }

    pub(crate) fn precious(&self) -> bool {
        self.stage().precious
    }

    pub(crate) fn put_lease(&self, held: Held) {
        self.stage().lease = Some(held);
    }

    pub(crate) fn take_lease(&self) -> Option<Held> {
        self.stage().lease.take()
    }

    /// Number of the present step, for [`Self::hurry`].
    pub(crate) fn step(&self) -> u32 {
        self.stage().step
    }

    /// Stops waiting for an answer, if the flight is still in the step it was in.
    pub(crate) fn hurry(&self, step: u32) {
        let mut stage = self.stage();
        if stage.step == step
            && let Some((_, handle)) = stage.interrupt.take_if(|(kind, _)| *kind == Step::Answer)
        {
            handle.abort();
        }
    }

    /// The result of a future, or `None` if it was interrupted.
    pub(crate) async fn interruptible<T>(&self, kind: Step, future: impl Future<Output = T>) -> Option<T> {
        let (future, handle) = abortable(future);
        {
            let mut stage = self.stage();
            if stage.cancelled {
                return None;
            }
            stage.step = stage.step.wrapping_add(1);
            stage.interrupt = Some((kind, handle));
        }
        let result = future.await;
        self.stage().interrupt = None;
        result.ok()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn only_the_step_that_was_meant_is_hurried() {
        let control = Control::default();
        assert_eq!(control.interruptible(Step::Answer, async { 1 }).now_or_never(), Some(Some(1)));
        let earlier = control.step();
        let mut waiting = Box::pin(control.interruptible(Step::Answer, std::future::pending::<()>()));
        assert_eq!(waiting.as_mut().now_or_never(), None);
        control.hurry(earlier);
        assert_eq!(waiting.as_mut().now_or_never(), None, "it waits in another step");
        control.hurry(control.step());
        assert_eq!(waiting.as_mut().now_or_never(), Some(None));
    }

    #[test]
    fn a_pause_is_ended_by_a_sign_out_alone() {
        let control = Control::default();
        let mut waiting = Box::pin(control.interruptible(Step::Pause, std::future::pending::<()>()));
        assert_eq!(waiting.as_mut().now_or_never(), None);
        control.hurry(control.step());
        assert_eq!(waiting.as_mut().now_or_never(), None);
        control.cancel();
        assert_eq!(waiting.as_mut().now_or_never(), Some(None));
    }
}
