//! A vendor that remembers.

use cx_mock::MockVendor;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{orchard, server::http};

struct Garden(MockVendor);

impl Garden {
    async fn open() -> Self {
        Self(MockVendor::builder(orchard()).stateful().start().await)
    }

    async fn send(&self, method: Method, target: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let url = format!("{}{target}", self.0.base_url());
        let mut request = http().request(method, url).bearer_auth("mock-token");
        if !form.is_empty() {
            request = request.form(form);
        }
        let reply = request.send().await.unwrap();
        let status = reply.status().as_u16();
        let body = reply.bytes().await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn get(&self, target: &str) -> (u16, Value) {
        self.send(Method::GET, target, &[]).await
    }

    async fn ids(&self, target: &str) -> Vec<u64> {
        let (_, list) = self.get(target).await;
        list.as_array().unwrap().iter().map(|item| item["id"].as_u64().unwrap()).collect()
    }
}

#[tokio::test]
async fn what_is_created_can_be_read_changed_and_deleted() {
    let garden = Garden::open().await;
    let (status, created) = garden.send(Method::POST, "/v1/trees", &[("kind", "plum"), ("tags[]", "young")]).await;
    assert_eq!(
        (status, &created["id"], &created["kind"], &created["tags"]),
        (201, &json!(3), &json!("plum"), &json!(["young"]))
    );
    assert_eq!(garden.get("/v1/trees/3").await, (200, created));
    let (status, changed) = garden.send(Method::PUT, "/v1/trees/3", &[("height", "4.5")]).await;
    assert_eq!((status, &changed["height"], &changed["kind"]), (200, &json!(4.5), &json!("plum")));
    assert_eq!(garden.ids("/v1/trees").await, [1, 2, 3]);
    assert_eq!(garden.send(Method::DELETE, "/v1/trees/1", &[]).await.0, 204);
    assert_eq!(garden.get("/v1/trees/1").await, (404, json!({"error": "no such tree"})));
    assert_eq!(garden.0.stored("trees").len(), 2);
    garden.0.assert_no_violations();
}

#[tokio::test]
async fn the_id_of_a_deleted_thing_is_never_given_again() {
    let garden = Garden::open().await;
    let plant = async || garden.send(Method::POST, "/v1/trees", &[("kind", "plum")]).await.1["id"].as_u64().unwrap();
    let fell = async |id: u64| garden.send(Method::DELETE, &format!("/v1/trees/{id}"), &[]).await.0;
    assert_eq!(garden.ids("/v1/trees").await, [1, 2]);
    assert_eq!(fell(2).await, 204, "the highest of those that were there from the start");
    assert_eq!(plant().await, 3);
    assert_eq!(fell(3).await, 204, "the highest of those that were created");
    assert_eq!(plant().await, 4);
    garden.0.seed("trees", vec![json!({"id": 1, "kind": "apple"})]);
    assert_eq!(plant().await, 5, "another stock is no other life");
    garden.0.assert_no_violations();
}

#[tokio::test]
async fn a_thing_is_found_by_its_id_where_the_document_names_no_key() {
    let text = orchard().document().text().replace(", key: id", "");
    let api = cx_spec::Api::index(cx_spec::Document::parse("orchard", "keyless.yaml", &text).unwrap()).unwrap();
    let garden = Garden(MockVendor::builder(api).stateful().start().await);
    let (_, created) = garden.send(Method::POST, "/v1/trees", &[("kind", "plum")]).await;
    assert_eq!(created["id"], 3);
    assert_eq!(garden.get("/v1/trees/3").await, (200, created));
    assert_eq!(garden.send(Method::DELETE, "/v1/trees/3", &[]).await.0, 204);
    assert_eq!(garden.get("/v1/trees/3").await.0, 404);
    garden.0.assert_no_violations();
}

#[tokio::test]
async fn what_lies_below_a_deleted_thing_is_gone_with_it() {
    let garden = Garden::open().await;
    let upload = async |tree: u64| {
        let url = format!("{}/v1/trees/{tree}/photo", garden.0.base_url());
        let body = "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"p\"\r\n\r\npixels\r\n--b--\r\n";
        let request = http().post(url).bearer_auth("mock-token");
        let request = request.header("content-type", "multipart/form-data; boundary=b").body(body);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(upload(1).await, 202);
    assert_eq!(garden.send(Method::DELETE, "/v1/trees/1", &[]).await.0, 204);
    assert_eq!((upload(1).await, upload(2).await), (404, 202));
    garden.0.assert_no_violations();
}

#[tokio::test]
async fn lists_are_looked_up_filtered_and_paged() {
    let garden = Garden::open().await;
    assert_eq!(garden.get("/v1/trees/bob?by_owner=true").await.1["id"], 2);
    assert_eq!(garden.ids("/v1/trees?owner=ada").await, [1]);
    assert_eq!(garden.ids("/v1/trees?planted[gt]=1520271687").await, [2]);
    assert_eq!(garden.ids("/v1/trees?planted[lt]=1520271688").await, [1]);
    let many = (1..=60).map(|id| json!({"id": id, "kind": "apple"})).collect();
    garden.0.seed("trees", many);
    assert_eq!(garden.ids("/v1/trees?per_page=50").await.len(), 50);
    assert_eq!(garden.ids("/v1/trees?per_page=50&page=2").await, (51..=60).collect::<Vec<u64>>());
    assert_eq!(garden.ids("/v1/trees?per_page=50&page=3").await, Vec::<u64>::new());
    garden.0.assert_no_violations();
}

#[tokio::test]
async fn who_wants_another_type_gets_what_is_shown_of_it() {
    let text = "openapi: 3.0.3\ninfo: {title: Nuts, version: '1'}\npaths:\n  /nuts:\n    get:\n      operationId: list_nuts\n      \
        x-resource: {role: list, collection: nuts}\n      responses:\n        '200':\n          description: Nuts.\n          content:\n            \
        application/json: {schema: {type: array, items: {type: object, properties: {id: {type: integer}}}}, example: [{id: 1}]}\n            \
        text/csv: {schema: {type: string}, example: 'id'}\n";
    let api = cx_spec::Api::index(cx_spec::Document::parse("nuts", "nuts.yaml", text).unwrap()).unwrap();
    let vendor = MockVendor::builder(api).stateful().start().await;
    vendor.seed("nuts", vec![json!({"id": 7})]);
    for (accept, kind, body) in [
        ("*/*", "application/json", r#"[{"id":7}]"#),
        ("application/json, text/csv;q=0.5", "application/json", r#"[{"id":7}]"#),
        ("text/csv", "text/csv", "id"),
    ] {
        let reply = http().get(format!("{}/nuts", vendor.base_url())).header("accept", accept).send().await.unwrap();
        assert_eq!(reply.headers()["content-type"], kind, "{accept}");
        assert_eq!(reply.text().await.unwrap(), body, "{accept}");
    }
    vendor.assert_no_violations();
}

#[tokio::test]
async fn every_document_can_be_remembered() {
    for api in cx_spec::embedded_all().unwrap() {
        let api = std::sync::Arc::new(api);
        let vendor = MockVendor::builder(std::sync::Arc::clone(&api)).stateful().start().await;
        for operation in api.operations.iter().filter(|operation| operation.resource.is_some()) {
            let media = operation.sent_media();
            let shown = media.and_then(|media| Some((media, &media.examples.first()?.value)));
            let request = cx_mock::example_request(&api, operation, shown, false).unwrap();
            let url = format!("{}{}?{}", vendor.base_url(), request.path(), request.query());
            let mut sent = http().request(request.method().parse().unwrap(), url).body(request.body().to_vec());
            for (name, value) in request.headers() {
                sent = sent.header(name, value);
            }
            let reply = sent.send().await.unwrap();
            let status = reply.status().as_u16();
            let kind = reply.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
            let body = reply.bytes().await.unwrap();
            let found = cx_mock::Validator::new(std::sync::Arc::clone(&api)).reply(
                &operation.id,
                status,
                kind.as_deref(),
                &body,
            );
            assert_eq!(found, [], "{}", operation.id);
        }
        vendor.assert_no_violations();
    }
}
