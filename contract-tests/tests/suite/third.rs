//! A vendor that does not exist: document, client, mock and cases without a line written by hand.

use std::sync::Arc;

use contract_tests::{apis::Subject, cases, coverage::Recorder, runner::Runner};
use cx_client::dynamic::Registered;

use crate::generated::orchard;

/// The client of the made-up vendor.
pub static ORCHARD: Registered = Registered {
    api: &orchard::operations::API,
    call: orchard::dispatch::call,
    schemas: orchard::dispatch::SCHEMAS,
    decode_schema: orchard::dispatch::decode_schema,
};

#[tokio::test]
async fn a_document_is_all_that_a_vendor_needs() {
    let text = include_str!("../../mock/tests/fixtures/orchard.yaml");
    let document = cx_spec::Document::parse("orchard", "orchard.yaml", text).unwrap();
    let api = Arc::new(cx_spec::Api::index(document).unwrap());
    let subject = Subject { api: Arc::clone(&api), tokens: None, client: &ORCHARD };
    let cases = cases::enumerate(&subject);
    assert!(cases.len() > api.operations.len());

    let runner = Runner::start(subject).await.unwrap();
    let mut recorder = Recorder::default();
    for case in cases {
        let outcome = runner.run(case).await;
        outcome.exchanges.iter().for_each(|exchange| recorder.record(&api, exchange));
        assert!(outcome.passed(), "{}: {:?} {:?}", outcome.case.id, outcome.problems, outcome.violations);
    }
    assert!(recorder.operations(&api).is_full(), "{:?}", recorder.gaps(&api));
}
