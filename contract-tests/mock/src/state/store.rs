//! The collections.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use cx_spec::{Api, Operation, Resource, ResourceRole};
use serde_json::{Map, Value, json};

use super::{
    below,
    frame::{Frame, key},
    lists,
    slots::{slot, text},
    times,
};
use crate::{
    lie::Lie,
    outgoing::{self, Outgoing},
    schema::Schemas,
    validator::{Validator, Verdict},
};

/// All collections of all mounted documents, each made when it is first asked for.
#[derive(Default)]
pub(crate) struct State {
    collections: Mutex<HashMap<(String, String), Collection>>,
}

/// The things of one collection.
#[derive(Default)]
struct Collection {
    items: Vec<Item>,
    /// Keys of what was deleted. What belonged to it is gone with it.
    deleted: HashSet<String>,
    /// The highest number in a key that was handed out or deleted. No key is used again: what belonged to a thing that is
    /// gone would seem to belong to the new one.
    highest: u64,
}

/// The texts of keys that are made here, but for the number at their end.
const MADE: &str = "00000000-0000-4000-8000-";

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
    /// The answer of an operation with `x-resource`, and of any other that lies below what was deleted; none for the rest.
    pub(crate) fn answer(
        &self,
        validator: &Validator,
        operation: &Operation,
        verdict: &Verdict,
        lie: Option<Lie>,
    ) -> Option<Outgoing> {
        let api = validator.api();
        let Some(resource) = operation.resource.as_ref() else {
            return self.lies_below_deleted(api, operation, verdict).then(|| missing(api, operation));
        };
        let reply = outgoing::success(operation)?;
        let media = outgoing::media_for(reply, None);
        let own = Frame::of(operation);
        let is_list = resource.role == ResourceRole::List;
        let shows = own.as_ref().is_some_and(|frame| is_list || frame.declares(api, key(resource)));
        // What the stored thing has to fit into.
        let frame = if shows { own.clone() } else { Frame::mold(api, resource) };
        let visit = Visit { schemas: validator.schemas(), operation, resource, verdict, lie, frame };
        let outcome = {
            let mut collections = self.lock();
            let key = (api.name().to_owned(), resource.collection.clone());
            let orphaned = visit.owner().zip(resource.parent.as_ref()).is_some_and(|(owner, parent)| {
                let parents =
                    parent.collection.clone().and_then(|name| collections.get(&(api.name().to_owned(), name)));
                parents.is_some_and(|parents| parents.deleted.contains(&owner))
            });
            match orphaned {
                true => Outcome::Missing,
                false => visit.serve(collections.entry(key).or_insert_with(|| seeds(api, &resource.collection))),
            }
        };
        let status = reply.status.representative();
        Some(match (outcome, media.zip(own)) {
            (Outcome::Missing, _) => missing(api, operation),
            (Outcome::Thing(value), Some((media, own))) => {
                // A reply that has no words for the thing stays as it is shown, and so does one that is stored in other
                // words than this reply's. And where nothing has changed, what is shown is the reply: most requests to a
                // mock vendor are for that.
                let body = if shows && !own.shows(&value) { own.around(visit.schemas, value) } else { None };
                Outgoing::documented(api, reply, status, Some((media, body.as_ref().unwrap_or(own.example()))))
            }
            (Outcome::Thing(_), None) => Outgoing::documented(api, reply, status, None),
        })
    }

    fn lies_below_deleted(&self, api: &Api, operation: &Operation, verdict: &Verdict) -> bool {
        let collections = self.lock();
        below::above(api, operation).any(|(collection, parameter)| {
            let above = collections.get(&(api.name().to_owned(), collection.to_owned()));
            let id = verdict.parameters.path.get(parameter).and_then(text);
            above.zip(id).is_some_and(|(above, id)| above.deleted.contains(&id))
        })
    }

    /// Puts things into the place of a collection.
    pub(crate) fn seed(&self, api: &str, collection: &str, values: Vec<Value>) {
        let mut collections = self.lock();
        let collection = collections.entry((api.to_owned(), collection.to_owned())).or_default();
        collection.items = values.into_iter().map(|value| Item { owner: None, value }).collect();
        collection.deleted.clear();
    }

    /// What a collection holds.
    pub(crate) fn stored(&self, api: &Api, collection: &str) -> Vec<Value> {
        let mut collections = self.lock();
        let key = (api.name().to_owned(), collection.to_owned());
        let found = collections.entry(key).or_insert_with(|| seeds(api, collection));
        found.items.iter().map(|item| item.value.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, String), Collection>> {
        self.collections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The documented words for what is not there.
fn missing(api: &Api, operation: &Operation) -> Outgoing {
    let Some(missing) = operation.reply(404) else {
        return Outgoing::undocumented(404, &json!({"error": "there is no such thing"}));
    };
    let media = outgoing::media_for(missing, None);
    let shown = media.and_then(|media| Some((media, &media.examples.first()?.value)));
    Outgoing::documented(api, missing, 404, shown)
}

/// What the document shows of a collection: the example of its list, or else of one thing.
fn seeds(api: &Api, collection: &str) -> Collection {
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
    let items = values.into_iter().filter(Value::is_object).map(|value| Item { owner: None, value }).collect();
    Collection { items, ..Collection::default() }
}

struct Visit<'v> {
    schemas: &'v Schemas,
    operation: &'v Operation,
    resource: &'v Resource,
    verdict: &'v Verdict,
    /// Whether the vendor's memory is to fail it.
    lie: Option<Lie>,
    frame: Option<Frame<'v>>,
}

impl Visit<'_> {
    fn serve(&self, collection: &mut Collection) -> Outcome {
        let Collection { items, deleted, highest } = collection;
        let query = &self.verdict.parameters.query;
        match self.resource.role {
            ResourceRole::List => {
                let owned = items.iter().filter(|item| self.is_owned(item)).map(|item| item.value.clone()).collect();
                Outcome::Thing(Value::Array(lists::page(self.operation, query, owned)))
            }
            ResourceRole::Create => {
                *highest = (*highest).max(self.highest(items)).saturating_add(1);
                let value = self.create(*highest);
                if self.lie != Some(Lie::ForgetsCreated) {
                    items.push(Item { owner: self.owner(), value: value.clone() });
                }
                Outcome::Thing(value)
            }
            ResourceRole::Read => self.found(items, |items, at| items.get(at).map(|item| item.value.clone())),
            ResourceRole::Delete if self.lie == Some(Lie::KeepsDeleted) => {
                self.found(items, |items, at| items.get(at).map(|item| item.value.clone()))
            }
            ResourceRole::Delete => self.found(items, |items, at| {
                let gone = items.remove(at);
                *highest = (*highest).max(self.highest(std::slice::from_ref(&gone)));
                deleted.extend(gone.value.get(key(self.resource)).and_then(text));
                Some(gone.value)
            }),
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
        let member = flag.map_or_else(|| key(self.resource), |(_, member)| member.as_str());
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

    /// The highest number in the keys of some things.
    fn highest(&self, items: &[Item]) -> u64 {
        let number = |key: &Value| match key {
            Value::String(text) => text.strip_prefix(MADE)?.parse().ok(),
            key => key.as_u64(),
        };
        items.iter().filter_map(|item| number(item.value.get(key(self.resource))?)).max().unwrap_or(0)
    }

    /// The example of the operation, with a key of its own and with what the request brings.
    fn create(&self, number: u64) -> Value {
        let shown = self.frame.as_ref().and_then(Frame::thing).cloned();
        let mut value = shown.unwrap_or_else(|| json!({}));
        let key = key(self.resource);
        let fresh = match value.get(key) {
            Some(Value::String(_)) => json!(format!("{MADE}{number:012}")),
            _ => json!(number),
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
        if name == key(self.resource) || !self.declares(name) {
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
        self.frame.as_ref().is_none_or(|frame| frame.declares(self.schemas.api(), name))
    }

    fn fits(&self, value: &Value) -> bool {
        self.frame.as_ref().is_none_or(|frame| frame.around(self.schemas, value.clone()).is_some())
    }
}
