//! The units that one exchange shows. It knows nothing of cases: only of what went over the wire.

use cx_mock::{Exchange, Outgoing, Place};
use cx_spec::{Api, Location, Media, Node, Operation, Parameter, media_type::essence, schema::Additional};
use serde_json::{Map, Value};

use super::{
    declared::{BOUNDS, parts},
    unit::{Guise, Unit, Way},
};
use crate::{anatomy::Anatomy, arguments::Spelling, compare};

/// Everything that the request of an exchange shows, and the vendor's verdict on it.
pub(super) fn of_request(api: &Api, operation: &Operation, exchange: &Exchange) -> Vec<Unit> {
    let mut sight = Sight { api, id: operation.id.clone(), seen: Vec::new() };
    sight.request(operation, exchange);
    sight.seen
}

/// Everything that a reply shows. Of the same reply of an operation it is the same each time.
pub(super) fn of_reply(api: &Api, operation: &Operation, reply: &Outgoing) -> Vec<Unit> {
    let mut sight = Sight { api, id: operation.id.clone(), seen: Vec::new() };
    sight.reply(operation, reply);
    sight.seen
}

struct Sight<'d> {
    api: &'d Api,
    id: String,
    seen: Vec<Unit>,
}

impl<'d> Sight<'d> {
    fn request(&mut self, operation: &Operation, exchange: &Exchange) {
        // What the vendor refuses shows what it misses, and nothing of what it takes.
        let taken = exchange.verdict.violations.is_empty();
        if taken {
            self.seen.push(Unit::Operation(self.id.clone()));
        }
        for parameter in &operation.parameters {
            self.parameter(parameter, exchange, taken);
        }
        let Some(media_type) = exchange.request.media_type().map(|media_type| essence(&media_type)) else { return };
        if taken {
            self.seen.push(Unit::Request(self.id.clone(), media_type.clone()));
        }
        let all = operation.body.iter().flat_map(|body| &body.media);
        let media = all.into_iter().find(|media| essence(&media.media_type) == media_type);
        let (Some(media), Some(body)) = (media, &exchange.verdict.body) else { return };
        let before = self.seen.len();
        self.value(media, body, Way::Request);
        if taken {
            let files: Vec<&str> = exchange.verdict.files.iter().map(|(pointer, _)| pointer.as_str()).collect();
            self.examples(media, |example| compare::unsent(example, body, &files).is_none());
        } else {
            let refused = self.seen.split_off(before);
            self.seen.extend(refused.into_iter().filter(|unit| matches!(unit, Unit::Missing(..))));
        }
    }

    fn parameter(&mut self, parameter: &Parameter, exchange: &Exchange, taken: bool) {
        let found = &exchange.verdict.parameters;
        let found = match parameter.location {
            Location::Path => &found.path,
            Location::Query => &found.query,
            Location::Header => &found.header,
            Location::Cookie => &found.cookie,
        };
        let value = found.get(&parameter.name);
        if exchange.reply.status >= 400 && misses(exchange, parameter) {
            self.seen.push(Unit::MissingParameter(self.id.clone(), parameter.name.clone()));
        }
        if !taken {
            return;
        }
        let spelling = Spelling::of(parameter);
        let mut given = Map::new();
        if let Some(value) = value {
            spelling.insert(&mut given, value);
        }
        for (name, anatomy) in parts(self.api, parameter) {
            let guises = match given.get(&name) {
                None => vec![Guise::Absent],
                Some(value) => std::iter::once(Guise::Present).chain(at_bounds(&anatomy, value)).collect(),
            };
            self.seen.extend(guises.into_iter().map(|guise| Unit::Parameter(self.id.clone(), name.clone(), guise)));
        }
        let Some(value) = value else { return };
        if parameter.example.as_ref().is_some_and(|example| compare::unsent(example, value, &[]).is_none()) {
            self.seen.push(Unit::Example(self.id.clone(), parameter.pointer.clone()));
        }
        if let Some(node) = self.api.document().at(&parameter.pointer) {
            self.schema(&node, value, Way::Request);
        }
    }

    fn reply(&mut self, operation: &Operation, sent: &Outgoing) {
        let Some(reply) = operation.reply(sent.status) else { return };
        let media_type = sent.content_type().map(essence).unwrap_or_default();
        self.seen.push(Unit::Status(self.id.clone(), reply.status.to_string(), media_type.clone()));
        let media = reply.media.iter().find(|media| essence(&media.media_type) == media_type);
        let Some(media) = media else { return };
        let body = &sent.body;
        let value = serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into());
        self.value(media, &value, Way::Reply);
        self.examples(media, |example| *example == value);
    }

    fn examples(&mut self, media: &Media, is_shown: impl Fn(&Value) -> bool) {
        let shown = media.examples.iter().filter(|example| is_shown(&example.value));
        self.seen.extend(shown.map(|example| Unit::Example(self.id.clone(), example.pointer.clone())));
    }

    fn value(&mut self, media: &Media, value: &Value, way: Way) {
        if let Some(node) = self.api.document().at(&media.pointer) {
            self.schema(&node, value, way);
        }
    }

    fn schema(&mut self, node: &Node<'d>, value: &Value, way: Way) {
        let anatomy = Anatomy::of(node, way.reading());
        if value.is_null() {
            let nullable = anatomy.nullable().map(|pointer| Unit::Nullable(way, pointer.to_owned()));
            self.seen.extend(nullable);
        } else {
            self.inside(&anatomy, value, way);
        }
    }

    fn inside(&mut self, anatomy: &Anatomy<'d>, value: &Value, way: Way) {
        if let Some((pointer, known)) = anatomy.known_values()
            && known.contains(&value)
        {
            self.seen.push(Unit::EnumValue(way, pointer.to_owned(), value.to_string()));
        }
        for branch in anatomy.branches() {
            let chosen = anatomy.with_branch(&branch);
            if fits(&chosen, value, way) {
                self.inside(&chosen, value, way);
            }
        }
        match value {
            Value::Object(members) => self.object(anatomy, members, way),
            Value::Array(items) => {
                for item in anatomy.items().iter().flat_map(|node| items.iter().map(move |item| (node, item))) {
                    self.schema(item.0, item.1, way);
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, anatomy: &Anatomy<'d>, members: &Map<String, Value>, way: Way) {
        for (name, pointer) in anatomy.required() {
            if !members.contains_key(name) {
                self.seen.push(Unit::Missing(way, pointer.to_owned(), name.to_owned()));
            }
        }
        let declared = anatomy.members();
        let others = anatomy.additional();
        for (name, value) in members {
            match (declared.iter().find(|(own, _)| own == name), &others) {
                (Some((_, node)), _) | (None, Additional::Schema(node)) => self.schema(node, value, way),
                (None, _) => {}
            }
        }
    }
}

/// Whether the vendor says that a parameter is missing.
fn misses(exchange: &Exchange, parameter: &Parameter) -> bool {
    exchange.verdict.violations.iter().any(|violation| {
        let (Place::Query(name) | Place::Header(name) | Place::Cookie(name)) = &violation.place else { return false };
        violation.rule == "required" && *name == parameter.name
    })
}

/// Whether a value is meant for a branch: it is of its kind and carries no other branch's tag.
fn fits(branch: &Anatomy<'_>, value: &Value, way: Way) -> bool {
    let of_kind = match branch.kind() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        _ => true,
    };
    let contradicts = |(name, node): (&str, Node<'_>)| {
        let known = Anatomy::of(&node, way.reading());
        match (known.known_values(), value.get(name)) {
            (Some((_, known)), Some(tag)) if known.len() == 1 => !known.contains(&tag),
            _ => false,
        }
    };
    of_kind && !branch.members().into_iter().any(contradicts)
}

fn at_bounds(anatomy: &Anatomy<'_>, value: &Value) -> Vec<Guise> {
    let is_at = |keyword: &str| {
        let bound = anatomy.number(keyword).and_then(Value::as_f64);
        let measured = match (keyword, value) {
            ("minimum" | "maximum", Value::Number(number)) => number.as_f64(),
            ("minLength" | "maxLength", Value::String(text)) => Some(text.chars().count() as f64),
            ("minItems" | "maxItems", Value::Array(items)) => Some(items.len() as f64),
            _ => None,
        };
        bound.is_some() && bound == measured
    };
    BOUNDS.into_iter().filter(|(keyword, _)| is_at(keyword)).map(|(keyword, _)| Guise::At(keyword)).collect()
}
