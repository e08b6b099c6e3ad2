use cx_spec::Api;
use serde_json::json;

use super::*;

const HEAD: &str = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n";
const OK: &str = "responses: {'200': {description: ok}}";

/// What is left of a document, and the reports.
fn mended(text: &str) -> (Document, Vec<String>) {
    let document = Document::parse("t", "t.yaml", &format!("{HEAD}{text}")).unwrap();
    let (mended, reports) = mend(&document, true).unwrap();
    (mended, reports.iter().map(ToString::to_string).collect())
}

fn ids(document: Document) -> Vec<String> {
    Api::index(document).unwrap().operations.into_iter().map(|operation| operation.id).collect()
}

#[test]
fn a_good_document_stays_as_it_is() {
    for api in cx_spec::embedded_all().unwrap() {
        let (same, reports) = mend(api.document(), false).unwrap();
        assert_eq!(same.value(), api.document().value(), "{}", api.name());
        assert!(reports.is_empty(), "{}: {}", api.name(), reports[0]);
    }
}

#[test]
fn a_path_item_in_the_document_is_written_out() {
    let (document, reports) = mended(&format!(
        "paths:\n  /a: {{$ref: '#/x-items/A'}}\nx-items: {{A: {{get: {{operationId: get_a, {OK}}}}}}}\n"
    ));
    assert_eq!(ids(document), ["get_a"]);
    assert!(reports.is_empty(), "{reports:?}");
}

#[test]
fn a_reference_takes_no_more_with_it_than_it_must() {
    for (part, left, report) in [
        (
            "parameters: [{$ref: 'x.yaml#/P'}], responses: {'200': {description: ok}}",
            json!(null),
            "left out: /paths/~1a/get/parameters/0: `$ref: x.yaml#/P` leaves the document",
        ),
        (
            "responses: {'200': {description: ok}, '400': {$ref: 'x.yaml#/E'}}",
            json!({"operationId": "get_a", "responses": {"200": {"description": "ok"}}}),
            "left out: /paths/~1a/get/responses/400: `$ref: x.yaml#/E` leaves the document",
        ),
        (
            "responses: {'200': {description: ok, headers: {X: {$ref: '#/nothing'}}}}",
            json!({"operationId": "get_a", "responses": {"200": {"description": "ok", "headers": {}}}}),
            "left out: /paths/~1a/get/responses/200/headers/X: `$ref: #/nothing` points at nothing",
        ),
        (
            "responses: {'200': {description: ok, content: {text/plain: {schema: {$ref: 'x.yaml'}}}}}",
            json!({"operationId": "get_a", "responses": {"200": {"description": "ok", "content": {"text/plain": {"schema": {}}}}}}),
            "replaced: /paths/~1a/get/responses/200/content/text~1plain/schema: `$ref: x.yaml` leaves the document; any JSON stands for it",
        ),
    ] {
        let (document, reports) = mended(&format!("paths: {{/a: {{get: {{operationId: get_a, {part}}}}}}}\n"));
        let operation = document.value().pointer("/paths/~1a/get").cloned().unwrap_or_default();
        assert_eq!((operation, reports.as_slice()), (left, [report.to_owned()].as_slice()));
    }
}

#[test]
fn a_reference_that_nothing_can_go_with_goes_alone() {
    let (document, reports) = mended("paths: {}\nx-notes: [{$ref: 'x.yaml#/N', kept: 1}]\n");
    assert_eq!(document.value()["x-notes"], json!([{"kept": 1}]));
    assert_eq!(reports, ["left out: /x-notes/0: `$ref: x.yaml#/N` leaves the document"]);
}

#[test]
fn a_reference_in_an_extension_takes_nothing_with_it() {
    let (document, reports) =
        mended(&format!("paths: {{/a: {{get: {{operationId: get_a, x-see: {{$ref: 'x.yaml#/A'}}, {OK}}}}}}}\n"));
    assert_eq!(ids(document), ["get_a"]);
    assert_eq!(reports, ["left out: /paths/~1a/get/x-see: `$ref: x.yaml#/A` leaves the document"]);
}

#[test]
fn an_extension_among_the_paths_is_no_path() {
    let (document, reports) =
        mended(&format!("paths: {{x-notes: {{get: {{since: 2019}}}}, /a: {{get: {{operationId: get_a, {OK}}}}}}}\n"));
    assert_eq!(ids(document), ["get_a"]);
    assert!(reports.is_empty(), "{reports:?}");
}

#[test]
fn what_goes_with_a_component_is_gone_too() {
    let (document, reports) = mended(&format!(
        "paths: {{/a: {{get: {{operationId: get_a, parameters: [{{$ref: '#/components/parameters/P'}}], {OK}}}, put: {{operationId: put_a, {OK}}}}}}}\n\
         components: {{parameters: {{P: {{$ref: 'x.yaml'}}}}}}\n"
    ));
    assert_eq!(ids(document), ["put_a"]);
    assert_eq!(reports.len(), 2, "{reports:?}");
}

#[test]
fn a_component_that_is_no_openapi_goes_with_those_that_refer_to_it() {
    let text = format!(
        "paths:\n  /a:\n    get: {{operationId: get_a, responses: {{'200': {{$ref: '#/components/responses/R'}}}}}}\n    \
         put: {{operationId: put_a, {OK}}}\ncomponents: {{responses: {{R: {{content: {{}}}}}}}}\n"
    );
    let (document, reports) = mended(&text);
    assert_eq!(ids(document), ["put_a"]);
    let fault = "/components/responses/R: not OpenAPI 3.0: missing field `description`";
    assert_eq!(
        reports,
        [
            format!("left out: {fault}"),
            "left out: /paths/~1a/get/responses/200: `$ref: #/components/responses/R` points at nothing".to_owned(),
        ]
    );
    let document = Document::parse("t", "t.yaml", &format!("{HEAD}{text}")).unwrap();
    assert_eq!(mend(&document, false).unwrap_err().to_string(), format!("t.yaml:7:26: {fault}"));
}

#[test]
fn operations_are_named_as_their_methods() {
    let (document, reports) = mended(&format!(
        "paths:\n  /pets/{{id}}/toys:\n    get: {{{OK}}}\n    post: {{operationId: addToy, {OK}}}\n    put: {{operationId: add_toy, {OK}}}\n    \
         patch: {{operationId: move, {OK}}}\n    delete: {{operationId: core, {OK}}}\n    options: {{operationId: options, {OK}}}\n"
    ));
    assert_eq!(ids(document), ["get_pets_by_id_toys", "add_toy", "move_", "call_core", "call_options"]);
    assert_eq!(
        reports,
        [
            "replaced: /paths/~1pets~1{id}~1toys/get: no `operationId`: it is called `get_pets_by_id_toys`",
            "left out: /paths/~1pets~1{id}~1toys/put: it would be called `add_toy`, as the operation on line 6 is",
            "replaced: /paths/~1pets~1{id}~1toys/delete: `core` is a name of the runtime's: it is called `call_core`",
            "replaced: /paths/~1pets~1{id}~1toys/options: `options` is a name of the runtime's: it is called `call_options`",
        ]
    );
}

#[test]
fn operations_whose_builders_would_be_one_type_or_hide_one_are_told_apart() {
    let (document, reports) = mended(&format!(
        "paths:\n  /a:\n    get: {{operationId: list_v_2, {OK}}}\n    put: {{operationId: list_v2, {OK}}}\n    \
         post: {{operationId: Result, {OK}}}\n"
    ));
    assert_eq!(ids(document), ["list_v_2", "call_result"]);
    assert_eq!(
        reports,
        [
            "left out: /paths/~1a/put: its builder would be called `ListV2`, as that of the operation on line 5 is",
            "replaced: /paths/~1a/post: `result` is a name of the runtime's: it is called `call_result`",
        ]
    );
}

#[test]
fn what_the_standard_forbids_ends_the_run_unless_it_is_to_go_on() {
    let text = format!("{HEAD}paths: {{/a: {{get: {{operationId: a, {OK}}}, put: {{operationId: a, {OK}}}}}}}\n");
    let document = Document::parse("t", "t.yaml", &text).unwrap();
    assert!(mend(&document, false).unwrap_err().message.contains("is taken by the operation on line 3"));
    assert_eq!(mend(&document, true).unwrap().1.len(), 1);
}

#[test]
fn types_that_the_standard_lacks_are_read_or_widened() {
    let (document, reports) = mended(
        "paths: {}\ncomponents: {schemas: {A: {type: [string, 'null']}, B: {type: [string, integer]}, C: {type: file}, \
         D: {type: object, properties: {type: {type: string}}}, E: {type: string, minLength: x}}}\n",
    );
    let schemas = &document.value()["components"]["schemas"];
    assert_eq!(schemas["A"], json!({"type": "string", "nullable": true}));
    assert_eq!((&schemas["B"], &schemas["C"], &schemas["E"]), (&json!({}), &json!({}), &json!({})));
    assert_eq!(schemas["D"], json!({"type": "object", "properties": {"type": {"type": "string"}}}));
    assert_eq!(reports.len(), 4, "{reports:?}");
}

#[test]
fn schemas_of_one_rust_name_get_two() {
    let (document, reports) = mended(
        "paths: {}\ncomponents: {schemas: {pet: {type: string}, Pet: {type: object, properties: {next: {$ref: '#/components/schemas/Pet'}}}}}\n",
    );
    let schemas = &document.value()["components"]["schemas"];
    assert_eq!(schemas["Pet2"]["properties"]["next"]["$ref"], "#/components/schemas/Pet2");
    assert_eq!(
        reports,
        ["replaced: /components/schemas/Pet: `Pet` and `pet` are one type in Rust: it is called `Pet2`"]
    );
}

#[test]
fn a_parameter_by_content_is_a_text() {
    let (document, _) = mended(&format!(
        "paths: {{/a: {{get: {{operationId: a, parameters: [{{name: f, in: query, content: {{application/json: {{schema: {{type: object}}}}}}}}], {OK}}}}}}}\n"
    ));
    assert_eq!(Api::index(document).unwrap().operations[0].parameters[0].schema, json!({"type": "string"}));
}
