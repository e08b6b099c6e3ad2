//! A question from the asking to the closing, against a vendor that remembers, on a clock that never really runs.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use cx_client::{
    ApiClient, ErrorKind, Sent,
    directly::{
        Backoff, Client, Conversation,
        types::{self, ExternalIdInput, QuestionStatus},
    },
};
use cx_mock::{Answer, FaultServer, MockVendor, Step, issuer};
use serde_json::{Value, json};

use crate::support::{self, Patient};

const EXPERT: &str = "r-1";

struct Scene {
    vendor: MockVendor,
    surroundings: Arc<Patient>,
    client: Client,
}

async fn scene() -> Scene {
    let subject = support::subject("directly");
    let vendor = MockVendor::builder(subject.api.clone()).stateful().start().await;
    vendor.seed("questions", Vec::new());
    let surroundings = Arc::new(Patient::default());
    let builder = support::builder(&subject, &vendor.base_url(), &surroundings);
    let credentials = cx_client::auth::Credentials::fixed(issuer::ACCESS_TOKEN);
    let client = Client::from_core(builder.credentials(credentials).build().unwrap());
    Scene { vendor, surroundings, client }
}

fn question() -> types::builder::CreateQuestionRequest {
    types::CreateQuestionRequest::builder()
        .user_email("pat@example.com")
        .user_name("Pat Example")
        .text("How do I reset my router?")
}

fn with_external_id() -> types::builder::CreateQuestionRequest {
    let own = ExternalIdInput { id: "T-1001".to_owned(), system: "example-integration-token".into() };
    question().external_ids(vec![own])
}

/// The question as the vendor tells it once an expert has answered with these messages.
fn answered(uuid: &str, messages: Value) -> Value {
    json!({
        "uuid": uuid, "companies": ["acme"], "isClaimed": true,
        "state": {"status": "UNRESOLVED", "numResponses": 1, "isClosed": false},
        "ratingSystem": {"values": ["bad", "good"]},
        "conversation": {"text": "How?", "messages": [], "responses": [
            {"uuid": EXPERT, "type": "EXPERT", "isAccepted": false, "messages": messages},
        ]},
    })
}

fn message(id: i64) -> Value {
    json!({"id": id, "uuid": format!("m-{id}"), "type": "MESSAGE", "body": "Try this"})
}

impl Scene {
    async fn asked(&self) -> Conversation {
        let conversation = self.client.ask(question()).await.unwrap();
        self.vendor.take_exchanges();
        conversation
    }

    fn answer(&self, conversation: &Conversation, messages: Value) {
        self.vendor.seed("questions", vec![answered(conversation.uuid(), messages)]);
    }

    fn operations(&self) -> Vec<String> {
        let exchanges = self.vendor.take_exchanges().into_iter();
        exchanges.map(|one| one.operation().unwrap_or_default().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_question_is_asked_polled_accepted_rated_and_closed() {
    let scene = scene().await;
    let mut conversation = scene.client.ask(question()).await.unwrap();
    assert!(conversation.is_open());
    for _ in 0..3 {
        scene.vendor.script("get_question", Answer::status(304));
    }
    assert!(conversation.poll().await.unwrap().is_none());
    scene.answer(&conversation, json!([message(41)]));

    let news = conversation.wait(Backoff::default()).await.unwrap().unwrap();
    assert_eq!(news.responses.len(), 1);
    assert_eq!(news.messages[0].body.as_deref(), Some("Try this"));
    assert!(news.claimed);
    assert_eq!(conversation.ratings(), ["bad", "good"]);
    let uuid = news.responses[0].uuid.clone().unwrap();

    assert!(conversation.accept(&uuid).await.unwrap().is_some());
    assert!(conversation.rate(&uuid, "good").await.unwrap().is_some());
    let question = conversation.uuid().to_owned();
    conversation.close("example-integration-token").await.unwrap();

    let bodies: Vec<(String, Value)> = scene
        .vendor
        .take_exchanges()
        .into_iter()
        .map(|one| (one.operation().unwrap_or_default().to_owned(), one.verdict.body.clone().unwrap_or_default()))
        .collect();
    let names: Vec<&str> = bodies.iter().map(|(name, _)| name.as_str()).collect();
    let polls = ["get_question"; 4];
    assert_eq!(
        names,
        [&["create_question"], &polls[..], &["accept_response", "rate_response", "close_question"]].concat()
    );
    assert_eq!(bodies[5].1, json!({"uuid": EXPERT, "userEmail": "pat@example.com"}));
    assert_eq!(
        bodies[6].1,
        json!({"uuid": EXPERT, "userEmail": "pat@example.com", "rating": "good", "companyTag": "acme"})
    );
    assert_eq!(
        bodies[7].1,
        json!({"questionUuid": question, "userEmail": "pat@example.com", "integrationToken": "example-integration-token"})
    );
    scene.vendor.assert_no_violations();
}

#[tokio::test]
async fn pauses_grow_to_the_longest_and_begin_anew_after_news() {
    let scene = scene().await;
    let mut conversation = scene.asked().await;
    for _ in 0..6 {
        scene.vendor.script("get_question", Answer::status(304));
    }
    scene.answer(&conversation, json!([message(41)]));
    let backoff =
        Backoff::until(Duration::from_secs(600)).with_pauses(Duration::from_secs(4), Duration::from_secs(20));
    assert!(conversation.wait(backoff).await.unwrap().is_some());
    // A quarter less than 4, 8, 16, 20 …: half of the most that chance takes off.
    assert_eq!(scene.surroundings.pauses().iter().map(Duration::as_secs).collect::<Vec<_>>(), [3, 6, 12, 15, 15, 15]);
    scene.vendor.script("get_question", Answer::status(304));
    scene.answer(&conversation, json!([message(41), message(42)]));
    let news = conversation.wait(backoff).await.unwrap().unwrap();
    assert_eq!((news.responses.len(), news.messages.len()), (0, 1));
    assert_eq!(scene.surroundings.pauses().last(), Some(&Duration::from_secs(3)));
}

#[tokio::test]
async fn a_wait_without_news_ends_at_its_deadline() {
    let scene = scene().await;
    let mut conversation = scene.asked().await;
    scene.vendor.on("get_question", |_, _| Some(Answer::status(304)));
    let backoff =
        Backoff::until(Duration::from_secs(60)).with_pauses(Duration::from_secs(8), Duration::from_secs(16));
    assert!(conversation.wait(backoff).await.unwrap().is_none());
    let waited: Duration = scene.surroundings.pauses().iter().sum();
    assert_eq!(waited, Duration::from_secs(60), "the last pause is cut short");
    assert_eq!(scene.operations().len(), scene.surroundings.pauses().len());
}

#[tokio::test]
async fn the_first_poll_asks_for_all_and_the_next_for_what_came_since() {
    let scene = scene().await;
    let mut conversation = scene.client.conversation("q-1", "pat@example.com");
    let date = |text: &'static str| Answer::status(304).header("date", text);
    scene.vendor.script("get_question", date("Fri, 31 Jan 2020 08:00:00 GMT"));
    scene.vendor.script("get_question", date("Fri, 31 Jan 2020 08:01:00 GMT"));
    scene.vendor.script("get_question", date("Fri, 31 Jan 2020 08:02:00 GMT"));
    for _ in 0..3 {
        conversation.poll().await.unwrap();
    }
    let query = |one: &cx_mock::Exchange| {
        let pairs = support::texts(one.request.query_pairs());
        pairs.into_iter().find(|(name, _)| name == "lastChecked").map(|(_, value)| value)
    };
    let sent: Vec<Option<String>> = scene.vendor.take_exchanges().iter().map(query).collect();
    // By the vendor's clock, a second earlier than it says.
    let expected = [None, Some("2020-01-31T07:59:59.000Z"), Some("2020-01-31T08:00:59.000Z")];
    assert_eq!(sent, expected.map(|time| time.map(ToOwned::to_owned)));
}

#[tokio::test]
async fn what_was_seen_is_no_news() {
    let scene = scene().await;
    let mut conversation = scene.asked().await;
    scene.answer(&conversation, json!([message(41)]));
    assert!(conversation.poll().await.unwrap().is_some());
    assert!(conversation.poll().await.unwrap().is_none(), "a 200 with nothing new");
    scene.vendor.script("get_question", Answer::value(200, json!({"data": {"uuid": "q", "isClaimed": true}})));
    assert!(conversation.poll().await.unwrap().is_none(), "a 200 that leaves out what was told before");
    assert_eq!((conversation.ratings().len(), conversation.last_response().is_some()), (2, true));

    scene.answer(&conversation, json!([message(41), message(42)]));
    let news = conversation.poll().await.unwrap().unwrap();
    assert_eq!(news.messages.iter().filter_map(|one| one.id).collect::<Vec<_>>(), [42]);
    assert!(news.responses.is_empty() && news.status.is_none() && !news.claimed);

    let mut resolved = answered(conversation.uuid(), json!([message(41), message(42)]));
    resolved["state"]["status"] = json!("RESOLVED");
    scene.vendor.seed("questions", vec![resolved]);
    let news = conversation.poll().await.unwrap().unwrap();
    assert_eq!((news.status, news.messages.len()), (Some(QuestionStatus::Resolved), 0));
    assert!(!conversation.is_open());
    assert_eq!(conversation.say("Thanks").await.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn members_without_ids_are_told_once_by_their_place() {
    let scene = scene().await;
    let mut conversation = scene.client.conversation("q-1", "pat@example.com");
    let text = |body: &str| json!({"body": body});
    let question =
        |messages: Value| json!({"conversation": {"messages": [text("x")], "responses": [{"messages": messages}]}});
    for (messages, new) in [(json!([text("a")]), 2), (json!([text("a"), text("b")]), 1)] {
        // Bare once and wrapped once: both forms of a single resource.
        let body = if new == 2 { question(messages) } else { json!({"meta": {}, "data": question(messages)}) };
        scene.vendor.script("get_question", Answer::value(200, body));
        let news = conversation.poll().await.unwrap().unwrap();
        assert_eq!(news.messages.len(), new);
    }
    scene.vendor.script("get_question", Answer::value(200, json!({"meta": {}})));
    assert!(conversation.poll().await.unwrap().is_none(), "a success without payload");
    assert!(conversation.last_response().is_some(), "what was known is kept");
}

#[tokio::test]
async fn a_question_whose_reply_names_none_is_found_by_its_external_id() {
    for list in [
        json!({"questions": [{"uuid": "q-7"}]}),
        json!({"meta": {}, "data": {"questions": [{"uuid": "q-7"}]}}),
        json!({"meta": {}, "data": [{"uuid": "q-7"}]}),
    ] {
        let scene = scene().await;
        scene.vendor.script("create_question", Answer::example(201, "without_payload"));
        scene.vendor.script("list_questions", Answer::value(200, list));
        let conversation = scene.client.ask(with_external_id()).await.unwrap();
        assert_eq!(conversation.uuid(), "q-7");
        let exchanges = scene.vendor.take_exchanges();
        let query = support::texts(exchanges[1].request.query_pairs());
        for (name, value) in [
            ("userEmail", "pat@example.com"),
            ("externalId.system", "example-integration-token"),
            ("externalId.id", "T-1001"),
            ("includeConversation", "true"),
        ] {
            assert!(query.contains(&(name.to_owned(), value.to_owned())), "{name} in {query:?}");
        }
        scene.vendor.assert_no_violations();
    }
}

#[tokio::test]
async fn a_question_of_another_external_id_is_not_the_one_that_was_asked() {
    let system = "example-integration-token";
    let other = json!({"uuid": "q-1", "externalIds": [{"system": system, "id": "T-1000"}]});
    let own = json!({"uuid": "q-7", "externalIds": [{"system": system, "id": "T-1000"}, {"system": system, "id": "T-1001"}]});
    for (list, found) in [(json!([other, own]), Some("q-7")), (json!([other]), None)] {
        let scene = scene().await;
        scene.vendor.script("create_question", Answer::example(201, "without_payload"));
        scene.vendor.script("list_questions", Answer::value(200, json!({"questions": list})));
        let asked = scene.client.ask(with_external_id()).await;
        assert_eq!(asked.ok().as_ref().map(Conversation::uuid), found);
    }
}

#[tokio::test]
async fn a_question_that_cannot_be_found_is_an_error() {
    let scene = scene().await;
    scene.vendor.script("create_question", Answer::example(201, "without_payload"));
    let error = scene.client.ask(question()).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Decode, Sent::Yes));
    assert_eq!(scene.operations(), ["create_question"]);
    for searched in [Answer::value(200, json!({"questions": []})), Answer::value(404, json!({}))] {
        scene.vendor.script("create_question", Answer::example(201, "without_payload"));
        scene.vendor.script("list_questions", searched);
        let error = scene.client.ask(with_external_id()).await.unwrap_err();
        assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Decode, Sent::Yes));
    }
}

#[tokio::test]
async fn a_question_of_which_nobody_knows_is_looked_for_and_never_asked_twice() {
    for (list, found) in [(json!({"questions": [{"uuid": "q-7"}]}), true), (json!({"questions": []}), false)] {
        let server = FaultServer::start(vec![Step::reset_before_headers(), Step::json(200, &list)]).await.unwrap();
        let client = Client::from_core(support::core(&support::subject("directly"), &server.base_url()));
        let outcome = client.ask(with_external_id()).await;
        match outcome {
            Ok(conversation) => assert_eq!((conversation.uuid(), found), ("q-7", true)),
            Err(error) => {
                assert_eq!((error.kind(), error.was_sent(), found), (ErrorKind::Transport, Sent::Unknown, false))
            }
        }
        let methods: Vec<String> = server.take_requests().iter().map(|one| one.method().to_owned()).collect();
        assert_eq!(methods, ["POST", "GET"]);
    }
}

#[tokio::test]
async fn a_question_whose_success_cannot_be_read_is_looked_for_and_never_asked_twice() {
    let body = r#"{"data":{"uuid":"q-7"}}"#;
    let head = format!("HTTP/1.1 201 Created\r\ncontent-length: {}\r\n\r\n", body.len());
    let cut = Step::nothing().send(head).send(&body[..9]).close();
    let odd = Step::json(201, &json!({"data": {"uuid": {"a": 1}}}));
    for (reply, kind) in [(cut, ErrorKind::Transport), (odd, ErrorKind::Decode)] {
        for (list, found) in [(json!({"questions": [{"uuid": "q-7"}]}), true), (json!({"questions": []}), false)] {
            let server = FaultServer::start(vec![reply.clone(), Step::json(200, &list)]).await.unwrap();
            let client = Client::from_core(support::core(&support::subject("directly"), &server.base_url()));
            match client.ask(with_external_id()).await {
                Ok(conversation) => assert_eq!((conversation.uuid(), found), ("q-7", true), "{kind:?}"),
                Err(error) => assert_eq!((error.kind(), error.was_sent(), found), (kind, Sent::Yes, false)),
            }
            let methods: Vec<String> = server.take_requests().iter().map(|one| one.method().to_owned()).collect();
            assert_eq!(methods, ["POST", "GET"], "{kind:?}");
        }
    }
}

#[tokio::test]
async fn a_refused_question_is_the_error_and_is_not_looked_for() {
    let scene = scene().await;
    scene.vendor.script("create_question", Answer::status(400));
    let error = scene.client.ask(with_external_id()).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
    assert_eq!(scene.operations(), ["create_question"]);
    let incomplete = types::CreateQuestionRequest::builder().text("How?");
    assert_eq!(scene.client.ask(incomplete).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert_eq!(scene.operations(), [""; 0]);
}

#[tokio::test]
async fn a_message_goes_to_the_last_response_or_else_to_the_question() {
    let scene = scene().await;
    let mut conversation = scene.asked().await;
    conversation.say("It is model X").await.unwrap();
    scene.answer(&conversation, json!([message(41)]));
    conversation.poll().await.unwrap();
    conversation.say("It works").await.unwrap();
    assert_eq!(conversation.say(" \n").await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    let sent: Vec<Value> = scene
        .vendor
        .take_exchanges()
        .into_iter()
        .filter(|one| one.operation() == Some("create_message"))
        .filter_map(|one| one.verdict.body)
        .collect();
    assert_eq!(
        sent,
        [
            json!({"userEmail": "pat@example.com", "text": "It is model X", "questionUuid": conversation.uuid()}),
            json!({"userEmail": "pat@example.com", "text": "It works", "responseUuid": EXPERT}),
        ]
    );
    scene.vendor.assert_no_violations();
}

#[tokio::test]
async fn the_question_whether_all_is_resolved_is_found_as_the_vendor_finds_it() {
    let scene = scene().await;
    let mut conversation = scene.asked().await;
    let of = |id: i64, kind: &str| json!({"id": id, "uuid": format!("m-{id}"), "type": kind});
    let asked = "MARK_AS_RESOLVED_MESSAGE";
    let contested = "CONTESTED_MARK_AS_RESOLVED_MESSAGE";
    for (messages, expected) in [
        (json!([message(41)]), None),
        (json!([of(42, asked)]), Some("m-42")),
        (json!([of(42, asked), of(43, contested)]), None),
        (json!([of(42, asked), of(43, contested), of(44, asked)]), Some("m-44")),
        (json!([of(42, asked), of(45, "APPROVED_MARK_AS_RESOLVED_MESSAGE")]), Some("m-42")),
    ] {
        scene.answer(&conversation, messages.clone());
        conversation.poll().await.unwrap();
        let found = conversation.resolution_asked().and_then(|message| message.uuid.as_deref());
        assert_eq!(found, expected, "{messages}");
    }
    scene.vendor.take_exchanges();
    conversation.confirm_resolved(true).await.unwrap();
    let exchange = scene.vendor.take_exchanges().remove(0);
    assert_eq!(exchange.operation(), Some("mark_message_as_resolved"));
    assert_eq!(
        exchange.verdict.body,
        Some(json!({"uuid": "m-42", "userEmail": "pat@example.com", "confirm": true, "companyTag": "acme"}))
    );
    scene.vendor.assert_no_violations();

    scene.answer(&conversation, json!([message(41)]));
    conversation.poll().await.unwrap();
    assert_eq!(conversation.confirm_resolved(true).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_rating_needs_a_company_that_was_seen() {
    let scene = scene().await;
    let conversation = scene.client.conversation("q-1", "pat@example.com");
    assert_eq!(conversation.rate(EXPERT, "good").await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert_eq!(scene.operations(), [""; 0]);
}

#[tokio::test]
async fn a_wait_that_is_dropped_loses_no_news() {
    let scene = scene().await;
    let mut conversation = scene.asked().await;
    let polled = Arc::new(Mutex::new(0));
    let count = Arc::clone(&polled);
    scene.vendor.on("get_question", move |_, _| {
        *count.lock().unwrap() += 1;
        None
    });
    scene.answer(&conversation, json!([message(41)]));
    // Begun, and dropped before the reply can be there.
    let begun = futures_util::future::poll_immediate(Box::pin(conversation.wait(Backoff::default()))).await;
    assert!(begun.is_none());
    let news = conversation.wait(Backoff::default()).await.unwrap().unwrap();
    assert_eq!(news.responses.len(), 1);
    assert!(*polled.lock().unwrap() >= 1);
}
