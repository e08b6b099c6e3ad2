//! Parameters: the methods of a builder.

use cx_spec::{Api, Location, Node, Operation, Parameter};

use super::{
    change::Changes,
    operations::method,
    rust_type::{Shape, shape},
    schemas::{self, Pair, Way},
};
use crate::{generate::names::snake_case, lint::parameter_pointer};

/// A parameter as it travels: an object in the query is one a member.
struct Wire<'d> {
    name: String,
    required: bool,
    schema: Node<'d>,
    parameter: &'d Parameter,
}

impl Wire<'_> {
    fn is(&self, other: &Self) -> bool {
        self.name == other.name && self.parameter.location == other.parameter.location
    }
}

pub fn compare(changes: &mut Changes<'_>, old: &Operation, new: &Operation) {
    let (before, after) = (wires(changes.old, old), wires(changes.new, new));
    let name = method(new);
    for gone in before.iter().filter(|one| !after.iter().any(|other| other.is(one))) {
        let moved = after.iter().find(|one| one.name == gone.name && !before.iter().any(|other| other.is(one)));
        let call = snake_case(&gone.name);
        match moved {
            Some(moved) => {
                let (from, to) = (gone.parameter.location.name(), moved.parameter.location.name());
                let message = format!("the method `{call}` of {name} writes into the {to} now, was the {from}");
                changes.breaking(parameter_pointer(moved.parameter), message);
            }
            None => {
                let pointer = parameter_pointer(gone.parameter);
                changes.lost(pointer, format!("{name} lost the method `{call}` (parameter `{}`)", gone.name));
            }
        }
    }
    let is_moved =
        |one: &Wire<'_>| before.iter().any(|gone| gone.name == one.name && !after.iter().any(|other| other.is(gone)));
    for added in after.iter().filter(|one| !before.iter().any(|other| other.is(one)) && !is_moved(one)) {
        let (call, pointer) = (snake_case(&added.name), parameter_pointer(added.parameter));
        if added.required {
            changes.breaking(pointer, format!("{name} gained the method `{call}`, which has to be called"));
        } else {
            changes.compatible(pointer, format!("{name} gained the method `{call}`"));
        }
    }
    for one in &before {
        if let Some(other) = after.iter().find(|other| other.is(one)) {
            parameter(changes, &name, one, other);
        }
    }
}

fn parameter(changes: &mut Changes<'_>, name: &str, old: &Wire<'_>, new: &Wire<'_>) {
    let path = format!("the method `{}` of {name}", snake_case(&new.name));
    let at = parameter_pointer(new.parameter);
    match (old.required, new.required) {
        (false, true) => changes.breaking(at, format!("{path} has to be called now")),
        (true, false) => changes.compatible(at, format!("{path} need not be called")),
        _ => {}
    }
    if (&old.parameter.style, old.parameter.explode) != (&new.parameter.style, new.parameter.explode) {
        let shown = |one: &Parameter| format!("`{}` (explode {})", one.style, one.explode);
        let message = format!("{path} writes as {} now, was {}", shown(new.parameter), shown(old.parameter));
        changes.breaking(at, message);
    }
    if old.parameter.secret != new.parameter.secret {
        let (now, was) = if new.parameter.secret { ("Secret", "String") } else { ("String", "Secret") };
        changes.breaking(at, format!("{path} takes `{now}` now, was `{was}`"));
    }
    schemas::compare(changes, &Pair::new(&old.schema, &new.schema, Way::Request, path));
}

fn wires<'d>(api: &'d Api, operation: &'d Operation) -> Vec<Wire<'d>> {
    let mut wires = Vec::new();
    for parameter in &operation.parameters {
        let Some(schema) = api.document().at(&parameter.pointer) else { continue };
        let fields = match shape(&schema) {
            Shape::Struct(fields) => fields,
            Shape::Named(_) => match schema.resolve().map(|target| shape(&target)) {
                Ok(Shape::Struct(fields)) => fields,
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        if parameter.location != Location::Query || fields.is_empty() {
            wires.push(Wire { name: parameter.name.clone(), required: parameter.required, schema, parameter });
            continue;
        }
        let deep = parameter.style == "deepObject";
        for field in fields {
            let name = if deep { format!("{}[{}]", parameter.name, field.name) } else { field.name.to_owned() };
            let required = parameter.required && field.required;
            wires.push(Wire { name, required, schema: field.node, parameter });
        }
    }
    wires
}
