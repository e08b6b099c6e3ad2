//! Values against schemas: OpenAPI 3.0 rewritten to JSON Schema draft 4.

use cx_spec::Api;
use jsonschema::{Draft, Validator, error::ValidationErrorKind};
use serde_json::{Map, Value, json};

use super::formats;

/// `$ref`s that are inlined inside one another before it is taken for a circle.
const MAX_INLINED: usize = 16;

/// Judges values by the schemas of one document.
pub struct Judge<'d> {
    api: &'d Api,
    /// `/components/schemas`, rewritten, so that references keep their pointers.
    components: Value,
}

/// What is wrong with a value.
pub struct Fault {
    /// JSON pointer into the value.
    pub instance: String,
    /// What.
    pub message: String,
}

impl<'d> Judge<'d> {
    pub fn new(api: &'d Api) -> Self {
        let rewrite = Rewrite { api };
        let schemas: Map<String, Value> = api
            .schemas()
            .into_iter()
            .map(|(name, schema)| (name.to_owned(), rewrite.schema(schema.value(), 0)))
            .collect();
        Self { api, components: json!({"schemas": schemas}) }
    }

    /// The validator of a schema that is written in the words of OpenAPI.
    ///
    /// # Errors
    /// A schema that nothing can be judged by, such as one with a `pattern` that is no pattern.
    pub fn validator(&self, schema: &Value) -> Result<Validator, String> {
        let body = Rewrite { api: self.api }.schema(schema, 0);
        let root = json!({"allOf": [body], "components": self.components});
        let options = jsonschema::options().with_draft(Draft::Draft4).should_validate_formats(true);
        options.build(&root).map_err(|error| format!("the schema cannot be used: {error}"))
    }
}

/// What is wrong with a value.
pub fn faults(validator: &Validator, value: &Value) -> Vec<Fault> {
    validator
        .iter_errors(value)
        .map(|error| {
            let part = error.instance();
            let whole = part.is_object() || part.is_array();
            let message = match error.kind() {
                ValidationErrorKind::Pattern { pattern } if formats::of_pattern(pattern).is_some() => {
                    format!("{part} is not of the format `{}`", formats::of_pattern(pattern).unwrap_or_default())
                }
                _ if whole => error.masked().to_string(),
                _ => error.to_string(),
            };
            Fault { instance: error.instance_path().as_str().to_owned(), message }
        })
        .collect()
}

struct Rewrite<'d> {
    api: &'d Api,
}

impl Rewrite<'_> {
    fn schema(&self, schema: &Value, inlined: usize) -> Value {
        let Some(members) = schema.as_object() else { return schema.clone() };
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            return self.reference(reference, inlined);
        }
        let mut out = Map::new();
        for (key, member) in members {
            let value = match key.as_str() {
                "properties" => {
                    let each = member.as_object().into_iter().flatten();
                    each.map(|(name, one)| (name.clone(), self.schema(one, inlined))).collect::<Map<_, _>>().into()
                }
                "allOf" | "oneOf" | "anyOf" => {
                    member.as_array().into_iter().flatten().map(|one| self.schema(one, inlined)).collect()
                }
                "items" | "not" | "additionalProperties" => self.schema(member, inlined),
                "type" | "enum" | "multipleOf" | "maximum" | "exclusiveMaximum" | "minimum" | "exclusiveMinimum"
                | "maxLength" | "minLength" | "pattern" | "maxItems" | "minItems" | "uniqueItems"
                | "maxProperties" | "minProperties" | "required" | "format" => member.clone(),
                _ => continue,
            };
            out.insert(key.clone(), value);
        }
        let nullable = members.get("nullable") == Some(&Value::Bool(true));
        let mut rewritten = if nullable { or_null(out) } else { Value::Object(out) };
        rewritten.as_object_mut().into_iter().for_each(spell_out_format);
        rewritten
    }

    /// References to component schemas stay; others are replaced by what they name.
    fn reference(&self, reference: &str, inlined: usize) -> Value {
        let target = reference.strip_prefix('#').and_then(|pointer| self.api.document().at(pointer));
        match target {
            Some(node) if !reference.starts_with("#/components/schemas/") && inlined < MAX_INLINED => {
                self.schema(node.value(), inlined + 1)
            }
            _ => json!({"$ref": reference}),
        }
    }
}

/// Lets `null` pass; in the words of the document where that is possible, since they come back in messages.
fn or_null(mut schema: Map<String, Value>) -> Value {
    let composed = ["allOf", "oneOf", "anyOf", "not"].iter().any(|keyword| schema.contains_key(*keyword));
    let Some(kind) = schema.get("type").filter(|_| !composed).cloned() else {
        spell_out_format(&mut schema);
        return json!({"anyOf": [{"type": "null"}, schema]});
    };
    schema.insert("type".to_owned(), json!([kind, "null"]));
    if let Some(Value::Array(known)) = schema.get_mut("enum") {
        known.retain(|value| !value.is_null());
        known.push(Value::Null);
    }
    Value::Object(schema)
}

/// Formats that the validator does not know become what it does know.
fn spell_out_format(schema: &mut Map<String, Value>) {
    let Some(format) = schema.get("format").and_then(Value::as_str).map(str::to_owned) else { return };
    if let Some((least, most)) = formats::range(&format) {
        schema.remove("format");
        add(schema, json!({"minimum": least, "maximum": most}));
    } else if let Some(pattern) = formats::pattern(&format) {
        schema.remove("format");
        add(schema, json!({"pattern": pattern}));
    }
}

fn add(schema: &mut Map<String, Value>, condition: Value) {
    match schema.get_mut("allOf") {
        Some(Value::Array(all)) => all.push(condition),
        _ => {
            schema.insert("allOf".to_owned(), json!([condition]));
        }
    }
}
