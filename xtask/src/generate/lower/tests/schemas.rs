//! Passes over schemas.

use serde_json::{Value, json};

use super::{OK, after, api, operation};
use crate::generate::lower::PERSONAL_MARK;

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
                "type": "string", "x-personal": true, "description": PERSONAL_MARK,
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
    let is_marked = |schema: &Value| schema["description"].as_str().is_some_and(|text| text.contains(PERSONAL_MARK));
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
