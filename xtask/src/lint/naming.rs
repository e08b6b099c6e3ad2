//! Names: operations, schemas, request bodies.

use super::{
    finding::Findings,
    rules::Rule,
    subject::{Kind, Subject},
};
use crate::generate::names;

pub const RULES: &[Rule] = &[
    Rule {
        name: "operation-id",
        reason: "an `operationId` is the name of a method: snake_case, verb first",
        check: operation_id,
    },
    Rule { name: "schema-name", reason: "a component schema is the name of a type: PascalCase", check: schema_name },
    Rule {
        name: "request-name",
        reason: "the body of `create_thing` is the type `CreateThingRequest`, so that nobody has to look it up",
        check: request_name,
    },
];

/// First words of an `operationId`. A verb that is missing here is a line to add.
const VERBS: &[&str] = &[
    "accept",
    "add",
    "answer",
    "approve",
    "archive",
    "assign",
    "authorize",
    "cancel",
    "check",
    "close",
    "complete",
    "confirm",
    "copy",
    "count",
    "create",
    "delete",
    "disable",
    "download",
    "enable",
    "execute",
    "expire",
    "export",
    "find",
    "forget",
    "get",
    "import",
    "invite",
    "list",
    "login",
    "logout",
    "mark",
    "merge",
    "move",
    "poll",
    "preview",
    "publish",
    "put",
    "rate",
    "read",
    "refresh",
    "reject",
    "remove",
    "rename",
    "replace",
    "reroute",
    "reset",
    "resolve",
    "restore",
    "revoke",
    "run",
    "search",
    "send",
    "set",
    "start",
    "stop",
    "submit",
    "subscribe",
    "sync",
    "unarchive",
    "unassign",
    "unsubscribe",
    "update",
    "upload",
    "upsert",
    "validate",
    "verify",
    "watch",
];

fn operation_id(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for operation in &subject.api.operations {
        let pointer = format!("{}/operationId", operation.place.pointer);
        let verb = operation.id.split('_').next().unwrap_or_default();
        if !is_snake_case(&operation.id) {
            let fix = format!("write `{}`", names::snake_case(&operation.id));
            findings.at(&pointer, format!("`{}` is not snake_case", operation.id), fix);
        } else if !VERBS.contains(&verb) {
            let message = format!("`{}` does not begin with a verb that is known here", operation.id);
            findings.at(&pointer, message, "begin with one such as `get` or `create`, or add yours to `naming.rs`");
        }
    }
}

fn is_snake_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !name.contains("__")
        && !name.ends_with('_')
}

fn schema_name(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for schema in subject.of(Kind::Component) {
        let name = schema.pointer().rsplit('/').next().unwrap_or_default();
        let pascal =
            name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric());
        if !pascal {
            let fix = format!("write `{}`", names::pascal_case(name));
            findings.at(schema.pointer(), format!("`{name}` is not PascalCase"), fix);
        }
    }
}

fn request_name(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for operation in &subject.api.operations {
        let Some(media) = operation.sent_media() else { continue };
        let wanted = format!("{}Request", names::pascal_case(&operation.id));
        let named =
            media.schema.get("$ref").and_then(|target| target.as_str()).and_then(|target| target.rsplit('/').next());
        let message = match named {
            Some(name) if name == wanted => continue,
            Some(name) => format!("the body of `{}` is named `{name}`", operation.id),
            None => format!("the body of `{}` has no name", operation.id),
        };
        findings.at(&media.pointer, message, format!("make it a component schema `{wanted}`"));
    }
}
