//! Replies of the token operation: the document's own examples, with fresh tokens in them.

use std::time::Duration;

use cx_spec::{Api, Media, Operation, Reply};
use serde_json::{Map, Value, json};

use super::store::Issued;
use crate::{
    outgoing::{self, Outgoing},
    schema::{Reading, Schemas},
};

/// Why there is no token (RFC 6749 §5.2).
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    code: &'static str,
    description: &'static str,
}

impl Refusal {
    pub(super) fn new(code: &'static str, description: &'static str) -> Self {
        Self { code, description }
    }
}

/// The example that a reply is made from.
pub(super) struct Shown<'o> {
    reply: Option<(&'o Reply, &'o Media)>,
    members: Map<String, Value>,
    /// What it says about the lifetime of the token.
    pub lifetime: Option<Duration>,
}

/// The example for a grant: one named after it; else one that has a refresh token if the grant brings one.
pub(super) fn shown<'o>(operation: &'o Operation, grant: &str, refresh_token: bool) -> Shown<'o> {
    let found = outgoing::success(operation).and_then(|reply| Some((reply, outgoing::media_for(reply, None)?)));
    let examples = found.map(|(_, media)| media.examples.as_slice()).unwrap_or_default();
    let fits = |value: &Value| value.get("refresh_token").is_some() == refresh_token;
    let example = examples
        .iter()
        .find(|example| example.name.contains(grant) && fits(&example.value))
        .or_else(|| examples.iter().find(|example| fits(&example.value)))
        .or_else(|| examples.first());
    let members = example.and_then(|example| example.value.as_object()).cloned().unwrap_or_default();
    let lifetime = members.get("expires_in").and_then(Value::as_u64).map(Duration::from_secs);
    Shown { reply: found, members, lifetime }
}

/// The reply with an issued pair in the place of the example's.
pub(super) fn issued(
    api: &Api,
    operation: &Operation,
    shown: Shown<'_>,
    issued: &Issued,
    lifetime: Option<Duration>,
    scope: Option<String>,
) -> Outgoing {
    let mut members = shown.members;
    members.insert("access_token".to_owned(), json!(issued.access));
    members.entry("token_type").or_insert_with(|| json!("Bearer"));
    match &issued.refresh {
        Some(token) => members.insert("refresh_token".to_owned(), json!(token)),
        None => members.shift_remove("refresh_token"),
    };
    if let Some(lifetime) = lifetime {
        members.insert("expires_in".to_owned(), json!(lifetime.as_secs()));
    }
    if let Some(scope) = scope {
        members.insert("scope".to_owned(), json!(scope));
    }
    let value = Value::Object(members);
    let outgoing = match shown.reply {
        Some((reply, media)) => {
            Outgoing::documented(api, reply, reply.status.representative(), Some((media, &value)))
        }
        None => {
            let message = format!("`{}` documents no success", operation.id);
            Outgoing::undocumented(200, &json!({"error": message}))
        }
    };
    outgoing.with_header("cache-control", "no-store")
}

/// A refusal in the status and the shape that the document declares for it.
pub(super) fn refuse(schemas: &Schemas, operation: &Operation, refusal: &Refusal, challenged: bool) -> Outgoing {
    let api = schemas.api();
    let plain = json!({"error": refusal.code, "error_description": refusal.description});
    let wanted: &[u16] = if refusal.code == "invalid_client" { &[401, 400] } else { &[400] };
    let documented = wanted.iter().find_map(|status| Some((*status, operation.reply(*status)?)));
    let outgoing = match documented {
        None => Outgoing::undocumented(400, &plain),
        Some((status, reply)) => match outgoing::media_for(reply, None) {
            None => Outgoing::documented(api, reply, status, None),
            Some(media) => {
                let body = refusal_body(media, refusal, plain, |value| {
                    schemas.accepts(&media.pointer, Reading::Reply, value)
                });
                Outgoing::documented(api, reply, status, Some((media, &body)))
            }
        },
    };
    let outgoing = outgoing.with_header("cache-control", "no-store");
    // RFC 6749 §5.2: a client that tried the header is answered by the header.
    if challenged && outgoing.status == 401 {
        return outgoing.with_header("www-authenticate", "Basic realm=\"mock\"");
    }
    outgoing
}

/// The example of this code; else an example with another code, corrected; else the body of the RFC, if the schema
/// takes it; else whatever the document shows.
fn refusal_body(media: &Media, refusal: &Refusal, plain: Value, keeps: impl Fn(&Value) -> bool) -> Value {
    let code = |value: &Value| value.get("error").and_then(Value::as_str).map(str::to_owned);
    if let Some(own) = media.examples.iter().find(|example| code(&example.value).as_deref() == Some(refusal.code)) {
        return own.value.clone();
    }
    if let Some(other) = media.examples.iter().find(|example| code(&example.value).is_some()) {
        let mut value = other.value.clone();
        if let Some(members) = value.as_object_mut() {
            members.insert("error".to_owned(), json!(refusal.code));
            if members.contains_key("error_description") {
                members.insert("error_description".to_owned(), json!(refusal.description));
            }
        }
        return value;
    }
    if keeps(&plain) {
        return plain;
    }
    media.examples.first().map_or(plain, |example| example.value.clone())
}
