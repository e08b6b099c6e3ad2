//! From the words of OpenAPI 3.0 to those of JSON Schema draft 4.

use std::collections::{BTreeMap, BTreeSet, HashMap};

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
    let body = pass.schema(schema, pointer, "/allOf/0", None)?;
    let mut definitions = Map::new();
    while let Some((target, name)) = pass.queue.pop() {
        let node =
            api.document().at(&target).ok_or_else(|| format!("`$ref: #{target}` in {pointer} points at nothing"))?;
        let definition = pass.schema(node.value(), &target, &format!("/definitions/{name}"), None)?;
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
    /// `whole` are the members that travel the other way of what this is a part of.
    fn schema(
        &mut self,
        schema: &Value,
        source: &str,
        target: &str,
        whole: Option<&BTreeSet<String>>,
    ) -> Result<Value, String> {
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
            let inner = self.keywords(members, source, &format!("{target}/anyOf/1"), whole)?;
            self.origins.insert(target.to_owned(), source.to_owned());
            return Ok(json!({"anyOf": [{"type": "null"}, inner]}));
        }
        let mut rewritten = self.keywords(members, source, target, whole)?;
        if nullable {
            allow_null(&mut rewritten);
        }
        Ok(rewritten)
    }

    fn keywords(
        &mut self,
        members: &Map<String, Value>,
        source: &str,
        target: &str,
        whole: Option<&BTreeSet<String>>,
    ) -> Result<Value, String> {
        self.origins.insert(target.to_owned(), source.to_owned());
        let mut own = whole.cloned().unwrap_or_default();
        if whole.is_none() {
            self.other_way(members, &mut own, &mut BTreeSet::new());
        }
        let mut out = Map::new();
        for keyword in KEPT {
            if let Some(value) = members.get(*keyword) {
                out.insert((*keyword).to_owned(), value.clone());
            }
        }
        for keyword in ["items", "not", "additionalProperties"] {
            if let Some(inner) = members.get(keyword) {
                let (source, target) = (format!("{source}/{keyword}"), format!("{target}/{keyword}"));
                let rewritten = self.schema(inner, &source, &target, None)?;
                out.insert(keyword.to_owned(), rewritten);
            }
        }
        for keyword in ["allOf", "oneOf", "anyOf"] {
            let Some(branches) = members.get(keyword).and_then(Value::as_array) else { continue };
            let mut rewritten = Vec::new();
            for (index, branch) in branches.iter().enumerate() {
                let at = format!("/{keyword}/{index}");
                let whole = (keyword == "allOf").then_some(&own);
                rewritten.push(self.schema(branch, &format!("{source}{at}"), &format!("{target}{at}"), whole)?);
            }
            out.insert(keyword.to_owned(), Value::Array(rewritten));
        }
        if let Some(properties) = members.get("properties").and_then(Value::as_object) {
            let mut rewritten = Map::new();
            for (name, property) in properties {
                let at = format!("/properties/{}", escape(name));
                let property = self.schema(property, &format!("{source}{at}"), &format!("{target}{at}"), None)?;
                rewritten.insert(name.clone(), property);
            }
            out.insert("properties".to_owned(), Value::Object(rewritten));
        }
        if let Some(required) = required(members, &own) {
            out.insert("required".to_owned(), required);
        }
        bound_integers(&mut out);
        Ok(Value::Object(out))
    }

    /// Names of the members that travel the other way, those of all parts of an `allOf`: one part may require what another
    /// declares. `seen` are the references on the way.
    fn other_way(&self, members: &Map<String, Value>, found: &mut BTreeSet<String>, seen: &mut BTreeSet<String>) {
        let properties = members.get("properties").and_then(Value::as_object).into_iter().flatten();
        let gone = properties.filter(|(_, property)| self.reading.leaves_out(property));
        found.extend(gone.map(|(name, _)| name.clone()));
        for part in members.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            let reference = part.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
            let target = match reference {
                Some(pointer) if seen.insert(pointer.to_owned()) => self.api.document().at(pointer),
                _ => None,
            };
            let part = target.and_then(|node| node.resolve().ok()).map_or(part, |node| node.value());
            part.as_object().into_iter().for_each(|part| self.other_way(part, found, seen));
        }
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

/// `required` without what belongs to the other direction. Draft 4 refuses an empty list.
fn required(members: &Map<String, Value>, other_way: &BTreeSet<String>) -> Option<Value> {
    let names = members.get("required")?.as_array()?.iter();
    let names: Vec<Value> =
        names.filter(|name| name.as_str().is_none_or(|name| !other_way.contains(name))).cloned().collect();
    (!names.is_empty()).then_some(Value::Array(names))
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
            components: {schemas: {Leaf: {type: string, example: a}, Once: {properties: {key: {writeOnly: true}}}, Tree: {type: object, properties: {next: {$ref: '#/components/schemas/Tree'}}}}}\n";
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

    #[test]
    fn one_part_of_an_all_of_may_require_what_another_says_travels_the_other_way() {
        let base = json!({"properties": {"a": {"writeOnly": true}}});
        let schema =
            rewritten(json!({"required": ["a", "b"], "allOf": [base, {"required": ["a"]}, {"required": ["b"]}]}));
        assert_eq!(schema["allOf"][0]["required"], json!(["b"]));
        assert_eq!(schema["allOf"][0]["allOf"][1], json!({}));
        assert_eq!(schema["allOf"][0]["allOf"][2], json!({"required": ["b"]}));
        // A member of a member is another one.
        let schema = rewritten(json!({"allOf": [base, {"properties": {"b": {"required": ["a"]}}}]}));
        assert_eq!(schema["allOf"][0]["allOf"][1]["properties"]["b"], json!({"required": ["a"]}));
        let schema = rewritten(json!({"allOf": [{"$ref": "#/components/schemas/Once"}, {"required": ["key", "b"]}]}));
        assert_eq!(schema["allOf"][0]["allOf"][1], json!({"required": ["b"]}));
    }
}
