//! The negative fixtures: written from the facts, and refused by the documents.

use std::{fs, path::Path};

use contract_tests::{
    apis,
    mutants::{
        fixture::fixtures,
        witness::{Origin, complaint},
    },
};
use cx_mock::Validator;
use serde_json::Value;

#[test]
fn every_negative_fixture_is_refused_by_the_document() {
    let mut count = 0;
    for subject in apis::subjects(None).unwrap() {
        let validator = Validator::new(subject.api.clone());
        for (origin, unit, said) in fixtures(&subject.api).unwrap() {
            if origin == Origin::Negative {
                count += 1;
                assert!(
                    complaint(&validator, &unit.operation, &said).is_some(),
                    "{}: {unit:?} {said:?}",
                    subject.name()
                );
            }
        }
    }
    assert!(count >= 20, "{count}");
}

#[test]
fn every_negative_fixture_names_source_grade_operation_and_why() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/negative");
    for api in apis::subjects(None).unwrap() {
        for entry in fs::read_dir(folder.join(api.name())).unwrap() {
            let path = entry.unwrap().path();
            let fixture: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            let text =
                |key: &str| fixture[key].as_str().unwrap_or_else(|| panic!("{}: {key}", path.display())).to_owned();
            assert!(!text("source").is_empty() && !text("date").is_empty() && !text("why").is_empty());
            assert!(["documented", "observed", "inferred"].contains(&text("grade").as_str()), "{}", path.display());
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(name.starts_with(&format!("{}__", text("operation"))), "{name}");
            assert!(api.api.operation(&text("operation")).is_some(), "{name}");
        }
    }
}
