//! What is asked, in which order and with which arguments.

use std::collections::BTreeMap;

use cx_spec::{Api, Location, Operation, ResourceRole, Retry};
use serde_json::{Map, Value};

use super::judge::Ids;
use crate::arguments::{self, Breadth};

/// Calls of one operation with different ids.
pub const CALLS_WITH_IDS: usize = 3;
/// How far below the root of a reply a list is looked for: an envelope, and what it holds.
const DEEPEST_LIST: usize = 2;

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Arguments by their name on the wire.
    pub arguments: Value,
    /// Where its ids come from.
    pub ids: Ids,
}

/// The operations that may be asked, those first that need no id. It is `x-retry` that says so, never the method: there
/// are GETs that end a session.
pub fn operations(api: &Api) -> Vec<&Operation> {
    let mut safe: Vec<&Operation> = api.operations.iter().filter(|operation| may_be_asked(operation)).collect();
    safe.sort_by_key(|operation| path_parameters(operation).count());
    safe
}

/// Why an operation is not asked.
pub fn reason_to_leave_out(operation: &Operation) -> Option<String> {
    match operation.retry {
        Retry::Safe if operation.oauth.is_some() => Some("it is part of the token flow".to_owned()),
        Retry::Safe => None,
        Retry::Idempotent | Retry::Never => Some("it is not safe: only `x-retry: safe` is asked".to_owned()),
    }
}

fn may_be_asked(operation: &Operation) -> bool {
    reason_to_leave_out(operation).is_none()
}

fn path_parameters(operation: &Operation) -> impl Iterator<Item = &cx_spec::Parameter> {
    operation.parameters.iter().filter(|parameter| parameter.location == Location::Path)
}

/// What lists have brought so far.
#[derive(Debug, Default)]
pub struct Known {
    /// By collection.
    items: BTreeMap<String, Vec<Item>>,
}

/// An item of a list, and the arguments that the list was asked with: its owner is among them.
#[derive(Debug)]
struct Item {
    value: Value,
    arguments: Map<String, Value>,
}

impl Known {
    /// Remembers the items of a reply, if it is one of a list.
    pub fn learn(&mut self, operation: &Operation, arguments: &Value, body: &Value) {
        let Some(resource) = operation.resource.as_ref().filter(|one| one.role == ResourceRole::List) else { return };
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        let item = |value: &Value| Item { value: value.clone(), arguments: arguments.clone() };
        let items = list(body, DEEPEST_LIST).into_iter().flatten();
        self.items.entry(resource.collection.clone()).or_default().extend(items.map(item));
    }

    /// The calls of an operation: with ids that the vendor is known to have, or else with those of the examples.
    pub fn calls(&self, api: &Api, operation: &Operation) -> Vec<Call> {
        let example = arguments::example(operation, Breadth::Required, arguments::example_body(operation));
        if path_parameters(operation).next().is_none() {
            return vec![Call { arguments: example, ids: Ids::None }];
        }
        let mut calls: Vec<Call> = Vec::new();
        for ids in self.ids(api, operation) {
            let mut arguments = example.clone();
            if let Some(members) = arguments.as_object_mut() {
                members.extend(ids);
            }
            let call = Call { arguments, ids: Ids::Chained };
            if !calls.contains(&call) {
                calls.push(call);
            }
        }
        calls.truncate(CALLS_WITH_IDS);
        if calls.is_empty() {
            calls.push(Call { arguments: example, ids: Ids::Examples });
        }
        calls
    }

    /// Complete sets of path parameters.
    fn ids(&self, api: &Api, operation: &Operation) -> Vec<Map<String, Value>> {
        let Some(collection) = source(api, operation) else { return Vec::new() };
        let items = self.items.get(&collection).map(Vec::as_slice).unwrap_or_default();
        let of_item = |item: &Item| {
            path_parameters(operation)
                .map(|parameter| {
                    Some((parameter.name.clone(), id(api, operation, &collection, item, &parameter.name)?))
                })
                .collect::<Option<Map<String, Value>>>()
        };
        items.iter().filter_map(of_item).collect()
    }
}

/// The second page of a list, if the first one had anything.
pub fn next_page(operation: &Operation, call: &Call, body: &Value) -> Option<Call> {
    let pages = operation.pagination.as_ref()?;
    let second = pages.first_page.checked_add(1).filter(|page| pages.max_page.is_none_or(|last| *page <= last))?;
    let listed = list(body, DEEPEST_LIST).is_some_and(|items| !items.is_empty());
    let known = operation.parameters.iter().any(|parameter| parameter.name == pages.page);
    let mut next = call.clone();
    next.arguments.as_object_mut()?.insert(pages.page.clone(), second.into());
    (listed && known).then_some(next)
}

/// The collection whose items say which things an operation can be asked about: its own, or that of its owner.
fn source(api: &Api, operation: &Operation) -> Option<String> {
    match &operation.resource {
        Some(resource) if resource.role != ResourceRole::List => Some(resource.collection.clone()),
        Some(resource) => {
            let parent = resource.parent.as_ref()?;
            parent.collection.clone().or_else(|| owner(api, &parent.parameter))
        }
        None => path_parameters(operation).find_map(|parameter| owner(api, &parameter.name)),
    }
}

/// The collection that a path parameter names the owner in, as far as any operation says.
fn owner(api: &Api, parameter: &str) -> Option<String> {
    let resources = api.operations.iter().filter_map(|operation| operation.resource.as_ref());
    resources
        .filter_map(|resource| resource.parent.as_ref())
        .find(|parent| parent.parameter == parameter && parent.collection.is_some())
        .and_then(|parent| parent.collection.clone())
}

/// The value of a path parameter: an argument that the list itself was asked with, a member of that name, or the key.
fn id(api: &Api, operation: &Operation, collection: &str, item: &Item, parameter: &str) -> Option<Value> {
    let resource = operation.resource.as_ref();
    let own = resource.filter(|one| one.collection == collection && one.parameter.as_deref() == Some(parameter));
    let key = match own {
        Some(resource) => resource.key.clone(),
        None => item
            .arguments
            .contains_key(parameter)
            .then(|| parameter.to_owned())
            .or_else(|| item.value.get(parameter).is_some().then(|| parameter.to_owned()))
            .or_else(|| (owner(api, parameter).as_deref() == Some(collection)).then(|| key_of(api, collection))?),
    }?;
    let found = match own {
        Some(_) => item.value.get(&key),
        None => item.arguments.get(&key).or_else(|| item.value.get(&key)),
    };
    found.filter(|value| value.is_number() || value.as_str().is_some_and(|text| !text.is_empty())).cloned()
}

/// The member that identifies an item of a collection.
fn key_of(api: &Api, collection: &str) -> Option<String> {
    let resources = api.operations.iter().filter_map(|operation| operation.resource.as_ref());
    resources
        .filter(|resource| resource.collection == collection && resource.role == ResourceRole::List)
        .find_map(|resource| resource.key.clone())
}

/// The first array in a reply, the root before what lies below.
fn list(body: &Value, depth: usize) -> Option<&Vec<Value>> {
    match body {
        Value::Array(items) => Some(items),
        Value::Object(members) if depth > 0 => {
            let here = members.values().find_map(Value::as_array);
            here.or_else(|| members.values().find_map(|member| list(member, depth - 1)))
        }
        _ => None,
    }
}
