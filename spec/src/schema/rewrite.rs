//! From the words of OpenAPI 3.0 to those of JSON Schema draft 4.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use super::Reading;
use crate::{Api, pointer::escape};

/// A schema of draft 4 that stands alone, and the way back to the document.
pub(super) struct Rewritten {
    /// The schema.
    pub schema: Value,
    /// Pointer in the schema → pointer in the document, for each schema object.
    pub origins: BTreeMap<String, String>,
}

/// Keywords that mean the same in both dialects and hold no schema.
const KEPT: &[&str] = &[
    "type",
    "format",
    "enum",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
];

/// Rewrites `schema`, which stands at `pointer` of the document. Each schema that is referred to, however deep or
/// circular, becomes one entry of `definitions`.
///
/// # Errors
/// The pointer and the reference that leads nowhere.
pub(super) fn rewrite(api: &Api, pointer: &str, schema: &Value, reading: Reading) -> Result<Rewritten, String> {
    let mut pass = Pass { api, reading, definitions: HashMap::new(), queue: Vec::new(), origins: BTreeMap::new() };
    let body = pass.schema(schema, pointer, "/allOf/0")?;
    let mut definitions = Map::new();
    while let Some((target, name)) = pass.queue.pop() {
        let node =
            api.document().at(&target).ok_or_else(|| format!("`$ref: #{target}` in {pointer} points at nothing"))?;
        let definition = pass.schema(node.value(), &target, &format!("/definitions/{name}"))?;
        definitions.insert(name, definition);
    }
    // References are ignored beside other keywords in draft 4, hence the one-element `allOf`.
    Ok(Rewritten { schema: json!({"allOf": [body], "definitions": definitions}), origins: pass.origins })
}

struct Pass<'d> {
    api: &'d Api,
    reading: Reading,
    /// Pointer of the document → name among `definitions`.
    definitions: HashMap<String, String>,
    /// What has a name and is not rewritten yet.
    queue: Vec<(String, String)>,
    origins: BTreeMap<String, String>,
}

impl Pass<'_> {
    fn schema(&mut self, schema: &Value, source: &str, target: &str) -> Result<Value, String> {
        let Some(members) = schema.as_object() else {
            // `true` and `false` stand for schemas only under `additionalProperties`, which draft 4 allows as well.
            return Ok(schema.clone());
        };
        if let Some(reference) = members.get("$ref") {
            self.origins.insert(target.to_owned(), source.to_owned());
            return self.reference(reference, source);
        }
        let nullable = members.get("nullable").and_then(Value::as_bool).unwrap_or(false);
        let plain = !["allOf", "oneOf", "anyOf", "not"].iter().any(|keyword| members.contains_key(*keyword));
        if nullable && !(plain && members.contains_key("type")) {
            let inner = self.keywords(members, source, &format!("{target}/anyOf/1"))?;
            self.origins.insert(target.to_owned(), source.to_owned());
            return Ok(json!({"anyOf": [{"type": "null"}, inner]}));
        }
        let mut rewritten = self.keywords(members, source, target)?;
        if nullable {
            allow_null(&mut rewritten);
        }
        Ok(rewritten)
    }

    fn keywords(&mut self, members: &Map<String, Value>, source: &str, target: &str) -> Result<Value, String> {
        self.origins.insert(target.to_owned(), source.to_owned());
        let mut out = Map::new();
        for keyword in KEPT {
            if let Some(value) = members.get(*keyword) {
                out.insert((*keyword).to_owned(), value.clone());
            }
        }
        for keyword in ["items", "not", "additionalProperties"] {
            if let Some(inner) = members.get(keyword) {
                let rewritten = self.schema(inner, &format!("{source}/{keyword}"), &format!("{target}/{keyword}"))?;
                out.insert(keyword.to_owned(), rewritten);
            }
        }
        for keyword in ["allOf", "oneOf", "anyOf"] {
            let Some(branches) = members.get(keyword).and_then(Value::as_array) else { continue };
            let mut rewritten = Vec::new();
            for (index, branch) in branches.iter().enumerate() {
                let at = format!("/{keyword}/{index}");
                rewritten.push(self.schema(branch, &format!("{source}{at}"), &format!("{target}{at}"))?);
            }
            out.insert(keyword.to_owned(), Value::Array(rewritten));
        }
        if let Some(properties) = members.get("properties").and_then(Value::as_object) {
            let mut rewritten = Map::new();
            for (name, property) in properties {
                let at = format!("/properties/{}", escape(name));
                rewritten
                    .insert(name.clone(), self.schema(property, &format!("{source}{at}"), &format!("{target}{at}"))?);
            }
            out.insert("properties".to_owned(), Value::Object(rewritten));
        }
        if let Some(required) = self.required(members) {
            out.insert("required".to_owned(), required);
        }
        bound_integers(&mut out);
        Ok(Value::Object(out))
    }

    /// `required` without what belongs to the other direction. Draft 4 refuses an empty list.
    fn required(&self, members: &Map<String, Value>) -> Option<Value> {
        let other_way = match self.reading {
            Reading::Request => "readOnly",
            Reading::Reply => "writeOnly",
        };
        let names: Vec<Value> = members
            .get("required")?
            .as_array()?
            .iter()
            .filter(|name| {
                let property = members.get("properties").and_then(|all| all.get(name.as_str().unwrap_or_default()));
                !property.and_then(|one| one.get(other_way)).and_then(Value::as_bool).unwrap_or(false)
            })
            .cloned()
            .collect();
        (!names.is_empty()).then_some(Value::Array(names))
    }

    fn reference(&mut self, reference: &Value, source: &str) -> Result<Value, String> {
        let pointer = reference
            .as_str()
            .and_then(|text| text.strip_prefix('#'))
            .ok_or_else(|| format!("`$ref: {reference}` at {source} leaves the document"))?;
        if self.api.document().at(pointer).is_none() {
            return Err(format!("`$ref: #{pointer}` at {source} points at nothing"));
        }
        let next = format!("d{}", self.definitions.len());
        let name = match self.definitions.get(pointer) {
            Some(name) => name.clone(),
            None => {
                self.definitions.insert(pointer.to_owned(), next.clone());
                self.queue.push((pointer.to_owned(), next.clone()));
                next
            }
        };
        Ok(json!({"$ref": format!("#/definitions/{name}")}))
    }
}

/// Lets `null` pass beside `type` and, so that it is no dead letter, beside `enum`.
fn allow_null(schema: &mut Value) {
    if let Some(kind) = schema.get_mut("type") {
        *kind = json!([kind.clone(), "null"]);
    }
    if let Some(Value::Array(known)) = schema.get_mut("enum")
        && !known.contains(&Value::Null)
    {
        known.push(Value::Null);
    }
}

/// The validator asks formats of strings only, so the width of an integer becomes its bounds.
fn bound_integers(schema: &mut Map<String, Value>) {
    let (least, most) = match schema.get("format").and_then(Value::as_str) {
        Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        Some("int64") => (i64::MIN, i64::MAX),
        _ => return,
    };
    let tighter = |own: Option<&Value>, bound: i64, less: bool| {
        own.and_then(Value::as_f64).is_some_and(|own| if less { own <= bound as f64 } else { own >= bound as f64 })
    };
    if !tighter(schema.get("minimum"), least, false) {
        schema.insert("minimum".to_owned(), json!(least));
        schema.remove("exclusiveMinimum");
    }
    if !tighter(schema.get("maximum"), most, true) {
        schema.insert("maximum".to_owned(), json!(most));
        schema.remove("exclusiveMaximum");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;

    fn rewritten(schema: Value) -> Value {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\n\
            components: {schemas: {Leaf: {type: string, example: a}, Tree: {type: object, properties: {next: {$ref: '#/components/schemas/Tree'}}}}}\n";
        let api = Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap();
        rewrite(&api, "/x", &schema, Reading::Reply).unwrap().schema
    }

    #[test]
    fn lets_null_pass_beside_type_and_enum() {
        let schema = rewritten(json!({"type": "string", "enum": ["a"], "nullable": true, "example": "a"}));
        assert_eq!(schema["allOf"][0], json!({"type": ["string", "null"], "enum": ["a", null]}));
    }

    #[test]
    fn lets_null_pass_beside_all_of() {
        let schema = rewritten(json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/Leaf"}]}));
        assert_eq!(
            schema,
            json!({
                "allOf": [{"anyOf": [{"type": "null"}, {"allOf": [{"$ref": "#/definitions/d0"}]}]}],
                "definitions": {"d0": {"type": "string"}},
            })
        );
    }

    #[test]
    fn keeps_a_circle_as_one_definition() {
        let schema = rewritten(json!({"$ref": "#/components/schemas/Tree"}));
        assert_eq!(schema["definitions"]["d0"]["properties"]["next"], json!({"$ref": "#/definitions/d0"}));
    }

    #[test]
    fn keeps_exclusive_bounds_as_draft_4_has_them() {
        let schema = rewritten(json!({"type": "integer", "minimum": 1, "exclusiveMinimum": true, "format": "int32"}));
        assert_eq!(
            schema["allOf"][0],
            json!({"type": "integer", "format": "int32", "minimum": 1, "exclusiveMinimum": true, "maximum": 2147483647})
        );
    }

    #[test]
    fn does_not_ask_a_reply_for_what_only_requests_carry() {
        let schema = rewritten(json!({
            "type": "object", "required": ["a", "b"], "properties": {"a": {"writeOnly": true}, "b": {}},
        }));
        assert_eq!(schema["allOf"][0]["required"], json!(["b"]));
    }
}
