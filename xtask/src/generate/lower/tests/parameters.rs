//! Passes over parameters.

use serde_json::json;

use super::{OK, after, api, operation};
use crate::generate::lower::lower;

#[test]
fn a_deep_object_becomes_literal_names() {
    let api = api(
        &format!(
            "parameters: [{{name: created, in: query, style: deepObject, explode: true, schema: {{$ref: '#/components/schemas/F'}}}}]\n      {OK}"
        ),
        "{F: {type: object, properties: {gt: {type: integer}, lt: {type: integer}}}}",
    );
    let view = after("flatten_queries", &api);
    let names: Vec<_> =
        operation(&view)["parameters"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["created[gt]", "created[lt]"]);
}

#[test]
fn a_list_that_is_one_value_is_a_text_wherever_its_schema_stands() {
    let api = api(
        &format!(
            "parameters: [{{name: a, in: query, explode: false, schema: {{$ref: '#/components/schemas/L'}}}}, \
             {{name: b, in: query, style: pipeDelimited, schema: {{$ref: '#/components/schemas/L'}}}}, \
             {{name: c, in: query, style: pipeDelimited, explode: true, schema: {{type: array, items: {{type: integer}}}}}}, \
             {{name: d, in: query, schema: {{$ref: '#/components/schemas/L'}}}}]\n      {OK}"
        ),
        "{L: {type: array, items: {type: integer}}}",
    );
    let view = after("flatten_queries", &api);
    let parameters = operation(&view)["parameters"].as_array().unwrap().iter();
    let types: Vec<_> = parameters.map(|one| one["schema"]["type"].as_str()).collect();
    assert_eq!(types, [Some("string"), Some("string"), Some("array"), None]);
}

#[test]
fn an_object_that_is_one_value_is_left_out_and_reported() {
    let object = "{type: object, properties: {x: {type: integer}}}";
    let parameter = format!("{{name: a, in: query, explode: false, schema: {object}}}");
    let view = lower(&api(&format!("parameters: [{parameter}]\n      {OK}"), "{}"));
    assert_eq!(operation(&view)["parameters"], json!([]));
    assert_eq!(view.unsupported[0].pointer, "/paths/~1a~1{id}/post/parameters/0/schema");
}

#[test]
fn a_header_that_the_transport_writes_is_no_parameter() {
    let header = |name: &str| format!("{{name: {name}, in: header, required: true, schema: {{type: string}}}}");
    let parameters = ["Accept", "authorization", "Content-Type", "Accept-Language"].map(header).join(", ");
    let query = "{name: accept, in: query, schema: {type: string}}";
    let view = lower(&api(&format!("parameters: [{parameters}, {query}]\n      {OK}"), "{}"));
    let left = operation(&view)["parameters"].as_array().unwrap().iter();
    assert_eq!(left.map(|one| one["name"].as_str().unwrap()).collect::<Vec<_>>(), ["Accept-Language", "accept"]);
    let pointers: Vec<_> = view.unsupported.iter().map(|one| one.pointer.as_str()).collect();
    assert_eq!(pointers, [0, 1, 2].map(|index| format!("/paths/~1a~1{{id}}/post/parameters/{index}/schema")));
}

#[test]
fn a_cookie_travels_under_a_header_of_ours() {
    let api = api(&format!("parameters: [{{name: sid, in: cookie, schema: {{type: string}}}}]\n      {OK}"), "{}");
    let view = after("cookies_as_headers", &api);
    let parameter = &operation(&view)["parameters"][0];
    assert_eq!((&parameter["in"], &parameter["name"]), (&json!("header"), &json!("x-cx-cookie-sid")));
}

#[test]
fn an_operation_with_two_parameters_of_one_rust_name_is_left_out_and_reported() {
    let api = api(
        &format!(
            "parameters: [{{name: 'a[b]', in: query, schema: {{type: string}}}}, {{name: a_b, in: query, schema: {{type: string}}}}]\n      {OK}"
        ),
        "{}",
    );
    let view = after("distinct_parameters", &api);
    assert!(view.value.pointer("/paths/~1a~1{id}/post").is_none());
    assert_eq!(view.unsupported.len(), 1);
    assert_eq!(view.unsupported[0].pointer, "/paths/~1a~1{id}/post");
}

#[test]
fn a_parameter_takes_no_name_of_a_body_that_may_be_chosen() {
    let content = "application/json: {schema: {type: object, properties: {a: {type: string}}}}";
    let other = "application/x-www-form-urlencoded: {schema: {type: object, properties: {b: {type: string}}}}";
    let is_left = |name: &str, others: &str| {
        let parameter = format!("parameters: [{{name: {name}, in: query, schema: {{type: string}}}}]");
        let body = format!("requestBody: {{content: {{{content}{others}}}}}");
        let view = lower(&api(&format!("{parameter}\n      {body}\n      {OK}"), "{}"));
        view.value.pointer("/paths/~1a~1{id}/post").is_some()
    };
    let others = format!(", {other}");
    for (name, alone, among_others) in [
        ("payload", true, false),
        ("other_body", true, false),
        ("bodyAsForm", true, false),
        ("body_map", false, false),
    ] {
        assert_eq!((is_left(name, ""), is_left(name, &others)), (alone, among_others), "{name}");
    }
}

#[test]
fn only_plain_values_travel_outside_the_body() {
    let api = api(
        &format!(
            "parameters: [{{name: id, in: path, required: true, schema: {{$ref: '#/components/schemas/L'}}}}, \
             {{name: q, in: query, schema: {{$ref: '#/components/schemas/L'}}}}, {{name: m, in: query, schema: {{type: object}}}}]\n      {OK}"
        ),
        "{L: {type: array, items: {type: integer}}}",
    );
    let view = after("plain_parameters", &api);
    let parameters = operation(&view)["parameters"].as_array().unwrap();
    assert_eq!(parameters.len(), 2);
    assert_eq!(parameters[0]["schema"], json!({"type": "string"}));
    assert_eq!(parameters[1]["schema"], json!({"$ref": "#/components/schemas/L"}));
    assert_eq!(view.unsupported[0].pointer, "/paths/~1a~1{id}/post/parameters/2/schema");
}

#[test]
fn a_parameter_that_is_put_together_of_objects_is_left_out_and_reported() {
    let api = api(
        &format!(
            "parameters: [{{name: a, in: query, style: deepObject, schema: {{allOf: [{{$ref: '#/components/schemas/F'}}, {{type: object}}]}}}}, \
             {{name: b, in: query, schema: {{oneOf: [{{$ref: '#/components/schemas/F'}}, {{type: object}}]}}}}, \
             {{name: c, in: query, schema: {{oneOf: [{{type: string}}, {{type: object}}]}}}}, \
             {{name: d, in: query, schema: {{allOf: [{{$ref: '#/components/schemas/D'}}, {{description: Itself.}}]}}}}]\n      {OK}"
        ),
        "{F: {properties: {gt: {type: integer}}}, D: {allOf: [{$ref: '#/components/schemas/D'}, {description: Itself.}]}}",
    );
    let view = after("plain_parameters", &api);
    let names: Vec<_> =
        operation(&view)["parameters"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["c", "d"]);
    let reported: Vec<_> = view.unsupported.iter().map(|one| one.pointer.as_str()).collect();
    let pointer = |index: usize| format!("/paths/~1a~1{{id}}/post/parameters/{index}/schema");
    assert_eq!(reported, [pointer(0), pointer(1)]);
}

#[test]
fn a_parameter_is_no_option_whoever_says_that_it_may_be_null() {
    let api = api(
        &format!(
            "parameters: [{{name: id, in: path, required: true, schema: {{type: string, nullable: true}}}}, \
             {{name: X-Lang, in: header, required: true, schema: {{$ref: '#/components/schemas/N'}}}}]\n      {OK}"
        ),
        "{N: {type: string, nullable: true, enum: [de, en, null]}}",
    );
    let view = lower(&api);
    let schema = |index: usize| &operation(&view)["parameters"][index]["schema"];
    assert_eq!(schema(0), &json!({"type": "string"}));
    assert_eq!(schema(1), &json!({"allOf": [{"$ref": "#/components/schemas/N"}]}));
}

#[test]
fn a_secret_is_a_text_where_it_is_written_as_one() {
    let api = api(
        &format!(
            "parameters: [{{name: X-Key, in: header, x-secret: true, schema: {{type: string}}}}, \
             {{name: key, in: query, x-secret: true, schema: {{type: string}}}}]\n      {OK}"
        ),
        "{}",
    );
    let view = after("secrets", &api);
    assert_eq!(operation(&view)["parameters"][0]["schema"].get("format"), None);
    assert_eq!(operation(&view)["parameters"][1]["schema"]["format"], "password");
}
