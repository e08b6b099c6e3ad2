//! What is written by hand for one vendor: printed with canaries in all that it can hold.

use std::sync::Arc;

use cx_client::{
    ApiClient, IncomingError,
    directly::{self, Backoff, push::MessageAuthor},
    wootric::{
        self, EndUserKey, Region,
        nps::{Band, Scale, Tally, Weekly},
        webhooks::{Event, Receiver, SIGNATURE_HEADER, Webhook},
    },
};
use cx_mock::{FaultServer, Step};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::{CANARY, EMAIL, debug};
use crate::support;

/// Name and print of each type.
pub async fn printed() -> Vec<(&'static str, String)> {
    let mut all = plain();
    all.extend(webhooks());
    all.extend(upsert().await);
    all.extend(conversation().await);
    all
}

/// Types that hold figures and words of our own only.
fn plain() -> Vec<(&'static str, String)> {
    let response: wootric::types::Response = serde_json::from_value(
        json!({"id": 1, "score": 9, "text": CANARY, "created_at": "2021-01-02 03:04:05 +0000"}),
    )
    .unwrap();
    let mut weekly = Weekly::new(Scale::Nps);
    weekly.add(&response);
    let mut tally = Tally::new(Scale::Nps);
    tally.add(&response);
    vec![
        ("wootric::region::Region", debug(&Region::of_account_token("NPS-EU-canary"))),
        ("wootric::nps::Scale", debug(&Scale::Nps)),
        ("wootric::nps::Band", debug(&Band::Positive)),
        ("wootric::nps::Tally", debug(&tally)),
        ("wootric::nps::Week", debug(&weekly.weeks().next().unwrap())),
        ("wootric::nps::Weekly", debug(&weekly)),
        ("directly::push::MessageAuthor", debug(&MessageAuthor::Expert)),
        ("directly::wait::Backoff", debug(&Backoff::default())),
    ]
}

fn received(body: &Value) -> Result<Webhook, IncomingError> {
    let body = body.to_string();
    let receiver = Receiver::new("canary-secret").unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert(SIGNATURE_HEADER, HeaderValue::from_str(&receiver.sign(body.as_bytes())).unwrap());
    receiver.receive(&headers, body.as_bytes())
}

fn webhooks() -> Vec<(&'static str, String)> {
    // Canaries stand where the document says personal or secret, and where no type knows the member.
    let thing = json!({"id": 1, "email": EMAIL, "text": CANARY, "ip_address": CANARY, CANARY: CANARY});
    let mut all = vec![("wootric::webhooks::receiver::Receiver", debug(&Receiver::new("canary-secret").unwrap()))];
    for member in ["response", "decline", "survey"] {
        let body = json!({member: thing, "event_name": "created", "account_token": "NPS-canary", CANARY: CANARY});
        let webhook = received(&body).unwrap();
        all.push(("wootric::webhooks::event::Webhook", debug(&webhook)));
        all.push(("wootric::webhooks::event::Event", debug(webhook.event())));
        if let Event::Unknown(event) = webhook.event() {
            all.push(("wootric::webhooks::event::UnknownEvent", debug(event)));
        }
    }
    for body in [json!({"response": {"id": CANARY, "email": EMAIL}}), json!([CANARY])] {
        let error = received(&body).unwrap_err();
        all.push(("incoming::IncomingError", format!("{error} {}", debug(&error))));
    }
    all
}

async fn upsert() -> Vec<(&'static str, String)> {
    let end_user = json!({"id": 1, "email": EMAIL});
    let server = FaultServer::start(vec![Step::json(200, &end_user)]).await.unwrap();
    let client = wootric::Client::from_core(support::core(&support::subject("wootric"), &server.base_url()));
    let body = wootric::types::CreateEndUserRequest::builder().email(EMAIL.to_owned());
    let upsert = client.upsert_end_user(EndUserKey::Email(EMAIL.to_owned())).body(body);
    let mut all = vec![("wootric::upsert::UpsertEndUser", debug(&upsert))];
    all.push(("wootric::upsert::Upserted", debug(&upsert.send().await.unwrap())));
    for key in [
        EndUserKey::Id(1),
        EndUserKey::Email(EMAIL.to_owned()),
        EndUserKey::ExternalId(CANARY.to_owned()),
        EndUserKey::PhoneNumber("+1canary".to_owned()),
    ] {
        all.push(("wootric::upsert::EndUserKey", debug(&key)));
    }
    all
}

async fn conversation() -> Vec<(&'static str, String)> {
    let message = json!({"id": 1, "body": CANARY, "bodyHtml": CANARY, "author": {"name": CANARY}});
    let question = json!({
        "uuid": "q-1", "metadata": {CANARY: CANARY}, "externalIds": [{"system": CANARY, "id": CANARY}],
        "state": {"status": "UNRESOLVED"}, "isClaimed": true,
        "conversation": {"text": CANARY, "author": {"name": CANARY}, "messages": [message], "responses": [{"messages": [message]}]},
    });
    let server = FaultServer::start(vec![Step::json(200, &json!({"data": question}))]).await.unwrap();
    let surroundings = Arc::default();
    let core = support::builder(&support::subject("directly"), &server.base_url(), &surroundings).build().unwrap();
    let mut conversation = directly::Client::from_core(core).conversation("q-1", EMAIL);
    let changes = conversation.poll().await.unwrap().unwrap();
    vec![
        ("directly::changes::Changes", debug(&changes)),
        ("directly::conversation::Conversation", debug(&conversation)),
    ]
}
