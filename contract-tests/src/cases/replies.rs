//! Replies to each documented status: whole, bare, with nulls, each place of them varied.

use cx_mock::schema::Reading;
use cx_spec::{Media, Operation};
use serde_json::Value;

use super::{
    Case, Expected, Reply, bodies, examples,
    maker::Kit,
    variations::{Seen, Variation},
};

pub(super) fn of(kit: &Kit<'_>, operation: &Operation, seen: &mut Seen) -> Vec<Case> {
    let arguments = examples::required(operation);
    let mut cases = Vec::new();
    for documented in super::answers(operation) {
        let status = documented.status.representative();
        for media in documented.media.iter().filter(|media| carries_values(media, status)) {
            let case = |name: &str, value: Value| Case {
                id: format!("{}/{}/body{name}", operation.id, documented.status),
                operation: operation.id.clone(),
                arguments: arguments.clone(),
                media_type: None,
                status,
                documented: documented.status,
                reply: Some(Reply {
                    example: name.trim_start_matches('/').to_owned(),
                    media_type: media.media_type.clone(),
                    value,
                    made_up: true,
                }),
                expected: Expected::Documented,
                drawn: None,
            };
            for (name, value) in &*bodies::filled(kit, media, Reading::Reply) {
                if let Some(bare) = unwrapped(operation, value).filter(|_| documented.status.is_success()) {
                    cases.push(case(&format!("{name}/unwrapped"), bare));
                }
                cases.push(case(name, value.clone()));
            }
            for one in bodies::varied(kit, media, Reading::Reply, seen) {
                let name = one.name();
                let Variation { pointer, value, is_missing, .. } = one;
                let mut varied = case(&name, value);
                // An error is an error however much of its body is there.
                if is_missing && documented.status.is_success() {
                    varied.expected = Expected::ReplyRefused(pointer);
                }
                cases.push(varied);
            }
        }
    }
    cases
}

/// What an envelope holds: some vendors send it without the envelope.
fn unwrapped(operation: &Operation, value: &Value) -> Option<Value> {
    let envelope = operation.envelope.as_ref()?;
    value.get(&envelope.data).filter(|payload| payload.is_object()).cloned()
}

/// Whether a reply is JSON that the client reads.
pub(super) fn carries_values(media: &Media, status: u16) -> bool {
    media.is_json() && !matches!(status, 204 | 304)
}
