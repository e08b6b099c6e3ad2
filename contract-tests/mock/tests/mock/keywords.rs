//! Each keyword of OpenAPI 3.0 by itself: what is drawn keeps it, also on the way to something simpler, and what is to
//! break it breaks it and nothing else, at the place that is told.

use cx_mock::{
    schema::{Reading, Schemas},
    strategy::{breaks_as, valid_as},
};
use cx_spec::{Api, Document};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use serde_json::{Value, json};

/// Values a strategy.
const VALUES: usize = 24;

/// A schema and all that can be broken of it: rule and place.
fn table() -> Vec<(Value, Vec<(&'static str, &'static str)>)> {
    let object = |properties: Value, more: Value| {
        let mut schema = json!({"type": "object", "properties": properties});
        schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        schema
    };
    let text = |more: Value| {
        let mut schema = json!({"type": "string"});
        schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        schema
    };
    let mut table = vec![
        (json!({"type": "boolean"}), vec![("type", ""), ("nullable", "")]),
        (json!({"type": "boolean", "nullable": true}), vec![("type", "")]),
        (json!({"type": "integer", "format": "int32"}), vec![("type", ""), ("nullable", ""), ("format", "")]),
        (json!({"type": "integer", "format": "int64"}), vec![("type", ""), ("nullable", ""), ("format", "")]),
        (
            json!({"type": "integer", "minimum": 3, "maximum": 7}),
            vec![("type", ""), ("nullable", ""), ("maximum", ""), ("minimum", "")],
        ),
        (
            json!({"type": "number", "minimum": 0, "exclusiveMinimum": true, "maximum": 1, "exclusiveMaximum": true}),
            vec![("type", ""), ("nullable", ""), ("exclusiveMaximum", ""), ("exclusiveMinimum", "")],
        ),
        (json!({"type": "integer", "multipleOf": 5}), vec![("type", ""), ("nullable", ""), ("multipleOf", "")]),
        (json!({"type": "number", "multipleOf": 0.25}), vec![("type", ""), ("nullable", ""), ("multipleOf", "")]),
        (text(json!({"minLength": 2, "maxLength": 4})), vec![("minLength", ""), ("maxLength", "")]),
        (text(json!({"pattern": "^[A-Z]{2}-[0-9]{1,3}$"})), vec![("pattern", "")]),
        (text(json!({"enum": ["a", "b"]})), vec![("enum", "")]),
        (
            json!({"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "integer"}}),
            vec![
                ("type", ""),
                ("nullable", ""),
                ("minItems", ""),
                ("maxItems", ""),
                ("type", "/0"),
                ("nullable", "/0"),
            ],
        ),
        (
            json!({"type": "array", "uniqueItems": true, "items": {"type": "boolean"}}),
            vec![("type", ""), ("nullable", ""), ("uniqueItems", ""), ("type", "/0"), ("nullable", "/0")],
        ),
        (
            object(json!({"a": {"type": "boolean"}}), json!({"required": ["a"], "additionalProperties": false})),
            vec![("required", ""), ("additionalProperties", ""), ("type", "/a"), ("nullable", "/a")],
        ),
        (
            object(
                json!({}),
                json!({"additionalProperties": {"type": "boolean"}, "minProperties": 1, "maxProperties": 2}),
            ),
            vec![
                ("minProperties", ""),
                ("maxProperties", ""),
                ("type", "/extra_member"),
                ("nullable", "/extra_member"),
            ],
        ),
        (
            object(
                json!({"a": {"type": "boolean"}, "b": {"type": "boolean"}}),
                json!({"required": ["a"], "minProperties": 2}),
            ),
            vec![
                ("required", ""),
                ("minProperties", ""),
                ("type", "/a"),
                ("nullable", "/a"),
                ("type", "/b"),
                ("nullable", "/b"),
            ],
        ),
        (
            json!({"allOf": [{"type": "integer", "minimum": 2}, {"type": "integer", "maximum": 4}]}),
            vec![("type", ""), ("nullable", ""), ("maximum", ""), ("minimum", "")],
        ),
        (json!({"oneOf": [{"type": "boolean"}, {"type": "integer"}]}), vec![("oneOf", ""), ("nullable", "")]),
        (json!({"anyOf": [{"type": "boolean"}, {"type": "string"}]}), vec![("oneOf", ""), ("nullable", "")]),
        (
            json!({"$ref": "#/components/schemas/Node"}),
            vec![("type", ""), ("nullable", ""), ("required", ""), ("type", "/value"), ("nullable", "/value")],
        ),
        (json!({"type": "integer", "not": {"type": "integer", "maximum": 0}}), vec![("not", "")]),
    ];
    for format in ["uuid", "email", "uri", "byte", "ipv4", "ipv6", "hostname", "date", "date-time", "cx-time"] {
        table.push((text(json!({"format": format})), vec![("format", "")]));
    }
    table
}

/// A document whose components are the schemas of the table, `S0` and on, and those that they refer to.
fn api() -> Api {
    let mut schemas = json!({
        "Cat": {"type": "object", "required": ["kind", "lives"],
            "properties": {"kind": {"type": "string"}, "lives": {"type": "integer", "minimum": 1, "maximum": 9}}},
        "Dog": {"type": "object", "required": ["kind", "tricks"],
            "properties": {"kind": {"type": "string"}, "tricks": {"type": "array", "items": {"type": "string"}}}},
        "Node": {"type": "object", "required": ["value"],
            "properties": {"value": {"type": "integer"}, "next": {"$ref": "#/components/schemas/Node"}}},
    });
    for (index, (schema, _)) in table().into_iter().enumerate() {
        schemas[format!("S{index}")] = schema;
    }
    let info = json!({"title": "T", "version": "1"});
    let document = json!({"openapi": "3.0.3", "info": info, "paths": {}, "components": {"schemas": schemas}});
    Api::index(Document::parse("t", "t.yaml", &document.to_string()).unwrap()).unwrap()
}

fn pointer(index: usize) -> String {
    format!("/components/schemas/S{index}")
}

/// The rule of the validator that a rule of the strategies amounts to.
fn is_meant(rule: &str, found: &str) -> bool {
    match rule {
        "nullable" => matches!(found, "type" | "enum" | "oneOf" | "anyOf"),
        "oneOf" => matches!(found, "oneOf" | "anyOf" | "type"),
        "exclusiveMaximum" => matches!(found, "exclusiveMaximum" | "maximum"),
        "exclusiveMinimum" => matches!(found, "exclusiveMinimum" | "minimum"),
        _ => rule == found,
    }
}

#[test]
fn what_is_drawn_keeps_each_keyword_and_so_does_what_it_shrinks_to() {
    let api = api();
    let schemas = Schemas::new(self::api());
    for (index, (schema, _)) in table().into_iter().enumerate() {
        let strategy = valid_as(&api, &schema, Reading::Request);
        let mut runner = TestRunner::deterministic();
        for _ in 0..VALUES {
            let mut tree = strategy.new_tree(&mut runner).unwrap_or_else(|reason| panic!("{schema}: {reason}"));
            for _ in 0..16 {
                let value = tree.current();
                let faults = schemas.judge(&pointer(index), Reading::Request, &value);
                assert!(faults.is_empty(), "{schema}: {value}: {faults:?}");
                if !tree.simplify() {
                    break;
                }
            }
        }
    }
}

#[test]
fn what_breaks_a_keyword_breaks_it_alone_and_where_it_says() {
    let api = api();
    let schemas = Schemas::new(self::api());
    for (index, (schema, wanted)) in table().into_iter().enumerate() {
        let found = breaks_as(&api, &schema, Reading::Request);
        for wanted in wanted {
            let known: Vec<_> = found.iter().map(|one| (one.rule.as_str(), one.pointer.as_str())).collect();
            assert!(known.contains(&wanted), "{schema}: {wanted:?} is not among {known:?}");
        }
        for one in &found {
            let mut runner = TestRunner::deterministic();
            for _ in 0..8 {
                let value = one.values.new_tree(&mut runner).unwrap().current();
                let faults = schemas.judge(&pointer(index), Reading::Request, &value);
                assert!(!faults.is_empty(), "{schema}: {one:?}: {value} keeps it");
                let meant = |fault: &cx_mock::schema::Fault| {
                    fault.instance == one.pointer && is_meant(&one.rule, &fault.rule)
                };
                assert!(faults.iter().any(meant), "{schema}: {one:?}: {value}: {faults:?}");
                // A wrong value of an object breaks no rule of another member.
                let beside = |fault: &cx_mock::schema::Fault| !fault.instance.starts_with(&one.pointer);
                assert!(!faults.iter().any(beside), "{schema}: {one:?}: {value}: {faults:?}");
            }
        }
    }
}

#[test]
fn a_discriminator_names_the_branch() {
    let branches = json!([{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]);
    let tagged =
        |mapping: Value| json!({"oneOf": branches, "discriminator": {"propertyName": "kind", "mapping": mapping}});
    for (schema, cat, dog) in [
        (tagged(json!({})), "Cat", "Dog"),
        (tagged(json!({"feline": "#/components/schemas/Cat", "canine": "Dog"})), "feline", "canine"),
    ] {
        let strategy = valid_as(&api(), &schema, Reading::Reply);
        let mut runner = TestRunner::deterministic();
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..VALUES {
            let value = strategy.new_tree(&mut runner).unwrap().current();
            let kind = if value.get("lives").is_some() { cat } else { dog };
            assert_eq!(value["kind"], kind, "{value}");
            seen.insert(kind);
        }
        assert_eq!(seen.len(), 2);
    }
}

#[test]
fn members_of_the_other_way_are_neither_made_nor_missed() {
    let schema = json!({
        "type": "object",
        "required": ["id", "secret"],
        "properties": {"id": {"type": "integer", "readOnly": true}, "secret": {"type": "string", "writeOnly": true}},
    });
    for (way, there, missing) in [(Reading::Request, "secret", "id"), (Reading::Reply, "id", "secret")] {
        let strategy = valid_as(&api(), &schema, way);
        let mut runner = TestRunner::deterministic();
        for _ in 0..VALUES {
            let value = strategy.new_tree(&mut runner).unwrap().current();
            assert!(value.get(there).is_some() && value.get(missing).is_none(), "{way:?}: {value}");
        }
        let required = breaks_as(&api(), &schema, way).into_iter().filter(|one| one.rule == "required").count();
        assert_eq!(required, 1, "{way:?}");
    }
}

#[test]
fn recursion_ends_and_is_made_all_the_same() {
    let strategy = valid_as(&api(), &json!({"$ref": "#/components/schemas/Node"}), Reading::Reply);
    let mut runner = TestRunner::deterministic();
    let nested =
        (0..VALUES).filter(|_| strategy.new_tree(&mut runner).unwrap().current().pointer("/next/value").is_some());
    assert!(nested.count() > 0);
}
