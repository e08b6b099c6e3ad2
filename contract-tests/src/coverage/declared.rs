//! The units of a document: all that there is to see.

use std::collections::BTreeSet;

use cx_spec::{Api, Location, Media, Node, Operation, Parameter, media_type::essence, schema::Additional};

use super::unit::{Guise, Unit, Way};
use crate::{anatomy::Anatomy, arguments::Spelling};

/// Keywords that bound a parameter, with the flag that takes the bound itself out.
pub(super) const BOUNDS: [(&str, &str); 6] = [
    ("minimum", "exclusiveMinimum"),
    ("maximum", "exclusiveMaximum"),
    ("minLength", ""),
    ("maxLength", ""),
    ("minItems", ""),
    ("maxItems", ""),
];

/// All units of a document.
pub(super) fn units(api: &Api) -> BTreeSet<Unit> {
    let mut walk = Walk { api, units: BTreeSet::new(), visited: BTreeSet::new() };
    for operation in &api.operations {
        walk.operation(operation);
    }
    walk.units
}

/// The parts of a parameter that are given by themselves: its members where they are spread, else the whole.
pub(super) fn parts<'d>(api: &'d Api, parameter: &Parameter) -> Vec<(String, Anatomy<'d>)> {
    let Some(anatomy) = Anatomy::at(api, &parameter.pointer, Way::Request.reading()) else { return Vec::new() };
    let spelling = Spelling::of(parameter);
    if anatomy.kind() == Some("object") && spelling.is_spread() {
        let member =
            |(name, node): (&str, Node<'d>)| (spelling.member(name), Anatomy::of(&node, Way::Request.reading()));
        return anatomy.members().into_iter().map(member).collect();
    }
    vec![(parameter.name.clone(), anatomy)]
}

struct Walk<'d> {
    api: &'d Api,
    units: BTreeSet<Unit>,
    /// A component is declared once, wherever it is used: way, whether nulls can be written, pointer.
    visited: BTreeSet<(Way, bool, String)>,
}

impl<'d> Walk<'d> {
    fn operation(&mut self, operation: &Operation) {
        let id = &operation.id;
        self.units.insert(Unit::Operation(id.clone()));
        for parameter in &operation.parameters {
            self.parameter(id, parameter);
        }
        for media in operation.body.iter().flat_map(|body| &body.media) {
            self.units.insert(Unit::Request(id.clone(), essence(&media.media_type)));
            self.media(id, media, Way::Request);
        }
        for reply in &operation.replies {
            let status = |media_type| Unit::Status(id.clone(), reply.status.to_string(), media_type);
            if reply.media.is_empty() {
                self.units.insert(status(String::new()));
            }
            for media in &reply.media {
                self.units.insert(status(essence(&media.media_type)));
                self.media(id, media, Way::Reply);
            }
        }
    }

    fn parameter(&mut self, operation: &str, parameter: &Parameter) {
        for (name, anatomy) in parts(self.api, parameter) {
            let guise = |guise| Unit::Parameter(operation.to_owned(), name.clone(), guise);
            self.units.insert(guise(Guise::Present));
            if !parameter.required {
                self.units.insert(guise(Guise::Absent));
            }
            for (keyword, flag) in BOUNDS {
                if anatomy.number(keyword).is_some() && !anatomy.flag(flag) {
                    self.units.insert(guise(Guise::At(keyword)));
                }
            }
        }
        // A path without its parameter is another path.
        if parameter.required && parameter.location != Location::Path {
            self.units.insert(Unit::MissingParameter(operation.to_owned(), parameter.name.clone()));
        }
        if parameter.example.is_some() {
            self.units.insert(Unit::Example(operation.to_owned(), parameter.pointer.clone()));
        }
        if let Some(node) = self.api.document().at(&parameter.pointer) {
            self.schema(&node, Way::Request, false);
        }
    }

    fn media(&mut self, operation: &str, media: &Media, way: Way) {
        for example in &media.examples {
            self.units.insert(Unit::Example(operation.to_owned(), example.pointer.clone()));
        }
        if let Some(node) = self.api.document().at(&media.pointer) {
            // Forms have no null.
            self.schema(&node, way, media.is_json());
        }
    }

    fn schema(&mut self, node: &Node<'d>, way: Way, nulls: bool) {
        let anatomy = Anatomy::of(node, way.reading());
        if let Some(pointer) = anatomy.nullable().filter(|_| nulls) {
            self.units.insert(Unit::Nullable(way, pointer.to_owned()));
        }
        let Some(head) = anatomy.head() else { return };
        if self.visited.insert((way, nulls, head.pointer().to_owned())) {
            self.inside(&anatomy, way, nulls);
        }
    }

    fn inside(&mut self, anatomy: &Anatomy<'d>, way: Way, nulls: bool) {
        if let Some((pointer, known)) = anatomy.known_values() {
            let unit = |value: &&serde_json::Value| Unit::EnumValue(way, pointer.to_owned(), value.to_string());
            self.units.extend(known.iter().map(unit));
        }
        for branch in anatomy.branches() {
            self.inside(&anatomy.with_branch(&branch), way, nulls);
        }
        for (name, pointer) in anatomy.required() {
            self.units.insert(Unit::Missing(way, pointer.to_owned(), name.to_owned()));
        }
        for (_, member) in anatomy.members() {
            self.schema(&member, way, nulls);
        }
        if let Additional::Schema(node) = anatomy.additional() {
            self.schema(&node, way, nulls);
        }
        if let Some(items) = anatomy.items() {
            self.schema(&items, way, nulls);
        }
    }
}
