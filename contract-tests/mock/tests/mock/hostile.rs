//! Documents with more ways through their schemas than anyone could go: every test ends.

use cx_mock::{
    Incoming, Validator, Verdict,
    schema::Reading,
    strategy::{breaks, valid_as},
};
use cx_spec::{Api, Document};
use serde_json::{Value, json};

/// A tree that is one of itself, many times over, or a leaf.
fn api(keyword: &str) -> Api {
    let itself = ["{$ref: '#/components/schemas/Tree'}"; 8].join(", ");
    let text = format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /a:\n    post:\n      operationId: post_a\n      \
         requestBody:\n        content:\n          application/json: {{schema: {{$ref: '#/components/schemas/Tree'}}}}\n          \
         application/x-www-form-urlencoded: {{schema: {{$ref: '#/components/schemas/Tree'}}}}\n      responses: {{}}\n\
         components:\n  schemas:\n    Tree: {{{keyword}: [{itself}, {{$ref: '#/components/schemas/Leaf'}}]}}\n    \
         Leaf: {{type: object, properties: {{a: {{type: integer}}}}}}\n"
    );
    Api::index(Document::parse("t", "t.yaml", &text).unwrap()).unwrap()
}

fn post(media_type: &str, body: &str) -> Verdict {
    Validator::new(api("anyOf")).request(&Incoming::new("POST", "/a").with_body(media_type, body))
}

#[test]
fn a_form_is_read() {
    let verdict = post("application/x-www-form-urlencoded", "a=x");
    assert_eq!(verdict.body, Some(json!({"a": "x"})));
    // A schema that is itself, without end, says nothing of a value; that there is a verdict at all is what counts.
    assert_eq!(verdict.violations, []);
}

#[test]
fn members_are_looked_for() {
    assert_eq!(post("application/json", "{\"a\": 1, \"b\": 2}").violations, []);
}

#[test]
fn strategies_are_made() {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let api = api(keyword);
        let tree: Value = api.document().at("/components/schemas/Tree").unwrap().value().clone();
        let _ = (valid_as(&api, &tree, Reading::Request), breaks(&api, &tree));
    }
}
