//! Wootric's webhooks: both encodings to one type.

use cx_client::{
    IncomingError,
    wootric::webhooks::{Event, Receiver, SIGNATURE_HEADER, Webhook},
};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::{Fixture, fixtures};

pub(super) const SECRET: &str = "example-webhook-secret";

fn receive(fixture: &Fixture) -> Result<Webhook, IncomingError> {
    let receiver = Receiver::new(fixture.expect.secret.as_deref().unwrap()).unwrap();
    receiver.receive(&fixture.headers(), fixture.body.as_bytes())
}

/// A body with the right signature.
pub(super) fn signed(content_type: &str, body: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_str(content_type).unwrap());
    let signature = Receiver::new(SECRET).unwrap().sign(body.as_bytes());
    headers.insert(SIGNATURE_HEADER, HeaderValue::from_str(&signature).unwrap());
    headers
}

fn received(content_type: &str, body: &str) -> Result<Webhook, IncomingError> {
    Receiver::new(SECRET).unwrap().receive(&signed(content_type, body), body.as_bytes())
}

/// The typed event as JSON, as far as it is known.
fn tree(webhook: &Webhook) -> (&'static str, Value) {
    match webhook.event() {
        Event::Response(event) => ("response", serde_json::to_value(event).unwrap()),
        Event::Decline(event) => ("decline", serde_json::to_value(event).unwrap()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_webhook_of_the_facts_decodes_in_its_encoding() {
    let fixtures = fixtures("wootric-");
    let (mut wrong, mut json, mut form, mut refused) = (Vec::new(), 0, 0, 0);
    for fixture in &fixtures {
        let outcome = receive(fixture);
        if fixture.expect.signature_valid == Some(false) {
            refused += 1;
            let expected = match fixture.headers.contains_key(SIGNATURE_HEADER) {
                true => IncomingError::WrongSignature,
                false => IncomingError::Unsigned,
            };
            assert_eq!(outcome, Err(expected), "{}", fixture.file);
            continue;
        }
        let webhook = outcome.unwrap_or_else(|error| panic!("{}: {error}", fixture.file));
        let (kind, tree) = tree(&webhook);
        assert_eq!(Some(kind), fixture.expect.kind.as_deref(), "{}", fixture.file);
        assert_eq!(tree["event_name"].as_str(), fixture.expect.event_name.as_deref(), "{}", fixture.file);
        wrong.extend(fixture.missing_in(&tree));
        match fixture.content_type.starts_with("application/json") {
            true => json += 1,
            false => form += 1,
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((json, form, refused), (5, 3, 4));
}

#[test]
fn both_encodings_of_one_event_are_one_value() {
    let all = fixtures("wootric-");
    let event = |name: &str| {
        let fixture = all.iter().find(|one| one.file == name).unwrap();
        match receive(fixture).unwrap().into_event() {
            Event::Response(event) => event,
            other => panic!("{other:?}"),
        }
    };
    let json = event("wootric-response-created-json.json");
    let mut form = event("wootric-response-created-form.json");
    // The one difference: how times are written.
    for (own, other) in [
        (&mut form.timestamp, &json.timestamp),
        (&mut form.response.created_at, &json.response.created_at),
        (&mut form.response.updated_at, &json.response.updated_at),
    ] {
        let (seconds, offset) = (own.as_ref().unwrap().timestamp(), own.as_ref().unwrap().offset());
        assert_eq!((seconds, offset), (other.as_ref().unwrap().timestamp(), other.as_ref().unwrap().offset()));
        assert!(seconds.is_some() && offset == Some(-7 * 3600));
        own.clone_from(other);
    }
    assert_eq!(form, json);
}

#[test]
fn attributes_that_are_null_are_null_in_both_encodings() {
    let event = |content_type: &str, body: &str| received(content_type, body).unwrap().into_event();
    let form = "application/x-www-form-urlencoded";
    let body = json!({"decline": {"id": 5, "end_user_properties": null}, "event_name": "created"});
    let without = event(form, "decline[id]=5&decline[end_user_properties]=&event_name=created");
    assert_eq!(without, event("application/json", &body.to_string()));

    // Of one attribute nobody can tell `null` from an empty text.
    let body = json!({"decline": {"id": 5, "end_user_properties": {"plan": ""}}, "event_name": "created"});
    let with_one = event(form, "decline[id]=5&decline[end_user_properties][plan]=&event_name=created");
    assert_eq!(with_one, event("application/json", &body.to_string()));
}

#[test]
fn what_no_type_knows_is_kept() {
    let body = json!({"response": {"id": 1, "tomorrow": {"x": [1]}}, "event_name": "translated", "more": 7});
    let webhook = received("application/json", &body.to_string()).unwrap();
    assert_eq!(webhook.raw(), &body);
    let Event::Response(event) = webhook.event() else { panic!("{webhook:?}") };
    assert_eq!(event.event_name.as_ref().unwrap().to_string(), "translated");

    let body = json!({"survey": {"id": 1}, "event_name": "created"});
    let webhook = received("application/json; charset=utf-8", &body.to_string()).unwrap();
    let Event::Unknown(event) = webhook.event() else { panic!("{webhook:?}") };
    assert_eq!((event.name(), event.raw()), (Some("created"), &body));

    let webhook = received("application/x-www-form-urlencoded", "survey[id]=1&event_name=created").unwrap();
    let Event::Unknown(event) = webhook.event() else { panic!("{webhook:?}") };
    assert_eq!(event.raw(), &json!({"survey": {"id": "1"}, "event_name": "created"}));
}

#[test]
fn a_signed_body_that_is_no_event_is_refused_with_a_reason() {
    let json = "application/json";
    for (content_type, body, expected, status) in [
        (json, "{", IncomingError::Malformed, 400),
        // The vendor's own sample has such a comma.
        (json, r#"{"decline":{"id":5,},"event_name":"created"}"#, IncomingError::Malformed, 400),
        (json, "[1]", IncomingError::NoEvent { path: ".".to_owned() }, 422),
        (json, r#"{"response":{"id":"none"}}"#, IncomingError::NoEvent { path: "response.id".to_owned() }, 422),
        (
            "application/x-www-form-urlencoded",
            "decline[id]=",
            IncomingError::NoEvent { path: "decline.id".to_owned() },
            422,
        ),
        ("text/plain", "{}", IncomingError::UnknownContentType, 415),
    ] {
        let error = received(content_type, body).unwrap_err();
        assert_eq!((&error, error.status().as_u16()), (&expected, status), "{body}");
    }
    let body = b"{}";
    let mut headers = signed(json, "{}");
    headers.remove("content-type");
    assert_eq!(Receiver::new(SECRET).unwrap().receive(&headers, body), Err(IncomingError::UnknownContentType));
}

#[test]
fn a_body_over_the_limit_is_not_even_hashed() {
    let body = r#"{"decline":{"id":5}}"#;
    let headers = signed("application/json", body);
    let receiver = Receiver::new(SECRET).unwrap();
    assert_eq!(receiver.max_body_bytes(), 1024 * 1024);
    let exact = receiver.clone().with_max_body_bytes(body.len());
    assert!(exact.receive(&headers, body.as_bytes()).is_ok());
    let short = receiver.with_max_body_bytes(body.len() - 1);
    let error = short.receive(&HeaderMap::new(), body.as_bytes()).unwrap_err();
    assert_eq!((error.status().as_u16(), error), (413, IncomingError::TooLarge { limit: body.len() - 1 }));
}
