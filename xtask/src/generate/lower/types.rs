//! Names of the types that schemas become which have none of their own.
//! typify makes one up from where a schema stands, or takes its `title`; and of two schemas with one name it takes the
//! second for the first, without a word, or writes both. So titles go, and a name that is taken already gets a number, by
//! way of a title of ours.

use std::collections::BTreeMap;

use cx_spec::Api;
use serde_json::Value;

use super::{View, each_schema, parameters_of, set};
use crate::generate::names::pascal_case;

/// Gives a schema without a name one that no other type has.
pub fn distinct_types(view: &mut View, _api: &Api) {
    each_schema(view, &mut |schema| {
        if let Some(members) = schema.as_object_mut() {
            members.remove("title");
        }
    });
    let components = view.schema_names().into_iter().map(|name| (pascal_case(&name), None));
    let mut names = Names(components.collect());
    for (name, schema) in view.schemas_mut() {
        names.inside(schema, &name);
    }
    for (id, operation) in view.operations_mut() {
        for parameter in parameters_of(operation) {
            let name = format!("{id}_{}", parameter.get("name").and_then(Value::as_str).unwrap_or_default());
            if let Some(schema) = parameter.get_mut("schema") {
                names.schema(schema, &name);
            }
        }
        for (content, what) in [("/requestBody/content", "body"), ("/responses/2XX/content", "response")] {
            for (_, media) in operation.pointer_mut(content).and_then(Value::as_object_mut).into_iter().flatten() {
                if let Some(schema) = media.get_mut("schema") {
                    names.schema(schema, &format!("{id}_{what}"));
                }
            }
        }
    }
}

/// Names of types, each with the schema that has it; none for a component, which is nobody else's.
struct Names(BTreeMap<String, Option<Value>>);

impl Names {
    /// Sees to a schema in its place, and to all inside it. `name` is the one that typify would make up.
    fn schema(&mut self, schema: &mut Value, name: &str) {
        if schema.get("$ref").is_some() {
            return;
        }
        let mut name = name.to_owned();
        if is_type(schema) {
            let own = pascal_case(&name);
            // Two schemas that say the same are one type.
            let is_own = |wanted: &String| self.0.get(wanted).is_none_or(|first| first.as_ref() == Some(&*schema));
            if !is_own(&own) {
                let mut numbered = (2..).map(|number| format!("{own}{number}"));
                name = numbered.find(is_own).unwrap_or_else(|| own.clone());
            }
            let chosen = pascal_case(&name);
            self.0.insert(chosen.clone(), Some(schema.clone()));
            if chosen != own {
                set(schema, "title", chosen);
            }
        }
        self.inside(schema, &name);
    }

    fn inside(&mut self, schema: &mut Value, name: &str) {
        let names_some = holds(schema, "properties", 1);
        let Some(members) = schema.as_object_mut() else { return };
        for (key, member) in members {
            match key.as_str() {
                "properties" => {
                    for (property, one) in member.as_object_mut().into_iter().flatten() {
                        self.schema(one, &format!("{name}_{property}"));
                    }
                }
                "items" => self.schema(member, &format!("{name}_item")),
                "additionalProperties" if member.is_object() => {
                    let what = if names_some { "extra_value" } else { "value" };
                    self.schema(member, &format!("{name}_{what}"));
                }
                "allOf" => member.as_array_mut().into_iter().flatten().for_each(|part| self.inside(part, name)),
                // What stands in a branch of a `oneOf` is named after its variant, for which typify has rules of its own.
                _ => {}
            }
        }
    }
}

/// Whether a schema becomes a type with a name, and not one of Rust's own.
fn is_type(schema: &Value) -> bool {
    let kinds = [("enum", 1), ("properties", 1), ("oneOf", 1), ("allOf", 2)];
    kinds.into_iter().any(|(key, least)| holds(schema, key, least))
}

/// Whether a keyword holds at least so many parts.
fn holds(schema: &Value, key: &str, least: usize) -> bool {
    match schema.get(key) {
        Some(Value::Array(items)) => items.len() >= least,
        Some(Value::Object(members)) => members.len() >= least,
        _ => false,
    }
}
