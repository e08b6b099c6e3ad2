//! The embedded documents load, and say what the index needs.

use cx_spec::{Api, Document, Location, embedded_all};

#[test]
fn every_embedded_document_is_indexed() {
    for api in embedded_all().unwrap_or_else(|error| panic!("{error}")) {
        assert!(!api.operations.is_empty(), "{} has no operation", api.name());
    }
}

#[test]
fn every_parameter_in_a_path_is_declared_and_the_other_way_round() {
    for api in embedded_all().unwrap_or_else(|error| panic!("{error}")) {
        for operation in &api.operations {
            let declared: Vec<_> = operation
                .parameters
                .iter()
                .filter(|one| one.location == Location::Path)
                .map(|one| &one.name)
                .collect();
            let templates = operation.path.matches('{').count();
            assert_eq!(declared.len(), templates, "{}", operation.place);
            for name in declared {
                assert!(operation.path.contains(&format!("{{{name}}}")), "{}: {name}", operation.place);
            }
        }
    }
}

#[test]
fn an_extension_is_neither_a_path_nor_a_status() {
    let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  x-note: {get: {$ref: '#/info'}}\n  /a:\n    \
        get: {operationId: x, responses: {'200': {description: ok}, x-note: {a: 1}}}\n";
    let api = Document::parse("t", "t.yaml", text).and_then(Api::index).unwrap_or_else(|error| panic!("{error}"));
    let replies: Vec<usize> = api.operations.iter().map(|operation| operation.replies.len()).collect();
    assert_eq!(replies, [1]);
}

fn error_of(text: &str) -> String {
    match Document::parse("bad", "bad.yaml", text).and_then(Api::index) {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_broken_document_is_named_by_file_line_and_pointer() {
    let head = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n";
    let reply = "responses: {'200': {description: ok}}";

    assert!(error_of("openapi: 3.0.3\n  x: [").starts_with("bad.yaml:2:"), "{}", error_of("openapi: 3.0.3\n  x: ["));
    assert_eq!(
        error_of("openapi: 3.1.0\npaths: {}\n"),
        "bad.yaml:1:1: /openapi: version 3.1.0: only 3.0.x is understood"
    );
    assert_eq!(
        error_of("paths: {}\nopenapi: 3.0\n"),
        "bad.yaml:2:1: /openapi: the version is no text: write all of it, such as 3.0.3"
    );
    assert_eq!(
        error_of(&format!(
            "{head}paths: {{}}\ncomponents:\n  schemas:\n    value: {{$ref: '#/components/schemas/No'}}\n"
        )),
        "bad.yaml:6:5: /components/schemas/value: `$ref: #/components/schemas/No` points at nothing; define it or correct \
         the name"
    );
    assert_eq!(
        error_of(&format!(
            "{head}paths:\n  /a:\n    get:\n      operationId: x\n      parameters: [{{$ref: '#/components/parameters/No'}}]\n      {reply}\n"
        )),
        "bad.yaml:7:20: /paths/~1a/get/parameters/0: `$ref: #/components/parameters/No` points at nothing; define it or \
         correct the name"
    );
    assert_eq!(
        error_of(&format!(
            "{head}paths: {{}}\ncomponents:\n  schemas:\n    A:\n      properties:\n        value: {{$ref: '#/components/schemas/No'}}\n"
        )),
        "bad.yaml:8:9: /components/schemas/A/properties/value: `$ref: #/components/schemas/No` points at nothing; define \
         it or correct the name"
    );
    assert_eq!(
        error_of(&format!(
            "{head}paths:\n  /a:\n    get: {{operationId: x, {reply}}}\n    put: {{operationId: x, {reply}}}\n"
        )),
        "bad.yaml:6:5: /paths/~1a/put: `operationId: x` is taken by the operation on line 5; every id is used once"
    );
    assert_eq!(
        error_of(&format!(
            "{head}paths:\n  /a:\n    get:\n      operationId: x\n      x-form: {{media_typ: a}}\n      {reply}\n"
        )),
        "bad.yaml:7:7: /paths/~1a/get/x-form: unknown field `media_typ`, expected one of `media_type`, `arrays`, `indexed`"
    );
}

#[test]
fn what_is_no_openapi_is_named_by_its_smallest_part() {
    let head = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n";
    let operation = |members: &str| format!("{head}paths:\n  /a:\n    get:\n      operationId: x\n      {members}\n");
    let components = |members: &str| format!("{head}paths: {{}}\ncomponents:\n  {members}\n");
    let ok = "responses: {'200': {description: ok}}";
    for (text, expected) in [
        (
            components("responses: {R: {content: {}}}"),
            "bad.yaml:5:15: /components/responses/R: not OpenAPI 3.0: missing field `description`",
        ),
        (
            components("parameters: {P: {name: p, schema: {}}}"),
            "bad.yaml:5:16: /components/parameters/P: not OpenAPI 3.0: missing field `in`",
        ),
        (
            components("schemas: {S: {properties: {a: {items: {minLength: x}}}}}"),
            "bad.yaml:5:34: /components/schemas/S/properties/a/items: not OpenAPI 3.0: ",
        ),
        (
            components("headers: {x-rate: {schema: {minLength: x}}}"),
            "bad.yaml:5:22: /components/headers/x-rate/schema: not OpenAPI 3.0: ",
        ),
        (
            operation("responses: {x-note: {}, '200': {}}"),
            "bad.yaml:7:31: /paths/~1a/get/responses/200: not OpenAPI 3.0: missing field `description`",
        ),
        (
            operation(&format!("parameters: [{{name: p, in: body, schema: {{}}}}]\n      {ok}")),
            "bad.yaml:7:20: /paths/~1a/get/parameters/0: not OpenAPI 3.0: ",
        ),
        (operation(&format!("deprecated: soon\n      {ok}")), "bad.yaml:5:5: /paths/~1a/get: not OpenAPI 3.0: "),
        (
            format!("{head}paths: {{/a: {{parameters: [{{in: query, schema: {{}}}}]}}}}\n"),
            "bad.yaml:3:27: /paths/~1a/parameters/0: not OpenAPI 3.0: missing field `name`",
        ),
        (
            "openapi: 3.0.3\ninfo: {title: t}\npaths: {}\n".to_owned(),
            "bad.yaml:2:1: /info: not OpenAPI 3.0: missing field `version`",
        ),
        (format!("{head}tags: [things]\npaths: {{}}\n"), "bad.yaml:3:8: /tags/0: not OpenAPI 3.0: "),
        (
            format!("{head}servers: [{{uri: x}}]\npaths: {{}}\n"),
            "bad.yaml:3:11: /servers/0: not OpenAPI 3.0: missing field `url`",
        ),
    ] {
        let error = error_of(&text);
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
}
