//! Replies: one success, and nothing else.

use cx_spec::{Api, Operation, Reply};
use serde_json::{Value, json};

use super::{View, set};
use crate::generate::reply::{self, ReplyKind};

/// Leaves a single `2XX`. It is nullable where a body may be absent.
pub fn success_only(view: &mut View, api: &Api) {
    for (id, value) in view.operations_mut() {
        let Some(operation) = api.operation(&id) else { continue };
        set(value, "responses", json!({"2XX": success(operation)}));
    }
}

fn success(operation: &Operation) -> Value {
    let schema = match reply::kind(operation) {
        ReplyKind::Empty => return json!({"description": "success"}),
        ReplyKind::Text => json!({"type": "string"}),
        ReplyKind::Binary => json!({"type": "string", "format": "cx-bytes"}),
        ReplyKind::Json => json_schema(operation),
    };
    let schema = if reply::may_be_absent(operation) { nullable(schema) } else { schema };
    json!({"description": "success", "content": {"application/json": {"schema": schema}}})
}

/// The schema all successes share; any JSON where they differ.
fn json_schema(operation: &Operation) -> Value {
    let mut schemas: Vec<&Value> = reply::successes(operation).flat_map(json_media).collect();
    schemas.dedup();
    match schemas.as_slice() {
        [one] => (*one).clone(),
        _ => json!({}),
    }
}

fn json_media(reply: &Reply) -> impl Iterator<Item = &Value> {
    reply.media.iter().filter(|media| reply::is_json(&media.media_type)).map(|media| &media.schema)
}

fn nullable(schema: Value) -> Value {
    match schema.as_object() {
        Some(members) if members.is_empty() => schema,
        Some(members) if members.contains_key("$ref") => json!({"nullable": true, "allOf": [schema]}),
        _ => {
            let mut schema = schema;
            set(&mut schema, "nullable", true);
            schema
        }
    }
}
