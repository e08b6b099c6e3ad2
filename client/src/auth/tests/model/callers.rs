//! Those who ask for a token, and leave when they like.

use std::pin::pin;

use shuttle::rand::{Rng, thread_rng};

use super::super::*;

/// When a caller leaves.
#[derive(Clone, Copy, Debug)]
pub(super) enum Leaving {
    /// When it has what it came for.
    Served,
    /// At its so manyth turn, if it has not been served then.
    AtTurn(usize),
}

impl Leaving {
    pub(super) fn any() -> Self {
        if thread_rng().gen_bool(0.5) { Self::Served } else { Self::AtTurn(thread_rng().gen_range(0..12)) }
    }

    /// Awaits a future as long as the caller stays. Dropped with the last turn, wherever it is then.
    async fn stay<T>(self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        let mut turn = 0;
        poll_fn(move |context| {
            if matches!(self, Self::AtTurn(last) if turn >= last) {
                return Poll::Ready(None);
            }
            turn += 1;
            match future.as_mut().poll(context) {
                Poll::Ready(result) => Poll::Ready(Some(result)),
                // It leaves at once, and not when it is woken for the next time: that may never be.
                Poll::Pending if matches!(self, Self::AtTurn(last) if turn >= last) => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }
}

/// Asks for a token, or says that one was refused.
pub(super) struct Caller {
    manager: TokenManager,
    refused: Option<Bearer>,
}

impl Caller {
    pub(super) fn any(manager: &TokenManager, token: &Bearer) -> Self {
        Self { manager: manager.clone(), refused: thread_rng().gen_bool(0.3).then(|| token.clone()) }
    }

    /// Asks once, and if it is served again with what it got, as after a second 401.
    pub(super) async fn run(self, leaving: Leaving, left: Arc<AtomicUsize>) {
        let asked = async {
            match &self.refused {
                Some(bearer) => self.manager.rejected(bearer).await,
                None => self.manager.bearer().await,
            }
        };
        if let Some(Ok(bearer)) = leaving.stay(asked).await
            && thread_rng().gen_bool(0.3)
        {
            drop(leaving.stay(self.manager.rejected(&bearer)).await);
        }
        left.fetch_sub(1, Ordering::SeqCst);
    }
}
