//! Random schedules of the token manager under [shuttle](https://docs.rs/shuttle), which decides at each lock, counter
//! and await who goes on, and says so when nobody can.
//!
//! They are built with `--cfg cx_shuttle` alone, for which `cargo xtask schedules` sees: the locks of the manager are
//! shuttle's then, and work nowhere else. What is not ours (the shared future, the token in its cell) does not give way
//! inside; the vendor and the store of these tests do, in the middle of a poll, and wake whom they like before.
//!
//! Four rules hold in every schedule:
//!
//! * every caller who does not leave gets an outcome: shuttle fails a schedule in which all who are left wait;
//! * one token request is in flight;
//! * an old refresh token, one whose successor is stored, is not sent again; where no answer is lost, none that was answered;
//! * a session that was ended stays ended, in the store too.
//!
//! Each is broken by a twin of the manager, which the same schedules must find.

mod callers;
mod scene;
mod twins;

use shuttle::{Config, Runner, scheduler::RandomScheduler};

use scene::{Scene, Weather};

/// Schedules of each kind.
const SCHEDULES: usize = 10_000;
/// More steps than any schedule needs; time that passes for ever would not end otherwise.
const MOST_STEPS: usize = 200_000;

/// Runs random schedules of a scene, the same ones each time. Panics in the first one that breaks a rule.
fn explore(schedules: usize, weather: Weather) {
    let mut config = Config::new();
    config.max_steps = shuttle::MaxSteps::FailAfter(MOST_STEPS);
    config.stack_size = 0x40000;
    let scheduler = RandomScheduler::new_from_seed(1, schedules);
    let run = Runner::new(scheduler, config).run(move || shuttle::future::block_on(Scene::new(weather).play()));
    assert_eq!(run, schedules, "schedules that were run");
}

/// No time passes, so that whoever waits for something that was missed waits for ever.
#[test]
fn nobody_is_forgotten_while_the_clock_stands() {
    explore(SCHEDULES, Weather::Still);
}

/// Time passes at any moment: requests run into their limits, and answers are lost.
#[test]
fn nothing_is_sent_twice_while_time_passes() {
    explore(SCHEDULES, Weather::Windy);
}
