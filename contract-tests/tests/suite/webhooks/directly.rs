//! Directly's push events, whose template the customer writes.

use cx_client::{
    IncomingError,
    directly::push::{self, MessageAuthor, PushEventType},
};
use serde_json::{Value, json};

use super::fixtures;

#[test]
fn every_event_of_the_facts_decodes_or_fails_softly() {
    let (mut wrong, mut decoded, mut refused) = (Vec::new(), 0, 0);
    for fixture in fixtures("directly-") {
        let event = push::decode(fixture.body.as_bytes());
        if fixture.expect.error {
            assert!(event.is_err(), "{}", fixture.file);
            refused += 1;
            continue;
        }
        let event = event.unwrap_or_else(|error| panic!("{}: {error}", fixture.file));
        assert_eq!(Some(event.event_type.to_string()), fixture.expect.event_type, "{}", fixture.file);
        assert_eq!(Some(event.is_echo()), fixture.expect.echo, "{}", fixture.file);
        let author = event.author().map(|author| match author {
            MessageAuthor::Poster => "poster",
            MessageAuthor::Chatbot => "chatbot",
            MessageAuthor::Expert => "expert",
        });
        assert_eq!(author, fixture.expect.author.as_deref(), "{}", fixture.file);
        let mut tree = serde_json::to_value(&event).unwrap();
        // A number by value: the type holds a fraction.
        if let Some(number) = tree.get("expectedResponseMilliseconds").and_then(Value::as_f64) {
            tree["expectedResponseMilliseconds"] = json!(number as i64);
        }
        wrong.extend(fixture.missing_in(&tree));
        decoded += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((decoded, refused), (7, 2));
}

#[test]
fn unknown_events_and_members_are_kept() {
    let event = push::decode(br#"{"eventType":"AN_EVENT_OF_TOMORROW","ourOwn":[1]}"#).unwrap();
    assert_eq!(event.event_type, PushEventType::Unknown("AN_EVENT_OF_TOMORROW".to_owned()));
    assert_eq!((event.member("ourOwn"), event.member("other")), (Some(&json!([1])), None));
}

#[test]
fn a_flag_without_a_value_is_no_flag() {
    let event =
        push::decode(br#"{"eventType":"TAKEBACK","messageAuthorIsPoster":"","messageAuthorIsChatbot":"true"}"#);
    let event = event.unwrap();
    assert_eq!((event.is_echo(), event.author()), (false, Some(MessageAuthor::Chatbot)));
}

#[test]
fn what_is_no_event_says_so() {
    let no_event = |path: &str| IncomingError::NoEvent { path: path.to_owned() };
    for (body, expected) in [
        (&b"["[..], IncomingError::Malformed),
        (b"", IncomingError::Malformed),
        (b"[]", no_event(".")),
        (b"{}", no_event(".")),
        (br#"{"eventType":7}"#, no_event("eventType")),
    ] {
        assert_eq!(push::decode(body).unwrap_err(), expected, "{}", String::from_utf8_lossy(body));
    }
    let error = push::decode_within(10, br#"{"eventType":"TAKEBACK"}"#).unwrap_err();
    assert_eq!(error, IncomingError::TooLarge { limit: 10 });
}
