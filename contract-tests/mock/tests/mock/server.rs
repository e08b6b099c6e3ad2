//! The vendor on the wire.

use std::time::Duration;

use cx_mock::{Answer, MockVendor};
use serde_json::{Value, json};

use crate::orchard;

/// A client that heeds no proxy of the environment.
///
/// In a build of the whole workspace reqwest comes with rustls but without a provider for it; plain HTTP needs none, but
/// reqwest wants one all the same.
pub fn http() -> reqwest::Client {
    // An error says that another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Another package may have reqwest decompress, and these tests look at what was sent.
    reqwest::Client::builder().no_proxy().no_gzip().build().unwrap()
}

async fn get(vendor: &MockVendor, target: &str) -> reqwest::Response {
    http().get(format!("{}{target}", vendor.base_url())).bearer_auth("mock-token").send().await.unwrap()
}

#[tokio::test]
async fn answers_with_the_first_example_and_the_documented_headers() {
    let vendor = MockVendor::start(orchard()).await;
    let reply = get(&vendor, "/v1/trees?page=1").await;
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.headers()["x-rate-limit-remaining"], "97");
    assert_eq!(reply.headers()["content-type"], "application/json");
    assert_eq!(reply.json::<Value>().await.unwrap()[1]["kind"], "pear");
    assert_eq!(get(&vendor, "/oauth/logout").await.status(), 200);
    vendor.assert_no_violations();
}

#[tokio::test]
async fn answers_in_order_of_precedence() {
    let vendor = MockVendor::start(orchard()).await;
    vendor.on("get_tree", |incoming, _| incoming.path().ends_with("/9").then(|| Answer::status(404)));
    vendor.script("get_tree", Answer::example(404, "felled"));
    vendor.script("get_tree", Answer::value(200, json!({"id": "a lie"})).header("x-request-id", "7"));
    vendor.script("get_tree", Answer::raw(503, "<html>").header("content-type", "text/html"));
    assert_eq!(get(&vendor, "/v1/trees/9").await.json::<Value>().await.unwrap(), json!({"error": "it was felled"}));
    let lie = get(&vendor, "/v1/trees/1").await;
    assert_eq!(lie.headers()["x-request-id"], "7");
    assert_eq!(lie.json::<Value>().await.unwrap(), json!({"id": "a lie"}));
    assert_eq!(get(&vendor, "/v1/trees/1").await.text().await.unwrap(), "<html>");
    assert_eq!(vendor.unused("get_tree"), 0);
    assert_eq!(get(&vendor, "/v1/trees/9").await.status(), 404);
    assert_eq!(get(&vendor, "/v1/trees/1").await.status(), 200);
}

#[tokio::test]
async fn heeds_the_prefer_header() {
    let vendor = MockVendor::start(orchard()).await;
    let prefer = async |value: &str| {
        let url = format!("{}/v1/trees/1", vendor.base_url());
        let reply = http().get(url).bearer_auth("mock-token").header("prefer", value).send().await.unwrap();
        (reply.status().as_u16(), reply.json::<Value>().await.unwrap())
    };
    assert_eq!(prefer("code=404").await, (404, json!({"error": "no such tree"})));
    assert_eq!(prefer("code=404, example=felled").await, (404, json!({"error": "it was felled"})));
    assert_eq!(prefer("example=felled").await.0, 404);
    assert_eq!(prefer("code=418").await.0, 501);
    for code in ["4O4", "", "99999", "100", "-1"] {
        let told = json!({"error": format!("`{code}` is no status of a reply")});
        assert_eq!(prefer(&format!("code={code}")).await, (501, told));
    }
}

#[tokio::test]
async fn refuses_as_documented_and_says_why() {
    let vendor = MockVendor::start(orchard()).await;
    let reply = get(&vendor, "/v1/trees?page=0").await;
    assert_eq!(reply.status(), 400);
    assert!(reply.headers()["x-cx-mock-violation"].to_str().unwrap().contains("query parameter `page`"));
    assert_eq!(reply.json::<Value>().await.unwrap(), json!({"error": "not understood"}));
    let url = format!("{}/v1/trees", vendor.base_url());
    assert_eq!(http().get(&url).send().await.unwrap().status(), 401);
    let reply = http().post(&url).bearer_auth("mock-token").form(&[("kind", "fig")]).send().await.unwrap();
    assert_eq!(reply.status(), 422);
    let reply = http().post(&url).bearer_auth("mock-token").body("kind=fig").send().await.unwrap();
    assert_eq!((reply.status().as_u16(), reply.headers().get("x-cx-mock")), (422, None));
    let rules: Vec<_> = vendor.violations().into_iter().map(|violation| violation.rule).collect();
    assert_eq!(rules, ["minimum", "required", "enum", "required"]);
}

#[tokio::test]
async fn each_of_several_credentials_has_to_be_good() {
    let vendor = MockVendor::start(crate::vault()).await;
    let get = async |path: &str, token: &str, key: &str| {
        let request = http().get(format!("{}{path}", vendor.base_url())).bearer_auth(token).header("x-key", key);
        request.send().await.unwrap().status().as_u16()
    };
    for (token, key, status) in
        [("mock-token", "mock-token", 200), ("mock-token", "made-up", 401), ("made-up", "mock-token", 401)]
    {
        assert_eq!(get("/coins", token, key).await, status, "{token} and {key}");
    }
    assert_eq!(get("/doors", "mock-token", "mock-token").await, 200);
    vendor.assert_no_violations();
}

#[tokio::test]
async fn bad_credentials_are_refused_with_the_status_that_is_documented() {
    let text = "openapi: 3.0.3\ninfo: {title: Gate, version: '1'}\npaths:\n  /a:\n    get: {operationId: get_a, responses: {'200': {description: In.}, \
        '403': {description: Out.}}}\n  /b:\n    get: {operationId: get_b, responses: {'200': {description: In.}}}\n\
        security: [{bearer: []}]\ncomponents: {securitySchemes: {bearer: {type: http, scheme: bearer}}}\n";
    let gate = cx_spec::Api::index(cx_spec::Document::parse("gate", "gate.yaml", text).unwrap()).unwrap();
    let vendor = MockVendor::start(gate).await;
    for (path, status, mark) in [("/a", 403, None), ("/b", 401, Some("undocumented"))] {
        let request = http().get(format!("{}{path}", vendor.base_url())).bearer_auth("made-up");
        let reply = request.send().await.unwrap();
        let marked = reply.headers().get("x-cx-mock").map(|value| value.to_str().unwrap());
        assert_eq!((reply.status().as_u16(), marked), (status, mark), "{path}");
    }
}

#[tokio::test]
async fn marks_what_no_document_says() {
    let vendor = MockVendor::start(orchard()).await;
    let reply = get(&vendor, "/v2/trees").await;
    assert_eq!((reply.status().as_u16(), &reply.headers()["x-cx-mock"]), (404, &"undocumented".parse().unwrap()));
    let reply = http().patch(format!("{}/v1/trees/1", vendor.base_url())).send().await.unwrap();
    assert_eq!((reply.status().as_u16(), &reply.headers()["allow"]), (405, &"DELETE, GET, PUT".parse().unwrap()));
    assert_eq!(reply.json::<Value>().await.unwrap(), json!({"error": "trees cannot do that"}));
    let reply = http().put(format!("{}/v1/trees/1", vendor.base_url())).bearer_auth("mock-token").form(&[("x", "y")]);
    assert_eq!(reply.send().await.unwrap().headers()["x-cx-mock"], "undocumented");
}

#[tokio::test]
async fn a_method_that_two_documents_have_is_allowed_once() {
    let vendor = MockVendor::builder(orchard()).api(orchard()).start().await;
    let reply = http().patch(format!("{}/v1/trees/1", vendor.base_url())).send().await.unwrap();
    assert_eq!((reply.status().as_u16(), &reply.headers()["allow"]), (405, &"DELETE, GET, PUT".parse().unwrap()));
}

#[tokio::test]
async fn a_lenient_vendor_answers_and_remembers() {
    let vendor = MockVendor::builder(orchard()).lenient().start().await;
    assert_eq!(get(&vendor, "/v1/trees?page=0").await.status(), 200);
    assert_eq!(vendor.take_violations().len(), 1);
    assert_eq!(vendor.violations(), []);
}

#[tokio::test]
async fn keeps_the_last_exchanges() {
    let vendor = MockVendor::builder(orchard()).record(2).start().await;
    for id in 1..=3 {
        get(&vendor, &format!("/v1/trees/{id}")).await;
    }
    let exchanges = vendor.take_exchanges();
    let paths: Vec<_> = exchanges.iter().map(|exchange| exchange.request.path()).collect();
    assert_eq!(paths, ["/v1/trees/2", "/v1/trees/3"]);
    assert_eq!(exchanges[0].operation(), Some("get_tree"));
    assert_eq!(exchanges[0].verdict.parameters.path["id"], "2");
    assert_eq!(exchanges[0].reply.status, 200);
    assert!(!format!("{exchanges:?}").contains("mock-token"));
    assert_eq!(vendor.take_exchanges().len(), 0);
}

#[tokio::test]
async fn another_document_can_take_its_place() {
    let vendor = MockVendor::start(orchard()).await;
    assert_eq!(get(&vendor, "/v1/trees?page=3").await.status(), 200);
    let text = orchard().document().text().replace("maximum: 30}", "maximum: 2}");
    let mutant = cx_spec::Document::parse("orchard", "mutant.yaml", &text).unwrap();
    vendor.replace(cx_spec::Api::index(mutant).unwrap());
    assert_eq!(get(&vendor, "/v1/trees?page=3").await.status(), 400);
}

#[tokio::test]
async fn lends_its_tokens_to_another_document() {
    let text = "openapi: 3.0.3\ninfo: {title: Shed, version: '1'}\npaths:\n  /v1/trees:\n    get:\n      operationId: list_tools\n      \
        security: [{oauth2: []}]\n      responses: {'200': {description: Tools.}}\ncomponents:\n  securitySchemes:\n    oauth2: {type: oauth2, flows: {}, \
        x-oauth: {document: orchard}}\n";
    let shed = cx_spec::Api::index(cx_spec::Document::parse("shed", "shed.yaml", text).unwrap()).unwrap();
    let vendor = MockVendor::builder(shed).tokens_from(orchard()).start().await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", "mock-refresh-token")];
    let reply = http().post(format!("{}/oauth/token", vendor.base_url())).form(&form).send().await.unwrap();
    let token = reply.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned();
    let reply = http().get(format!("{}/v1/trees", vendor.base_url())).bearer_auth(token).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(vendor.take_exchanges()[1].operation(), Some("list_tools"));
    assert_eq!(get(&vendor, "/v1/trees/1").await.status(), 404);
    vendor.replace(orchard());
    assert_eq!(get(&vendor, "/v1/trees/1").await.status(), 404);
}

#[tokio::test]
async fn can_be_slower_than_a_client_waits() {
    let vendor = MockVendor::builder(orchard()).latency(Duration::from_secs(3600)).start().await;
    let request = http().get(format!("{}/health", vendor.base_url())).timeout(Duration::from_millis(100));
    assert!(request.send().await.unwrap_err().is_timeout());
    vendor.assert_no_violations();
}

#[tokio::test]
async fn listens_where_it_is_told_to() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let vendor = MockVendor::builder(orchard()).listener(listener).start().await;
    assert_eq!(vendor.base_url(), format!("http://127.0.0.1:{port}"));
    assert_eq!(get(&vendor, "/v1/trees").await.status(), 200);
}

#[tokio::test]
#[should_panic(expected = "has no example `burnt`; it has not_found, felled")]
async fn a_misspelled_script_is_noticed() {
    MockVendor::start(orchard()).await.script("get_tree", Answer::example(404, "burnt"));
}

#[tokio::test]
#[should_panic(expected = "no mounted document has an operation `list_trees`")]
async fn a_script_for_what_a_document_does_not_lend_is_noticed() {
    let vendor = MockVendor::builder(crate::vault()).tokens_from(orchard()).start().await;
    vendor.script("create_token", Answer::status(201));
    vendor.script("list_trees", Answer::status(200));
}

#[tokio::test]
#[should_panic(expected = "99 is no status of a reply: those go from 200 to 599")]
async fn a_script_of_a_status_that_cannot_be_sent_is_noticed() {
    MockVendor::start(orchard()).await.script("get_tree", Answer::value(99, json!({})));
}

#[tokio::test]
#[should_panic(expected = "HTTP does not allow the name or the value of the header `x tree`")]
async fn a_script_of_a_header_that_cannot_be_sent_is_noticed() {
    MockVendor::start(orchard()).await.script("get_tree", Answer::raw(200, "").header("x tree", "7"));
}

#[tokio::test]
async fn a_handler_whose_answer_cannot_be_sent_is_told_so() {
    let vendor = MockVendor::start(orchard()).await;
    for answer in [Answer::raw(600, "late"), Answer::raw(200, "").header("x-tree", "a\nb")] {
        vendor.on("get_tree", move |_, _| Some(answer.clone()));
        let reply = get(&vendor, "/v1/trees/1").await;
        assert_eq!((reply.status().as_u16(), &reply.headers()["x-cx-mock"]), (501, &"undocumented".parse().unwrap()));
        assert_eq!(vendor.take_exchanges()[0].reply.status, 501);
    }
}

#[test]
fn what_tests_share_can_be_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<MockVendor>();
    shared::<cx_mock::Validator>();
    shared::<cx_mock::FaultServer>();
    shared::<Answer>();
    shared::<cx_mock::ManualClock>();
}
