//! The golden exchanges under `fixtures/`, which were written from the facts and not from the documents: one test each,
//! named after its file.
//!
//! `fixtures/README.md` says how a fixture is read. `fixtures/webhooks` is for the module that reads webhooks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test may stop where it fails, and its name says what it shows"
)]

mod exchange;
mod fixture;
mod order;
mod outcome;
mod recorded;
mod request;
#[path = "../suite/support.rs"]
#[allow(dead_code, reason = "the other suite needs more of it")]
mod support;

use std::{collections::BTreeSet, process::ExitCode, sync::Arc};

use contract_tests::apis::Subject;
use cx_mock::Validator;
use libtest_mimic::{Arguments, Failed, Trial};

use fixture::{APIS, Fixture, Kind, UNSUPPORTED, fixtures};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("every_operation_has_a_fixture_of_its_success", || held(every_operation_has_a_success())),
        Trial::test("every_unsupported_exchange_is_there", || held(every_unsupported_exchange_is_there())),
        Trial::test("pairs_are_compared_by_what_their_order_means", || {
            order::pairs_are_compared_by_what_their_order_means();
            Ok(())
        }),
        Trial::test("what_a_live_run_records_is_had_like_any_other_fixture", || {
            held(block_on(recorded::what_a_live_run_records_is_had_like_any_other_fixture()))
        }),
    ];
    for api in APIS {
        let subject = support::subject(api);
        let validator = Arc::new(Validator::new(Arc::clone(&subject.api)));
        for fixture in fixtures(api) {
            let (subject, validator) = (subject.clone(), Arc::clone(&validator));
            let name = fixture.file.trim_end_matches(".json").to_owned();
            let kind = fixture.grade.clone();
            trials.push(Trial::test(name, move || held(hold(&subject, &validator, &fixture))).with_kind(kind));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn held(problems: Vec<String>) -> Result<(), Failed> {
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

/// A fixture names its source, and its exchange is had as it tells; or it is listed as one that cannot be had.
fn hold(subject: &Subject, validator: &Validator, fixture: &Fixture) -> Vec<String> {
    let mut problems = attested(subject.name(), fixture);
    problems.extend(exchange::judge_documented(validator, fixture));
    let wrong = block_on(exchange::exchange(subject, validator, fixture));
    match UNSUPPORTED.iter().find(|(file, _)| *file == fixture.file) {
        Some(_) if wrong.is_empty() => problems.push("is supported after all".to_owned()),
        Some(_) => {}
        None => problems.extend(wrong),
    }
    problems
}

fn attested(api: &str, fixture: &Fixture) -> Vec<String> {
    let Fixture { file, source, date, grade, operation, .. } = fixture;
    let mut problems = Vec::new();
    if source.is_empty() || date.is_empty() {
        problems.push("names neither source nor date".to_owned());
    }
    if !["documented", "observed", "inferred"].contains(&grade.as_str()) {
        problems.push(format!("`{grade}` is no grade"));
    }
    if !file.starts_with(&format!("{api}/{operation}__")) {
        problems.push(format!("shows {operation}, which its name does not say"));
    }
    problems
}

fn every_operation_has_a_success() -> Vec<String> {
    let mut problems = Vec::new();
    for subject in support::subjects() {
        let fixtures = fixtures(subject.name());
        let successes = fixtures.iter().filter(|fixture| fixture.outcome.kind == Kind::Ok);
        let shown: BTreeSet<&str> = successes.map(|fixture| fixture.operation.as_str()).collect();
        let all = subject.api.operations.iter().map(|operation| operation.id.as_str());
        let missing = all.filter(|id| !shown.contains(id));
        problems.extend(missing.map(|id| format!("no fixture shows the success of {}/{id}", subject.name())));
    }
    problems
}

fn every_unsupported_exchange_is_there() -> Vec<String> {
    let all: BTreeSet<String> = APIS.into_iter().flat_map(fixtures).map(|fixture| fixture.file).collect();
    let gone = UNSUPPORTED.iter().filter(|(file, reason)| !all.contains(*file) || reason.is_empty());
    gone.map(|(file, _)| format!("{file} is not there, or has no reason")).collect()
}
