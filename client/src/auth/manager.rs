//! Hands out tokens, and decides when to ask for one.

use std::{
    pin::pin,
    sync::{Arc, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwapOption;
use futures_util::{
    FutureExt,
    future::{Either, select},
};

use super::{
    bearer::Bearer,
    credentials::Credentials,
    ending::{Before, Ending, SignedOut},
    failure::Failure,
    flight::{Control, Flight, Seat},
    landing::Landing,
    options::Deps,
    renewal::{Means, Outcome, Renewal},
    session::{Session, open},
    sync::{Mutex, MutexGuard},
};
use crate::{
    error::{Error, ErrorKind},
    operation::Operation,
    twin::{self, Rule},
};

/// How long a flight that all had left is given for its answer to come in, before the request counts as lost.
const GRACE: Duration = Duration::from_secs(1);
/// How long the caller who renews early waits for the new token while the old one is good.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hands out tokens. Clones share everything.
///
/// | what is there | what [`Self::bearer`] does |
/// |---|---|
/// | a token outside its early window | returns it, without a lock |
/// | one in its early window | one caller renews it and waits at most 5 s; the others take it as it is |
/// | an early renewal that failed | returns the token, and tries again after the cool-down |
/// | none, or an expired one | one flight, shared by all callers, success and failure alike |
/// | a refusal, during the cool-down or as long as the vendor asked | the same failure, without a request |
/// | an ended session | an error of kind `Authentication`, without a request |
#[derive(Clone)]
pub(crate) struct TokenManager(Arc<Shared>);

struct Shared {
    deps: Arc<Deps>,
    /// The token to hand out: the last one, until it is refused. Written with the state locked.
    current: ArcSwapOption<Bearer>,
    state: Mutex<State>,
}

/// Locked for moments, never over an await.
struct State {
    session: Session,
    /// The last token of the session, refused or not.
    last: Option<Bearer>,
    flight: Option<Arc<Flight>>,
    /// The end of the session before. The next flight waits for it, so that the store ends with the token of the session
    /// that came last.
    before: Option<Landing<()>>,
    /// No early renewal before this.
    early_rest: Duration,
    /// No request at all before this; the failure stands for its result.
    rest: Option<(Duration, Failure)>,
}

impl TokenManager {
    /// A manager that has not yet asked for anything.
    ///
    /// # Errors
    ///
    /// `InvalidRequest` when the vendor does not take the grant of the credentials, `Decode` when a token from elsewhere
    /// cannot be sent in a header.
    pub(crate) fn new(deps: Deps, credentials: Credentials) -> Result<Self, Error> {
        let deps = Arc::new(deps);
        let (session, bearer) = open(&deps, credentials, false)?;
        let state = State {
            session,
            last: bearer.clone(),
            flight: None,
            before: None,
            early_rest: Duration::ZERO,
            rest: None,
        };
        let current = ArcSwapOption::from(bearer.map(Arc::new));
        Ok(Self(Arc::new(Shared { deps, current, state: Mutex::new(state) })))
    }

    /// A token for a request.
    ///
    /// # Errors
    ///
    /// What the token request failed with, for all who waited for it; `Store` when the store cannot be read at the
    /// start of a session; `Authentication` when the session has ended.
    pub(crate) async fn bearer(&self) -> Result<Bearer, Error> {
        if let Some(bearer) = &*self.0.current.load()
            && !bearer.token().due(self.0.deps.now())
        {
            return Ok(Bearer::clone(bearer));
        }
        self.obtain(None).await
    }

    /// A token to replay a request with whose token was answered with 401. When another caller has renewed meanwhile,
    /// that is the present token, without a request.
    ///
    /// # Errors
    ///
    /// As [`Self::bearer`]; `Authentication` when the token came from elsewhere and cannot be renewed.
    pub(crate) async fn rejected(&self, bearer: &Bearer) -> Result<Bearer, Error> {
        self.obtain(Some(bearer)).await
    }

    /// Takes a token out of use that was answered with 401, for a request that cannot be replayed: the next caller renews.
    /// A token from elsewhere stays, because there is no other.
    pub(crate) fn discard(&self, bearer: &Bearer) {
        let state = self.0.state();
        if matches!(state.session, Session::Open(_)) {
            self.0.forget(bearer);
        }
    }

    /// The operation that tokens come from.
    pub(crate) fn operation(&self) -> &'static Operation {
        self.0.deps.oauth.token
    }

    /// What the session is kept under; `None` for a token from elsewhere and after the end.
    #[cfg(test)]
    pub(crate) fn key(&self) -> Option<Arc<super::store::StoreKey>> {
        match &self.0.state().session {
            Session::Open(means) => Some(Arc::clone(&means.key)),
            _ => None,
        }
    }

    /// How many callers wait for a renewal.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.0.state().flight.as_ref().map_or(0, |flight| flight.seats())
    }

    /// Ends the session, whatever comes of its record: no token, no credentials and no record of it stay, and no renewal
    /// under way brings one back.
    pub(crate) async fn sign_out(&self) -> SignedOut {
        self.0.end().over().await
    }

    /// Starts a new session with other credentials, or fresh ones, which go before a stored session of the same account.
    /// The store keeps what it has until they have brought a token.
    ///
    /// # Errors
    ///
    /// As [`Self::new`]; then the session before goes on.
    pub(crate) fn sign_in(&self, credentials: Credentials) -> Result<(), Error> {
        let (session, bearer) = open(&self.0.deps, credentials, true)?;
        let mut state = self.0.state();
        let before = self.0.replace(&mut state, session, bearer);
        let flight = before.flight.as_ref().map(|flight| Landing::new(flight.landing().map(drop)));
        let earlier = flight.and_then(|flight| state.before.replace(flight));
        drop(state);
        drop((before, earlier));
        Ok(())
    }

    async fn obtain(&self, rejected: Option<&Bearer>) -> Result<Bearer, Error> {
        loop {
            let (bearer, resumed) = match self.0.check_in(rejected)? {
                Place::Served(bearer) => return Ok(bearer),
                Place::Seat { seat, resumed, early } => (self.0.ride(seat, resumed, early).await?, resumed),
            };
            // What lay there since all had left may be over by now. A flight of one's own comes next.
            if !(resumed && bearer.token().expired(self.0.deps.now())) {
                return Ok(bearer);
            }
        }
    }
}

/// What a caller gets who asks for a token.
enum Place {
    /// A token, now.
    Served(Bearer),
    /// A place on a flight.
    Seat {
        seat: Seat,
        /// All others had left it.
        resumed: bool,
        /// There is a good token to go on with.
        early: bool,
    },
}

/// A caller on a flight.
struct Passenger<'s> {
    shared: &'s Shared,
    flight: Arc<Flight>,
    /// There until the caller leaves.
    seat: Option<Seat>,
}

impl Drop for Passenger<'_> {
    /// A flight that all callers have left is dropped if nothing is lost with it. So it does not go on holding a lock or a
    /// connection for which nobody waits.
    fn drop(&mut self) {
        drop(self.seat.take());
        let mut state = self.shared.state();
        let left = state.flight.take_if(|present| {
            Arc::ptr_eq(present, &self.flight)
                && !present.occupied()
                && !present.control().precious()
                && !twin::broken(Rule::AbandonedFlightPoisons)
        });
        drop(state);
        drop(left);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token to hand out, if it is not expired.
    fn live(&self) -> Option<Bearer> {
        let now = self.deps.now();
        self.current.load().as_deref().filter(|bearer| !bearer.token().expired(now)).cloned()
    }

    /// Hands a refused token out no longer, if it is the present one. To be called with the state locked.
    fn forget(&self, rejected: &Bearer) {
        if let Some(current) = &*self.current.load()
            && (current.is(rejected) || twin::broken(Rule::LateRefusalRenewed))
        {
            self.current.store(None);
        }
    }

    fn check_in(&self, rejected: Option<&Bearer>) -> Result<Place, Error> {
        let now = self.deps.now();
        let abandoned;
        let place = {
            let mut state = self.state();
            match &state.session {
                Session::Open(_) => {}
                Session::Ended => return Err(Failure::signed_out().to_error()),
                // A token from elsewhere never becomes due. So a caller who comes here was refused with it, or was refused with a
                // token of the session before: then the present one is worth a try.
                Session::Fixed => {
                    let current = self.current.load_full();
                    if let Some(current) = current.filter(|current| rejected.is_none_or(|it| !current.is(it))) {
                        return Ok(Place::Served(Bearer::clone(&current)));
                    }
                    let message = "the vendor refused the access token, which cannot be renewed";
                    return Err(Error::new(ErrorKind::Authentication, message));
                }
            }
            if let Some(rejected) = rejected {
                self.forget(rejected);
            }
            let live = self.live();
            if let Some(bearer) = &live {
                let renewing = state.flight.as_ref().is_some_and(|flight| flight.occupied());
                if rejected.is_some() || !bearer.token().due(now) || renewing || now < state.early_rest {
                    return Ok(Place::Served(bearer.clone()));
                }
            } else if let Some((until, failure)) = &state.rest
                && now < *until
            {
                let error = failure.to_error();
                // What is left of the wait: the failure is as old as the part of it that is over.
                let left = error.retry_after().map(|_| until.saturating_sub(now));
                return Err(error.with_retry_after(left));
            }
            let (seat, resumed, old) = self.board(&mut state)?;
            abandoned = old;
            Place::Seat { seat, resumed, early: live.is_some() }
        };
        // Dropped only now that the state is unlocked: with it go futures of the store and of the HTTP client, and what their
        // `Drop` does is not known here.
        drop(abandoned);
        Ok(place)
    }

    /// Boards the flight there is, or a new one. A flight that all have left is thrown away if nothing is lost with it.
    fn board(&self, state: &mut State) -> Result<(Seat, bool, Option<Arc<Flight>>), Error> {
        if let Some(flight) = state.flight.as_ref().filter(|_| !twin::broken(Rule::FlightPerCaller)) {
            let occupied = flight.occupied();
            if !occupied && twin::broken(Rule::AbandonedFlightPoisons) {
                return Err(Error::new(ErrorKind::Transport, "the renewal was abandoned"));
            }
            if occupied || flight.control().precious() && !twin::broken(Rule::FlightThrownAway) {
                return Ok((flight.board(), !occupied, None));
            }
        }
        let Session::Open(means) = &state.session else {
            return Err(Failure::signed_out().to_error());
        };
        let control = Arc::new(Control::default());
        let renewal = Renewal {
            deps: Arc::clone(&self.deps),
            control: Arc::clone(&control),
            means: Means::clone(means),
            last: state.last.clone(),
            before: state.before.clone(),
        };
        let (before, known) = (Arc::clone(means), Arc::clone(&control));
        let crashed = move || Renewal::crashed(Means::clone(&before), &known);
        let flight = Flight::new(control, renewal.run(), crashed);
        let seat = flight.board();
        Ok((seat, false, state.flight.replace(flight)))
    }

    async fn ride(&self, seat: Seat, resumed: bool, early: bool) -> Result<Bearer, Error> {
        let passenger = Passenger { shared: self, flight: Arc::clone(seat.flight()), seat: Some(seat) };
        let flight = &passenger.flight;
        let mut landing = pin!(async {
            if resumed {
                let step = flight.control().step();
                if let Some(outcome) = self.deps.within(GRACE, flight.landing()).await {
                    return outcome;
                }
                flight.control().hurry(step);
            }
            flight.landing().await
        });
        let outcome = if early {
            match select(landing.as_mut(), self.deps.environment.sleep(PATIENCE)).await {
                Either::Left((outcome, _)) => outcome,
                Either::Right(_) => {
                    if let Some(bearer) = self.live() {
                        let mut state = self.state();
                        state.early_rest = self.deps.now().saturating_add(self.deps.options.cool_down);
                        return Ok(bearer);
                    }
                    landing.await
                }
            }
        } else {
            landing.await
        };
        self.settle(flight, &outcome);
        if flight.control().cancelled() {
            return Err(Failure::signed_out().to_error());
        }
        match &outcome.bearer {
            Ok(bearer) => Ok(bearer.clone()),
            Err(failure) => self.live().ok_or_else(|| failure.to_error()),
        }
    }

    /// Takes the outcome of a flight over, once.
    fn settle(&self, flight: &Arc<Flight>, outcome: &Outcome) {
        let now = self.deps.now();
        let mut state = self.state();
        if !state.flight.as_ref().is_some_and(|present| Arc::ptr_eq(present, flight))
            && !twin::broken(Rule::RenewalOutlivesLogout)
        {
            return;
        }
        let landed = (state.flight.take(), state.before.take());
        state.session = Session::Open(Arc::clone(&outcome.means));
        match &outcome.bearer {
            Ok(bearer) => {
                self.current.store(Some(Arc::new(bearer.clone())));
                state.last = Some(bearer.clone());
                state.rest = None;
                state.early_rest = Duration::ZERO;
            }
            Err(failure) => {
                let after = |wait| now.saturating_add(wait);
                state.early_rest = after(outcome.rest.unwrap_or(self.deps.options.cool_down));
                state.rest = outcome.rest.map(|wait| (after(wait), failure.clone()));
                if twin::broken(Rule::FailureForEver) {
                    state.rest = Some((Duration::MAX, failure.clone()));
                }
            }
        }
        drop(state);
        drop(landed);
    }

    /// Ends the session. The next one begins when this end is over.
    fn end(&self) -> Ending {
        let mut state = self.state();
        let session = self.replace(&mut state, Session::Ended, None);
        let ending = Ending::new(Arc::clone(&self.deps), session, state.before.take());
        state.before = Some(ending.landing());
        ending
    }

    /// Puts a session in the place of another, whose flight ends without a further request.
    fn replace(&self, state: &mut State, session: Session, bearer: Option<Bearer>) -> Before {
        let flight = state.flight.take();
        if let Some(flight) = &flight {
            flight.control().cancel();
        }
        let session = std::mem::replace(&mut state.session, session);
        let current = self.live();
        self.current.store(bearer.clone().map(Arc::new));
        state.last = bearer;
        state.early_rest = Duration::ZERO;
        state.rest = None;
        Before { session, current, flight }
    }
}
