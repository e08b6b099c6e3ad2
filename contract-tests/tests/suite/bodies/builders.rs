//! Bodies as the typed builders make them: what was set and nothing else, in each of an operation's media types.

use std::collections::BTreeMap;

use cx_client::{ApiClient, CallOptions, ErrorKind, Patch, Upload, directly, wootric};
use cx_mock::{Exchange, MockVendor, form};
use serde_json::{Map, Value, json};

use super::Stage;
use crate::{
    generated::atelier::{self, types},
    support, third,
};

/// The body of the last request, as JSON.
fn arrived(vendor: &MockVendor) -> Value {
    serde_json::from_slice(vendor.take_exchanges().last().unwrap().request.body()).unwrap()
}

#[tokio::test]
async fn a_builder_sends_what_was_set_and_nothing_else() {
    let stage = Stage::of(third::atelier()).await;
    let client = <atelier::Client as ApiClient>::from_core(stage.core.clone());
    let create = |change: types::builder::EaselChange| {
        let call = client.create_easel().body(change);
        async { call.send().await.map(drop) }
    };
    let least = || types::EaselChange::builder().name("Oak").note(None);

    create(least()).await.unwrap();
    assert_eq!(arrived(&stage.vendor), json!({"name": "Oak", "note": null}));

    let cleared = least().plan(Patch::Null).size(None).colours(Patch::Null).free(Patch::Null).stand(Patch::Null);
    create(cleared).await.unwrap();
    let nulls = json!({"name": "Oak", "note": null, "plan": null, "size": null, "colours": null, "free": null,
        "stand": null});
    assert_eq!(arrived(&stage.vendor), nulls);

    let empty = least().note("".to_owned()).plan("").colours(vec![]).tags(vec![]).extra(Map::new()).parts(vec![]);
    create(empty).await.unwrap();
    let empties = json!({"name": "Oak", "note": "", "plan": "", "colours": [], "tags": [], "extra": {}, "parts": []});
    assert_eq!(arrived(&stage.vendor), empties);

    let stand = types::StandInput::builder().wheels(Patch::Null);
    let part = types::Part::builder().id(1).maker("ada");
    let set = least()
        .plan("Pro")
        .size(3)
        .ready(false)
        .pin("1234")
        .due("2020-01-01T00:00:00.000Z")
        .style(types::EaselChangeStyle::Folding)
        .colours(["red".to_owned()])
        .stand(types::StandInput::try_from(stand).unwrap())
        .parts(vec![types::Part::try_from(part).unwrap()]);
    create(set).await.unwrap();
    let values = json!({"name": "Oak", "note": null, "plan": "Pro", "size": 3, "ready": false, "pin": "1234",
        "due": "2020-01-01T00:00:00.000Z", "style": "folding", "colours": ["red"], "stand": {"wheels": null},
        "parts": [{"id": 1, "maker": "ada"}]});
    assert_eq!(arrived(&stage.vendor), values);
    assert_eq!(stage.vendor.take_violations(), []);

    let error = create(types::EaselChange::builder().name("Oak")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(stage.vendor.take_exchanges().is_empty());
}

#[tokio::test]
async fn a_value_that_was_set_can_be_unset() {
    let plan = |change: types::builder::EaselChange| {
        let change = types::EaselChange::try_from(change.name("Oak").note(None)).unwrap();
        serde_json::to_value(change).unwrap().get("plan").cloned()
    };
    let set = types::EaselChange::builder().plan("Pro");
    assert_eq!(plan(set.clone()), Some(json!("Pro")));
    assert_eq!(plan(set.clone().plan(Patch::Null)), Some(Value::Null));
    assert_eq!(plan(set.plan(Patch::Absent)), None);
}

#[tokio::test]
async fn personal_and_secret_members_stay_hidden() {
    let change = types::EaselChange::builder().name("Ada").note(None).plan("Lovelace").pin("1815");
    let shown = format!("{:?}", types::EaselChange::try_from(change).unwrap());
    assert!(["Ada", "Lovelace", "1815"].iter().all(|text| !shown.contains(text)), "{shown}");
}

#[tokio::test]
async fn an_update_of_a_question_sends_the_members_that_were_set() {
    let stage = Stage::of(support::subject("directly")).await;
    let client = <directly::Client as ApiClient>::from_core(stage.core.clone());
    let update = |change: directly::types::builder::UpdateQuestionRequest| {
        let call = client.update_question().uuid("q-1").body(change.user_email("pat@example.com"));
        async { call.send().await.map(drop) }
    };
    let request = directly::types::UpdateQuestionRequest::builder;
    update(request()).await.unwrap();
    assert_eq!(arrived(&stage.vendor), json!({"userEmail": "pat@example.com"}));
    update(request().text(String::new()).metadata(Map::new())).await.unwrap();
    assert_eq!(arrived(&stage.vendor), json!({"userEmail": "pat@example.com", "text": "", "metadata": {}}));
}

/// Name and text of each pair of a form.
fn pairs(exchange: &Exchange) -> Vec<(String, String)> {
    support::texts(form::urlencoded(exchange.request.body()))
}

#[tokio::test]
async fn a_form_tells_absent_from_empty() {
    let stage = Stage::of(third::atelier()).await;
    let client = <atelier::Client as ApiClient>::from_core(stage.core.clone());
    let form = || types::EaselForm::builder().name("Oak");
    for (body, expected) in [
        (form(), vec![("name", "Oak")]),
        (form().plan(String::new()), vec![("name", "Oak"), ("plan", "")]),
        (form().name(""), vec![("name", "")]),
    ] {
        client.replace_easel().id("1").body(body).send().await.unwrap();
        let sent = stage.vendor.take_exchanges();
        let expected: Vec<_> = expected.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        assert_eq!(pairs(sent.last().unwrap()), expected);
    }
}

#[tokio::test]
async fn an_empty_list_goes_out_as_json_and_is_refused_by_name_as_a_form() {
    let stage = Stage::of(support::subject("wootric")).await;
    let client = <wootric::Client as ApiClient>::from_core(stage.core.clone());
    let user = wootric::types::CreateEndUserRequest::builder().email("pat@example.com".to_owned());
    let error = client
        .create_end_user()
        .body(user.properties(wootric::types::PropertyInput(BTreeMap::new())))
        .send()
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.json_path()), (ErrorKind::InvalidRequest, Some("properties")));
    let said =
        "wootric create_end_user: an empty map cannot be written in a form; leave the member out at properties";
    assert_eq!(error.to_string(), said);
    assert!(stage.vendor.take_exchanges().is_empty());

    let directly = Stage::of(support::subject("directly")).await;
    let client = <directly::Client as ApiClient>::from_core(directly.core.clone());
    let update = directly::types::UpdateQuestionRequest::builder().user_email("pat@example.com");
    client.update_question().uuid("q-1").body(update.metadata(Map::new())).send().await.unwrap();
    assert_eq!(arrived(&directly.vendor), json!({"userEmail": "pat@example.com", "metadata": {}}));
}

#[tokio::test]
async fn a_null_of_a_json_body_is_refused_when_the_caller_asks_for_a_form() {
    let stage = Stage::of(third::atelier()).await;
    let client = <atelier::Client as ApiClient>::from_core(stage.core.clone());
    let stand = types::StandInput::builder().wheels(Patch::Null);
    let call = client.update_stand().id("1").body(types::StandInput::try_from(stand).unwrap());
    call.clone().send().await.unwrap();
    assert_eq!(arrived(&stage.vendor), json!({"wheels": null}));
    let options = CallOptions::new().media_type("application/x-www-form-urlencoded");
    let error = call.with_options(options).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(stage.vendor.take_exchanges().is_empty());
}

#[tokio::test]
async fn each_body_of_an_operation_has_a_setter_and_goes_out_in_its_media_type() {
    let stage = Stage::of(third::atelier()).await;
    let client = <atelier::Client as ApiClient>::from_core(stage.core.clone());
    let sent = || {
        let exchange = stage.vendor.take_exchanges().pop().unwrap();
        assert_eq!(exchange.verdict.violations, []);
        (exchange.request.media_type().unwrap(), exchange)
    };

    client.create_easel().body_as_form(types::EaselForm::builder().name("Oak")).send().await.unwrap();
    let (media_type, exchange) = sent();
    assert_eq!(media_type, "application/x-www-form-urlencoded");
    assert_eq!(pairs(&exchange), [("name".to_owned(), "Oak".to_owned())]);

    let plans = Upload::bytes("plans.txt", "lines");
    let body = types::CreateEaselMultipartRequest::builder().plans(plans);
    client.create_easel().body_as_multipart(body).send().await.unwrap();
    let (media_type, exchange) = sent();
    assert_eq!(media_type, "multipart/form-data");
    let parts = support::parts(&exchange.request);
    assert_eq!((parts.len(), parts[0].name.as_str(), parts[0].value.as_str()), (1, "plans", "lines"));

    client.create_easel().body_as_text_plain("an easel").send().await.unwrap();
    let (media_type, exchange) = sent();
    assert_eq!((media_type.as_str(), exchange.request.body()), ("text/plain", "an easel".as_bytes()));
}

#[tokio::test]
async fn the_limits_of_a_file_hold_for_every_body() {
    let stage = Stage::of(third::atelier()).await;
    let client = <atelier::Client as ApiClient>::from_core(stage.core.clone());
    let plans = Upload::bytes("plans.txt", "longer than twenty bytes");
    let body = types::CreateEaselMultipartRequest::builder().plans(plans);
    let error = client.create_easel().body_as_multipart(body).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(stage.vendor.take_exchanges().is_empty());
}

#[tokio::test]
async fn a_body_that_cannot_be_written_as_a_media_type_is_refused() {
    let stage = Stage::of(third::atelier()).await;
    let client = <atelier::Client as ApiClient>::from_core(stage.core.clone());
    let change = types::EaselChange::builder().name("Oak").note(None);
    let options = CallOptions::new().media_type("text/plain");
    let error = client.create_easel().body(change).with_options(options).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);

    let incomplete = client.create_easel().body_as_form(types::EaselForm::builder()).send().await.unwrap_err();
    assert_eq!(incomplete.kind(), ErrorKind::InvalidRequest);
    assert!(stage.vendor.take_exchanges().is_empty());
}

#[tokio::test]
async fn a_csv_of_addresses_goes_out_as_base64_text_too() {
    let stage = Stage::of(support::subject("wootric")).await;
    let client = <wootric::Client as ApiClient>::from_core(stage.core.clone());
    let text = wootric::types::CreateEmailSurveyCsvTextRequest::builder().csv("ZW1haWwK").subject("Hello".to_owned());
    client.create_email_survey_csv().body_as_form(text).send().await.unwrap();
    let exchange = stage.vendor.take_exchanges().pop().unwrap();
    assert_eq!(exchange.verdict.violations, []);
    assert_eq!(exchange.request.media_type().as_deref(), Some("application/x-www-form-urlencoded"));
    let texts = pairs(&exchange);
    let expected = [("csv", "ZW1haWwK"), ("subject", "Hello")].map(|(name, text)| (name.to_owned(), text.to_owned()));
    assert_eq!(texts, expected);
}
