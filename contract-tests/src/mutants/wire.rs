//! Requests and replies made from a document: such as keep it, and such as break it on purpose.

use std::collections::{BTreeMap, BTreeSet};

use cx_mock::{Incoming, example_request};
use cx_spec::{Api, Location, Media, Operation, Reply, Status, pointer::escape};
use serde_json::{Map, Value, json};

use super::{
    breaks::breaks,
    edges::edges,
    flat::{flat, kind},
    pairs::{encoded, read, target, written},
    reach::MOST_SHARED,
    witness::Said,
};
use crate::arguments::{self, Spelling};

/// Makes values of schemas, and remembers them: most replies share the schema of an error.
#[derive(Debug, Default)]
pub struct Maker {
    /// How many replies had a schema, for those that stand in a component.
    shared: BTreeMap<String, usize>,
    kept: BTreeMap<String, Vec<Value>>,
    broken: BTreeMap<String, Vec<Value>>,
}

impl Maker {
    /// Replies of a status at the edges of its schemas, and its examples.
    pub fn replies(&mut self, api: &Api, operation: &Operation, status: Status) -> Vec<Said> {
        replies_of(operation, status, |media| self.edges(api, media))
    }

    /// Whether a component shows in this reply for one of the first times. Later ones show nothing new: what is wrong with
    /// the component was seen, and what is wrong with the reply shows in its examples.
    pub fn is_news(&mut self, operation: &Operation, status: Status) -> bool {
        let Some(reply) = documented(operation, status) else { return false };
        let component = reply.media.first().and_then(|media| media.schema.get("$ref")?.as_str());
        let Some(component) = component.filter(|_| reply.media.len() == 1) else { return true };
        let times = self.shared.entry(component.to_owned()).or_default();
        *times += 1;
        *times <= MOST_SHARED
    }

    /// The examples of a status, or its empty body.
    pub fn examples(operation: &Operation, status: Status) -> Vec<Said> {
        replies_of(operation, status, |media| media.examples.iter().map(|example| example.value.clone()).collect())
    }

    /// Replies of a status that break one rule each.
    pub fn broken_replies(&mut self, api: &Api, operation: &Operation, status: Status) -> Vec<Said> {
        self.json_replies(operation, status, |maker, media| maker.breaks(api, media))
    }

    /// Replies with a member that nobody knows, at each depth. Whether that is news is the document's to say.
    pub fn extended_replies(&mut self, api: &Api, operation: &Operation, status: Status) -> Vec<Said> {
        self.json_replies(operation, status, |maker, media| {
            let mut seen = BTreeSet::new();
            let extended = |value: &Value| with_unknown_members(value, &mut seen);
            maker.edges(api, media).iter().flat_map(extended).collect()
        })
    }

    fn json_replies(
        &mut self,
        operation: &Operation,
        status: Status,
        values: impl Fn(&mut Self, &Media) -> Vec<Value>,
    ) -> Vec<Said> {
        let Some(reply) = documented(operation, status) else { return Vec::new() };
        let json = reply.media.iter().filter(|media| media.is_json());
        let of_media = |media: &Media| -> Vec<Said> {
            values(self, media).iter().map(|value| said(status.representative(), media, value)).collect()
        };
        json.flat_map(of_media).collect()
    }

    /// Requests whose body breaks one rule, or is not there.
    pub fn broken_bodies(&mut self, api: &Api, operation: &Operation) -> Vec<Said> {
        let mut said: Vec<Said> = Vec::new();
        for media in operation.body.iter().flat_map(|body| &body.media) {
            said.extend(example_request(api, operation, None, false).ok().map(Said::Request));
            for value in self.breaks(api, media) {
                said.extend(example_request(api, operation, Some((media, &value)), false).ok().map(Said::Request));
            }
        }
        said
    }

    /// Requests with a parameter that breaks one rule, or is missing.
    pub fn broken_parameters(&mut self, api: &Api, operation: &Operation) -> Vec<Said> {
        let body = operation.sent_media().zip(arguments::example_body(operation));
        let Ok(whole) = example_request(api, operation, body, true) else { return Vec::new() };
        let mut said = Vec::new();
        for parameter in &operation.parameters {
            if parameter.required {
                said.extend(without_query(&whole, &parameter.name).map(Said::Request));
            }
            let bases: Vec<Value> = parameter.example.iter().cloned().collect();
            for value in breaks(api, &parameter.schema, &bases) {
                let Some(text) = text(&value) else { continue };
                let request = match parameter.location {
                    Location::Query => with_query(&whole, &parameter.name, &text),
                    Location::Path => with_path(&whole, operation, &parameter.name, &text),
                    Location::Header | Location::Cookie => None,
                };
                said.extend(request.map(Said::Request));
            }
        }
        said
    }

    /// Values at the edges of a schema.
    pub fn edges(&mut self, api: &Api, media: &Media) -> Vec<Value> {
        let shown: Vec<&Value> = media.examples.iter().map(|example| &example.value).collect();
        let key = format!("{}{}", media.schema, json!(shown));
        self.kept.entry(key).or_insert_with(|| edges(api, &media.schema, &shown)).clone()
    }

    /// Values that break one rule of a schema each.
    fn breaks(&mut self, api: &Api, media: &Media) -> Vec<Value> {
        let mut bases = self.edges(api, media);
        // Only a choice shows something else in another base.
        if !flat(api, &media.schema).contains_key("oneOf") {
            bases.truncate(1);
        }
        self.broken.entry(media.schema.to_string()).or_insert_with(|| breaks(api, &media.schema, &bases)).clone()
    }
}

/// The reply under just this status. [`Operation::reply`] would also take a range or the default.
fn documented(operation: &Operation, status: Status) -> Option<&Reply> {
    operation.replies.iter().find(|reply| reply.status == status)
}

/// A reply for each value that a media type of this status has; one without a body where the status has no media type.
fn replies_of(operation: &Operation, status: Status, mut values: impl FnMut(&Media) -> Vec<Value>) -> Vec<Said> {
    let Some(reply) = documented(operation, status) else { return Vec::new() };
    let code = status.representative();
    if reply.media.is_empty() {
        return vec![Said::Reply { status: code, content_type: None, body: Vec::new() }];
    }
    let of_media =
        |media: &Media| -> Vec<Said> { values(media).iter().map(|value| said(code, media, value)).collect() };
    reply.media.iter().flat_map(of_media).collect()
}

fn said(status: u16, media: &Media, value: &Value) -> Said {
    let body = match value {
        Value::String(text) if !media.is_json() => text.clone().into_bytes(),
        value => value.to_string().into_bytes(),
    };
    Said::Reply { status, content_type: Some(media.media_type.clone()), body }
}

/// The value with a member that nobody knows in each of its objects, one at a time; of a list the first item stands for
/// all. `seen` are the places that were shown before.
fn with_unknown_members(value: &Value, seen: &mut BTreeSet<String>) -> Vec<Value> {
    let mut places = Vec::new();
    objects(value, String::new(), &mut places);
    places.retain(|place| seen.insert(place.clone()));
    let extended = |place: &String| {
        let mut value = value.clone();
        value.pointer_mut(place)?.as_object_mut()?.insert("unheard_of_member".to_owned(), json!(1));
        Some(value)
    };
    places.iter().filter_map(extended).collect()
}

/// JSON pointers of the objects in a value.
fn objects(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().take(1).for_each(|item| objects(item, format!("{pointer}/0"), found)),
        Value::Object(members) => {
            for (name, member) in members {
                objects(member, format!("{pointer}/{}", escape(name)), found);
            }
            found.push(pointer);
        }
        _ => {}
    }
}

/// A value as it is written in a query or a path; none for what has no such form.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// A copy of a request with another target.
fn retarget(request: &Incoming, target: &str) -> Incoming {
    let copy = Incoming::new(request.method(), target);
    let content_type = request.header("content-type").unwrap_or_default().to_owned();
    let headers = request.headers().iter().filter(|(name, _)| name != "content-type");
    let copy = headers.fold(copy, |copy, (name, value)| copy.with_header(name, value));
    if content_type.is_empty() { copy } else { copy.with_body(&content_type, request.body().to_vec()) }
}

/// A request with another value of a query parameter; none if it does not have the parameter.
fn with_query(request: &Incoming, name: &str, text: &str) -> Option<Incoming> {
    let mut pairs = read(request.query().as_bytes());
    let pair = pairs.iter_mut().find(|(own, _)| own == name)?;
    text.clone_into(&mut pair.1);
    Some(retarget(request, &target(request.path(), &written(&pairs))))
}

fn without_query(request: &Incoming, name: &str) -> Option<Incoming> {
    let mut pairs = read(request.query().as_bytes());
    let all = pairs.len();
    pairs.retain(|(own, _)| own != name);
    (pairs.len() < all).then(|| retarget(request, &target(request.path(), &written(&pairs))))
}

/// A request with another value of a parameter that is a whole segment of the path.
fn with_path(request: &Incoming, operation: &Operation, name: &str, text: &str) -> Option<Incoming> {
    let template = format!("{{{name}}}");
    let position = operation.path.split('/').position(|segment| segment == template)?;
    let mut segments: Vec<String> = request.path().split('/').map(str::to_owned).collect();
    *segments.get_mut(position)? = encoded(text);
    Some(retarget(request, &target(&segments.join("/"), request.query())))
}

/// Arguments that a caller could give for a parameter: a name on the wire, and values at the edges of its schema.
pub fn parameter_edges(api: &Api, parameter: &cx_spec::Parameter) -> Vec<Map<String, Value>> {
    let merged = flat(api, &parameter.schema);
    let shown: Vec<&Value> = parameter.example.iter().collect();
    let values = edges(api, &parameter.schema, &shown).into_iter();
    let spelling = Spelling::of(parameter);
    let is_object = kind(&merged) == Some("object");
    values
        .filter(|value| !value.is_null())
        .map(|value| {
            let mut arguments = Map::new();
            if is_object {
                spelling.insert(&mut arguments, &value);
            } else {
                arguments.insert(parameter.name.clone(), value);
            }
            arguments
        })
        .collect()
}
