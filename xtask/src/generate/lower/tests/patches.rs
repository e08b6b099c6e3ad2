//! Members of requests for which left out, null and a value are three things.

use serde_json::{Value, json};

use super::{after, api, operation};
use crate::generate::lower::{PATCH_MARK, View};

/// The members of a component, or of a body, that the pass marks.
fn marked(schema: &Value) -> Vec<&str> {
    let members = schema["properties"].as_object().unwrap().iter();
    let is_marked = |member: &Value| member["description"].as_str().is_some_and(|text| text.contains(PATCH_MARK));
    members.filter(|(_, member)| is_marked(member)).map(|(name, _)| name.as_str()).collect()
}

/// A view of a body in a media type and a reply, which refer to components.
fn tri_state(media_type: &str, body: &str, reply: &str, schemas: &str) -> View {
    let content = |media_type: &str, schema: &str| format!("content: {{{media_type}: {{schema: {schema}}}}}");
    let api = api(
        &format!(
            "requestBody: {{{}}}\n      responses: {{'200': {{description: ok, {}}}}}",
            content(media_type, body),
            content("application/json", reply)
        ),
        schemas,
    );
    after("tri_state", &api)
}

#[test]
fn optional_and_nullable_members_of_json_requests_are_marked() {
    let members = "a: {type: string, nullable: true}, b: {type: string}, c: {$ref: '#/components/schemas/Null'}, \
                   d: {allOf: [{$ref: '#/components/schemas/Null'}]}, e: {}, f: {oneOf: [{type: string}, {nullable: true}]}, \
                   g: {type: string, nullable: true}, h: {$ref: '#/components/schemas/Plain'}, i: {type: array, items: {}}";
    let body = format!("{{type: object, required: [g], properties: {{{members}}}}}");
    let schemas = "{Null: {type: object, nullable: true}, Plain: {type: object}}";
    let expected = ["a", "c", "d", "e", "f"];

    let view = tri_state("application/json", &body, "{}", schemas);
    assert_eq!(marked(&operation(&view)["requestBody"]["content"]["application/json"]["schema"]), expected);
    let view = tri_state(
        "application/json",
        "{$ref: '#/components/schemas/B'}",
        "{}",
        &schemas.replace("{Null", &format!("{{B: {body}, Null")),
    );
    assert_eq!(marked(view.schema("B").unwrap()), expected);
    assert!(view.schema("BInput").is_none());

    let view = tri_state("multipart/form-data", &body, "{}", schemas);
    assert!(marked(&operation(&view)["requestBody"]["content"]["multipart/form-data"]["schema"]).is_empty());
}

#[test]
fn what_replies_carry_stays_as_it_is_and_requests_get_a_copy() {
    let schemas = "{Ask: {type: object, properties: {tree: {$ref: '#/components/schemas/Tree'}, plain: {$ref: '#/components/schemas/Plain'}}}, \
                    Tree: {type: object, properties: {age: {type: integer, nullable: true}, graft: {$ref: '#/components/schemas/Tree'}}}, \
                    Plain: {type: object, properties: {name: {type: string}}}, TreeInput: {type: object}}";
    let (ask, tree) = ("{$ref: '#/components/schemas/Ask'}", "{$ref: '#/components/schemas/Tree'}");
    let view = tri_state("application/json", ask, tree, schemas);
    assert!(marked(view.schema("Tree").unwrap()).is_empty());
    assert_eq!(marked(view.schema("TreeInput2").unwrap()), ["age"]);
    let reference = |name: &str, member: &str| view.schema(name).unwrap()["properties"][member]["$ref"].clone();
    assert_eq!(reference("Ask", "tree"), json!("#/components/schemas/TreeInput2"));
    assert_eq!(reference("TreeInput2", "graft"), json!("#/components/schemas/TreeInput2"));
    assert_eq!(reference("Tree", "graft"), json!("#/components/schemas/Tree"));
    assert_eq!(reference("Ask", "plain"), json!("#/components/schemas/Plain"));
    assert!(view.schema("PlainInput").is_none());
    let reply = &operation(&view)["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(reply, &json!({"$ref": "#/components/schemas/Tree"}));
}

#[test]
fn a_component_that_no_operation_refers_to_is_a_type_to_decode_into() {
    let schemas = "{Event: {type: object, properties: {tree: {$ref: '#/components/schemas/Tree'}}}, \
                    Tree: {type: object, properties: {age: {type: integer, nullable: true}}}}";
    let view = tri_state("application/json", "{$ref: '#/components/schemas/Tree'}", "{}", schemas);
    assert!(marked(view.schema("Tree").unwrap()).is_empty());
    assert_eq!(marked(view.schema("TreeInput").unwrap()), ["age"]);
    let body = &operation(&view)["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body, &json!({"$ref": "#/components/schemas/TreeInput"}));
}
