//! What a success of an operation carries, as the document says it.

use cx_spec::{Operation, Reply, Status, media_type};

/// The body of a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyKind {
    /// Nothing, whatever the status.
    Empty,
    /// JSON.
    Json,
    /// Text of another type.
    Text,
    /// Bytes.
    Binary,
}

/// The kind of body that the successes of an operation carry.
pub fn kind(operation: &Operation) -> ReplyKind {
    let types: Vec<&str> =
        successes(operation).flat_map(|reply| &reply.media).map(|media| media.media_type.as_str()).collect();
    if types.iter().any(|one| is_json(one)) {
        ReplyKind::Json
    } else if types.iter().any(|one| one.starts_with("text/") || one.ends_with("xml")) {
        ReplyKind::Text
    } else if types.is_empty() {
        ReplyKind::Empty
    } else {
        ReplyKind::Binary
    }
}

/// Whether a success may come without a body although others bring one: a status without content beside one with, or
/// a documented 304.
pub fn may_be_absent(operation: &Operation) -> bool {
    successes(operation).any(|reply| reply.media.is_empty()) || not_modified(operation)
}

/// Whether "nothing new" is a documented outcome.
pub fn not_modified(operation: &Operation) -> bool {
    operation.replies.iter().any(|reply| {
        reply.status.covers(304) && !reply.status.is_success() && reply.status.to_string().starts_with('3')
    })
}

/// JSON, and a body of any type, which the client writes and asks for as JSON.
pub fn is_json(media_type: &str) -> bool {
    media_type::is_json(media_type) || media_type::essence(media_type) == "*/*"
}

/// The replies that say that all went well; where none says so, `default` stands for them.
pub fn successes(operation: &Operation) -> impl Iterator<Item = &Reply> {
    let declared = operation.replies.iter().any(|reply| reply.status.is_success());
    let counts = move |status: Status| status.is_success() || (!declared && status == Status::Default);
    operation.replies.iter().filter(move |reply| counts(reply.status))
}
