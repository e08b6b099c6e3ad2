//! Calls by operation id, with JSON in and out.
//!
//! Arguments are one JSON object: parameters by the name they have on the wire (`"page": 2`, `"created[gte]": 1515940485`)
//! and, where the operation has one, the request body under `"body"`. They go through the same typed builders as any other
//! call, so an argument that the types cannot carry is refused rather than dropped.

mod guide;

use std::{fmt, pin::Pin};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    client::Core,
    error::{Error, ErrorKind, Result, Sent},
    operation::{Api, Operation},
    options::CallOptions,
    response::{Meta, Response},
    transport::json_text,
};

pub use guide::Guide;

/// A call in flight.
pub type Future = Pin<Box<dyn std::future::Future<Output = Result<Reply>> + Send>>;

/// An API of this build.
pub struct Registered {
    /// Its table.
    pub api: &'static Api,
    /// Calls one of its operations.
    pub call: fn(Core, &str, Value, CallOptions) -> Future,
    /// Names of the component schemas that have a type.
    pub schemas: &'static [&'static str],
    /// Decodes a value into the type of a component schema, as a reply or a payload pushed by the vendor would be, and
    /// encodes it again. What the type does not know is left out of the result.
    pub decode_schema: fn(&str, Value) -> Result<Value>,
    /// What tools for people show of the operations, in the order of the table.
    pub guides: &'static [Guide],
}

impl Registered {
    /// The guide to an operation by its id.
    pub fn guide(&self, operation: &str) -> Option<&'static Guide> {
        self.guides.iter().find(|guide| guide.operation == operation)
    }
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Registered").field(&self.api.name).finish()
    }
}

/// What a dynamic call brings.
#[derive(Clone)]
#[non_exhaustive]
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The body as received, if it was JSON: no member is lost that the types do not know. Numbers are those of
    /// [`serde_json`]: of an integer beyond 64 bits, and of a decimal with more digits than an `f64` has, the last digits
    /// are only in [`body`](Reply::body). `None` too for JSON that no [`Value`] can hold, such as a number beyond `f64` or
    /// half of a surrogate pair, though the types may be without the member that it stands in.
    pub raw: Option<Value>,
    /// The body as received.
    pub body: Bytes,
    /// The body after decoding into the types and encoding again, wrapped as the document says.
    pub typed: Value,
    pub(crate) meta: Meta,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Arguments on their way into a typed builder.
pub struct Arguments {
    members: Map<String, Value>,
    operation: &'static Operation,
}

// Values may be secret or personal: names only.
impl fmt::Debug for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arguments")
            .field("operation", &self.operation.id)
            .field("names", &self.members.keys().collect::<Vec<_>>())
            .finish()
    }
}

impl Arguments {
    /// Takes a JSON object; `null` is an empty one.
    ///
    /// # Errors
    /// Anything else.
    pub fn new(value: Value, operation: &'static Operation) -> Result<Self> {
        match value {
            Value::Object(members) => Ok(Self { members, operation }),
            Value::Null => Ok(Self { members: Map::new(), operation }),
            _ => Err(Error::new(ErrorKind::InvalidRequest, "arguments are a JSON object").with_operation(operation)),
        }
    }

    /// Takes one argument out.
    ///
    /// # Errors
    /// A value of another type.
    pub fn take<T: DeserializeOwned>(&mut self, name: &'static str) -> Result<Option<T>> {
        let Some(value) = self.members.remove(name) else { return Ok(None) };
        if value.is_null() {
            return Ok(None);
        }
        let delimiter = self.operation.parameters.iter().find(|one| one.name == name).and_then(|one| one.delimiter);
        let text = match &value {
            Value::Array(items) => delimiter.map(|delimiter| Value::String(joined(items, delimiter))),
            // Numbers and flags may stand for texts, so that an id can be given as it is shown.
            Value::Number(number) => Some(Value::String(number.to_string())),
            Value::Bool(flag) => Some(Value::String(flag.to_string())),
            _ => None,
        };
        let read = serde_json::from_value(value).or_else(|cause| match text {
            Some(text) => serde_json::from_value(text),
            None => Err(cause),
        });
        read.map(Some).map_err(|_| self.refuse(format!("argument `{name}` is of another type")))
    }

    /// Takes the body out.
    ///
    /// # Errors
    /// A body of another type, with a member that the type would drop or change, or without one that it would add.
    pub fn body<T: DeserializeOwned + Serialize>(&mut self) -> Result<Option<T>> {
        self.read_body(None)
    }

    /// Takes the body out, as the one that the operation takes as this media type.
    ///
    /// # Errors
    /// As [`body`](Self::body).
    pub fn body_sent_as<T: DeserializeOwned + Serialize>(&mut self, media_type: &str) -> Result<Option<T>> {
        self.read_body(Some(media_type))
    }

    fn read_body<T: DeserializeOwned + Serialize>(&mut self, media_type: Option<&str>) -> Result<Option<T>> {
        let Some(value) = self.members.remove("body") else { return Ok(None) };
        let given = self.without_files(value.clone(), media_type);
        let body: T = serde_path_to_error::deserialize(value)
            .map_err(|error| self.refuse(format!("`body` is of another type at `{}`", error.path())))?;
        let kept = self.without_files(serde_json::to_value(&body).unwrap_or_default(), media_type);
        if let Some(lost) = lost(&given, &kept, "body") {
            return Err(self.refuse(format!("`{lost}` is not a member of this request, or of another type")));
        }
        // Nothing goes out that the caller did not set, not even a null.
        if let Some(added) = lost(&kept, &given, "body") {
            return Err(self.refuse(format!("`{added}` is missing")));
        }
        Ok(Some(body))
    }

    /// Ends the taking.
    ///
    /// # Errors
    /// An argument that nobody took.
    pub fn finish(self) -> Result<()> {
        match self.members.keys().next() {
            None => Ok(()),
            Some(name) => {
                let known: Vec<_> = self.operation.parameters.iter().map(|one| one.name).collect();
                Err(self.refuse(format!("no argument is called `{name}`; there are {}", known.join(", "))))
            }
        }
    }

    /// A file does not come back as it was given, so it is not compared.
    fn without_files(&self, mut body: Value, media_type: Option<&str>) -> Value {
        let files = self.operation.body.as_ref().map(|body| body.sent_as(media_type).files).unwrap_or_default();
        if let Some(members) = body.as_object_mut() {
            for file in files {
                members.remove(file.name);
            }
        }
        body
    }

    fn refuse(&self, message: String) -> Error {
        Error::new(ErrorKind::InvalidRequest, message).with_operation(self.operation)
    }
}

/// The media type that a call asks its body to be sent as.
pub fn media_type(options: &CallOptions) -> Option<&str> {
    options.media_type.as_deref()
}

/// A list as one value.
fn joined(items: &[Value], delimiter: char) -> String {
    let texts = items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), ToOwned::to_owned));
    texts.collect::<Vec<_>>().join(&delimiter.to_string())
}

/// The first member of `given` that is not in `kept`.
fn lost(given: &Value, kept: &Value, path: &str) -> Option<String> {
    match (given, kept) {
        (Value::Object(given), Value::Object(kept)) => given.iter().find_map(|(name, value)| {
            let path = format!("{path}.{name}");
            match kept.get(name) {
                Some(kept) => lost(value, kept, &path),
                None => Some(path),
            }
        }),
        (Value::Array(given), Value::Array(kept)) => {
            let one = given
                .iter()
                .zip(kept)
                .enumerate()
                .find_map(|(index, (given, kept))| lost(given, kept, &format!("{path}[{index}]")));
            one.or_else(|| (given.len() != kept.len()).then(|| path.to_owned()))
        }
        (Value::Number(given), Value::Number(kept)) => (given.as_f64() != kept.as_f64()).then(|| path.to_owned()),
        // Numbers and flags may stand for texts.
        (scalar @ (Value::Number(_) | Value::Bool(_)), Value::String(text))
        | (Value::String(text), scalar @ (Value::Number(_) | Value::Bool(_))) => {
            let scalar = scalar.to_string();
            (scalar != *text).then(|| path.to_owned())
        }
        (given, kept) => (given != kept).then(|| path.to_owned()),
    }
}

/// A typed reply as a dynamic one.
///
/// # Errors
/// A value that has no JSON form.
pub fn reply<T: Serialize>(response: Response<T>) -> Result<Reply> {
    let typed = serde_json::to_value(&*response).map_err(|cause| {
        Error::new(ErrorKind::Decode, "the reply has no JSON form").with_sent(Sent::Yes).with_cause(cause)
    })?;
    Ok(Reply {
        status: response.status(),
        headers: response.headers().clone(),
        raw: serde_json::from_slice(json_text(response.raw())).ok(),
        body: response.raw().clone(),
        typed,
        meta: response.meta().clone(),
    })
}

/// A value through a type and back.
///
/// # Errors
/// A value of another type, with the path of the first mismatch and without the value itself.
pub fn recode<T: DeserializeOwned + Serialize>(value: Value) -> Result<Value> {
    let decoded: T = serde_path_to_error::deserialize(value).map_err(|error| {
        Error::new(ErrorKind::Decode, "the value is not what the contract says").with_path(error.path().to_string())
    })?;
    serde_json::to_value(decoded)
        .map_err(|cause| Error::new(ErrorKind::Decode, "the value has no JSON form").with_cause(cause))
}

/// A name that no component schema has.
pub fn unknown_schema() -> Error {
    Error::new(ErrorKind::InvalidRequest, "the API has no such schema")
}

/// An id that no operation has.
pub fn unknown_operation() -> Error {
    Error::new(ErrorKind::InvalidRequest, "the API has no such operation")
}
