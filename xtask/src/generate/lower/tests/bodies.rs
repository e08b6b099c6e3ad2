//! What becomes of request bodies, and of the files in them.

use serde_json::json;

use super::{OK, after, api, operation};
use crate::generate::files;

#[test]
fn the_body_that_is_sent_stays_as_json() {
    let api = api(
        &format!(
            "x-form: {{media_type: multipart/form-data}}\n      requestBody: {{content: {{application/x-www-form-urlencoded: \
             {{schema: {{type: object}}}}, multipart/form-data: {{schema: {{type: object, properties: {{f: {{type: string}}}}}}}}}}}}\n      {OK}"
        ),
        "{}",
    );
    let view = after("one_body", &api);
    let schema = json!({"type": "object", "properties": {"f": {"type": "string"}}});
    assert_eq!(
        operation(&view)["requestBody"],
        json!({"required": true, "content": {"application/json": {"schema": schema}}})
    );
}

#[test]
fn a_media_type_with_a_schema_of_its_own_is_set_aside_as_a_component() {
    let api = api(
        &format!(
            "requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/A'}}}}, \
             multipart/form-data: {{schema: {{$ref: '#/components/schemas/A'}}}}, \
             application/x-www-form-urlencoded: {{schema: {{type: object}}}}, \
             application/merge-patch+json: {{schema: {{$ref: '#/components/schemas/B'}}}}, text/csv: {{schema: {{type: string}}}}}}}}\n      {OK}"
        ),
        "{A: {type: object}, B: {type: object}, PostAFormRequest: {type: object}}",
    );
    let view = after("other_bodies", &api);
    let found: Vec<_> = view
        .alternatives
        .iter()
        .map(|other| (other.setter(), other.media_type.as_str(), other.component.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            ("body_as_form".to_owned(), "application/x-www-form-urlencoded", Some("PostAFormRequest2")),
            ("body_as_application_merge_patch_json".to_owned(), "application/merge-patch+json", Some("B")),
            ("body_as_text_csv".to_owned(), "text/csv", None),
        ]
    );
    assert_eq!(view.schema("PostAFormRequest2"), Some(&json!({"type": "object"})));
}

#[test]
fn a_file_is_written_out_where_it_is_referred_to() {
    let api = api(
        &format!(
            "requestBody: {{content: {{multipart/form-data: {{schema: {{$ref: '#/components/schemas/A'}}}}}}}}\n      {OK}"
        ),
        "{F: {type: string, format: binary, x-max-bytes: 7}, A: {type: object, properties: {f: {$ref: '#/components/schemas/F'}, \
         g: {allOf: [{$ref: '#/components/schemas/F'}], description: G, nullable: true}}}}",
    );
    let view = after("files", &api);
    assert_eq!(
        view.schema("A").unwrap()["properties"],
        json!({
            "f": {"type": "string", "format": "cx-file", "x-max-bytes": 7},
            "g": {"type": "string", "format": "cx-file", "x-max-bytes": 7, "description": "G", "nullable": true},
        })
    );
    let parts = files::parts(&api, api.operations[0].sent_media().unwrap());
    let parts: Vec<_> = parts.iter().map(|file| (file.name.as_str(), file.max_bytes)).collect();
    assert_eq!(parts, [("f", Some(7)), ("g", Some(7))]);
}

#[test]
fn a_file_that_no_part_can_carry_is_reported_where_it_stands() {
    let file = "{type: string, format: binary}";
    for (media_type, schema, at) in [
        ("application/json", format!("{{type: object, properties: {{f: {file}}}}}"), "/properties/f"),
        (
            "application/x-www-form-urlencoded",
            format!("{{type: object, properties: {{f: {file}}}}}"),
            "/properties/f",
        ),
        (
            "multipart/form-data",
            format!("{{type: object, properties: {{f: {file}, l: {{type: array, items: {file}}}}}}}"),
            "/properties/l/items",
        ),
        (
            "multipart/form-data",
            format!("{{type: object, properties: {{o: {{type: object, properties: {{f: {file}}}}}}}}}"),
            "/properties/o/properties/f",
        ),
    ] {
        let view = after(
            "misplaced_files",
            &api(&format!("requestBody: {{content: {{{media_type}: {{schema: {schema}}}}}}}\n      {OK}"), "{}"),
        );
        let escaped = media_type.replace('/', "~1");
        let pointer = format!("/paths/~1a~1{{id}}/post/requestBody/content/{escaped}/schema{at}");
        assert_eq!(view.unsupported.iter().map(|one| one.pointer.as_str()).collect::<Vec<_>>(), [pointer]);
        assert_eq!(view.value.pointer("/paths/~1a~1{id}/post"), None, "{media_type}");
    }
}

#[test]
fn a_body_that_is_neither_json_nor_a_form_is_any_value() {
    for media_type in ["application/vnd.platform", "application/x-ndjson"] {
        let body = format!("requestBody: {{content: {{{media_type}: {{schema: {{type: string}}}}}}}}\n      {OK}");
        let view = after("one_body", &api(&body, "{}"));
        assert_eq!(
            operation(&view)["requestBody"]["content"]["application/json"]["schema"],
            json!({}),
            "{media_type}"
        );
    }
}
