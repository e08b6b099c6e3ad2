//! Generated values: what the documents allow decodes, and comes back as it was.

use contract_tests::{
    apis::{self, Subject},
    arguments::{self, Breadth},
    compare::{self, missing},
};
use cx_client::CallOptions;
use cx_mock::{Answer, strategy};
use cx_spec::Operation;
use serde_json::{Value, json};

/// Values a reply. The schemas of one operation are small, so a few show most of what they allow.
const VALUES: u64 = 12;

async fn replies_round_trip(name: &str) {
    let subject = apis::subjects(Some(name)).unwrap().remove(0);
    let vendor = subject.vendor().await;
    let core = subject.connect(&vendor).unwrap();
    let mut tried = 0;
    for operation in &subject.api.operations {
        let body = operation.sent_media().and_then(|media| media.examples.first()).map(|example| &example.value);
        let arguments = arguments::example(operation, Breadth::Required, body);
        let success = operation.replies.iter().filter(|reply| reply.status.is_success());
        for (reply, media) in success.flat_map(|reply| reply.media.iter().map(move |media| (reply, media))) {
            for seed in 0..VALUES {
                let Some(value) = strategy::sample(&subject.api, &media.schema, seed) else { continue };
                tried += 1;
                // Every other reply holds members that no document knows.
                let sent = if seed % 2 == 0 { value.clone() } else { with_unknown(value.clone(), operation) };
                vendor.script(&operation.id, Answer::value(reply.status.representative(), sent.clone()));
                let options = CallOptions::new().max_attempts(1);
                let outcome = (subject.client.call)(core.clone(), &operation.id, arguments.clone(), options).await;
                let got = outcome.unwrap_or_else(|error| panic!("{} seed {seed}: {error}\n{value:#}", operation.id));
                let expected = expected(&subject, &operation.id, value.clone());
                let lost = missing(&expected, &got.typed);
                assert_eq!(lost, None, "{} seed {seed}: {value:#}\n{:#}", operation.id, got.typed);
                assert_eq!(got.raw, Some(sent), "{} seed {seed}: the raw reply is another", operation.id);
            }
        }
    }
    assert!(tried > 100, "only {tried} values were tried");
}

/// A reply of tomorrow: one more member in its resource, or in each of a list.
fn with_unknown(mut value: Value, operation: &Operation) -> Value {
    let mut resource = &mut value;
    if let Some(envelope) = &operation.envelope {
        let name = envelope.items.as_ref().unwrap_or(&envelope.data);
        match resource.get_mut(name) {
            Some(inner) => resource = inner,
            None => return value,
        }
    }
    let objects = match resource {
        Value::Array(items) => items.iter_mut().collect(),
        one => vec![one],
    };
    for members in objects.into_iter().filter_map(Value::as_object_mut) {
        members.insert("a member of tomorrow".to_owned(), json!({"of": ["any", "kind", 1]}));
    }
    value
}

/// What the typed value of a reply must hold: the reply in its canonical form, without members that the document does
/// not know and the types therefore drop (they stay in the raw reply).
fn expected(subject: &Subject, operation: &str, mut value: Value) -> Value {
    let envelope = subject.api.operation(operation).and_then(|operation| operation.envelope.as_ref());
    if let (Some(envelope), Some(members)) = (envelope, value.as_object_mut()) {
        let known = |key: &String| envelope.reserved.contains(key) || envelope.items.as_ref() == Some(key);
        members.retain(|key, value| known(key) && !value.is_null());
    }
    match envelope {
        Some(envelope) => compare::canonical(value, envelope),
        None => value,
    }
}

#[tokio::test]
async fn generated_replies_of_wootric_round_trip() {
    replies_round_trip("wootric").await;
}

#[tokio::test]
async fn generated_replies_of_wootric_cxi_round_trip() {
    replies_round_trip("wootric-cxi").await;
}

#[tokio::test]
async fn generated_replies_of_directly_round_trip() {
    replies_round_trip("directly").await;
}
