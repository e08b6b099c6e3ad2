//! Texts of any kind: whatever a caller writes arrives as it was written.

use std::cell::RefCell;

use cx_client::{CallOptions, ErrorKind};
use cx_mock::{Answer, Place};
use proptest::{prelude::*, test_runner::Config};
use serde_json::{Value, json};

use super::Stage;
use crate::support;

/// Short and long, of any script, with control characters, line ends and what looks like an escape.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        any::<String>(),
        "[\\x00-\\x1f\\x7f\\u{80}-\\u{9f}\\u{2028}\\u{feff}\\u{fffd}\\u{10ffff}]{1,8}",
        "[ \\t\\r\\n\\u{a0}]{1,4}",
        "(\\\\u[0-9a-f]{4}|\\\\|\"|\\{\\}|null|%00|&#0;|</script>){1,4}",
        "[a-zä中🦀]{900,1100}",
    ]
}

/// `create_message` does not let an empty text pass (`minLength: 1` of `text`), which is the document's to say and the
/// vendor's to refuse: the client hands on what it is given. Everything else is taken, though the answer be scripted.
#[test]
fn a_message_arrives_as_it_was_written() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stage = runtime.block_on(Stage::of(support::subject("directly")));
    stage.vendor.on("create_message", |_, _| Some(Answer::example(201, "created")));
    let seen = RefCell::new((0, 0));
    let config = Config { cases: 512, failure_persistence: None, ..Config::default() };
    let body = (text(), text(), prop::option::of(text()));
    let ran = proptest::test_runner::TestRunner::new(config).run(&body, |(text, email, response)| {
        let mut body = json!({"userEmail": email, "text": text});
        if let Some(response) = response {
            body["responseUuid"] = response.into();
        }
        let options = CallOptions::new().max_attempts(1);
        let call = (stage.subject.client.call)(stage.core.clone(), "create_message", json!({"body": body}), options);
        let outcome = runtime.block_on(call);
        let mut sent = stage.vendor.take_exchanges();
        // The first call fetches a token.
        sent.retain(|one| one.operation() == Some("create_message"));
        prop_assert_eq!(sent.len(), 1);
        let arrived: Value = serde_json::from_slice(sent[0].request.body()).unwrap();
        prop_assert_eq!(arrived, body);
        let violations: Vec<_> =
            sent[0].verdict.violations.iter().map(|one| (one.rule.as_str(), one.place.clone())).collect();
        let mut seen = seen.borrow_mut();
        if text.is_empty() {
            prop_assert_eq!(violations, [("minLength", Place::Body("/text".to_owned()))]);
            let error = outcome.err().unwrap();
            prop_assert_eq!(
                (error.kind(), error.status().map(|status| status.as_u16())),
                (ErrorKind::Api, Some(400))
            );
            seen.0 += 1;
        } else {
            prop_assert_eq!(violations, []);
            prop_assert!(outcome.is_ok(), "{:?}", outcome.err());
            seen.1 += 1;
        }
        Ok(())
    });
    ran.unwrap();
    let (empty, written) = *seen.borrow();
    assert!(empty > 20 && written > 200, "{empty} empty, {written} written");
}
