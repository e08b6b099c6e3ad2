//! The cases themselves, and the gate behind them: what they are made of, and that a gap shows.

use std::{
    collections::BTreeSet,
    convert::identity,
    slice,
    sync::{Arc, mpsc},
    time::Duration,
};

use contract_tests::{
    apis::Subject,
    cases::{self, Case, Expected},
    coverage::{Kind, Recorder, Watch},
    runner::{Outcome, Runner, run_all, run_drawn},
};
use cx_client::{
    CallOptions, Core,
    dynamic::{self, Registered},
};
use cx_mock::{Exchange, Validator};
use cx_spec::{Api, Document};
use serde_json::{Value, json};

use crate::{support, third};

#[test]
fn every_case_has_a_name_of_its_own_and_can_be_run_alone() {
    for subject in support::subjects() {
        let cases = cases::enumerate_with(subject, 1, 1);
        let names: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(names.len(), cases.len(), "{}", subject.name());
        for one in cases.iter().step_by(50) {
            let chosen = cases::select(cases.clone(), &one.id);
            assert_eq!(chosen.iter().map(|case| &case.id).collect::<Vec<_>>(), [&one.id]);
        }
        let operation = &cases[0].operation;
        assert!(cases::select(cases.clone(), operation).iter().all(|case| case.operation == *operation));
    }
}

#[test]
fn a_seed_brings_the_same_cases_and_another_seed_others() {
    let subject = third::orchard();
    let drawn = |seed| {
        let cases = cases::enumerate_with(&subject, seed, 2);
        let drawn = cases.into_iter().filter(|case| case.drawn.is_some());
        drawn.map(|case| format!("{:?} {:?}", case.arguments, case.reply)).collect::<Vec<_>>()
    };
    assert!(!drawn(1).is_empty());
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
}

#[tokio::test]
async fn a_case_runs_while_the_next_one_is_drawn_and_keeps_its_place() {
    let subject = third::orchard();
    let cases: Vec<Case> = cases::examples(&subject).into_iter().take(3).collect();
    let names: Vec<String> = cases.iter().map(|case| case.id.clone()).collect();
    let (done, awaited) = mpsc::channel();
    let keep = move |outcome: Outcome| {
        done.send(()).unwrap();
        outcome.case.id
    };
    let ran = run_drawn(
        &subject,
        move |take| {
            for case in cases {
                take(case);
                // Long enough for any machine; where cases wait for the last of them, it ends the test.
                awaited.recv_timeout(Duration::from_secs(120)).unwrap();
            }
        },
        keep,
    );
    assert_eq!(ran.await.unwrap(), names);
}

#[test]
fn made_up_replies_keep_the_document_but_for_the_member_that_is_missing() {
    let mut lacking = 0;
    for subject in support::subjects() {
        let validator = Validator::new(Arc::clone(&subject.api));
        let (mut kept, mut broken) = (0, 0);
        for case in cases::enumerate_with(subject, 1, 1) {
            let Some(reply) = case.reply.as_ref().filter(|reply| reply.made_up) else { continue };
            let body = reply.value.to_string();
            let found = validator.reply(&case.operation, case.status, Some(&reply.media_type), body.as_bytes());
            if case.id.ends_with("/missing") {
                broken += 1;
                assert!(!found.is_empty(), "{} lacks nothing: {body}", case.id);
            } else {
                kept += 1;
                assert!(found.is_empty(), "{}: {found:?}: {body}", case.id);
            }
            assert!(case.expected == Expected::Documented || case.id.ends_with("/missing"), "{}", case.id);
        }
        assert!(kept > 100, "{kept}");
        println!("{}: {kept} keep the document, {broken} lack a member", subject.name());
        lacking += broken;
    }
    assert!(lacking > 0, "no reply lacks anything");
}

#[test]
fn lines_of_json_are_a_text() {
    let text = third::orchard().api.document().text().replace(
        "{application/json: {schema: {}, example: {}}}",
        "{application/x-ndjson: {schema: {type: string}, example: '{}'}}",
    );
    let document = Document::parse("orchard", "orchard.yaml", &text).unwrap();
    let subject = Subject { api: Arc::new(Api::index(document).unwrap()), ..third::orchard() };
    let cases = cases::select(cases::enumerate_with(&subject, 1, 1), "get_health/200");
    let names: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(names, ["get_health/200/default"], "no value is made up that the client would read as JSON");
}

#[test]
fn an_interim_reply_makes_no_case() {
    let text = third::orchard().api.document().text().replace(
        "        '200':\n          description: Free in form.",
        "        '102': {description: At work.}\n        '200':\n          description: Free in form.",
    );
    let document = Document::parse("orchard", "orchard.yaml", &text).unwrap();
    let subject = Subject { api: Arc::new(Api::index(document).unwrap()), ..third::orchard() };
    assert!(subject.api.operation("get_health").unwrap().reply(102).is_some());
    let cases = cases::select(cases::enumerate_with(&subject, 1, 1), "get_health");
    assert!(!cases.is_empty());
    assert!(cases.iter().all(|case| case.status >= 200), "the mock cannot answer with it");
}

/// The exchanges of all cases of the made-up vendor, all of which pass, each with what it shows.
async fn exchanges() -> (Arc<Api>, Vec<(Exchange, BTreeSet<String>)>) {
    let subject = third::orchard();
    let api = Arc::clone(&subject.api);
    let all: BTreeSet<String> = Recorder::default().gaps(&api).into_iter().collect();
    let mut shown = Vec::new();
    for outcome in run_all(&subject, cases::enumerate(&subject), identity).await.unwrap() {
        assert!(outcome.passed(), "{}: {:?} {:?}", outcome.case.id, outcome.problems, outcome.violations);
        for exchange in outcome.exchanges {
            let recorder = Recorder::of(&api, slice::from_ref(&exchange));
            let gaps: BTreeSet<String> = recorder.gaps(&api).into_iter().collect();
            shown.push((exchange, all.difference(&gaps).cloned().collect()));
        }
    }
    (api, shown)
}

#[tokio::test]
async fn a_watch_sees_what_a_recorder_sees_though_it_looks_at_a_reply_once() {
    let (api, shown) = exchanges().await;
    let (watch, mut recorder) = (Watch::new(Arc::clone(&api)), Recorder::default());
    for (exchange, _) in &shown {
        watch.see(slice::from_ref(exchange));
        recorder.record(&api, exchange);
    }
    assert_eq!(watch.take().coverage(&api), recorder.coverage(&api));
    assert_eq!(watch.take().coverage(&api), Recorder::default().coverage(&api));
}

#[tokio::test]
async fn a_unit_of_each_kind_that_is_not_seen_is_a_gap_with_a_name() {
    let (api, shown) = exchanges().await;
    let mut whole = Recorder::default();
    shown.iter().for_each(|(exchange, _)| whole.record(&api, exchange));
    let whole = whole.coverage(&api);
    for (kind, gap) in [
        (Kind::Operations, "get_health: never answered"),
        (Kind::Statuses, "get_tree: 404 as application/json"),
        (Kind::Requests, "create_tree: request as application/json"),
        (Kind::Parameters, "list_trees: parameter `planted[lt]` given"),
        (Kind::Parameters, "list_trees: parameter `page` left out"),
        (Kind::Parameters, "list_trees: parameter `page` at its maximum"),
        (Kind::EnumValues, "/components/schemas/Kind: \"plum\" in a request"),
        (Kind::RequiredMissing, "/components/schemas/TreeRequest: a request without `kind`"),
        (Kind::RequiredMissing, "/components/schemas/Tree: a reply without `id`"),
        (Kind::RequiredMissing, "authorize: a request without parameter `client_id`"),
        (Kind::Nullables, "/components/schemas/Tree/properties/height: null in a reply"),
        (
            Kind::Examples,
            "logout: the example at /components/responses/Unauthorized/content/application~1json/example",
        ),
    ] {
        let mut less = Recorder::default();
        let rest = shown.iter().filter(|(_, units)| !units.contains(gap));
        rest.for_each(|(exchange, _)| less.record(&api, exchange));
        let less = less.coverage(&api);
        assert!(!whole.gaps.iter().any(|one| one == gap), "{gap} is never seen");
        assert!(less.gaps.iter().any(|one| one == gap), "{gap} is not missed");
        assert!(less.of(kind).covered < whole.of(kind).covered, "{gap}");
        let falls_short = less.shortfalls().iter().any(|line| line.starts_with(kind.name()));
        assert_eq!(falls_short, !less.of(kind).reaches(kind.threshold()), "{gap}");
        if kind.threshold() == 100 {
            assert!(falls_short, "{gap} closes no gate");
        }
    }
}

#[tokio::test]
async fn a_request_that_is_refused_shows_only_what_it_lacks() {
    let subject = third::orchard();
    let vendor = subject.vendor().await;
    let core = subject.connect(&vendor).unwrap();
    for path in ["/health?sort=up", "/oauth/authorize"] {
        core.http().get(format!("{}{path}", vendor.base_url())).send().await.unwrap();
    }
    let token = core.http().post(format!("{}/oauth/token", vendor.base_url()));
    let token = token.header("content-type", "application/x-www-form-urlencoded");
    token.body("grant_type=password&color=red").send().await.unwrap();
    let gaps = Recorder::of(&subject.api, &vendor.take_exchanges()).gaps(&subject.api);
    for gap in [
        "get_health: never answered",
        "authorize: never answered",
        "create_token: never answered",
        "create_token: request as application/x-www-form-urlencoded",
    ] {
        assert!(gaps.iter().any(|one| one == gap), "{gap}: {gaps:#?}");
    }
    assert!(!gaps.iter().any(|one| one == "authorize: a request without parameter `client_id`"), "{gaps:#?}");
}

#[tokio::test]
async fn what_fails_is_shrunk_to_the_smallest_arguments_that_still_fail() {
    let subject = third::orchard();
    let narrower = subject.api.document().text().replace("minimum: 1, maximum: 30}", "minimum: 1, maximum: 3}");
    let document = Document::parse("orchard", "orchard.yaml", &narrower).unwrap();
    let runner = Runner::start(subject.clone()).await.unwrap();
    runner.vendor().replace(Api::index(document).unwrap());
    let drawn = cases::select(cases::enumerate_with(&subject, 1, 24), "list_trees/request/generated");
    let mut shrunk = 0;
    for case in drawn {
        let outcome = runner.run(case.clone()).await;
        if outcome.passed() {
            continue;
        }
        let smallest = runner.shrink(outcome).await;
        assert!(!smallest.passed());
        assert_eq!(smallest.case.id, case.id);
        assert_eq!(smallest.case.arguments, json!({"page": 4}), "from {}", case.arguments);
        shrunk += 1;
    }
    assert!(shrunk > 3, "{shrunk}");
}

/// A client that takes one value of the query for the other.
static SWAPS: Registered = Registered { call: call_swapped, ..third::ORCHARD };

fn call_swapped(core: Core, operation: &str, mut arguments: Value, options: CallOptions) -> dynamic::Future {
    if let Some(given) = arguments.as_object_mut() {
        let (page, per_page) = (given.get("page").cloned(), given.get("per_page").cloned());
        if let (Some(page), Some(per_page)) = (page, per_page) {
            given.insert("page".to_owned(), per_page);
            given.insert("per_page".to_owned(), page);
        }
    }
    (third::ORCHARD.call)(core, operation, arguments, options)
}

#[tokio::test]
async fn a_client_that_swaps_two_values_does_not_pass() {
    let subject = Subject { client: &SWAPS, ..third::orchard() };
    let runner = Runner::start(subject.clone()).await.unwrap();
    let mut swapped = 0;
    for case in cases::select(cases::enumerate(&subject), "list_trees") {
        let pages = (case.arguments.get("page").cloned(), case.arguments.get("per_page").cloned());
        let (Some(page), Some(per_page)) = pages else { continue };
        if page == per_page || case.expected != Expected::Documented {
            continue;
        }
        let outcome = runner.run(case).await;
        let said = outcome.problems.join(", ");
        assert!(said.contains("parameter `page` is not sent as it was given"), "{}: {said}", outcome.case.id);
        swapped += 1;
    }
    assert!(swapped > 0);
}

/// A client that leaves out what the caller clears.
static CLEARS_NOTHING: Registered = Registered { call: call_clearing_nothing, ..third::ATELIER };

fn call_clearing_nothing(core: Core, operation: &str, mut arguments: Value, options: CallOptions) -> dynamic::Future {
    if let Some(body) = arguments.get_mut("body").and_then(Value::as_object_mut) {
        body.retain(|name, value| name != "plan" || !value.is_null());
    }
    (third::ATELIER.call)(core, operation, arguments, options)
}

#[tokio::test]
async fn a_client_that_loses_a_null_of_a_json_body_does_not_pass() {
    let problems = async |client| {
        let subject = Subject { client, ..third::atelier() };
        let id = "create_easel/request/application/json/cleared";
        let case = cases::select(cases::examples(&subject), id).remove(0);
        Runner::start(subject).await.unwrap().run(case).await.problems
    };
    assert_eq!(problems(&third::ATELIER).await, Vec::<String>::new());
    assert_eq!(problems(&CLEARS_NOTHING).await, ["/plan of the body was given and is not sent so"]);
}

/// A client that hands over a reply without its body.
static LOSES: Registered = Registered { call: call_losing, ..third::ORCHARD };

fn call_losing(core: Core, operation: &str, arguments: Value, options: CallOptions) -> dynamic::Future {
    let call = (third::ORCHARD.call)(core, operation, arguments, options);
    Box::pin(async move {
        let mut reply = call.await?;
        reply.body.clear();
        Ok(reply)
    })
}

/// A client that hands over a reply without its headers.
static LOSES_HEADERS: Registered = Registered { call: call_losing_headers, ..third::ORCHARD };

fn call_losing_headers(core: Core, operation: &str, arguments: Value, options: CallOptions) -> dynamic::Future {
    let call = (third::ORCHARD.call)(core, operation, arguments, options);
    Box::pin(async move {
        let mut reply = call.await?;
        reply.headers.clear();
        Ok(reply)
    })
}

/// A client with a bug in one operation.
static PANICS: Registered = Registered { call: call_panicking, ..third::ORCHARD };

fn call_panicking(core: Core, operation: &str, arguments: Value, options: CallOptions) -> dynamic::Future {
    let is_good = operation != "get_health";
    let call = (third::ORCHARD.call)(core, operation, arguments, options);
    Box::pin(async move {
        let reply = call.await?;
        assert!(is_good, "a bug");
        Ok(reply)
    })
}

#[tokio::test]
async fn a_client_that_panics_fails_its_case_and_costs_no_other() {
    let subject = Subject { client: &PANICS, ..third::orchard() };
    let all = cases::examples(&subject);
    let cases: Vec<Case> =
        ["get_health/200", "list_trees/200/page"].into_iter().flat_map(|id| cases::select(all.clone(), id)).collect();
    let outcomes = run_all(&subject, cases, identity).await.unwrap();
    let [panicked, other] = outcomes.as_slice() else { panic!("{outcomes:?}") };
    assert_eq!(panicked.problems, ["the client ended in a panic: a bug"]);
    assert_eq!(panicked.exchanges.len(), 1, "what went over the wire is told");
    assert!(other.passed(), "{:?} {:?}", other.problems, other.violations);
}

/// A client that asks twice for everything.
static ASKS_TWICE: Registered = Registered { call: call_twice, ..third::ORCHARD };

fn call_twice(core: Core, operation: &str, arguments: Value, options: CallOptions) -> dynamic::Future {
    let first = (third::ORCHARD.call)(core.clone(), operation, arguments.clone(), options.clone());
    let second = (third::ORCHARD.call)(core, operation, arguments, options);
    Box::pin(async move {
        first.await?;
        second.await
    })
}

#[tokio::test]
async fn a_reply_that_comes_without_body_or_headers_or_twice_is_noticed() {
    let problems = async |client, case: &str| {
        let subject = Subject { client, ..third::orchard() };
        let case = cases::select(cases::examples(&subject), case).remove(0);
        Runner::start(subject).await.unwrap().run(case).await.problems
    };
    for case in ["get_health/200", "list_trees/200/page"] {
        assert_eq!(problems(&third::ORCHARD, case).await, Vec::<String>::new());
    }
    assert_eq!(problems(&LOSES, "get_health/200").await, ["the reply lost its body"]);
    let lost = |name: &str| format!("the reply lost its header `{name}`");
    assert_eq!(
        problems(&LOSES_HEADERS, "list_trees/200/page").await,
        [lost("X-Rate-Limit-Remaining"), lost("content-type")]
    );
    // The second reply is the document's example, which the first one was.
    assert_eq!(problems(&ASKS_TWICE, "get_health/200").await, ["the client asked 2 times, where 1 would do"]);
}
