//! Values that keep a schema, and values that do not.

use std::{collections::BTreeSet, sync::Arc};

use cx_mock::{
    schema::{Reading, Schemas},
    strategy::{breaks, invalid, sample, valid},
};
use cx_spec::Api;
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use serde_json::{Value, json};

use crate::{apis, orchard};

/// Pointer and value of every component schema, and of every schema of a parameter or a reply.
fn schemas_of(api: &Api) -> Vec<(String, Value)> {
    let mut found: Vec<(String, Value)> =
        api.schemas().into_iter().map(|(_, node)| (node.pointer().to_owned(), node.value().clone())).collect();
    for operation in &api.operations {
        for parameter in &operation.parameters {
            found.push((parameter.pointer.clone(), parameter.schema.clone()));
        }
        for reply in &operation.replies {
            for media in &reply.media {
                found.push((media.pointer.clone(), media.schema.clone()));
            }
        }
    }
    // A reference is the component over again.
    found.retain(|(_, schema)| schema.get("$ref").is_none());
    found
}

#[test]
fn a_valid_value_keeps_its_schema() {
    for api in apis() {
        let schemas = Schemas::new(Arc::clone(&api));
        for (name, schema) in schemas_of(&api) {
            let strategy = valid(&api, &schema);
            let mut runner = TestRunner::deterministic();
            for _ in 0..8 {
                let tree = strategy.new_tree(&mut runner);
                let mut tree = tree.unwrap_or_else(|reason| panic!("{} {name}: {reason}", api.name()));
                // What it shrinks to has to keep the schema too.
                for _ in 0..4 {
                    let value = tree.current();
                    let faults = schemas.judge(&name, Reading::Request, &value);
                    assert!(faults.is_empty(), "{} {name}: {value}: {faults:?}", api.name());
                    if !tree.simplify() {
                        break;
                    }
                }
            }
        }
    }
}

#[test]
fn a_broken_value_breaks_its_schema_where_it_says() {
    for api in apis() {
        let schemas = Schemas::new(Arc::clone(&api));
        for (name, schema) in schemas_of(&api) {
            for one in breaks(&api, &schema) {
                let mut runner = TestRunner::deterministic();
                let tree = one.values.new_tree(&mut runner);
                let value = tree.unwrap_or_else(|reason| panic!("{} {name} {one:?}: {reason}", api.name())).current();
                let faults = schemas.judge(&name, Reading::Request, &value);
                assert!(!faults.is_empty(), "{} {name} {one:?}: {value}", api.name());
                // The fault lies at the place, or above it where a whole `oneOf` fails.
                let at_place = |fault: &cx_mock::schema::Fault| one.pointer.starts_with(&fault.instance);
                assert!(faults.iter().any(at_place), "{} {name} {one:?}: {value}: {faults:?}", api.name());
            }
        }
    }
}

#[test]
fn every_rule_of_a_schema_is_broken() {
    let api = orchard();
    let rules: BTreeSet<String> = breaks(&api, &json!({"$ref": "#/components/schemas/TreeRequest"}))
        .into_iter()
        .map(|one| format!("{} {}", one.rule, one.pointer))
        .collect();
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    for wanted in [
        "enum /kind",
        "format /rows/0",
        "maxLength /secret",
        "minItems /tags",
        "minLength /tags/0",
        "nullable /label",
        "pattern /label",
        "required ",
        "required /photos/0",
        "type /notes/extra_member",
        "type /photos/0/size",
        "type ",
    ] {
        assert!(rules.contains(&wanted), "{wanted} is not among {rules:#?}");
    }
    assert!(invalid(&api, &json!({})).is_none());
}

#[test]
fn a_sample_depends_on_its_seed_alone() {
    let api = orchard();
    let schema = json!({"$ref": "#/components/schemas/Tree"});
    assert_eq!(sample(&api, &schema, 7), sample(&api, &schema, 7));
    let different: BTreeSet<String> = (0..20).map(|seed| sample(&api, &schema, seed).unwrap().to_string()).collect();
    assert!(different.len() > 10);
}

#[test]
fn recursion_has_an_end() {
    let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    \
        Node: {type: object, required: [next, all], properties: {next: {nullable: true, allOf: [{$ref: '#/components/schemas/Node'}]}, \
        all: {type: array, items: {$ref: '#/components/schemas/Node'}}}}\n";
    let api = Api::index(cx_spec::Document::parse("t", "t.yaml", text).unwrap()).unwrap();
    let strategy = valid(&api, &json!({"$ref": "#/components/schemas/Node"}));
    let mut runner = TestRunner::deterministic();
    for _ in 0..20 {
        strategy.new_tree(&mut runner).unwrap();
    }
}
