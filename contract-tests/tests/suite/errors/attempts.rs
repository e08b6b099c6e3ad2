//! How often a call is tried, and how long it waits in between.

use std::{sync::Arc, time::Duration};

use contract_tests::arguments::{self, Breadth};
use cx_client::{CallOptions, Sent, operation::Retry};
use cx_mock::Step;
use serde_json::json;
use tokio::net::TcpListener;

use super::Rig;
use crate::support::{self, Patient};

#[tokio::test]
async fn a_safe_request_is_tried_as_often_as_it_may_be() {
    for step in [
        Step::json(503, &json!({"error": "unavailable"})),
        Step::json(500, &json!({})),
        Step::json(408, &json!({})),
        Step::reset_before_headers(),
        Step::cut_body("[]", 1),
    ] {
        for attempts in [1_u32, 3, 5] {
            let rig = Rig::new("wootric", vec![step.clone()]).await;
            let options = CallOptions::new().max_attempts(attempts);
            let error = rig.call("list_end_users", json!({}), options).await.unwrap_err();
            assert_eq!(error.attempts(), attempts, "{step:?}: {error:?}");
            assert_eq!(rig.server.requests(), u64::from(attempts), "{step:?}");
            // Full jitter: half of 0.5 s, 1 s, 2 s and so on by the surroundings' dice.
            let pauses: Vec<Duration> = (0..attempts - 1).map(|retry| Duration::from_millis(250 << retry)).collect();
            assert_eq!(rig.surroundings.pauses(), pauses, "{step:?}");
        }
    }
}

#[tokio::test]
async fn the_clients_own_limit_of_attempts_holds_where_a_call_names_none() {
    let rig = Rig::new("wootric", vec![Step::json(503, &json!({}))]).await;
    let error = rig.call("list_end_users", json!({}), CallOptions::new()).await.unwrap_err();
    assert_eq!((error.attempts(), rig.server.requests()), (3, 3));
}

#[tokio::test]
async fn a_failure_that_passes_ends_in_the_reply() {
    let list = json!([{"id": 1}]);
    let steps = vec![Step::json(503, &json!({})), Step::reset_before_headers(), Step::json(200, &list)];
    let rig = Rig::new("wootric", steps).await;
    let reply = rig.call("list_end_users", json!({}), CallOptions::new().max_attempts(5)).await.unwrap();
    assert_eq!(reply.raw, Some(list));
    assert_eq!(rig.server.requests(), 3);
    assert_eq!(rig.surroundings.pauses().len(), 2);
}

#[tokio::test]
async fn a_status_that_stays_is_not_tried_again() {
    for status in [400, 403, 404, 409, 422, 423, 424, 501] {
        let rig = Rig::new("wootric", vec![Step::json(status, &json!({}))]).await;
        let error = rig.call("list_end_users", json!({}), CallOptions::new().max_attempts(5)).await.unwrap_err();
        assert_eq!((error.attempts(), rig.server.requests()), (1, 1), "{status}");
    }
}

#[tokio::test]
async fn a_request_with_an_effect_each_time_is_sent_once() {
    let mut checked = 0;
    for subject in support::subjects() {
        let never = subject.client.api.operations.iter().filter(|operation| operation.retry == Retry::Never);
        for row in never {
            for step in [Step::json(503, &json!({})), Step::reset_before_headers()] {
                let rig = Rig::new(subject.name(), vec![step]).await;
                let documented = subject.api.operation(row.id).unwrap();
                let body = documented.sent_media().and_then(|media| media.examples.first());
                let arguments = arguments::example(documented, Breadth::Required, body.map(|one| &one.value));
                let options = CallOptions::new().max_attempts(5);
                let error = rig.call(row.id, arguments, options).await.unwrap_err();
                assert_eq!((error.attempts(), rig.server.requests()), (1, 1), "{}: {error:?}", row.id);
                assert!(rig.surroundings.pauses().is_empty(), "{}", row.id);
                checked += 1;
            }
        }
    }
    assert!(checked > 0);
}

#[tokio::test]
async fn a_request_that_never_left_is_tried_again_whatever_it_does() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (subject, surroundings) = (support::subject("wootric"), Arc::new(Patient::default()));
    let core = support::builder(&subject, &url, &surroundings).build().unwrap();
    let arguments = json!({"body": {"email": "a@example.com"}});
    let error = (subject.client.call)(core, "create_end_user", arguments, CallOptions::new()).await.unwrap_err();
    assert_eq!((error.was_sent(), error.attempts()), (Sent::No, 3));
    assert_eq!(surroundings.pauses().len(), 2);
}

#[tokio::test]
async fn retry_after_is_waited_for_before_a_limited_request_goes_out_again() {
    let limited = || Step::reply(429, &[("retry-after", "7")], "");
    for (operation, arguments, reply) in [
        ("list_end_users", json!({}), json!([])),
        // The vendor says that it did nothing, so even this may go out again.
        ("create_end_user", json!({"body": {"email": "a@example.com"}}), json!({"id": 1})),
    ] {
        let rig = Rig::new("wootric", vec![limited(), Step::json(200, &reply)]).await;
        let reply = rig.call(operation, arguments, CallOptions::new()).await.unwrap();
        assert_eq!(reply.status, 200);
        assert_eq!(rig.server.requests(), 2);
        assert_eq!(rig.surroundings.pauses(), [Duration::from_secs(7)]);
    }
}

#[tokio::test]
async fn the_reset_of_a_rate_limit_is_waited_for_where_there_is_no_retry_after() {
    let reset = (Patient::NOW + 9).to_string();
    let headers = [("x-rate-limit-limit", "100"), ("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", &*reset)];
    let rig = Rig::new("wootric", vec![Step::reply(429, &headers, ""), Step::json(200, &json!([]))]).await;
    rig.call("list_end_users", json!({}), CallOptions::new()).await.unwrap();
    assert_eq!(rig.surroundings.pauses(), [Duration::from_secs(9)]);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_handed_to_the_caller() {
    let rig = Rig::new("wootric", vec![Step::reply(429, &[("retry-after", "90")], "")]).await;
    let error = rig.call("list_end_users", json!({}), CallOptions::new()).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(90)));
    assert_eq!((error.attempts(), rig.server.requests()), (1, 1));
    assert!(rig.surroundings.pauses().is_empty());
}
