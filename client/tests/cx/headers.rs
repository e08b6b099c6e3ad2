//! `--header`: what is added to a request, and what is not let in.

use crate::process::{cx_at, vendor};

#[tokio::test(flavor = "multi_thread")]
async fn headers_travel_as_they_were_given() {
    let vendor = vendor("wootric").await;
    let run = cx_at(&vendor, ["wootric", "list-segments", "-H", "X-Trace: a:b", "--header", "Prefer: code=404"]);
    let ran = run.arg("--retries").arg("0").run().await.exits(1);
    assert!(ran.stderr.contains("404"), "{ran:?}");
    let exchange = vendor.take_exchanges().pop().unwrap();
    assert_eq!(exchange.request.header("x-trace"), Some("a:b"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_not_come_as_a_header() {
    let vendor = vendor("wootric").await;
    let run = cx_at(&vendor, ["wootric", "list-segments", "--header", "authorization: Bearer canary-in-a-header"]);
    let ran = run.run().await.exits(2);
    assert!(ran.stderr.contains("CX_TOKEN") && !ran.stderr.contains("canary"), "{ran:?}");
    assert!(vendor.take_exchanges().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_is_none_is_not_sent() {
    let vendor = vendor("wootric").await;
    for (given, reason) in
        [("two words: canary", "the name of a header"), ("Authorization Bearer canary", "a header is NAME: VALUE")]
    {
        let ran = cx_at(&vendor, ["wootric", "list-segments", "--header", given]).run().await.exits(2);
        assert!(ran.stderr.contains(reason), "{ran:?}");
        // It may be a secret, and what a job prints is kept.
        assert!(!ran.stderr.contains("canary"), "{ran:?}");
    }
    assert!(vendor.take_exchanges().is_empty());
}
