//! A vendor that lies on purpose, once, by name.

use std::{collections::BTreeMap, sync::Arc};

use cx_mock::{Lie, MockVendor, Place, Told, Validator, example_request};
use cx_spec::{Api, Document};
use serde_json::{Value, json};

use crate::{
    orchard,
    wire::{self, Wired},
};

/// Room for those lies that no document of this workspace leaves room for.
const ROOM: &str = "
openapi: 3.0.3
info: {title: Room, version: '1'}
paths:
  /a:
    get:
      operationId: get_a
      responses:
        '200':
          description: A thing.
          headers:
            X-Must: {required: true, schema: {type: integer}, example: 1}
          content:
            application/json:
              schema:
                type: object
                required: [flag, list, inner, count]
                properties:
                  flag: {type: boolean}
                  list: {type: array, items: {type: string}}
                  inner: {type: object, properties: {deep: {type: string}}}
                  count: {type: integer, format: int32, maximum: 10}
                  day: {type: string, format: date}
              example: {flag: true, list: [a, b], inner: {deep: x}, count: 1, day: '2020-01-01'}
        '204': {description: Nothing.}
    delete:
      operationId: delete_a
      responses:
        '200': {description: Gone.}
";

fn room() -> Api {
    Api::index(Document::parse("room", "room.yaml", ROOM).unwrap()).unwrap()
}

fn apis() -> Vec<Arc<Api>> {
    crate::apis().into_iter().chain([Arc::new(room())]).collect()
}

/// Asks every operation outside the token flow for its success.
async fn ask_everything(vendor: &MockVendor, api: &Api) -> Vec<(String, Wired)> {
    let mut replies = Vec::new();
    for operation in api.operations.iter().filter(|operation| operation.oauth.is_none()) {
        let media = operation.sent_media();
        let shown = media.and_then(|media| Some((media, &media.examples.first()?.value)));
        let request = example_request(api, operation, shown, false).unwrap();
        replies.push((operation.id.clone(), wire::send(&vendor.base_url(), &request).await));
    }
    replies
}

fn findings(validator: &Validator, operation: &str, reply: &Wired) -> Vec<String> {
    let mut found = validator.reply(operation, reply.status, reply.content_type(), &reply.body);
    found.extend(validator.reply_headers(operation, reply.status, &reply.headers));
    found.extend(validator.unknown_reply_headers(operation, reply.status, &reply.headers));
    if let Ok(body) = serde_json::from_slice(&reply.body) {
        found.extend(validator.unknown_reply_members(operation, reply.status, &body));
    }
    found.iter().map(ToString::to_string).collect()
}

/// Lies that show in the reply itself.
fn shows(lie: Lie) -> bool {
    !matches!(
        lie,
        Lie::AcceptsAnything | Lie::IgnoresCredentials | Lie::NoAllow | Lie::ForgetsCreated | Lie::KeepsDeleted
    )
}

#[tokio::test]
async fn every_lie_is_told_and_contradicts_its_document_and_the_truth_does_not() {
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for api in apis() {
        let vendor = MockVendor::start(Arc::clone(&api)).await;
        let validator = Validator::new(Arc::clone(&api));
        for lie in Lie::ALL.iter().copied().filter(|lie| shows(*lie)).map(Some).chain([None]) {
            vendor.lie(lie);
            let replies = ask_everything(&vendor, &api).await;
            let lies = vendor.take_told();
            for (operation, reply) in &replies {
                let is_lie = lies.iter().any(|told| told.operation.as_deref() == Some(operation));
                let found = findings(&validator, operation, reply);
                if is_lie == found.is_empty() {
                    wrong.push(format!("{} {operation} {lie:?}: told {is_lie}, found {found:?}", api.name()));
                }
            }
            if let Some(lie) = lie {
                *told.entry(lie.name()).or_default() += lies.len();
            }
        }
        vendor.assert_no_violations();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let untold: Vec<_> = told.iter().filter(|(_, times)| **times == 0).collect();
    assert_eq!(untold, [], "of {told:?}");
}

#[tokio::test]
async fn what_was_told_names_the_operation_and_the_place() {
    let vendor = MockVendor::builder(orchard()).lie(Lie::UnknownValue).start().await;
    let reply = wire::get(&vendor, "/v1/trees").await;
    assert_eq!(reply.json().pointer("/0/kind"), Some(&json!("undocumented_value")));
    vendor.lie(Lie::MissingMember);
    let reply = wire::get(&vendor, "/v1/trees/1").await;
    assert_eq!(reply.json().get("id"), None);
    vendor.lie(None);
    wire::get(&vendor, "/v1/trees/1").await;
    let lines: Vec<String> = vendor.take_told().iter().map(Told::to_string).collect();
    assert_eq!(
        lines,
        [
            "orchard list_trees 200: unknown-value in the body of the reply /0/kind",
            "orchard get_tree 200: missing-member in the body of the reply /id",
        ]
    );
    assert_eq!(vendor.take_told(), []);
}

#[tokio::test]
async fn one_operation_can_be_lied_about_while_the_others_are_not() {
    let vendor = MockVendor::builder(orchard()).lie(Lie::ServerError).start().await;
    vendor.lie_about("get_tree", Lie::CutBody);
    vendor.lie_about("list_trees", None);
    let cut = wire::get(&vendor, "/v1/trees/1").await;
    assert_eq!((cut.status, serde_json::from_slice::<Value>(&cut.body).is_err()), (200, true));
    assert_eq!(wire::get(&vendor, "/v1/trees").await.status, 200);
    assert_eq!(wire::get(&vendor, "/health").await.status, 500);
    // The token flow is spared unless it is named.
    assert_eq!(wire::get(&vendor, "/oauth/logout").await.status, 200);
    vendor.lie_about("logout", Lie::ServerError);
    assert_eq!(wire::get(&vendor, "/oauth/logout").await.status, 500);
}

#[tokio::test]
#[should_panic(expected = "no mounted document has an operation `get_twig`")]
async fn a_lie_about_a_misspelled_operation_is_noticed() {
    MockVendor::builder(orchard()).lie_about("get_twig", Lie::CutBody).start().await;
}

#[tokio::test]
async fn a_scripted_answer_is_sent_word_for_word() {
    let vendor = MockVendor::builder(orchard()).lie(Lie::ExtraMember).start().await;
    vendor.script("get_tree", cx_mock::Answer::value(200, json!({"id": 1, "kind": "plum"})));
    vendor.script("get_tree", cx_mock::Answer::status(200));
    assert_eq!(wire::get(&vendor, "/v1/trees/1").await.json(), json!({"id": 1, "kind": "plum"}));
    assert_eq!(wire::get(&vendor, "/v1/trees/1").await.json()["undocumented_member"], "new");
}

#[tokio::test]
async fn a_vendor_can_be_careless_about_requests() {
    let vendor = MockVendor::builder(orchard()).lie(Lie::AcceptsAnything).start().await;
    assert_eq!(wire::get(&vendor, "/v1/trees?page=0").await.status, 200);
    assert_eq!(wire::get_as(&vendor, "/v1/trees?page=0", None).await.status, 401);
    assert_eq!(wire::get_as(&vendor, "/v1/trees", Some("no-such-token")).await.status, 401);
    vendor.lie(Lie::IgnoresCredentials);
    assert_eq!(wire::get_as(&vendor, "/v1/trees", None).await.status, 200);
    assert_eq!(wire::get_as(&vendor, "/v1/trees", Some("no-such-token")).await.status, 200);
    assert_eq!(wire::get(&vendor, "/v1/trees?page=0").await.status, 400);
    vendor.lie(Lie::NoAllow);
    let reply = wire::request(&vendor, "PATCH", "/v1/trees", &[]).await;
    assert_eq!((reply.status, reply.header("allow")), (405, None));
    let places: Vec<Place> = vendor.take_told().into_iter().map(|told| told.place).collect();
    assert_eq!(
        places,
        [Place::Query("page".into()), Place::Security, Place::Security, Place::ReplyHeader("allow".into())]
    );
}

#[tokio::test]
async fn a_vendor_can_be_forgetful() {
    let vendor = MockVendor::builder(orchard()).stateful().lie(Lie::ForgetsCreated).start().await;
    let made = wire::request(&vendor, "POST", "/v1/trees", &[("kind", "plum")]).await;
    assert_eq!((made.status, &made.json()["id"]), (201, &json!(3)));
    assert_eq!(wire::get(&vendor, "/v1/trees/3").await.status, 404);
    vendor.lie(Lie::KeepsDeleted);
    assert_eq!(wire::request(&vendor, "DELETE", "/v1/trees/1", &[]).await.status, 204);
    assert_eq!(wire::get(&vendor, "/v1/trees/1").await.status, 200);
    assert_eq!(
        vendor.take_told().iter().map(|told| told.lie).collect::<Vec<_>>(),
        [Lie::ForgetsCreated, Lie::KeepsDeleted]
    );
}
