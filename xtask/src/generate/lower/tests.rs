//! Each pass alone: what goes in, what comes out.

use cx_spec::{Api, Document};
use serde_json::{Value, json};

use super::{PASSES, View, lower};

mod bodies;

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

/// The members of a component, or of a body, that the pass marks.
fn marked(schema: &Value) -> Vec<&str> {
    let members = schema["properties"].as_object().unwrap().iter();
    let is_marked =
        |member: &Value| member["description"].as_str().is_some_and(|text| text.contains(super::PATCH_MARK));
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

#[test]
fn default_is_the_success_where_none_is_declared() {
    let text = "responses: {default: {description: any, content: {application/json: {schema: {type: string}}}}}";
    let view = after("success_only", &api(text, "{}"));
    let success = &operation(&view)["responses"]["2XX"];
    assert_eq!(success["content"]["application/json"]["schema"], json!({"type": "string"}));
}

/// What a pass makes of one component schema.
fn schema_after(pass: &str, schema: &str) -> Value {
    let api = api(OK, &format!("{{A: {schema}, N: {{nullable: true, type: object}}}}"));
    after(pass, &api).schema("A").unwrap().clone()
}

#[test]
fn schema_passes_do_what_their_names_say() {
    for (pass, before, expected) in [
        ("files", "{type: string, format: binary}", json!({"type": "string", "format": "cx-file"})),
        ("no_not", "{not: {type: string}}", json!({})),
        ("distinct_values", "{type: string, enum: [a, A]}", json!({"type": "string"})),
        ("distinct_values", "{enum: [a, 1]}", json!({})),
        ("distinct_values", "{type: string, enum: [a, b]}", json!({"type": "string", "enum": ["a", "b"]})),
        (
            "distinct_properties",
            "{type: object, required: [aB, a_b], properties: {aB: {type: string}, a_b: {type: string}}}",
            json!({"type": "object", "required": ["aB"], "properties": {"aB": {"type": "string"}}, "additionalProperties": {}}),
        ),
        (
            "distinct_properties",
            "{type: object, properties: {extra: {type: string}}, additionalProperties: true}",
            json!({"type": "object", "properties": {"extra": {"type": "string"}}}),
        ),
        ("any_of", "{anyOf: [{type: string}]}", json!({"oneOf": [{"type": "string"}]})),
        (
            "one_way_members",
            "{required: [a, b, c], properties: {a: {readOnly: true}, b: {writeOnly: true}, c: {readOnly: false}}}",
            json!({"required": ["c"], "properties": {"a": {"readOnly": true}, "b": {"writeOnly": true}, "c": {"readOnly": false}}}),
        ),
        (
            "one_way_members",
            "{required: [a, n], allOf: [{$ref: '#/components/schemas/A'}, {required: [a], properties: {a: {readOnly: true}}}]}",
            json!({"required": ["n"], "allOf": [
                {"$ref": "#/components/schemas/A"}, {"required": [], "properties": {"a": {"readOnly": true}}},
            ]}),
        ),
        ("strip_defaults", "{type: string, default: x}", json!({"type": "string"})),
        ("strip_bounds", "{type: integer, minimum: 1, maximum: 9}", json!({"type": "integer", "format": "int64"})),
        ("strip_bounds", "{type: string, format: date-time, pattern: x}", json!({"type": "string"})),
        ("strip_bounds", "{type: string, format: cx-time}", json!({"type": "string", "format": "cx-time"})),
        ("open_objects", "{type: object, additionalProperties: false}", json!({"type": "object"})),
        (
            "open_objects",
            "{type: object, properties: {a: {type: string}}, additionalProperties: true}",
            json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": {}}),
        ),
        (
            "personal",
            "{type: object, properties: {a: {type: string, x-personal: true}}}",
            json!({"type": "object", "properties": {"a": {
                "type": "string", "x-personal": true, "description": super::PERSONAL_MARK,
            }}}),
        ),
        (
            "secrets",
            "{type: string, x-secret: true}",
            json!({"type": "string", "x-secret": true, "format": "password"}),
        ),
        ("strip_extensions", "{type: string, x-source: [seed]}", json!({"type": "string"})),
        (
            "optional_containers",
            "{type: object, required: [a], properties: {a: {type: array, items: {}}, b: {type: array, items: {}}}}",
            json!({"type": "object", "required": ["a"], "properties": {
                "a": {"type": "array", "items": {}}, "b": {"type": "array", "items": {}, "nullable": true},
            }}),
        ),
        (
            "nullable_components",
            "{type: object, properties: {n: {$ref: '#/components/schemas/N'}}}",
            json!({"type": "object", "properties": {
                "n": {"nullable": true, "allOf": [{"$ref": "#/components/schemas/N"}]},
            }}),
        ),
    ] {
        assert_eq!(schema_after(pass, before), expected, "{pass}: {before}");
    }
}

#[test]
fn of_components_that_are_made_of_each_other_the_kinds_take_the_members() {
    let reference = |name: &str| format!("{{$ref: '#/components/schemas/{name}'}}");
    let (animal, pet, cat) = (reference("Animal"), reference("Pet"), reference("Cat"));
    let api = api(
        OK,
        &format!(
            "{{Animal: {{properties: {{age: {{type: integer}}}}, oneOf: [{pet}]}}, \
             Pet: {{properties: {{name: {{type: string}}}}, discriminator: {{propertyName: name}}, allOf: [{animal}], oneOf: [{cat}]}}, \
             Cat: {{allOf: [{pet}, {{properties: {{lives: {{type: integer}}}}}}]}}, Self: {{allOf: [{{$ref: '#/components/schemas/Self'}}]}}, \
             Tree: {{properties: {{child: {{$ref: '#/components/schemas/Tree'}}}}}}, Oak: {{allOf: [{{$ref: '#/components/schemas/Tree'}}]}}}}"
        ),
    );
    let view = after("break_circles", &api);
    let age = json!({"properties": {"age": {"type": "integer"}}});
    let pet = json!({"properties": {"name": {"type": "string"}}, "allOf": [age]});
    let lives = json!({"properties": {"lives": {"type": "integer"}}});
    assert_eq!(view.schema("Cat"), Some(&json!({"allOf": [pet, lives]})));
    assert_eq!(view.schema("Pet").unwrap()["allOf"], json!([age]));
    assert_eq!(view.schema("Animal").unwrap()["oneOf"], json!([{"$ref": "#/components/schemas/Pet"}]));
    assert_eq!(view.schema("Self"), Some(&json!({})));
    // A member of one's own kind is no part.
    assert_eq!(view.schema("Oak"), Some(&json!({"allOf": [{"$ref": "#/components/schemas/Tree"}]})));
    let reported: Vec<_> = view.unsupported.iter().map(|one| one.pointer.as_str()).collect();
    assert_eq!(reported, ["Pet", "Cat", "Self"].map(|name| format!("/components/schemas/{name}")));
}

#[test]
fn a_member_that_is_all_of_its_owner_and_more_gets_a_name() {
    let reference = |name: &str| format!("{{$ref: '#/components/schemas/{name}'}}");
    let (comment, page) = (reference("Comment"), reference("Page"));
    let api = api(
        OK,
        &format!(
            "{{Comment: {{type: object, properties: {{text: {{type: string}}, first: {{allOf: [{comment}, {{description: The first.}}]}}, \
             replies: {{type: array, items: {{description: One., nullable: true, allOf: [{comment}, {{properties: {{depth: {{type: integer}}}}}}]}}}}, \
             page: {{allOf: [{page}, {{required: [top]}}]}}}}}}, Page: {{type: object, properties: {{top: {comment}}}}}, \
             Thread: {{type: object, properties: {{top: {{allOf: [{comment}, {{required: [text]}}]}}}}}}}}"
        ),
    );
    let view = after("name_members", &api);
    let reference = json!({"$ref": "#/components/schemas/CommentRepliesItem"});
    let schema = |pointer: &str| view.value.pointer(&format!("/components/schemas/{pointer}")).unwrap();
    assert_eq!(
        schema("Comment/properties/replies/items"),
        &json!({"description": "One.", "nullable": true, "allOf": [reference]})
    );
    assert_eq!(schema("CommentRepliesItem")["allOf"][1], json!({"properties": {"depth": {"type": "integer"}}}));
    // What ends stays where it is: nothing more than the owner, another component, another owner.
    assert_eq!(schema("Comment/properties/first/allOf").as_array().unwrap().len(), 2);
    assert_eq!(schema("Comment/properties/page/allOf").as_array().unwrap().len(), 2);
    assert_eq!(schema("Thread/properties/top/allOf").as_array().unwrap().len(), 2);
    assert_eq!(view.schema_names(), ["Comment", "Page", "Thread", "CommentRepliesItem"]);
}

#[test]
fn what_is_personal_is_marked_wherever_the_document_says_so() {
    let api = api(
        OK,
        "{Mail: {type: string, x-personal: true}, Key: {type: string, x-secret: true}, \
          A: {type: object, properties: {mail: {$ref: '#/components/schemas/Mail'}, mails: {type: array, items: {$ref: '#/components/schemas/Mail'}}, \
          names: {type: object, additionalProperties: {type: string, x-personal: true}}, one: {oneOf: [{type: integer}, {type: string, x-personal: true}]}, \
          pin: {type: integer, x-secret: true}, key: {$ref: '#/components/schemas/Key'}, text: {type: string, x-secret: true}, \
          next: {$ref: '#/components/schemas/A'}}}}",
    );
    let view = after("personal", &api);
    let is_marked =
        |schema: &Value| schema["description"].as_str().is_some_and(|text| text.contains(super::PERSONAL_MARK));
    let members = view.schema("A").unwrap()["properties"].as_object().unwrap().iter();
    let marked: Vec<_> = members.filter(|(_, member)| is_marked(member)).map(|(name, _)| name.as_str()).collect();
    assert_eq!(marked, ["mail", "mails", "names", "one", "pin"]);
    let components = ["Mail", "Key", "A"].map(|name| is_marked(view.schema(name).unwrap()));
    assert_eq!(components, [true, false, false]);
}

#[test]
fn members_that_an_all_of_puts_into_one_field_leave_any_json() {
    let base = "{$ref: '#/components/schemas/Base'}";
    for (base_type, member, expected) in [
        (
            "{properties: {aB: {type: string}}}",
            "a_b",
            Some("member `a_b` of its `allOf` has the Rust name of `aB`; any JSON stands for it"),
        ),
        (
            "{properties: {a: {type: string}}, additionalProperties: true}",
            "extra",
            Some(
                "a member of its `allOf` is called `extra`, as the field of the free members would be; any JSON stands for it",
            ),
        ),
        ("{properties: {a: {type: string}}}", "extra", None),
        ("{properties: {a: {type: string}}, additionalProperties: true}", "a", None),
    ] {
        let whole = format!("{{allOf: [{base}, {{type: object, properties: {{{member}: {{type: string}}}}}}]}}");
        let api = api(OK, &format!("{{Base: {base_type}, Whole: {whole}}}"));
        let view = after("distinct_properties", &api);
        let reports: Vec<_> =
            view.unsupported.iter().map(|one| (one.pointer.as_str(), one.reason.as_str())).collect();
        let expected: Vec<_> = expected.into_iter().map(|reason| ("/components/schemas/Whole", reason)).collect();
        assert_eq!(reports, expected);
        assert_eq!(*view.schema("Whole").unwrap() == json!({}), !expected.is_empty(), "{member}");
    }
}

#[test]
fn a_schema_without_a_name_takes_none_that_another_type_has() {
    let text = |values: &str| format!("{{type: string, enum: [{values}]}}");
    let api = api(
        &format!(
            "parameters: [{{name: sort, in: query, schema: {{title: Order, type: string, enum: [x]}}}}]\n      {OK}"
        ),
        &format!(
            "{{Order: {{type: object, properties: {{status: {a}, line_status: {a}, line_by: {b}}}}}, OrderStatus: {b}, \
             OrderLine: {{allOf: [{{type: object, properties: {{status: {b}, by: {b}}}}}]}}, \
             Title: {{type: object, properties: {{title: {b}}}}}, \
             Sums: {{type: object, additionalProperties: {a}}}, SumsValue: {b}}}",
            a = text("a"),
            b = text("b"),
        ),
    );
    let view = after("distinct_types", &api);
    let title = |pointer: &str| {
        let schema = view.value.pointer(&format!("/components/schemas/{pointer}")).unwrap();
        schema.get("title").and_then(Value::as_str).map(ToOwned::to_owned)
    };
    assert_eq!(title("Order/properties/status").as_deref(), Some("OrderStatus2"));
    assert_eq!(title("Order/properties/line_status"), None);
    assert_eq!(title("OrderLine/allOf/0/properties/status").as_deref(), Some("OrderLineStatus2"));
    // What says the same may be the same type.
    assert_eq!(title("OrderLine/allOf/0/properties/by"), None);
    // A title is no name, and a member that is called so is no title.
    assert_eq!(operation(&view)["parameters"][0]["schema"].get("title"), None);
    assert_eq!(title("Title/properties/title"), None);
    // A map's values are named after it, too.
    assert_eq!(title("Sums/additionalProperties").as_deref(), Some("SumsValue2"));
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
