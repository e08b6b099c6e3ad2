//! Outside judges that notice a lie. They take their time, so they are asked for by name:
//! `cargo test --package contract-tests --test judges -- --ignored`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may stop where it fails"
)]

use contract_tests::{
    apis,
    judges::{self, Judge, Judgement, Settings},
};
use cx_mock::Lie;

/// What a judge says of a vendor that lies; none if it is not installed.
async fn hear(judge: Judge, api: &str, lie: Lie) -> Option<Judgement> {
    let subjects = apis::subjects(Some(api)).unwrap();
    let settings = Settings { judges: vec![judge], lie: Some(lie), ..Settings::new(apis::root(), 1) };
    let judgement = judges::hear(&subjects, &settings).await;
    if !judgement.left_out.is_empty() {
        eprintln!("{}", judgement.summary());
        return None;
    }
    assert!(judgement.verdicts.iter().all(|verdict| verdict.cases > 0), "{}", judgement.summary());
    Some(judgement)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes half a minute"]
async fn schemathesis_notices_a_lie() {
    let Some(judgement) = hear(Judge::Schemathesis, "wootric-cxi", Lie::NumberAsText).await else { return };
    let findings = &judgement.verdicts[0].findings;
    assert!(findings.iter().any(|finding| finding.message.contains("schema")), "{}", judgement.summary());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes half a minute"]
async fn prism_notices_a_lie() {
    let Some(judgement) = hear(Judge::Prism, "wootric-cxi", Lie::NumberAsText).await else { return };
    let findings = &judgement.verdicts[0].findings;
    assert!(findings.iter().any(|finding| finding.message.contains("response")), "{}", judgement.summary());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes half a minute"]
async fn specmatic_notices_a_lie() {
    let Some(judgement) = hear(Judge::Specmatic, "directly", Lie::OtherSuccess).await else { return };
    let verdict = &judgement.verdicts[0];
    assert!(verdict.findings.len() > verdict.cases / 2, "{}", judgement.summary());
}
