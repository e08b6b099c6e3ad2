//! What every operation of every document answers to a request that breaks it in one way: a documented refusal wherever one
//! is documented, in the document's own words.

use std::{collections::BTreeSet, sync::Arc};

use cx_mock::{Incoming, MockVendor, Validator, example_request};
use cx_spec::{Api, Operation};

use crate::{
    apis,
    wire::{self, Wired},
};

/// Marks what no document says.
const MARK: &str = "x-cx-mock";

/// One way to break a request, and the statuses that say so, the best first.
struct Clause {
    name: &'static str,
    statuses: &'static [u16],
    /// None where the operation leaves no room for it.
    request: fn(&Api, &Operation, &Incoming) -> Option<Incoming>,
}

const CLAUSES: &[Clause] = &[
    Clause { name: "no credentials", statuses: &[401, 403, 400], request: without_credentials },
    Clause { name: "bad credentials", statuses: &[401], request: with_bad_credentials },
    Clause { name: "an unknown query parameter", statuses: &[400, 422], request: with_unknown_query },
    Clause { name: "a body of an unknown type", statuses: &[415, 400, 422], request: with_unknown_type },
    Clause { name: "a body that cannot be read", statuses: &[400, 422], request: with_cut_json },
    Clause { name: "no body", statuses: &[422, 400], request: without_body },
    Clause { name: "no type that is accepted", statuses: &[406, 400], request: accepting_nothing },
];

fn asks_for_credentials(operation: &Operation) -> bool {
    !operation.security.is_empty() && operation.security.iter().all(|schemes| !schemes.is_empty())
}

fn copy(request: &Incoming, target: &str, keep: impl Fn(&str) -> bool) -> Incoming {
    let headers = request.headers().iter().filter(|(name, _)| keep(name));
    headers.fold(Incoming::new(request.method(), target), |copy, (name, value)| copy.with_header(name, value))
}

fn target(request: &Incoming) -> String {
    format!("{}?{}", request.path(), request.query())
}

fn body(of: &Incoming, onto: Incoming) -> Incoming {
    match of.header("content-type") {
        Some(kind) => onto.with_body(kind, of.body()),
        None => onto,
    }
}

fn without_credentials(_: &Api, operation: &Operation, good: &Incoming) -> Option<Incoming> {
    let stripped = copy(good, &target(good), |name| name != "authorization" && name != "content-type");
    asks_for_credentials(operation).then(|| body(good, stripped))
}

fn with_bad_credentials(api: &Api, operation: &Operation, good: &Incoming) -> Option<Incoming> {
    let request = without_credentials(api, operation, good)?;
    good.header("authorization").map(|_| request.with_header("authorization", "Bearer no-such-token"))
}

fn with_unknown_query(_: &Api, _: &Operation, good: &Incoming) -> Option<Incoming> {
    let target = format!("{}{}undocumented=1", target(good), if good.query().is_empty() { "" } else { "&" });
    Some(body(good, copy(good, &target, |name| name != "content-type")))
}

fn with_unknown_type(_: &Api, operation: &Operation, good: &Incoming) -> Option<Incoming> {
    let bare = copy(good, &target(good), |name| name != "content-type");
    operation.body.as_ref().map(|_| bare.with_body("application/x-undocumented", "a=b"))
}

fn with_cut_json(_: &Api, operation: &Operation, good: &Incoming) -> Option<Incoming> {
    let takes_json = operation.sent_media().is_some_and(|media| media.media_type == "application/json");
    let bare = copy(good, &target(good), |name| name != "content-type");
    takes_json.then(|| bare.with_body("application/json", "{\"cut\": "))
}

fn without_body(_: &Api, operation: &Operation, good: &Incoming) -> Option<Incoming> {
    let bare = copy(good, &target(good), |name| name != "content-type");
    operation.body.as_ref().is_some_and(|body| body.required).then_some(bare)
}

fn accepting_nothing(_: &Api, operation: &Operation, good: &Incoming) -> Option<Incoming> {
    let has_body = operation.replies.iter().any(|reply| reply.status.is_success() && !reply.media.is_empty());
    let request = copy(good, &target(good), |name| name != "content-type");
    has_body.then(|| body(good, request).with_header("accept", "image/png"))
}

/// The request of the examples; by its first example of a body.
fn good(api: &Api, operation: &Operation) -> Incoming {
    let media = operation.sent_media();
    let shown = media.and_then(|media| Some((media, &media.examples.first()?.value)));
    example_request(api, operation, shown, false).unwrap()
}

/// What is wrong with a refusal.
fn fault(validator: &Validator, operation: &Operation, clause: &Clause, reply: &Wired) -> Option<String> {
    let documented = clause.statuses.iter().find(|status| operation.reply(**status).is_some());
    match documented {
        Some(status) if reply.status != *status => Some(format!("{} where {status} is documented", reply.status)),
        Some(_) if reply.header(MARK).is_some() => {
            Some("a documented refusal that is marked undocumented".to_owned())
        }
        Some(_) => {
            let found = validator.reply(&operation.id, reply.status, reply.content_type(), &reply.body);
            found.first().map(ToString::to_string)
        }
        None if reply.status < 400 => Some(format!("answered with {}", reply.status)),
        None if reply.header(MARK).is_none() => Some(format!("an undocumented {} without a mark", reply.status)),
        None => None,
    }
}

#[tokio::test]
async fn every_operation_refuses_as_its_document_says() {
    let mut faults = Vec::new();
    let mut tried = BTreeSet::new();
    for api in apis() {
        let vendor = MockVendor::start(Arc::clone(&api)).await;
        let validator = Validator::new(Arc::clone(&api));
        // A refused token request is the issuer's to word.
        for operation in api.operations.iter().filter(|operation| operation.oauth.is_none()) {
            let good = good(&api, operation);
            assert!(wire::send(&vendor.base_url(), &good).await.status < 400, "{}", operation.id);
            for clause in CLAUSES {
                let Some(request) = (clause.request)(&api, operation, &good) else { continue };
                tried.insert(clause.name);
                let reply = wire::send(&vendor.base_url(), &request).await;
                if let Some(fault) = fault(&validator, operation, clause, &reply) {
                    faults.push(format!("{} {}, {}: {fault}", api.name(), operation.id, clause.name));
                }
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(tried.len(), CLAUSES.len());
}

#[tokio::test]
async fn every_path_names_its_methods_to_one_it_does_not_have() {
    for api in apis() {
        let vendor = MockVendor::start(Arc::clone(&api)).await;
        for operation in &api.operations {
            let methods: BTreeSet<&str> = api
                .operations
                .iter()
                .filter(|other| other.path == operation.path)
                .map(|other| other.method.as_str())
                .collect();
            let path = good(&api, operation).path().to_owned();
            for method in ["GET", "PUT", "POST", "DELETE", "PATCH"].iter().filter(|one| !methods.contains(**one)) {
                let reply = wire::request(&vendor, method, &path, &[]).await;
                let allow: BTreeSet<&str> = reply.header("allow").unwrap_or_default().split(", ").collect();
                assert_eq!((reply.status, allow), (405, methods.clone()), "{method} {path}");
            }
        }
        assert_eq!(wire::get(&vendor, "/no/such/path").await.status, 404);
    }
}
