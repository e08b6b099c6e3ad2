//! Schemas: what makes a generated type refuse a reply, send what nobody asked for, or show a secret.

use std::collections::BTreeSet;

use cx_spec::Api;
use heck::ToPascalCase;
use serde_json::{Value, json};

use super::{View, each_schema, is_true, parameters_of, set};

/// Marks the description of a personal member; the syntax-tree pass takes it out again.
pub const PERSONAL_MARK: &str = "\u{2060}personal\u{2060}";

/// Where a reference waits that the walk has seen.
const SEEN: &str = "x-cx-seen";

const BOUNDS: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "example",
    "discriminator",
    "readOnly",
    "writeOnly",
    "xml",
    "externalDocs",
];

/// Formats that the generated types stand for; all others leave the view.
const FORMATS: &[&str] = &["int32", "int64", "float", "double", "password", "cx-file", "cx-time", "cx-bytes"];

/// The file members of an upload take a format of ours: progenitor reads `binary` as a text.
///
/// A component that is a file would become a type around that one, which nothing sends: it is written out where it is used.
pub fn files(view: &mut View, _api: &Api) {
    let is_file = |schema: &Value| {
        schema.get("type") == Some(&json!("string")) && schema.get("format") == Some(&json!("binary"))
    };
    let before = view.clone();
    each_schema(view, &mut |schema| {
        let target = before.resolved(schema);
        if is_file(target) && !is_file(schema) {
            let mut file = target.clone();
            for key in ["description", "nullable"] {
                if let Some(own) = schema.get(key) {
                    set(&mut file, key, own.clone());
                }
            }
            *schema = file;
        }
        if is_file(schema) {
            set(schema, "format", "cx-file");
        }
    });
}

/// An enum whose values are one variant in Rust, such as `a` and `A`, is a plain text.
pub fn distinct_values(view: &mut View, _api: &Api) {
    each_schema(view, &mut |schema| {
        let values = schema.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let mut variants = BTreeSet::new();
        // A value without a letter or digit is spelled out by typify.
        let mut names = values.map(ToPascalCase::to_pascal_case).filter(|name| !name.is_empty());
        let distinct = names.all(|name| variants.insert(name));
        // Without a type, values of two kinds have no type in common.
        let mut values = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
        let untyped = schema.get("type").is_none();
        let mixed = untyped && values.any(|value| !value.is_string() && !value.is_null());
        if !distinct || mixed {
            remove(schema, &["enum"]);
        }
    });
}

/// No schema says what a value is not.
pub fn no_not(view: &mut View, _api: &Api) {
    each_schema(view, &mut |schema| remove(schema, &["not"]));
}

/// `anyOf` becomes `oneOf`.
pub fn any_of_as_one_of(view: &mut View, _api: &Api) {
    each_schema(view, &mut |schema| {
        if let Some(members) = schema.as_object_mut()
            && let Some(branches) = members.remove("anyOf")
        {
            members.insert("oneOf".into(), branches);
        }
    });
}

/// A member that travels one way only is not required the other way, and one type serves both.
pub fn one_way_members(view: &mut View, _api: &Api) {
    let before = view.clone();
    each_schema(view, &mut |schema| {
        let mut one_way = BTreeSet::new();
        gather_one_way(&before, schema, &mut one_way, &mut BTreeSet::new());
        if !one_way.is_empty() {
            not_required(schema, &one_way);
        }
    });
}

/// Names of the members that travel one way, those of an `allOf` included. `seen` are the components on the way.
fn gather_one_way(view: &View, schema: &Value, found: &mut BTreeSet<String>, seen: &mut BTreeSet<String>) {
    if let Some(name) = view.component(schema) {
        if let (true, Some(target)) = (seen.insert(name.to_owned()), view.schema(name)) {
            gather_one_way(view, target, found, seen);
        }
        return;
    }
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let one_way = properties.filter(|(_, member)| is_true(member, "readOnly") || is_true(member, "writeOnly"));
    found.extend(one_way.map(|(name, _)| name.clone()));
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        gather_one_way(view, part, found, seen);
    }
}

/// Takes names out of `required`, also in the parts of an `allOf` that are written in their place.
fn not_required(schema: &mut Value, names: &BTreeSet<String>) {
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_none_or(|name| !names.contains(name)));
    }
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        not_required(part, names);
    }
}

/// No member has a default.
pub fn strip_defaults(view: &mut View, _api: &Api) {
    each_schema(view, &mut |schema| remove(schema, &["default"]));
}

/// No bound, no pattern, no format that the types do not stand for.
pub fn strip_bounds(view: &mut View, _api: &Api) {
    each_schema(view, &mut |schema| {
        remove(schema, BOUNDS);
        let known = schema.get("format").and_then(Value::as_str).is_none_or(|format| FORMATS.contains(&format));
        if !known {
            remove(schema, &["format"]);
        }
        if schema.get("type") == Some(&json!("integer")) {
            // Ids and counts outgrow 32 bits; a numeric enum would become a type that refuses a new number.
            set(schema, "format", "int64");
            remove(schema, &["enum"]);
        }
        if matches!(schema.get("type").and_then(Value::as_str), Some("number" | "boolean")) {
            remove(schema, &["enum"]);
        }
        let typed_text = schema.get("type") == Some(&json!("string"));
        let holds_null =
            schema.get("enum").and_then(Value::as_array).is_some_and(|values| values.contains(&Value::Null));
        if typed_text
            && holds_null
            && let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut)
        {
            values.retain(|value| !value.is_null());
        }
    });
}

/// Unknown members are never an error.
pub fn open_objects(view: &mut View, _api: &Api) {
    each_schema(view, &mut |schema| {
        if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
            remove(schema, &["additionalProperties"]);
        }
        // Beside `properties`, free members would be dropped in silence: an explicit empty schema keeps them.
        let named = schema.get("properties").and_then(Value::as_object).is_some_and(|members| !members.is_empty());
        if named && is_true(schema, "additionalProperties") {
            set(schema, "additionalProperties", json!({}));
        }
    });
}

/// Puts a mark into the description of members with personal data, and of components that are such data.
pub fn mark_personal(view: &mut View, _api: &Api) {
    let before = view.clone();
    each_schema(view, &mut |schema| {
        for (_, member) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            if !is_personal(&before, member, 0) {
                continue;
            }
            if member.get("$ref").is_some() {
                *member = json!({"allOf": [member.clone()]});
            }
            mark(member);
        }
    });
    for (_, schema) in view.schemas_mut() {
        if schema.get("$ref").is_none() && is_personal(&before, schema, 0) {
            mark(schema);
        }
    }
}

fn mark(schema: &mut Value) {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let marked = format!("{text}{PERSONAL_MARK}");
    set(schema, "description", marked);
}

/// Whether a value is personal: it, what it refers to, or what it holds without a name.
fn is_personal(view: &View, schema: &Value, depth: usize) -> bool {
    // Deeper schemas lead back to themselves.
    if depth > 8 {
        return false;
    }
    let inner = |one: &Value| is_personal(view, one, depth + 1);
    let branches = |key: &str| schema.get(key).and_then(Value::as_array).is_some_and(|all| all.iter().any(inner));
    // A secret text has a type that sees to itself; any other secret is printed like what it is.
    is_true(schema, "x-personal")
        || (is_true(schema, "x-secret") && schema.get("type") != Some(&json!("string")))
        || view.target(schema).is_some_and(inner)
        || ["items", "additionalProperties"].into_iter().any(|key| schema.get(key).is_some_and(inner))
        || ["allOf", "oneOf"].into_iter().any(branches)
}

/// Secret texts take `format: password`, which the generator maps to the redacting type.
pub fn secrets(view: &mut View, _api: &Api) {
    for (_, operation) in view.operations_mut() {
        for parameter in parameters_of(operation) {
            if is_true(parameter, "x-secret")
                && let Some(schema) = parameter.get_mut("schema")
            {
                set(schema, "x-secret", true);
            }
        }
    }
    each_schema(view, &mut |schema| {
        if is_true(schema, "x-secret") && schema.get("type") == Some(&json!("string")) {
            set(schema, "format", "password");
        }
    });
    // A header or a part of a path is written by `to_string`, which a secret has not. No builder shows its arguments.
    for (_, operation) in view.operations_mut() {
        for parameter in parameters_of(operation) {
            let in_query = parameter.get("in").and_then(Value::as_str) == Some("query");
            if !in_query
                && let Some(schema) = parameter.get_mut("schema")
                && schema.get("format") == Some(&json!("password"))
            {
                remove(schema, &["format"]);
            }
        }
    }
}

/// Extensions have been read; a schema that still carries one would match no conversion.
pub fn strip_extensions(view: &mut View, _api: &Api) {
    each_schema(view, &mut |schema| {
        if let Some(members) = schema.as_object_mut() {
            members.retain(|key, _| !key.starts_with("x-"));
        }
    });
}

/// Optional lists and maps become nullable, hence an `Option`: absent and empty are two things.
pub fn optional_containers(view: &mut View, _api: &Api) {
    each_schema(view, &mut |schema| {
        let required: Vec<String> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|name| Some(name.as_str()?.to_owned()))
            .collect();
        for (name, member) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            let kind = member.get("type").and_then(Value::as_str);
            let is_map = kind == Some("object") && member.get("properties").is_none();
            if !required.contains(name) && (kind == Some("array") || is_map) {
                set(member, "nullable", true);
            }
        }
    });
}

/// Moves the null of a nullable component to the places that refer to it.
pub fn nullable_components(view: &mut View, _api: &Api) {
    let (mut nullable, mut names) = (Vec::new(), Vec::new());
    for (name, schema) in view.schemas_mut() {
        if is_true(schema, "nullable") {
            remove(schema, &["nullable"]);
            nullable.push(format!("#/components/schemas/{name}"));
            names.push(name);
        }
    }
    view.nullable = names;
    // A reference that was seen to is set aside under another key, since the walk comes past it again.
    each_schema(view, &mut |schema| {
        let is_nullable = |schema: &Value| {
            let target = schema.get("$ref").and_then(Value::as_str);
            target.is_some_and(|target| nullable.iter().any(|one| one == target))
        };
        if is_nullable(schema) {
            *schema = json!({"nullable": true, "allOf": [{SEEN: schema.get("$ref")}]});
            return;
        }
        let Some([only]) = schema.get_mut("allOf").and_then(Value::as_array_mut).map(Vec::as_mut_slice) else {
            return;
        };
        if is_nullable(only) {
            *only = json!({SEEN: only.get("$ref")});
            set(schema, "nullable", true);
        }
    });
    each_schema(view, &mut |schema| {
        if let Some(target) = schema.as_object_mut().and_then(|members| members.remove(SEEN)) {
            set(schema, "$ref", target);
        }
    });
}

fn remove(schema: &mut Value, keys: &[&str]) {
    if let Some(members) = schema.as_object_mut() {
        for key in keys {
            members.remove(*key);
        }
    }
}
