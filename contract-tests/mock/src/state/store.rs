//! The collections.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use cx_spec::{Api, Operation, Resource, ResourceRole};
use serde_json::{Map, Value, json};

use super::{
    lists,
    slots::{fill, slot, text},
    times,
};
use crate::{
    lie::Lie,
    outgoing::{self, Outgoing},
    schema::{Reading, Schemas, escape},
    shape,
    validator::{Validator, Verdict},
};

/// All collections of all mounted documents, each made when it is first asked for.
#[derive(Default)]
pub(crate) struct State {
    collections: Mutex<HashMap<(String, String), Vec<Item>>>,
}

#[derive(Clone)]
struct Item {
    /// The owner named in the path; none for what was there from the start.
    owner: Option<String>,
    value: Value,
}

/// What an operation is to be answered with.
enum Outcome {
    Thing(Value),
    Missing,
}

impl State {
    /// The answer of an operation with `x-resource`; none for any other.
    pub(crate) fn answer(
        &self,
        validator: &Validator,
        operation: &Operation,
        verdict: &Verdict,
        lie: Option<Lie>,
    ) -> Option<Outgoing> {
        let api = validator.api();
        let resource = operation.resource.as_ref()?;
        let reply = outgoing::success(operation)?;
        let media = outgoing::media_for(reply, None);
        let example = media.and_then(|media| media.examples.first()).map_or(Value::Null, |one| one.value.clone());
        let slot = slot(operation, &example);
        let visit = Visit {
            schemas: validator.schemas(),
            operation,
            resource,
            verdict,
            lie,
            // What the stored thing has to fit into.
            frame: media.map(|media| (media.pointer.as_str(), &example, slot.as_str())),
        };
        let outcome = {
            let mut collections = self.lock();
            let key = (api.name().to_owned(), resource.collection.clone());
            visit.serve(collections.entry(key).or_insert_with(|| seeds(api, &resource.collection)))
        };
        let status = reply.status.representative();
        Some(match (outcome, media) {
            (Outcome::Missing, _) => match operation.reply(404) {
                Some(missing) => {
                    let media = outgoing::media_for(missing, None);
                    let shown = media.and_then(|media| Some((media, &media.examples.first()?.value)));
                    Outgoing::documented(api, missing, 404, shown)
                }
                None => Outgoing::undocumented(404, &json!({"error": "there is no such thing"})),
            },
            (Outcome::Thing(_), None) => Outgoing::documented(api, reply, status, None),
            (Outcome::Thing(value), Some(media)) => {
                let body = fill(&example, &slot, value);
                // A thing that was stored in other words than this reply's is better not shown at all.
                let body = if visit.schemas.accepts(&media.pointer, Reading::Reply, &body) { body } else { example };
                Outgoing::documented(api, reply, status, Some((media, &body)))
            }
        })
    }

    /// Puts things into the place of a collection.
    pub(crate) fn seed(&self, api: &str, collection: &str, values: Vec<Value>) {
        let items = values.into_iter().map(|value| Item { owner: None, value }).collect();
        self.lock().insert((api.to_owned(), collection.to_owned()), items);
    }

    /// What a collection holds.
    pub(crate) fn stored(&self, api: &Api, collection: &str) -> Vec<Value> {
        let mut collections = self.lock();
        let key = (api.name().to_owned(), collection.to_owned());
        let items = collections.entry(key).or_insert_with(|| seeds(api, collection));
        items.iter().map(|item| item.value.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, String), Vec<Item>>> {
        self.collections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the document shows of a collection: the example of its list, or else of one thing.
fn seeds(api: &Api, collection: &str) -> Vec<Item> {
    let shown = |role: ResourceRole| {
        let mut operations = api.operations.iter().filter(move |operation| {
            operation.resource.as_ref().is_some_and(|one| one.role == role && one.collection == collection)
        });
        operations.find_map(|operation| {
            let media = outgoing::media_for(outgoing::success(operation)?, None)?;
            let example = &media.examples.first()?.value;
            example.pointer(&slot(operation, example)).cloned()
        })
    };
    let values = match shown(ResourceRole::List) {
        Some(Value::Array(items)) => items,
        _ => shown(ResourceRole::Read).into_iter().collect(),
    };
    values.into_iter().filter(Value::is_object).map(|value| Item { owner: None, value }).collect()
}

struct Visit<'v> {
    schemas: &'v Schemas,
    operation: &'v Operation,
    resource: &'v Resource,
    verdict: &'v Verdict,
    /// Whether the vendor's memory is to fail it.
    lie: Option<Lie>,
    frame: Option<(&'v str, &'v Value, &'v str)>,
}

impl Visit<'_> {
    fn serve(&self, items: &mut Vec<Item>) -> Outcome {
        let query = &self.verdict.parameters.query;
        match self.resource.role {
            ResourceRole::List => {
                let owned = items.iter().filter(|item| self.is_owned(item)).map(|item| item.value.clone()).collect();
                Outcome::Thing(Value::Array(lists::page(self.operation, query, owned)))
            }
            ResourceRole::Create => {
                let value = self.create(items);
                if self.lie != Some(Lie::ForgetsCreated) {
                    items.push(Item { owner: self.owner(), value: value.clone() });
                }
                Outcome::Thing(value)
            }
            ResourceRole::Read => self.found(items, |items, at| items.get(at).map(|item| item.value.clone())),
            ResourceRole::Delete if self.lie == Some(Lie::KeepsDeleted) => {
                self.found(items, |items, at| items.get(at).map(|item| item.value.clone()))
            }
            ResourceRole::Delete => self.found(items, |items, at| Some(items.remove(at).value)),
            ResourceRole::Update => self.found(items, |items, at| {
                let item = items.get_mut(at)?;
                self.overlay(&mut item.value);
                Some(item.value.clone())
            }),
        }
    }

    fn found(&self, items: &mut Vec<Item>, act: impl FnOnce(&mut Vec<Item>, usize) -> Option<Value>) -> Outcome {
        match self.position(items).and_then(|at| act(items, at)) {
            Some(value) => Outcome::Thing(value),
            None => Outcome::Missing,
        }
    }

    /// Where the thing stands that the path names, by its key or by the member that a lookup flag names.
    fn position(&self, items: &[Item]) -> Option<usize> {
        let wanted = text(self.verdict.parameters.path.get(self.resource.parameter.as_deref()?)?)?;
        let query = &self.verdict.parameters.query;
        let flag = self.resource.lookups.iter().find(|(flag, _)| query.get(*flag) == Some(&Value::Bool(true)));
        let member = flag.map(|(_, member)| member.as_str()).or(self.resource.key.as_deref())?;
        let fits = |item: &Item| {
            self.is_owned(item) && item.value.get(member).and_then(text).is_some_and(|own| own == wanted)
        };
        items.iter().position(fits)
    }

    fn owner(&self) -> Option<String> {
        let parent = self.resource.parent.as_ref()?;
        text(self.verdict.parameters.path.get(&parent.parameter)?)
    }

    fn is_owned(&self, item: &Item) -> bool {
        match (&item.owner, self.owner()) {
            (Some(own), Some(wanted)) => *own == wanted,
            _ => true,
        }
    }

    /// The example of the operation, with a key of its own and with what the request brings.
    fn create(&self, items: &[Item]) -> Value {
        let shown = self.frame.and_then(|(_, example, slot)| example.pointer(slot)).cloned();
        let mut value = shown.filter(Value::is_object).unwrap_or_else(|| json!({}));
        let key = self.resource.key.as_deref().unwrap_or("id");
        let used = items.iter().filter_map(|item| item.value.get(key).and_then(Value::as_u64)).max().unwrap_or(0);
        let fresh = match value.get(key) {
            Some(Value::String(_)) => json!(format!("00000000-0000-4000-8000-{:012}", items.len() + 1)),
            _ => json!(used + 1),
        };
        if let Some(members) = value.as_object_mut() {
            members.insert(key.to_owned(), fresh);
        }
        if let Some(owner) = self.resource.parent.as_ref() {
            let id = self.verdict.parameters.path.get(&owner.parameter).cloned();
            self.set(&mut value, &owner.parameter, id.unwrap_or(Value::Null));
        }
        self.overlay(&mut value);
        value
    }

    fn overlay(&self, value: &mut Value) {
        if let Some(Value::Object(body)) = &self.verdict.body {
            self.overlay_with(value, body);
        }
    }

    fn overlay_with(&self, value: &mut Value, body: &Map<String, Value>) {
        for (name, given) in body {
            match given {
                // What a reply does not know is the wrapping of a form, such as `thing[name]`.
                Value::Object(inner) if !self.declares(name) => self.overlay_with(value, inner),
                given => self.set(value, name, given.clone()),
            }
        }
    }

    /// Sets a member if the reply then still keeps its schema: as it was given, or as a time in words.
    fn set(&self, value: &mut Value, name: &str, given: Value) {
        let key = self.resource.key.as_deref().unwrap_or("id");
        if name == key || !self.declares(name) {
            return;
        }
        let spelled = given.as_i64().map(|seconds| json!(times::text(seconds)));
        for candidate in std::iter::once(given).chain(spelled) {
            let mut next = value.clone();
            if let Some(members) = next.as_object_mut() {
                members.insert(name.to_owned(), candidate);
            }
            if self.fits(&next) {
                *value = next;
                return;
            }
        }
    }

    fn declares(&self, name: &str) -> bool {
        self.frame.is_none_or(|(pointer, _, slot)| {
            shape::declares(self.schemas.api(), pointer, &format!("{slot}/{}", escape(name)))
        })
    }

    fn fits(&self, value: &Value) -> bool {
        self.frame.is_none_or(|(pointer, example, slot)| {
            self.schemas.accepts(pointer, Reading::Reply, &fill(example, slot, value.clone()))
        })
    }
}
