//! Each operator does what its name says, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use contract_tests::{
    apis,
    mutants::{
        MOST_EACH,
        operators::{self, Mutant, mutants},
        survivors,
    },
};
use cx_spec::{Api, Document};
use serde_json::Value;

const DOCUMENT: &str = include_str!("../../mock/tests/fixtures/orchard.yaml");

fn api() -> Api {
    Api::index(Document::parse("orchard", "orchard.yaml", DOCUMENT).unwrap()).unwrap()
}

/// The operators of the table that breaking changes are known by, under the names that they have here.
const TABLE: &[&str] = &[
    "remove operation",
    "rename path",
    "change method",
    "add required query parameter",
    "make parameter required",
    "remove parameter",
    "change parameter type",
    "cut parameter maximum",
    "drop parameter enum value",
    "drop body enum value",
    "add required body property",
    "remove body property",
    "change body property type",
    "cut body maximum",
    "cut body maxLength",
    "drop request nullable",
    "change request media type",
    "un-require response property",
    "remove response property",
    "retype response property",
    "make response property nullable",
    "add response enum value",
    "array to object",
    "change success status",
    "remove error status",
    "change response media type",
    "add scope",
    "change security scheme",
    "change tokenUrl",
];

#[test]
fn every_operator_of_the_table_is_there_and_names_are_used_once() {
    let names: Vec<&str> = operators::all().map(|operator| operator.name).collect();
    let once: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(once.len(), names.len());
    let missing: Vec<_> = TABLE.iter().filter(|name| !once.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(operators::all().all(|operator| !operator.does.is_empty()));
}

#[test]
fn every_document_has_200_mutants_or_more_and_the_same_each_time() {
    for subject in apis::subjects(None).unwrap() {
        let list =
            |mutants: Vec<Mutant>| -> Vec<String> { mutants.iter().map(|one| format!("{:?}", one.edit)).collect() };
        let first = list(mutants(&subject.api, MOST_EACH));
        assert!(first.len() >= 200, "{}: {}", subject.name(), first.len());
        assert_eq!(first, list(mutants(&subject.api, MOST_EACH)));
        assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), first.len(), "each once");
    }
}

/// Most operators find something to edit in a small document, and each edit changes it.
#[test]
fn every_edit_of_a_small_document_is_made() {
    let api = api();
    let value = api.document().value();
    let mut made: BTreeMap<&str, usize> = BTreeMap::new();
    for mutant in mutants(&api, usize::MAX) {
        let edited = mutant.edit.apply(value);
        assert!(edited.is_some_and(|edited| edited != *value), "{}: {:?}", mutant.operator.name, mutant.edit);
        *made.entry(mutant.operator.name).or_default() += 1;
    }
    assert!(made.len() >= 40, "{made:#?}");
}

fn only(name: &str) -> Vec<Value> {
    let api = api();
    let all = mutants(&api, usize::MAX).into_iter().filter(|mutant| mutant.operator.name == name);
    all.filter_map(|mutant| mutant.edit.apply(api.document().value())).collect()
}

#[test]
fn removing_an_operation_leaves_all_others() {
    let all = api().operations.len();
    let without = only("remove operation");
    assert_eq!(without.len(), all);
    for value in without {
        let document = api().document().with_value(value);
        assert_eq!(Api::index(document).unwrap().operations.len(), all - 1);
    }
}

#[test]
fn a_renamed_path_keeps_its_parameters() {
    let all = only("rename path");
    assert!(!all.is_empty());
    for value in all {
        let document = api().document().with_value(value);
        let renamed = Api::index(document).unwrap();
        let names = |api: &Api| -> Vec<String> {
            let mut names: Vec<String> =
                api.operations.iter().map(|one| one.path.matches('{').count().to_string() + &one.id).collect();
            names.sort();
            names
        };
        assert_eq!(names(&renamed), names(&api()));
    }
}

#[test]
fn what_becomes_required_was_not_and_the_other_way_round() {
    let required = |value: &Value| value.to_string().matches("\"required\":true").count();
    let before = required(api().document().value());
    assert!(!only("make parameter required").is_empty());
    assert!(only("make parameter required").iter().all(|value| required(value) == before + 1));
    assert!(!only("make parameter optional").is_empty());
    assert!(only("make parameter optional").iter().all(|value| required(value) + 1 == before));
}

#[test]
fn every_entry_of_the_list_of_survivors_names_a_mutant() {
    for subject in apis::subjects(None).unwrap() {
        let mutants = mutants(&subject.api, usize::MAX);
        for entry in survivors::load().unwrap().iter().filter(|entry| entry.api == subject.name()) {
            let is_it = |one: &Mutant| one.operator.name == entry.operator && one.edit.pointer == entry.pointer;
            assert!(mutants.iter().any(is_it), "{entry:?}");
        }
    }
    assert!(survivors::load().unwrap().iter().all(|entry| cx_spec::NAMES.contains(&entry.api.as_str())));
}
