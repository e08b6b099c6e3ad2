//! How far a run goes, where it does not go at all, and how it ends.

use std::{future::pending, sync::Arc, time::Duration};

use contract_tests::live::{self, Settings};
use cx_mock::{ClosedPort, FaultServer, Step, issuer};

use crate::{
    support::{self, APIS, Patient},
    vendor::{Drifting, Reply},
};

#[tokio::test]
async fn the_budget_holds_with_retries_and_token_requests() {
    for api in APIS {
        let honest = support::subject(api).vendor().await;
        let failing =
            |_: &str, reply: &mut Reply| reply.status = if reply.status == 200 { 503 } else { reply.status };
        let vendor = Drifting::start(api, &honest, Arc::new(failing)).await;
        for budget in [1, 2, 3, 7] {
            let before = vendor.asked().len();
            let settings = support::settings(api, &vendor.base_url).with_limits(1.0, budget).unwrap();
            let report = support::run(&settings).await;
            let asked = vendor.asked().len() - before;
            assert_eq!(asked, budget as usize, "{api}");
            assert_eq!(report.requests, budget, "{api}");
            assert_eq!(report.ended, Some("the budget is spent"), "{api}");
        }
    }
}

#[tokio::test]
async fn requests_are_kept_apart() {
    let vendor = support::subject("directly").vendor().await;
    let patient = Arc::new(Patient::default());
    let settings = support::settings("directly", &vendor.base_url()).with_limits(0.5, 100).unwrap();
    let report = support::run(&Settings { environment: patient.clone(), ..settings }).await;
    // The first one starts at once.
    assert_eq!(patient.pauses(), vec![Duration::from_secs(2); report.requests as usize - 1]);
}

#[tokio::test]
async fn a_run_that_is_ended_tells_what_it_knows() {
    let vendor = support::subject("wootric").vendor().await;
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    let sender = std::sync::Mutex::new(Some(sender));
    vendor.on("list_declines", move |_, _| {
        if let Some(sender) = sender.lock().unwrap().take() {
            sender.send(()).unwrap();
        }
        None
    });
    let settings = support::settings("wootric", &vendor.base_url());
    let stop = async { receiver.await.unwrap() };
    let report = live::run(&settings, &support::mock_credentials, stop).await.unwrap();
    assert_eq!(report.ended, Some("the run was ended"));
    assert!(report.operations.run.contains(&"list_end_users".to_owned()));
    assert!(report.operations.left_out.iter().any(|left| left.operation == "get_end_user"));
    assert_eq!(report.drifts, []);
}

#[tokio::test]
async fn what_cannot_be_run_is_no_report() {
    let vendor = support::subject("directly").vendor().await;
    let settings = support::settings("directly", &vendor.base_url());
    let error = |error: anyhow::Error| format!("{error:#}");
    let none = live::run(&settings, &|_| None, pending()).await.map_err(error).unwrap_err();
    assert!(none.contains("set CX_TOKEN"), "{none}");
    assert_eq!(vendor.take_exchanges().len(), 0);
    let wrong = |name: &str| (name == "CX_TOKEN").then(|| "a-wrong-token".to_owned());
    let refused = live::run(&settings, &wrong, pending()).await.map_err(error).unwrap_err();
    assert!(refused.contains("refuses these credentials") && !refused.contains("a-wrong-token"), "{refused}");
    let closed = ClosedPort::take().unwrap();
    let settings = support::settings("directly", &closed.base_url().unwrap());
    let unreachable = live::run(&settings, &support::mock_credentials, pending()).await.map_err(error).unwrap_err();
    assert!(unreachable.contains("cannot be reached"), "{unreachable}");
    let subject = support::subject("wootric");
    let down = subject.vendor().await;
    for operation in subject.api.operations.iter().filter(|operation| operation.reply(500).is_some()) {
        down.on(&operation.id, |_, _| Some(cx_mock::Answer::status(500)));
    }
    let settings = support::settings("wootric", &down.base_url());
    let silent = live::run(&settings, &support::mock_credentials, pending()).await.map_err(error).unwrap_err();
    assert!(silent.contains("nothing can be said") && silent.contains("no answer but 500"), "{silent}");
}

#[tokio::test]
async fn a_vendor_that_is_lost_on_the_way_costs_nothing_of_what_was_learned() {
    let answer = Step::json(200, &serde_json::json!({}));
    let vendor = FaultServer::start(vec![answer, Step::close_before_headers()]).await.unwrap();
    let token = |name: &str| (name == "CX_TOKEN").then(|| issuer::ACCESS_TOKEN.to_owned());
    let folder = tempfile::tempdir().unwrap();
    let settings = support::settings("directly", &vendor.base_url());
    let settings = Settings { record: Some(folder.path().to_owned()), ..settings };
    let report = live::run(&settings, &token, pending()).await.unwrap();
    assert_eq!(report.ended, Some("the vendor was lost"));
    assert!(report.lost.as_ref().unwrap().contains("cannot be reached"), "{:?}", report.lost);
    assert_eq!(report.operations.run.len(), 1, "{:?}", report.operations);
    let left = report.operations.left_out.iter().filter(|left| left.reason == "the vendor was lost").count();
    assert!(left > 1, "{:?}", report.operations.left_out);
    assert_eq!(std::fs::read_dir(folder.path().join("directly")).unwrap().count(), 1, "what came was recorded");
}

#[tokio::test]
async fn a_token_goes_over_https_or_stays_on_the_machine() {
    let refused = |url: &str, api: Option<&str>| format!("{:#}", Settings::new(url, api).unwrap_err());
    assert!(refused("http://api.example.com", Some("directly")).contains("use https"));
    assert!(refused("https://user:word@api.example.com", Some("directly")).contains("environment"));
    assert!(refused("https://api.example.com", None).contains("--api"));
    assert!(refused("http://127.0.0.1:8080", None).contains("--api"));
    let found = |url: &str| Settings::new(url, None).unwrap().subject.name().to_owned();
    assert_eq!(found("https://api.wootric.eu"), "wootric");
    assert_eq!(found("https://cxi-api.wootric.com/"), "wootric-cxi");
    assert_eq!(found("https://api.directly.com"), "directly");
    let settings = || support::settings("directly", "http://127.0.0.1:1");
    assert!(settings().with_limits(f64::NAN, 1).is_err());
    assert!(settings().with_limits(0.0, 1).is_err());
    assert!(settings().with_limits(1.0, 0).is_err());
}
