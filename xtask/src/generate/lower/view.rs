//! The view itself: a document in which every parameter, body and reply stands where it is used.

use std::collections::{BTreeMap, BTreeSet};

use cx_spec::{Api, Media, Operation, pointer::escape};
use serde_json::{Map, Value, json};

use super::{Alternative, Unsupported, set};
use crate::generate::names::pascal_case;

/// What a reference to a component begins with.
pub const COMPONENTS: &str = "#/components/schemas/";

/// A document on its way to the generator.
#[derive(Clone, Debug)]
pub struct View {
    /// The OpenAPI value.
    pub value: Value,
    /// Operations that were left out, and why.
    pub unsupported: Vec<Unsupported>,
    /// Components that are nullable in the document; the view carries their null where they are used.
    pub nullable: Vec<String>,
    /// Bodies with a media type and a schema of their own.
    pub alternatives: Vec<Alternative>,
    /// References of the document to schemas that are no components → the components that stand for them.
    pub elsewhere: BTreeMap<String, String>,
}

impl View {
    /// The document as it stands, references to anything but schemas resolved, what no generator reads left out.
    pub fn new(api: &Api) -> Self {
        let mut paths = Map::new();
        for operation in &api.operations {
            let item = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
            if let Some(item) = item.as_object_mut() {
                item.insert(operation.method.to_ascii_lowercase(), plain_operation(operation));
            }
        }
        let schemas: Map<String, Value> =
            api.schemas().into_iter().map(|(name, schema)| (name.to_owned(), schema.value().clone())).collect();
        let value = json!({
            "openapi": "3.0.3",
            "info": {"title": api.name(), "version": "1"},
            "paths": paths,
            "components": {"schemas": schemas},
        });
        Self {
            value,
            unsupported: Vec::new(),
            nullable: Vec::new(),
            alternatives: Vec::new(),
            elsewhere: BTreeMap::new(),
        }
    }

    /// Operation id and value of each operation.
    pub fn operations_mut(&mut self) -> Vec<(String, &mut Value)> {
        let paths = self.value.get_mut("paths").and_then(Value::as_object_mut);
        paths
            .into_iter()
            .flatten()
            .filter_map(|(_, item)| item.as_object_mut())
            .flatten()
            .map(|(_, operation)| {
                let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
                (id, operation)
            })
            .collect()
    }

    /// Name and value of each component schema.
    pub fn schemas_mut(&mut self) -> Vec<(String, &mut Value)> {
        let schemas = self.value.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
        schemas.into_iter().flatten().map(|(name, schema)| (name.clone(), schema)).collect()
    }

    /// Names of the component schemas.
    pub fn schema_names(&self) -> Vec<String> {
        let schemas = self.value.pointer("/components/schemas").and_then(Value::as_object);
        schemas.into_iter().flatten().map(|(name, _)| name.clone()).collect()
    }

    /// A component schema by name.
    pub fn schema(&self, name: &str) -> Option<&Value> {
        self.value.get("components")?.get("schemas")?.get(name)
    }

    /// The name of the component that a schema refers to.
    pub fn component<'v>(&'v self, schema: &'v Value) -> Option<&'v str> {
        let reference = schema.get("$ref")?.as_str()?;
        let known = self.elsewhere.get(reference).map(String::as_str);
        known.or_else(|| reference.strip_prefix(COMPONENTS))
    }

    /// The component that a schema refers to.
    pub fn target(&self, schema: &Value) -> Option<&Value> {
        self.schema(self.component(schema)?)
    }

    /// Adds a component schema.
    pub fn add_schema(&mut self, name: &str, schema: Value) {
        if let Some(schemas) = self.value.pointer_mut("/components/schemas") {
            set(schemas, name, schema);
        }
    }

    /// This name for a component schema, or one with a number where it is taken.
    pub fn free_name(&self, name: &str) -> String {
        let numbered = (2..).map(|number| format!("{name}{number}"));
        std::iter::once(name.to_owned())
            .chain(numbered)
            .find(|name| self.schema(name).is_none())
            .unwrap_or_else(|| name.to_owned())
    }

    /// A name for a component schema, made of these words, of which no other makes the same type.
    pub fn free_type(&self, words: &str) -> String {
        let taken: BTreeSet<String> = self.schema_names().iter().map(|name| pascal_case(name)).collect();
        let own = pascal_case(words);
        let numbered = (2..).map(|number| format!("{own}{number}"));
        let mut names = std::iter::once(own.clone()).chain(numbered);
        names.find(|name| !taken.contains(&pascal_case(name))).unwrap_or_else(|| own.clone())
    }

    /// A schema with `$ref`s and one-element `allOf`s followed.
    pub fn resolved<'v>(&'v self, mut schema: &'v Value) -> &'v Value {
        for _ in 0..32 {
            let inner = match (self.component(schema), schema.get("allOf").and_then(Value::as_array)) {
                (Some(name), _) => self.schema(name),
                (None, Some(all)) if all.len() == 1 => all.first(),
                _ => None,
            };
            match inner {
                Some(inner) => schema = inner,
                None => break,
            }
        }
        schema
    }

    /// A copy with these operations and no others.
    pub fn with_only(&self, operations: &[&Operation]) -> Self {
        let is_one = |id: &str| operations.iter().any(|one| one.id == id);
        let mut view = self.clone();
        for item in view.value.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
            if let Some(methods) = item.1.as_object_mut() {
                methods
                    .retain(|_, operation| operation.get("operationId").and_then(Value::as_str).is_some_and(is_one));
            }
        }
        view
    }

    /// A copy without operations, in which all components but one are any JSON.
    pub fn with_only_schema(&self, wanted: &str) -> Self {
        let mut view = self.with_only(&[]);
        for (name, schema) in view.schemas_mut() {
            if name != wanted {
                *schema = json!({});
            }
        }
        view
    }

    /// Makes a component any JSON and remembers why.
    pub fn free_schema(&mut self, wanted: &str, reason: impl std::fmt::Display) {
        for (name, schema) in self.schemas_mut() {
            if name == wanted {
                *schema = json!({});
            }
        }
        let pointer = format!("/components/schemas/{}", escape(wanted));
        self.unsupported.push(Unsupported::replaced(pointer, format!("{reason}; any JSON stands for it")));
    }

    /// Takes an operation out and remembers why.
    pub fn leave_out(&mut self, operation: &Operation, reason: impl Into<String>) {
        self.leave_out_for(operation, &operation.place.pointer, reason);
    }

    /// Takes an operation out because of what stands at a pointer.
    pub fn leave_out_for(&mut self, operation: &Operation, pointer: impl Into<String>, reason: impl Into<String>) {
        self.unsupported.push(Unsupported::left_out(pointer, reason));
        let method = operation.method.to_ascii_lowercase();
        let item = self.value.get_mut("paths").and_then(|paths| paths.get_mut(&operation.path));
        if let Some(item) = item.and_then(Value::as_object_mut) {
            item.remove(&method);
        }
    }
}

fn plain_operation(operation: &Operation) -> Value {
    let parameters: Vec<Value> = operation
        .parameters
        .iter()
        .map(|parameter| {
            json!({
                "name": parameter.name,
                "in": parameter.location.name(),
                "required": parameter.required,
                "description": parameter.description,
                "style": parameter.style,
                "explode": parameter.explode,
                "schema": parameter.schema,
                "x-secret": parameter.secret,
                "x-personal": parameter.personal,
            })
        })
        .collect();
    let responses: Map<String, Value> = operation
        .replies
        .iter()
        .map(|reply| {
            let value = json!({"description": reply.description, "content": content(&reply.media)});
            (reply.status.to_string(), value)
        })
        .collect();
    let mut value = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.description,
        "tags": [operation.tag],
        "parameters": parameters,
        "responses": responses,
    });
    if let Some(body) = &operation.body {
        set(&mut value, "requestBody", json!({"required": body.required, "content": content(&body.media)}));
    }
    value
}

fn content(media: &[Media]) -> Value {
    media.iter().map(|one| (one.media_type.clone(), json!({"schema": one.schema}))).collect::<Map<_, _>>().into()
}
