//! Request bodies: one, in the shape of JSON, and beside it those that have a schema of their own.

use cx_spec::{Api, Media};
use heck::ToPascalCase;
use serde_json::{Value, json};

use super::{Unsupported, View, set};
use crate::generate::{files, names::snake_case};

/// A body that may be sent in the place of the usual one, in a media type of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// `operationId`.
    pub operation: String,
    /// Its media type.
    pub media_type: String,
    /// The component with its schema; none where it is no object, and any value is taken.
    pub component: Option<String>,
}

impl Alternative {
    /// The setter of the builder.
    pub fn setter(&self) -> String {
        format!("body_as_{}", label(&self.media_type))
    }
}

/// Keeps the media type that the client sends and calls it JSON; the operation's row in the table has its real name.
pub fn one_body(view: &mut View, api: &Api) {
    for (id, value) in view.operations_mut() {
        let Some(media) = api.operation(&id).and_then(|operation| operation.sent_media()) else { continue };
        let schema = if has_members(media) { media.schema.clone() } else { Value::Object(Default::default()) };
        set(value, "requestBody", json!({"required": true, "content": {"application/json": {"schema": schema}}}));
    }
}

/// Leaves bodies out that have a file where none can be written, and the operation with the one that it sends.
pub fn misplaced_files(view: &mut View, api: &Api) {
    const REASON: &str = "a file is written as a member of a multipart body, and nowhere else";
    for operation in &api.operations {
        let Some(sent) = operation.sent_media() else { continue };
        if let Some(pointer) = files::misplaced(api, sent) {
            view.leave_out_for(operation, pointer, format!("{REASON}; so is all of `{}`", operation.id));
            continue;
        }
        for media in operation.body.iter().flat_map(|body| &body.media) {
            if let Some(pointer) = files::misplaced(api, media) {
                let (media_type, id) = (&media.media_type, &operation.id);
                let reason = format!("{REASON}; `{id}` does not send `{media_type}`");
                view.unsupported.push(Unsupported::left_out(pointer, reason));
            }
        }
    }
}

/// Sets the media types with a schema of their own aside, each as a component.
pub fn other_bodies(view: &mut View, api: &Api) {
    for operation in &api.operations {
        for media in operation.alternative_media().filter(|media| files::misplaced(api, media).is_none()) {
            let named = view.component(&media.schema).filter(|name| view.schema(name).is_some());
            let named = named.map(ToOwned::to_owned);
            let component = has_members(media).then(|| {
                named.unwrap_or_else(|| {
                    let words = format!("{} {} request", operation.id, label(&media.media_type));
                    let name = view.free_name(&words.to_pascal_case());
                    view.add_schema(&name, media.schema.clone());
                    name
                })
            });
            view.alternatives.push(Alternative {
                operation: operation.id.clone(),
                media_type: media.media_type.clone(),
                component,
            });
        }
    }
}

fn has_members(media: &Media) -> bool {
    media.is_json() || media.is_form()
}

/// A media type as a part of a Rust name.
fn label(media_type: &str) -> String {
    match media_type {
        "application/x-www-form-urlencoded" => "form".to_owned(),
        "multipart/form-data" => "multipart".to_owned(),
        "application/json" => "json".to_owned(),
        other => snake_case(&other.replace("*/*", "any")),
    }
}
