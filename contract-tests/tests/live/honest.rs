//! An honest vendor: nothing to report, and nothing asked that may not be.

use std::collections::BTreeSet;

use contract_tests::live;
use cx_mock::issuer;
use cx_spec::{OAuthRole, Retry};

use crate::support::{self, APIS};

#[tokio::test]
async fn an_honest_vendor_gives_no_report() {
    for api in APIS {
        let subject = support::subject(api);
        let vendor = subject.vendor().await;
        let report = support::run(&support::settings(api, &vendor.base_url())).await;
        assert_eq!(report.drifts, [], "{api}");
        assert!(report.passed());
        let safe: BTreeSet<&str> = subject
            .api
            .operations
            .iter()
            .filter(|operation| operation.retry == Retry::Safe)
            .map(|operation| operation.id.as_str())
            .collect();
        let run: BTreeSet<&str> = report.operations.run.iter().map(String::as_str).collect();
        assert_eq!(run, safe, "{api} {:?}", report.operations.left_out);
        assert_eq!(report.operations.left_out.len(), subject.api.operations.len() - safe.len());
        vendor.assert_no_violations();
    }
}

#[tokio::test]
async fn only_safe_operations_and_token_requests_reach_the_vendor() {
    for api in APIS {
        let subject = support::subject(api);
        let vendor = subject.vendor().await;
        let report = support::run(&support::settings(api, &vendor.base_url())).await;
        let exchanges = vendor.take_exchanges();
        assert_eq!(exchanges.len(), report.requests as usize);
        let documents = [Some(&subject.api), subject.tokens.as_ref()];
        let mut tokens = 0;
        for exchange in &exchanges {
            let id = exchange.operation().unwrap();
            let operation = documents.iter().flatten().find_map(|document| document.operation(id)).unwrap();
            let is_token = operation.oauth.as_ref().is_some_and(|oauth| oauth.role == OAuthRole::Token);
            assert!(is_token || operation.retry == Retry::Safe, "{api} {id}");
            tokens += usize::from(is_token);
            assert!(!exchange.request.headers().iter().any(|(_, value)| value.contains("gate-pass")));
        }
        assert_eq!(tokens, 1, "{api}");
    }
}

#[tokio::test]
async fn every_kind_of_credentials_is_taken_from_the_environment() {
    let client = [("CX_CLIENT_ID", issuer::CLIENT_ID), ("CX_CLIENT_SECRET", issuer::CLIENT_SECRET)];
    let refresh = [("CX_REFRESH_TOKEN", issuer::REFRESH_TOKEN), ("CX_SCOPE", "read write")];
    let kinds: [(&str, Vec<(&str, &str)>, usize); 4] = [
        ("wootric", vec![("CX_TOKEN", issuer::ACCESS_TOKEN)], 0),
        ("wootric", vec![("CX_USERNAME", issuer::USERNAME), ("CX_PASSWORD", issuer::PASSWORD)], 1),
        ("wootric-cxi", vec![("CX_REFRESH_TOKEN", issuer::REFRESH_TOKEN)], 1),
        ("directly", refresh.into_iter().chain(client).collect(), 1),
    ];
    for (api, variables, token_requests) in kinds {
        let vendor = support::subject(api).vendor().await;
        let settings = support::settings(api, &vendor.base_url());
        let variable =
            |name: &str| variables.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        let report = live::run(&settings, &variable, std::future::pending()).await.unwrap();
        assert_eq!(report.drifts, [], "{api} {:?}", variables[0].0);
        let tokens = vendor.take_exchanges().iter().filter(|one| one.operation() == Some("create_token")).count();
        assert_eq!(tokens, token_requests, "{api} {:?}", variables[0].0);
        vendor.assert_no_violations();
    }
}
