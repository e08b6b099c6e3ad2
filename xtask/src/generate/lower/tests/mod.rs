//! Each pass alone: what goes in, what comes out.

use cx_spec::{Api, Document};
use serde_json::{Value, json};

use super::{PASSES, View, lower};

mod bodies;
mod parameters;
mod patches;
mod schemas;

/// A document with one operation, whose parts a test gives, and component schemas.
fn api(operation: &str, schemas: &str) -> Api {
    let text = format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /a/{{id}}:\n    post:\n      operationId: post_a\n      \
         {operation}\ncomponents:\n  schemas: {schemas}\n"
    );
    Api::index(Document::parse("t", "t.yaml", &text).unwrap()).unwrap()
}

/// The view after one pass.
fn after(pass: &str, api: &Api) -> View {
    let pass = PASSES.iter().find(|one| one.name == pass).unwrap();
    let mut view = View::new(api);
    (pass.run)(&mut view, api);
    view
}

fn operation(view: &View) -> &Value {
    view.value.pointer("/paths/~1a~1{id}/post").unwrap()
}

const OK: &str = "responses: {'200': {description: ok}}";

#[test]
fn what_has_no_name_in_rust_or_that_of_another_is_reported() {
    let ok = "responses: {'200': {description: ok}}";
    let text = format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /a:\n    get: {{operationId: get-a, {ok}}}\n    \
         put: {{operationId: putA, {ok}}}\n    post: {{operationId: client, {ok}}}\n    patch: {{operationId: list_v2, {ok}}}\n    \
         delete: {{operationId: list_v_2, {ok}}}\ncomponents: {{schemas: {{Thing: {{type: string}}, THING: {{type: integer}}}}}}\n"
    );
    let view = lower(&Api::index(Document::parse("t", "t.yaml", &text).unwrap()).unwrap());
    let reports: Vec<_> = view.unsupported.iter().map(ToString::to_string).collect();
    assert_eq!(
        reports,
        [
            "left out: /paths/~1a/get: `operationId: get-a` is no name of a method: write `get_a`",
            "left out: /paths/~1a/put: `operationId: putA` is no name of a method: write `put_a`",
            "left out: /paths/~1a/post: `operationId: client` is a name of the runtime's",
            "left out: /paths/~1a/delete: `operationId: list_v_2` has the builder `ListV2`, as `list_v2` has",
            "left out: /components/schemas/THING: `THING` and `Thing` are one type in Rust",
        ]
    );
    assert!(view.value.pointer("/paths/~1a/get").is_none() && view.value.pointer("/paths/~1a/patch").is_some());
}

#[test]
fn one_success_is_left_and_no_error() {
    let api = api(
        "responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}, \
         '204': {description: none}, '400': {description: no, content: {text/html: {schema: {type: string}}}}}",
        "{A: {type: object}}",
    );
    let view = after("success_only", &api);
    let schema = json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/A"}]});
    assert_eq!(
        operation(&view)["responses"],
        json!({"2XX": {"description": "success", "content": {"application/json": {"schema": schema}}}})
    );
}

#[test]
fn successes_that_differ_become_any_json() {
    let api = api(
        "responses: {'200': {description: a, content: {application/json: {schema: {type: string}}}}, \
         '201': {description: b, content: {application/json: {schema: {type: integer}}}}}",
        "{}",
    );
    let view = after("success_only", &api);
    assert_eq!(operation(&view)["responses"]["2XX"]["content"]["application/json"]["schema"], json!({}));
}

#[test]
fn a_documented_304_makes_the_success_nullable() {
    let api = api(
        "responses: {'200': {description: a, content: {application/json: {schema: {type: array, items: {type: string}}}}}, \
         '304': {description: nothing new}}",
        "{}",
    );
    let view = after("success_only", &api);
    let schema = &operation(&view)["responses"]["2XX"]["content"]["application/json"]["schema"];
    assert_eq!(schema["nullable"], json!(true));
}

#[test]
fn a_reference_into_a_schema_leads_to_a_component_of_its_own() {
    let into = |member: &str| format!("{{$ref: '#/components/schemas/order/properties/{member}'}}");
    let (customer, tags) = (into("customer"), into("tags"));
    let api = api(
        &format!(
            "parameters: [{{name: a, in: query, schema: {tags}}}, {{name: b, in: query, explode: false, schema: {tags}}}]\n      \
             responses: {{'200': {{description: ok, content: {{application/json: {{schema: {customer}}}}}}}}}"
        ),
        &format!(
            "{{customer: {{type: string}}, OrderTags: {{type: integer}}, order: {{type: object, properties: {{\
             tags: {{type: array, items: {{type: string}}}}, whole: {{$ref: '#/components/schemas/customer'}}, \
             again: {whole}, customer: {{type: object, properties: {{friend: {customer}}}}}}}}}}}",
            whole = into("whole"),
        ),
    );
    let view = lower(&api);
    let reference = |pointer: &str| view.value.pointer(pointer).and_then(|schema| schema["$ref"].as_str());
    let post = "/paths/~1a~1{id}/post";
    let reply = format!("{post}/responses/2XX/content/application~1json/schema");
    assert_eq!(reference(&reply), Some("#/components/schemas/OrderCustomer"));
    let friend = "/components/schemas/OrderCustomer/properties/friend";
    assert_eq!(reference(friend), Some("#/components/schemas/OrderCustomer"));
    let again = "/components/schemas/order/properties/again";
    assert_eq!(reference(again), Some("#/components/schemas/customer"));
    // What a reference of the document leads to is seen through it.
    assert_eq!(reference(&format!("{post}/parameters/0/schema")), Some("#/components/schemas/OrderTags2"));
    assert_eq!(operation(&view)["parameters"][1]["schema"], json!({"type": "string"}));
}

#[test]
fn an_operation_with_a_server_of_its_own_is_reported() {
    for (own, is_reported) in [
        ("servers: [{url: 'https://uploads.example.com'}]", true),
        ("servers: [{url: 'https://example.com'}]", false),
        ("servers: []", false),
    ] {
        let api = api(&format!("{own}\n      {OK}"), "{}\nservers: [{url: 'https://example.com'}]");
        let reports = lower(&api).unsupported;
        let pointers: Vec<_> = reports.iter().map(|one| one.pointer.as_str()).collect();
        let expected: &[&str] = if is_reported { &["/paths/~1a~1{id}/post/servers"] } else { &[] };
        assert_eq!(pointers, expected, "{own}");
    }
}

#[test]
fn default_is_the_success_where_none_is_declared() {
    let text = "responses: {default: {description: any, content: {application/json: {schema: {type: string}}}}}";
    let view = after("success_only", &api(text, "{}"));
    let success = &operation(&view)["responses"]["2XX"];
    assert_eq!(success["content"]["application/json"]["schema"], json!({"type": "string"}));
}

#[test]
fn every_pass_has_a_name_of_its_own_and_a_reason() {
    let mut names: Vec<_> = PASSES.iter().map(|pass| pass.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), PASSES.len());
    assert!(PASSES.iter().all(|pass| !pass.reason.is_empty()));
}

#[test]
fn lowering_is_a_function_of_the_document() {
    for api in cx_spec::embedded_all().unwrap() {
        assert_eq!(lower(&api).value, lower(&api).value, "{}", api.name());
    }
}
