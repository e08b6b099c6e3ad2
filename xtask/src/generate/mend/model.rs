//! What the typed model of the standard does not take.

use cx_spec::{SpecError, pointer::escape};
use serde_json::{Value, json};

use super::{Mending, edit, in_schema};

/// `type` is one text. Two types, of which one is null, are a nullable one; others are any JSON.
pub fn types(mending: &mut Mending<'_>) -> Result<(), SpecError> {
    const TYPES: &[&str] = &["string", "number", "integer", "boolean", "array", "object"];
    let mut found = Vec::new();
    edit::each_object(&mending.value, &mut |pointer, object| {
        let is_map = pointer.ends_with("/properties") || pointer.ends_with("/securitySchemes");
        match object.get("type") {
            Some(Value::Array(types)) if !is_map => found.push((pointer.to_owned(), types.clone())),
            Some(Value::String(one)) if in_schema(pointer) && !is_map && !TYPES.contains(&one.as_str()) => {
                found.push((pointer.to_owned(), vec![one.as_str().into()]));
            }
            _ => {}
        }
    });
    for (pointer, types) in found {
        let names: Vec<&str> = types.iter().filter_map(Value::as_str).collect();
        let others: Vec<&str> = names.iter().copied().filter(|name| *name != "null").collect();
        let Some(schema) = mending.value.pointer_mut(&pointer) else { continue };
        let given = names.join(", ");
        match others.as_slice() {
            [one] if TYPES.contains(one) => {
                let one = (*one).to_owned();
                if let Some(members) = schema.as_object_mut() {
                    members.insert("type".into(), one.clone().into());
                    members.insert("nullable".into(), true.into());
                }
                mending
                    .replaced(&pointer, format!("`type: [{given}]` is not of OpenAPI 3.0; read as a nullable {one}"));
            }
            _ => {
                *schema = json!({});
                mending.replaced(&pointer, format!("`type: {given}` is not of OpenAPI 3.0; any JSON stands for it"));
            }
        }
    }
    Ok(())
}

/// Why the model does not take something.
fn fault<T: serde::de::DeserializeOwned>(value: Option<&Value>) -> Option<String> {
    serde_json::from_value::<T>(value?.clone()).err().map(|error| error.to_string())
}

/// Says why the model does not take a component, if it does not.
type Check = fn(Option<&Value>) -> Option<String>;

/// Components beside the schemas, and how each is checked.
const COMPONENTS: [(&str, Check); 5] = [
    ("responses", fault::<openapiv3::ReferenceOr<openapiv3::Response>>),
    ("parameters", fault::<openapiv3::ReferenceOr<openapiv3::Parameter>>),
    ("requestBodies", fault::<openapiv3::ReferenceOr<openapiv3::RequestBody>>),
    ("headers", fault::<openapiv3::ReferenceOr<openapiv3::Header>>),
    ("examples", fault::<openapiv3::ReferenceOr<openapiv3::Example>>),
];

/// Other components than schemas that the model refuses go; what refers to them goes in the step after this one.
pub fn components(mending: &mut Mending<'_>) -> Result<(), SpecError> {
    for (kind, check) in COMPONENTS {
        let all = mending.value.pointer(&format!("/components/{kind}")).and_then(Value::as_object);
        let names: Vec<String> = all.into_iter().flatten().map(|(name, _)| name.clone()).collect();
        for name in names {
            let pointer = format!("/components/{kind}/{}", escape(&name));
            let Some(fault) = check(mending.value.pointer(&pointer)) else { continue };
            let message = format!("not OpenAPI 3.0: {fault}");
            if !mending.keep_going {
                return Err(mending.document.error(&pointer, message));
            }
            mending.left_out(&pointer, message);
            edit::remove(&mut mending.value, &pointer);
        }
    }
    Ok(())
}

/// Component schemas that the model refuses become any JSON, operations that it refuses go.
pub fn typed(mending: &mut Mending<'_>) -> Result<(), SpecError> {
    let schemas = mending.value.pointer("/components/schemas").and_then(Value::as_object);
    let names: Vec<String> = schemas.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    for name in names {
        let pointer = format!("/components/schemas/{}", escape(&name));
        let schema = mending.value.pointer_mut(&pointer);
        if let Some(fault) = fault::<openapiv3::ReferenceOr<openapiv3::Schema>>(schema.as_deref()) {
            if let Some(schema) = schema {
                *schema = json!({});
            }
            mending.replaced(&pointer, format!("not OpenAPI 3.0: {fault}; any JSON stands for it"));
        }
    }
    for (pointer, ..) in mending.operations() {
        if let Some(fault) = fault::<openapiv3::Operation>(mending.value.pointer(&pointer)) {
            mending.left_out(&pointer, format!("not OpenAPI 3.0: {fault}"));
            edit::remove(&mut mending.value, &pointer);
        }
    }
    Ok(())
}
