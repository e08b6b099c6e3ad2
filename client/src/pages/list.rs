//! What a list operation is to those who page through it.

use std::{future::Future, pin::Pin};

use serde::Serialize;
use serde_json::Value;

use crate::{
    client::Core,
    error::{Error, ErrorKind, Result},
    operation::Operation,
    response::Response,
};

/// A page on its way.
pub type Fetch<'f, T> = Pin<Box<dyn Future<Output = Result<Response<Vec<T>>>> + Send + 'f>>;

/// A call of a list operation, of which many with other pages can be made.
///
/// Generated builders and [`JsonList`](super::JsonList) are some. It is not meant to be written or called by hand:
/// parameters go by their name on the wire, and one that the call does not have is passed over.
pub trait List: Clone + Send + Unpin {
    /// One item of the list.
    type Item: Send + Unpin;

    /// The row of the operation.
    #[doc(hidden)]
    fn operation(&self) -> &'static Operation;

    /// The client that sends it.
    #[doc(hidden)]
    fn core(&self) -> &Core;

    /// Whether the caller gave a parameter.
    #[doc(hidden)]
    fn is_set(&self, parameter: &str) -> bool;

    /// The number that the caller gave as a parameter.
    #[doc(hidden)]
    fn number(&self, parameter: &str) -> Option<i64>;

    /// The same call with a number as a parameter.
    #[doc(hidden)]
    fn set_number(self, parameter: &str, value: i64) -> Self;

    /// The same call with a text as a parameter.
    #[doc(hidden)]
    fn set_text(self, _parameter: &str, _value: &str) -> Self {
        self
    }

    /// Sends it.
    #[doc(hidden)]
    fn fetch<'f>(self) -> Fetch<'f, Self::Item>
    where
        Self: 'f;

    /// A member of an item, where it is there and not null: its key, or the time of a window.
    #[doc(hidden)]
    fn member(_item: &Self::Item, _name: &str) -> Option<Value> {
        None
    }
}

/// The number in a field of a builder.
#[doc(hidden)]
pub fn number<T: Clone + TryInto<i64>>(field: &Result<Option<T>, String>) -> Option<i64> {
    field.clone().ok().flatten()?.try_into().ok()
}

/// A member as JSON; none for null.
#[doc(hidden)]
pub fn value<T: Serialize>(member: &T) -> Option<Value> {
    serde_json::to_value(member).ok().filter(|value| !value.is_null())
}

/// A member of an item without fields, by its name; none for null.
#[doc(hidden)]
pub fn member<T: Serialize>(item: &T, name: &str) -> Option<Value> {
    serde_json::to_value(item).ok()?.get_mut(name).map(Value::take).filter(|value| !value.is_null())
}

/// The same call with an order, where the caller named none: pages of a list whose order is left open overlap and leave
/// gaps.
pub(crate) fn ordered<L: List>(call: L) -> L {
    let Some(pagination) = &call.operation().pagination else { return call };
    let wanted = [(pagination.sort_key, pagination.default_sort_key), (pagination.sort_order, pagination.ascending)];
    wanted.into_iter().fold(call, |call, pair| match pair {
        (Some(parameter), Some(value)) if !call.is_set(parameter) => call.set_text(parameter, value),
        _ => call,
    })
}

/// Whether an error may come of nothing but the time in which nobody waited. What was asked for ahead moves on only while
/// somebody does, and its deadlines and connections end all the same.
pub(crate) fn may_be_slept_through(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::RateLimited)
}
