//! Request bodies: one, in the shape of JSON.

use cx_spec::Api;
use serde_json::{Value, json};

use super::{View, set};

/// Keeps the media type that the client sends and calls it JSON; the operation's row in the table has its real name.
pub fn one_body(view: &mut View, api: &Api) {
    for (id, value) in view.operations_mut() {
        let Some(media) = api.operation(&id).and_then(|operation| operation.sent_media()) else { continue };
        let is_object = media.media_type.contains("json") || media.media_type.contains("form");
        let schema = if is_object { media.schema.clone() } else { Value::Object(Default::default()) };
        set(value, "requestBody", json!({"required": true, "content": {"application/json": {"schema": schema}}}));
    }
}
