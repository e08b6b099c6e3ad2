//! Token operations: made from the environment, masked unless asked.

use cx_mock::issuer;
use serde_json::{Value, json};

use crate::process::{applicant, cx, vendor};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_masked_unless_asked_for() {
    let vendor = vendor("wootric").await;
    let ran = applicant(cx(["wootric", "create-token"]).base_url(&vendor.base_url())).run().await.exits(0);
    assert_eq!(ran.json()["access_token"], json!("***"));
    assert!(ran.stderr.contains("--show-secrets"), "{}", ran.stderr);

    let ran = applicant(cx(["wootric", "create-token", "--show-secrets"]).base_url(&vendor.base_url())).run().await;
    let token = ran.exits(0).json()["access_token"].as_str().unwrap().to_owned();
    let run = cx(["wootric", "list-segments"]).base_url(&vendor.base_url()).env("CX_TOKEN", token);
    run.run().await.exits(0);
    vendor.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_masks() {
    let vendor = vendor("wootric").await;
    for format in ["json", "ndjson", "csv", "table"] {
        let run = cx(["wootric", "create-token", "-o", format]).base_url(&vendor.base_url());
        let ran = applicant(run).run().await.exits(0);
        assert!(ran.stdout.contains("***") && ran.stdout.contains("access_token"), "{format}: {ran:?}");
        let exchanges = vendor.take_exchanges();
        let reply: Value = serde_json::from_slice(&exchanges[0].reply.body).unwrap();
        let token = reply["access_token"].as_str().unwrap().to_owned();
        assert!(!ran.stdout.contains(&token), "{format}: {ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_completed_from_the_environment() {
    let vendor = vendor("wootric").await;
    let body = json!({"grant_type": "password", "username": issuer::USERNAME}).to_string();
    let run = cx(["wootric", "create-token", "--body", &body]).base_url(&vendor.base_url());
    applicant(run).env("CX_PASSWORD", issuer::PASSWORD).run().await.exits(0);
    vendor.assert_no_violations();
    let run = cx(["wootric", "create-token"]).base_url(&vendor.base_url());
    let ran = run.run().await.exits(2);
    assert!(ran.stderr.contains("CX_USERNAME and CX_PASSWORD"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_refresh_token_is_kept_for_the_next_call() {
    let vendor = vendor("wootric").await;
    let sessions = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let run = cx(["wootric", "list-segments"]).base_url(&vendor.base_url());
        let run = run.env("CX_REFRESH_TOKEN", issuer::REFRESH_TOKEN).env("CX_SESSION_DIR", sessions.path());
        run.run().await.exits(0);
    }
    assert_eq!(vendor.issuer().token_requests(), 1);
    assert_eq!(vendor.issuer().reuse_detected(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_fetched_for_a_call_where_the_document_says() {
    for name in ["wootric", "wootric-cxi"] {
        let vendor = vendor(name).await;
        let operation = if name == "wootric" { "list-segments" } else { "list-tags" };
        let run = cx([name, operation]).base_url(&vendor.base_url()).env("CX_ACCOUNT_TOKEN", "NPS-EXAMPLE");
        let run = run.env("CX_USERNAME", issuer::USERNAME).env("CX_PASSWORD", issuer::PASSWORD);
        run.run().await.exits(0);
        vendor.assert_no_violations();
        assert_eq!(vendor.issuer().token_requests(), 1);
        let exchanges = vendor.take_exchanges();
        assert!(exchanges[0].request.query_pairs().iter().any(|pair| pair.name == "account_token"));
    }
}
