//! A vendor that does not exist: document, client, mock and cases without a line written by hand.

use std::sync::Arc;

use contract_tests::{apis::Subject, cases, coverage::Recorder, runner::Runner};
use cx_client::dynamic::Registered;

use crate::generated::{atelier, orchard};

pub static ORCHARD: Registered = Registered {
    api: &orchard::operations::API,
    call: orchard::dispatch::call,
    schemas: orchard::dispatch::SCHEMAS,
    decode_schema: orchard::dispatch::decode_schema,
    guides: orchard::guides::GUIDES,
};

pub static ATELIER: Registered = Registered {
    api: &atelier::operations::API,
    call: atelier::dispatch::call,
    schemas: atelier::dispatch::SCHEMAS,
    decode_schema: atelier::dispatch::decode_schema,
    guides: atelier::guides::GUIDES,
};

/// The vendor with one of everything that the mock has to understand.
pub fn orchard() -> Subject {
    subject("orchard", include_str!("../../mock/tests/fixtures/orchard.yaml"), &ORCHARD)
}

/// The vendor with one of every body that a request can have.
pub fn atelier() -> Subject {
    subject("atelier", include_str!("../../mock/tests/fixtures/atelier.yaml"), &ATELIER)
}

fn subject(name: &str, text: &str, client: &'static Registered) -> Subject {
    let document = cx_spec::Document::parse(name, &format!("{name}.yaml"), text).unwrap();
    Subject { api: Arc::new(cx_spec::Api::index(document).unwrap()), tokens: None, client }
}

#[tokio::test]
async fn a_document_is_all_that_a_vendor_needs() {
    let recorder = run(orchard()).await;
    let api = orchard().api;
    assert!(recorder.operations(&api).is_full(), "{:?}", recorder.gaps(&api));
}

#[tokio::test]
async fn every_body_that_a_document_declares_can_be_sent() {
    let recorder = run(atelier()).await;
    let api = atelier().api;
    assert_eq!(recorder.requests(&api).total, 7);
    assert_eq!(recorder.gaps(&api), Vec::<String>::new());
}

/// Runs all cases of a subject, none of which may fail.
async fn run(subject: Subject) -> Recorder {
    let api = Arc::clone(&subject.api);
    let cases = cases::enumerate(&subject);
    assert!(cases.len() > api.operations.len());
    let runner = Runner::start(subject).await.unwrap();
    let mut recorder = Recorder::default();
    for case in cases {
        let outcome = runner.run(case).await;
        outcome.exchanges.iter().for_each(|exchange| recorder.record(&api, exchange));
        assert!(outcome.passed(), "{}: {:?} {:?}", outcome.case.id, outcome.problems, outcome.violations);
    }
    recorder
}
