//! Documents that nobody here wrote a line for, as `cargo xtask mock --spec FILE` takes them.

use std::{path::PathBuf, sync::Arc};

use cx_mock::{MockVendor, Validator, example_request};
use cx_spec::{Api, Document, SpecError};
use serde_json::json;

use crate::wire;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../xtask/tests/fixtures/documents")
}

fn load(name: &str) -> Result<Api, SpecError> {
    Api::index(Document::load(&folder().join(name))?)
}

/// The documents of the generator's tests, by whether they can be served.
fn documents() -> Vec<(String, Result<Api, SpecError>)> {
    let files = folder().read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = files.filter(|name| name.ends_with(".yaml")).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), load(&name))).collect()
}

#[tokio::test]
async fn every_document_that_keeps_the_standard_is_served_honestly() {
    let mut asked = 0;
    let mut faults = Vec::new();
    for (name, loaded) in documents() {
        let Ok(api) = loaded else { continue };
        let api = Arc::new(api);
        let vendor = MockVendor::builder(Arc::clone(&api)).stateful().start().await;
        let validator = Validator::new(Arc::clone(&api));
        for operation in &api.operations {
            let media = operation.sent_media();
            let shown = media.and_then(|media| Some((media, &media.examples.first()?.value)));
            // Without an example of a path parameter there is no request to be made from examples.
            let Ok(request) = example_request(&api, operation, shown, false) else { continue };
            let reply = wire::send(&vendor.base_url(), &request).await;
            asked += 1;
            if reply.header("x-cx-mock").is_none() {
                let found = validator.reply(&operation.id, reply.status, reply.content_type(), &reply.body);
                faults.extend(found.iter().map(|violation| format!("{name}: {violation}")));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    assert!(asked > 40, "{asked}");
}

#[tokio::test]
async fn the_bookstore_keeps_its_books_and_its_rules() {
    let vendor = MockVendor::builder(load("bookstore.yaml").unwrap()).stateful().start().await;
    let key = ("idempotency-key", "k-1");
    let salt = json!({"isbn": "9780000000031", "title": "Salt", "authors": ["B. Writer"], "genre": "poetry", "price_cents": 1200});
    let made = wire::json(&vendor, "POST", "/books", key, &salt).await;
    assert_eq!((made.status, &made.json()["title"]), (201, &json!("Salt")));
    let path = format!("/books/{}", made.json()["id"]);
    assert_eq!(wire::get(&vendor, &path).await.json()["isbn"], "9780000000031");
    assert_eq!(wire::get(&vendor, "/books?isbns=a%7Cb&published[after]=2001-01-01T00:00:00Z").await.status, 200);
    assert_eq!(wire::get(&vendor, "/books?page=51").await.status, 400);
    assert_eq!(wire::get_as(&vendor, &path, None).await.status, 401);
    let mut odd = salt;
    odd["genre"] = json!("cookery");
    assert_eq!(wire::json(&vendor, "POST", "/books", key, &odd).await.status, 422);
    assert_eq!(wire::request(&vendor, "DELETE", &path, &[]).await.status, 204);
    assert_eq!(wire::get(&vendor, &path).await.status, 404);
    let form = [("grant_type", "client_credentials"), ("client_id", "mock-client"), ("client_secret", "mock-secret")];
    let token = wire::request_as(&vendor, "POST", "/oauth/token", None, &form).await.json();
    let token = token["access_token"].as_str().unwrap();
    assert_eq!(wire::get_as(&vendor, "/books", Some(token)).await.status, 200);
}

#[test]
fn what_cannot_be_served_is_named_with_its_place() {
    let mut refused = 0;
    for (name, loaded) in documents() {
        let Err(error) = loaded else { continue };
        refused += 1;
        assert!(error.place.file.ends_with(&name), "{error}");
        assert!(error.place.line > 0, "{error}");
        assert!(!error.place.pointer.is_empty(), "{error}");
    }
    assert!(refused > 0);
}
