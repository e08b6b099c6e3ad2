//! The reply around a stored thing.

use std::borrow::Cow;

use cx_spec::{Api, Operation, Resource, ResourceRole, pointer::escape, schema::declares};
use serde_json::Value;

use super::slots::{fill, slot};
use crate::{
    outgoing,
    schema::{Reading, Schemas},
};

/// An example of a reply, and the place in it where the thing lies.
#[derive(Clone)]
pub(super) struct Frame<'f> {
    /// Pointer of the schema of the reply.
    pointer: &'f str,
    example: Cow<'f, Value>,
    slot: String,
}

impl<'f> Frame<'f> {
    /// The frame of the operation's success; none if that has no body.
    pub(super) fn of(operation: &'f Operation) -> Option<Self> {
        let media = outgoing::media_for(outgoing::success(operation)?, None)?;
        let example = media.examples.first().map_or(Cow::Owned(Value::Null), |one| Cow::Borrowed(&one.value));
        let slot = slot(operation, &example);
        Some(Self { pointer: &media.pointer, example, slot })
    }

    /// A frame that has words for the things of a collection: what cannot be shown by the operation that stores it has
    /// to fit where it is shown later.
    pub(super) fn mold(api: &'f Api, resource: &Resource) -> Option<Self> {
        let of_role = |role: ResourceRole| {
            api.operations.iter().filter(move |operation| {
                let own = operation.resource.as_ref();
                own.is_some_and(|own| own.role == role && own.collection == resource.collection)
            })
        };
        let roles = [ResourceRole::Read, ResourceRole::Update, ResourceRole::List].into_iter();
        let frames = roles.flat_map(of_role).filter_map(|operation| Some(Self::of(operation)?.around_one()));
        frames.into_iter().find(|frame| frame.declares(api, key(resource)) && frame.thing().is_some())
    }

    /// Of a list, the frame around its first item.
    fn around_one(self) -> Self {
        match self.example.pointer(&self.slot) {
            Some(Value::Array(_)) => Self { slot: format!("{}/0", self.slot), ..self },
            _ => self,
        }
    }

    /// The thing that the example shows.
    pub(super) fn thing(&self) -> Option<&Value> {
        self.example.pointer(&self.slot).filter(|shown| shown.is_object())
    }

    /// Whether the schema has words for a member of the thing.
    pub(super) fn declares(&self, api: &Api, name: &str) -> bool {
        declares(api, self.pointer, &format!("{}/{}", self.slot, escape(name)))
    }

    /// The example with another thing in it, if the reply then keeps its schema.
    pub(super) fn around(&self, schemas: &Schemas, thing: Value) -> Option<Value> {
        let body = fill(&self.example, &self.slot, thing);
        schemas.accepts(self.pointer, Reading::Reply, &body).then_some(body)
    }

    /// Whether the example shows just this in the place of the thing.
    pub(super) fn shows(&self, thing: &Value) -> bool {
        self.example.pointer(&self.slot) == Some(thing)
    }

    pub(super) fn example(&self) -> &Value {
        &self.example
    }
}

/// The member that identifies a thing.
pub(super) fn key(resource: &Resource) -> &str {
    resource.key.as_deref().unwrap_or("id")
}
