//! Every component schema of every document, both ways, whether an operation refers to it or not.
//!
//! Values are generated, the same in each run; `PROPTEST_CASES` says how many. What fails is shrunk.

mod leniency;
mod places;

use std::{
    collections::BTreeSet,
    env,
    sync::{Arc, LazyLock},
};

use contract_tests::{apis::Subject, compare::missing};
use cx_client::{Error, dynamic::Registered};
use cx_mock::strategy;
use cx_spec::{Api, Document};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use serde_json::{Value, json};

use crate::{support, third::ORCHARD};
use leniency::Verdict;
use places::{Place, Step, at_mut, path, places};

/// Values a schema, unless `PROPTEST_CASES` says otherwise.
const CASES: u32 = 24;

/// A document and the types generated from it.
struct Typed {
    api: Arc<Api>,
    client: &'static Registered,
}

/// The documents of this project, and the made-up one.
static ALL: LazyLock<Vec<Typed>> = LazyLock::new(|| {
    let of_subject = |subject: &Subject| Typed { api: Arc::clone(&subject.api), client: subject.client };
    let mut all: Vec<Typed> = support::subjects().iter().map(of_subject).collect();
    let text = include_str!("../../../mock/tests/fixtures/orchard.yaml");
    let document = Document::parse("orchard", "orchard.yaml", text).unwrap();
    all.push(Typed { api: Arc::new(Api::index(document).unwrap()), client: &ORCHARD });
    all
});

/// One schema with the means to make values of it and to read them.
struct Subjected {
    typed: &'static Typed,
    name: &'static str,
    schema: Value,
}

impl Subjected {
    fn values(&self) -> impl Strategy<Value = Value> {
        strategy::valid(&self.typed.api, &self.schema)
    }

    fn recode(&self, value: Value) -> Result<Value, Error> {
        (self.typed.client.decode_schema)(self.name, value)
    }

    /// Runs a property; the values are the same each time.
    fn hold(&self, property: impl Fn(Value) -> Result<(), String>) {
        let outcome = runner().run(&self.values(), |value| property(value).map_err(TestCaseError::fail));
        outcome.unwrap_or_else(|error| panic!("{} of {}: {error}", self.name, self.typed.api.name()));
    }

    /// Some values.
    fn drawn(&self) -> Vec<Value> {
        let (values, mut runner) = (self.values(), runner());
        (0..runner.config().cases).map(|_| values.new_tree(&mut runner).unwrap().current()).collect()
    }

    /// Every place that some of the drawn values have, once, with the first of them.
    fn each_place(&self, mut visit: impl FnMut(&Value, &Place)) {
        let mut seen = BTreeSet::new();
        for value in self.drawn() {
            for place in places(&self.typed.api, &self.schema, &value) {
                if seen.insert(place.origin.clone()) {
                    visit(&value, &place);
                }
            }
        }
    }
}

fn runner() -> TestRunner {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Every component schema.
fn schemas() -> Vec<Subjected> {
    let of_document = |typed: &'static Typed| {
        typed.client.schemas.iter().map(move |name| Subjected {
            typed,
            name,
            schema: json!({"$ref": format!("#/components/schemas/{name}")}),
        })
    };
    ALL.iter().flat_map(of_document).collect()
}

/// A value with another at one place.
fn with(value: &Value, place: &Place, other: Value) -> Value {
    let mut value = value.clone();
    *at_mut(&mut value, &place.steps) = other;
    value
}

/// What one direction of the comparison calls missing the other may have too many of.
fn difference(given: &Value, got: &Value) -> Option<String> {
    missing(given, got).or_else(|| missing(got, given))
}

#[test]
fn every_component_schema_of_every_document_has_a_type_that_can_be_reached() {
    for typed in ALL.iter() {
        let documented: BTreeSet<&str> = typed.api.schemas().into_iter().map(|(name, _)| name).collect();
        let reached: BTreeSet<&str> = typed.client.schemas.iter().copied().collect();
        println!("{:<12} {} schemas", typed.api.name(), documented.len());
        assert_eq!(reached, documented, "{}", typed.api.name());
        assert_eq!(typed.client.schemas.len(), documented.len(), "{}", typed.api.name());
    }
    let all: usize = ALL.iter().map(|typed| typed.api.schemas().len()).sum();
    assert_eq!(schemas().len(), all);
}

#[test]
fn what_no_schema_is_called_is_refused() {
    for typed in ALL.iter() {
        let error = (typed.client.decode_schema)("NoSuchSchema", json!({})).unwrap_err();
        assert_eq!(error.kind(), cx_client::ErrorKind::InvalidRequest);
    }
}

#[test]
fn valid_values_of_every_schema_decode_and_encode_to_what_they_were() {
    for subjected in schemas() {
        subjected.hold(|value| {
            let got =
                subjected.recode(value.clone()).map_err(|error| format!("{error} at {:?}", error.json_path()))?;
            match difference(&places::without_files(&subjected.typed.api, &subjected.schema, value), &got) {
                None => Ok(()),
                Some(pointer) => Err(format!("{pointer} is another in {got}")),
            }
        });
    }
}

#[test]
fn members_that_no_schema_knows_are_tolerated() {
    let mut tried = 0;
    for subjected in schemas() {
        let expected = |value: &Value| subjected.recode(value.clone()).unwrap();
        subjected.each_place(|value, place| {
            let Some(object) = place.value(value).as_object().filter(|_| place.is_closed_struct()) else { return };
            let mut more = object.clone();
            more.insert("a member of tomorrow".to_owned(), json!({"of": ["any", "kind", 1]}));
            let got = subjected.recode(with(value, place, more.into()));
            let got = got.unwrap_or_else(|error| panic!("{}: {error} {}", subjected.name, path(&place.steps)));
            assert_eq!(got, expected(value), "{} at {}", subjected.name, path(&place.steps));
            tried += 1;
        });
    }
    println!("{tried} objects");
    assert!(tried > 0);
}

#[test]
fn unknown_values_of_every_enum_survive() {
    let mut tried = BTreeSet::new();
    for subjected in schemas() {
        subjected.each_place(|value, place| {
            if !place.is_open_enum() {
                return;
            }
            let unknown = with(value, place, json!("a value of tomorrow"));
            let got = subjected.recode(unknown.clone());
            let got = got.unwrap_or_else(|error| panic!("{}: {error} {}", subjected.name, path(&place.steps)));
            let expected = places::without_files(&subjected.typed.api, &subjected.schema, unknown);
            assert_eq!(difference(&expected, &got), None, "{} at {}", subjected.name, path(&place.steps));
            tried.insert((subjected.typed.api.name(), place.origin.clone()));
        });
    }
    println!("{} enums", tried.len());
    assert!(!tried.is_empty());
}

#[test]
fn null_is_taken_wherever_the_document_allows_it() {
    let mut tried = BTreeSet::new();
    for subjected in schemas() {
        subjected.each_place(|value, place| {
            if !place.nullable {
                return;
            }
            let got = subjected.recode(with(value, place, Value::Null));
            assert!(got.is_ok(), "{} at {}: {:?}", subjected.name, path(&place.steps), got.err());
            tried.insert((subjected.typed.api.name(), place.origin.clone()));
        });
    }
    println!("{} nullable places", tried.len());
    assert!(!tried.is_empty());
}

#[test]
fn values_of_another_type_are_refused_where_they_stand_or_taken_as_the_table_says() {
    let (mut refused, mut taken, mut wrong) = (0, 0, BTreeSet::new());
    for subjected in schemas() {
        subjected.each_place(|value, place| {
            for other in leniency::others() {
                let given = with(value, place, other.clone());
                let got = subjected.recode(given);
                let where_ = || format!("{}: {other} at {}", subjected.name, path(&place.steps));
                match (leniency::verdict(place, &other), got) {
                    (Verdict::Own, _) => {}
                    (Verdict::Refused, Err(error)) => {
                        refused += 1;
                        let found = error.json_path().unwrap_or_default().to_owned();
                        let expected = path(place.reported());
                        if found != expected {
                            wrong.insert(format!("{} is reported at {found}, not {expected}", where_()));
                        }
                    }
                    (Verdict::Taken, Ok(_)) => taken += 1,
                    (Verdict::Refused, Ok(got)) => {
                        wrong.insert(format!("{} is taken: {got}", where_()));
                    }
                    (Verdict::Taken, Err(error)) => {
                        wrong.insert(format!("{} is refused: {error}", where_()));
                    }
                }
            }
        });
    }
    println!("{refused} refused, {taken} taken");
    assert!(refused > 0 && taken > 0);
    let shown: Vec<&String> = wrong.iter().take(60).collect();
    assert!(wrong.is_empty(), "{} are not as the table says: {shown:#?}", wrong.len());
}

#[test]
fn the_values_reach_every_member_of_every_schema() {
    for subjected in schemas() {
        let mut reached = BTreeSet::new();
        let mut declared = BTreeSet::new();
        for value in subjected.drawn() {
            for place in places(&subjected.typed.api, &subjected.schema, &value) {
                if place.steps.is_empty() {
                    declared.extend(place.members());
                }
                if let [Step::Member(name)] = place.steps.as_slice() {
                    reached.insert(name.clone());
                }
            }
        }
        let unreached: Vec<&String> = declared.difference(&reached).collect();
        assert!(unreached.is_empty(), "{} of {}: {unreached:?}", subjected.name, subjected.typed.api.name());
    }
}
