//! The OAuth battery: every item of the checklist is one named test, and each test has a twin of the client that breaks
//! the item's rule, which the same test must notice.
//!
//! `cargo test --test battery` runs all items against the client as it is. `cargo xtask battery` runs each item twice, the
//! second time against its twin, each in a process of its own, and says which passed and which twin was killed.
//!
//! # To add an item
//!
//! 1. Write `async fn item_NN_what_the_client_does() -> Verdict` in the file of its section; the number stands in the name.
//!    Set up with `unwrap`. What the item demands of the client goes through [`verdict`] (`ensure(…)?`, `equal(…)?`,
//!    `succeeds(…)?`, `refused(…)?`): a twin counts as killed only by one of these, never by a panic or by being stuck.
//! 2. Give it a twin: add a variant to `client/src/twin/rule.rs`, in the block of its section, and a hook
//!    `if twin::broken(Rule::X) { … }` at the rule's place in the runtime. A twin must end: it breaks the rule once more than
//!    is allowed, not for ever.
//! 3. List it in `ITEMS` of its file: `item!(item_NN_what_the_client_does, Rule::X)`.
//! 4. `cargo test --test battery item_NN` runs it, `cargo xtask battery --item NN` judges it and its twin.
//!
//! An item that does not apply to the vendors stands in [`checklist::NOT_APPLICABLE`] with the reason.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test may stop where its setting-up fails, and its name says what it shows"
)]

mod alarm;
mod checklist;
mod item;
mod judge;
mod stage;
mod time;
mod timers;
mod verdict;

mod client_authentication;
mod code_flow;
mod concurrency;
mod hostile;
mod hygiene;
mod limits;
mod persistence;
mod redirects;
mod refresh;
mod reply_shapes;
mod resource;
mod retry;
mod revocation;
mod schedules;
mod token_errors;
mod token_request;
mod token_response;
mod two_vendors;

/// The rules that twins break, as the client spells them.
#[path = "../../../client/src/twin/rule.rs"]
mod rule;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--judge", options @ ..] => judge::judge(options),
        ["--run", name] => judge::run(name),
        _ => test(),
    }
}

/// All items against the client as it is, in the manner of the standard test harness.
fn test() -> ExitCode {
    let sound = || match checklist::mistakes().as_slice() {
        [] => Ok(()),
        mistakes => Err(Failed::from(mistakes.join("\n"))),
    };
    let mut trials = vec![Trial::test("the_list_is_sound", sound)];
    for item in checklist::items() {
        trials.push(Trial::test(item.name, move || item::perform(item.test).into_result().map_err(Failed::from)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
