//! A manager with a rule broken is found by the same schedules.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::twin::{Rule, choose};

/// What the schedules say about a manager that breaks a rule.
fn found(rule: Rule, weather: Weather) -> String {
    choose(Some(rule));
    let run = catch_unwind(AssertUnwindSafe(|| explore(SCHEDULES, weather)));
    choose(None);
    let panic = run.expect_err("the twin got away");
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

#[track_caller]
fn killed(rule: Rule, weather: Weather, by: &str) {
    let said = found(rule, weather);
    assert!(said.contains(by), "{rule:?} was found by something else: {said}");
}

#[test]
fn a_leaver_who_does_not_wake_the_others_is_found() {
    killed(Rule::LeaverSilent, Weather::Still, "deadlock");
}

/// The second caller sends the token that the first has spent, at once or a little later.
#[test]
fn a_flight_for_each_caller_is_found() {
    killed(Rule::FlightPerCaller, Weather::Still, "old refresh tokens were sent again");
}

#[test]
fn a_refresh_that_is_thrown_away_is_found() {
    killed(Rule::FlightThrownAway, Weather::Still, "old refresh tokens were sent again");
}

#[test]
fn an_old_refresh_token_that_stays_in_use_is_found() {
    killed(Rule::OldRefreshToken, Weather::Still, "old refresh tokens were sent again");
}

#[test]
fn a_renewal_that_outlives_a_logout_is_found() {
    killed(Rule::RenewalOutlivesLogout, Weather::Still, "an ended session");
}
