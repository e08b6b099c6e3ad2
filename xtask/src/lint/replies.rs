//! Replies: typed errors, one type of success.

use cx_spec::{Operation, Status};
use serde_json::Value;

use super::{finding::Findings, rules::Rule, subject::Subject};

pub const RULES: &[Rule] = &[
    Rule { name: "success-reply", reason: "an operation says what comes when all goes well", check: success_reply },
    Rule {
        name: "success-types",
        reason: "a method returns one type; successes that differ leave it any JSON",
        check: success_types,
    },
    Rule { name: "error-schema", reason: "every documented 4XX and 5XX says what its body is", check: error_schema },
];

fn success_reply(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for operation in &subject.api.operations {
        // A redirect can be all that an operation is for.
        if !operation.replies.iter().any(|reply| matches!(reply.status.representative() / 100, 2 | 3)) {
            let fix = "document a 2XX, with `x-confidence: inferred` if nobody states which";
            findings.at(&operation.place.pointer, format!("`{}` never succeeds", operation.id), fix);
        }
    }
}

fn success_types(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for operation in &subject.api.operations {
        let types = types_of_success(operation);
        let Some(((first, one), rest)) = types.split_first() else { continue };
        if let Some((other, _)) = rest.iter().find(|(_, schema)| schema != one) {
            let message = format!("{first} and {other} of `{}` bring different types", operation.id);
            let fix = "give them one schema, with every member that is not in all of them optional";
            findings.at(&format!("{}/responses", operation.place.pointer), message, fix);
        }
    }
}

/// Each type that a success may bring: where it is declared, and its schema. All texts are one type, and all bytes.
fn types_of_success(operation: &Operation) -> Vec<(String, Value)> {
    let successes = operation.replies.iter().filter(|reply| reply.status.is_success());
    let media = successes.flat_map(|reply| reply.media.iter().map(move |media| (reply.status, media)));
    media
        .map(|(status, media)| {
            let name = format!("{status} ({})", media.media_type);
            match media.media_type.split(';').next().unwrap_or_default().trim() {
                json if json.ends_with("json") || json == "*/*" => (name, media.schema.clone()),
                text if text.starts_with("text/") || text.ends_with("xml") => (name, "text".into()),
                _ => (name, "bytes".into()),
            }
        })
        .collect()
}

fn error_schema(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for operation in &subject.api.operations {
        let errors = operation
            .replies
            .iter()
            .filter(|reply| reply.status == Status::Default || matches!(reply.status.representative() / 100, 4 | 5));
        for reply in errors {
            let resolved = subject.api.document().at(&reply.pointer).and_then(|node| node.resolve().ok());
            let pointer = resolved.as_ref().map_or(reply.pointer.as_str(), |node| node.pointer());
            let untyped = reply.media.iter().find(|media| media.schema.as_object().is_none_or(|one| one.is_empty()));
            let fix = "refer to an error schema all of whose members are optional and nullable";
            if reply.media.is_empty() {
                findings.at(pointer, format!("the error {} has no body", reply.status), fix);
            } else if let Some(media) = untyped {
                let message = format!("the error {} has no schema for `{}`", reply.status, media.media_type);
                findings.at(&media.pointer, message, fix);
            }
        }
    }
}
