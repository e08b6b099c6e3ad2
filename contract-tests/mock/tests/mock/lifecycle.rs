//! Every operation with `x-resource`, of every document, in the order of a life: created, read, listed, changed, deleted.

use std::{collections::BTreeSet, sync::Arc};

use cx_mock::{Incoming, MockVendor, Validator, example_request};
use cx_spec::{Api, Operation, Resource, ResourceRole};
use serde_json::Value;

use crate::{
    apis,
    wire::{self, Wired},
};

/// A vendor, and what of its document was walked through.
struct Walk {
    api: Arc<Api>,
    vendor: MockVendor,
    validator: Validator,
    seen: BTreeSet<String>,
}

fn resource(operation: &Operation) -> Option<&Resource> {
    operation.resource.as_ref()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Walk {
    async fn start(api: Arc<Api>) -> Self {
        let vendor = MockVendor::builder(Arc::clone(&api)).stateful().start().await;
        Self { validator: Validator::new(Arc::clone(&api)), api, vendor, seen: BTreeSet::new() }
    }

    fn operations(&self, collection: &str, role: ResourceRole) -> Vec<String> {
        let of_this = |one: &&Operation| resource(one).is_some_and(|r| r.collection == collection && r.role == role);
        self.api.operations.iter().filter(of_this).map(|operation| operation.id.clone()).collect()
    }

    /// Sends the request of the examples, about the thing if the path names one. What comes back keeps the document.
    async fn send(&mut self, id: &str, thing: &Value) -> Wired {
        let operation = self.api.operation(id).unwrap();
        let media = operation.sent_media();
        let shown = media.and_then(|media| Some((media, &media.examples.first()?.value)));
        let good = example_request(&self.api, operation, shown, false).unwrap();
        let reply = wire::send(&self.vendor.base_url(), &about(operation, &good, thing)).await;
        if reply.header("x-cx-mock").is_none() {
            let found = self.validator.reply(id, reply.status, reply.content_type(), &reply.body);
            assert_eq!(found, [], "{id}");
        }
        self.seen.insert(id.to_owned());
        reply
    }

    fn stored(&self, collection: &str) -> Vec<Value> {
        self.vendor.stored(collection)
    }

    async fn live(&mut self, collection: &str) {
        let mut thing = self.stored(collection).first().cloned().unwrap_or(Value::Null);
        for id in self.operations(collection, ResourceRole::Create) {
            let before = self.stored(collection).len();
            assert_eq!(self.send(&id, &Value::Null).await.status / 100, 2, "{id}");
            let after = self.stored(collection);
            assert_eq!(after.len(), before + 1, "{id}");
            thing = after.last().cloned().unwrap();
        }
        for id in self.operations(collection, ResourceRole::Read) {
            let thing = self.known_by(self.key(&id), collection, &thing);
            let shown = self.send(&id, &thing).await;
            assert_eq!((shown.status, shows(&shown, self.key(&id), &thing)), (200, true), "{id}: {thing}");
        }
        for id in self.operations(collection, ResourceRole::List) {
            let listed = self.send(&id, &thing).await;
            assert_eq!((listed.status, shows(&listed, self.key(&id), &thing)), (200, true), "{id}: {thing}");
        }
        for id in self.operations(collection, ResourceRole::Update) {
            assert_eq!(self.send(&id, &thing).await.status / 100, 2, "{id}");
            let same = |one: &Value| one[self.key(&id)] == thing[self.key(&id)];
            let changed = self.stored(collection).into_iter().find(same).unwrap();
            thing = changed;
        }
        let deletes = self.operations(collection, ResourceRole::Delete);
        let mut reads = self.operations(collection, ResourceRole::Read);
        reads.retain(|id| !thing[self.key(id)].is_null());
        for id in &deletes {
            let before = self.stored(collection).len();
            assert_eq!(self.send(id, &thing).await.status / 100, 2, "{id}");
            assert_eq!(self.stored(collection).len(), before - 1, "{id}");
        }
        for id in deletes.iter().chain(reads.iter().filter(|_| !deletes.is_empty())) {
            assert_eq!(self.send(id, &thing).await.status, 404, "{id}");
        }
    }

    /// The thing itself, or another one of its collection that can be asked for by a second key.
    fn known_by(&self, key: &str, collection: &str, thing: &Value) -> Value {
        let others = self.stored(collection);
        std::iter::once(thing).chain(&others).find(|one| !one[key].is_null()).cloned().unwrap()
    }

    fn key(&self, id: &str) -> &str {
        resource(self.api.operation(id).unwrap()).unwrap().key.as_deref().unwrap()
    }
}

/// The request with the thing's key in the path.
fn about(operation: &Operation, good: &Incoming, thing: &Value) -> Incoming {
    let of_this = resource(operation).unwrap();
    let Some((parameter, key)) = of_this.parameter.as_ref().zip(of_this.key.as_ref()) else { return good.clone() };
    let place = operation.path.split('/').position(|segment| segment == format!("{{{parameter}}}")).unwrap();
    let key = text(&thing[key]).replace('+', "%2B");
    let segments = good.path().split('/').enumerate().map(|(at, own)| if at == place { key.as_str() } else { own });
    let target = format!("{}?{}", segments.collect::<Vec<_>>().join("/"), good.query());
    let headers = good.headers().iter().filter(|(name, _)| name != "content-type");
    let request = headers
        .fold(Incoming::new(good.method(), &target), |request, (name, value)| request.with_header(name, value));
    match good.header("content-type") {
        Some(kind) => request.with_body(kind, good.body()),
        None => request,
    }
}

/// Whether a reply shows the thing, wherever its envelope has it.
fn shows(reply: &Wired, key: &str, thing: &Value) -> bool {
    fn holds(value: &Value, key: &str, wanted: &Value) -> bool {
        match value {
            Value::Object(members) => {
                members.get(key) == Some(wanted) || members.values().any(|inner| holds(inner, key, wanted))
            }
            Value::Array(items) => items.iter().any(|item| holds(item, key, wanted)),
            _ => false,
        }
    }
    holds(&reply.json(), key, &thing[key])
}

#[tokio::test]
async fn every_resource_of_every_document_lives_and_dies() {
    for api in apis() {
        let all: BTreeSet<String> =
            api.operations.iter().filter(|one| one.resource.is_some()).map(|one| one.id.clone()).collect();
        let collections: BTreeSet<String> =
            api.operations.iter().filter_map(resource).map(|one| one.collection.clone()).collect();
        assert!(!collections.is_empty(), "{}", api.name());
        let mut walk = Walk::start(api).await;
        for collection in &collections {
            walk.live(collection).await;
        }
        assert_eq!(walk.seen, all);
        walk.vendor.assert_no_violations();
    }
}
