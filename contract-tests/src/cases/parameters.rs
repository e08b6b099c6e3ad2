//! Each parameter: present, missing, at its bounds, with each of its known values.

use cx_mock::schema::Reading;
use cx_spec::{Location, Operation, Parameter};
use serde_json::{Map, Value};

use super::{
    Case, Expected, Lacking, examples,
    maker::{Fill, Kit, Maker},
    variations::{Nulls, Seen, Variation, Varier},
};
use crate::arguments::Spelling;

pub(super) fn of(kit: &Kit<'_>, operation: &Operation, seen: &mut Seen) -> Vec<Case> {
    let Some(template) = examples::success(operation) else { return Vec::new() };
    operation.parameters.iter().flat_map(|parameter| of_one(kit, &template, parameter, seen)).collect()
}

fn of_one(kit: &Kit<'_>, template: &Case, parameter: &Parameter, seen: &mut Seen) -> Vec<Case> {
    let case = |label: &str, arguments: Value| Case {
        id: format!("{}/request/{}/{}{label}", template.id, parameter.location.name(), parameter.name),
        arguments,
        ..template.clone()
    };
    let mut cases = Vec::new();
    for (label, value) in present(kit, parameter) {
        cases.push(case(&format!("/{label}"), with(template, parameter, &value)));
    }
    for one in variations(kit, parameter, seen).into_iter().filter(|one| !one.is_missing) {
        cases.push(case(&one.name(), with(template, parameter, &one.value)));
    }
    // A path without its parameter is another path.
    if parameter.required && parameter.location != Location::Path {
        let lacking = Lacking::Parameter(parameter.name.clone());
        let arguments = without(template, parameter);
        cases.push(Case { expected: Expected::RequestRefused(lacking), ..case("/missing", arguments) });
    }
    cases
}

/// Its example and a value that holds all that it can; a filter's operators exclude each other at times, so each of them
/// by itself too.
fn present(kit: &Kit<'_>, parameter: &Parameter) -> Vec<(String, Value)> {
    let mut found: Vec<(String, Value)> =
        parameter.example.iter().map(|example| ("example".to_owned(), example.clone())).collect();
    let node = kit.api.document().at(&parameter.pointer);
    let maker = Maker { kit, way: Reading::Request };
    match node.and_then(|node| maker.make(&node, Fill::Whole, &[])) {
        Some(Value::Object(members)) => {
            let alone = |(name, value): (String, Value)| {
                let label = format!("{name}/present");
                (label, Value::Object(Map::from_iter([(name, value)])))
            };
            found.extend(members.into_iter().map(alone));
        }
        Some(value) if found.is_empty() => found.push(("present".to_owned(), value)),
        _ => {}
    }
    found
}

fn variations(kit: &Kit<'_>, parameter: &Parameter, seen: &mut Seen) -> Vec<Variation> {
    let Some(node) = kit.api.document().at(&parameter.pointer) else { return Vec::new() };
    // A shared parameter is varied for each operation that has it: there are few, and each has its own type.
    let mut own = Seen::new();
    let maker = Maker { kit, way: Reading::Request };
    let found = Varier { maker, nulls: Nulls::Unwritten, seen: &mut own }.vary(&node, &[]);
    seen.extend(own);
    found
}

fn with(template: &Case, parameter: &Parameter, value: &Value) -> Value {
    let Value::Object(mut members) = without(template, parameter) else { return Value::Null };
    Spelling::of(parameter).insert(&mut members, value);
    Value::Object(members)
}

fn without(template: &Case, parameter: &Parameter) -> Value {
    let mut arguments = template.arguments.clone();
    if let (Some(arguments), Some(example)) = (arguments.as_object_mut(), &parameter.example) {
        let mut names = Map::new();
        Spelling::of(parameter).insert(&mut names, example);
        arguments.retain(|name, _| !names.contains_key(name));
    }
    arguments
}
