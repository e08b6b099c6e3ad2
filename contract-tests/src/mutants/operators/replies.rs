//! What an operation answers.

use serde_json::{Value, json};

use super::{Operator, members, retype::kind_of, scalars};
use crate::mutants::{
    edit::{Change, Edit},
    flat::{flat, kind},
    site::{Kind, Site},
};

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "un-require response property",
        does: "a reply may lack a member that it always has",
        at: Kind::ReplySchema,
        edits: members::relax_each,
    },
    Operator {
        name: "require response property",
        does: "a reply always has a member that it may lack",
        at: Kind::ReplySchema,
        edits: members::require_each,
    },
    Operator {
        name: "remove response property",
        does: "a reply has no such member",
        at: Kind::ReplySchema,
        edits: members::remove_each,
    },
    Operator {
        name: "rename response property",
        does: "a member of a reply has another name",
        at: Kind::ReplySchema,
        edits: members::rename_each,
    },
    Operator {
        name: "retype response property",
        does: "a member of a reply is of another type",
        at: Kind::ReplySchema,
        edits: members::retype_each,
    },
    Operator {
        name: "make response property nullable",
        does: "a reply may say null where it never does",
        at: Kind::ReplySchema,
        edits: allow_null,
    },
    Operator {
        name: "make response nullable",
        does: "a reply may be null as a whole",
        at: Kind::ReplyMedia,
        edits: allow_no_reply,
    },
    Operator {
        name: "drop response nullable",
        does: "a reply never says null where it may",
        at: Kind::ReplySchema,
        edits: members::drop_null,
    },
    Operator {
        name: "add response enum value",
        does: "a reply may have a value that it never has",
        at: Kind::ReplySchema,
        edits: |site| scalars::own(site, scalars::add_value),
    },
    Operator {
        name: "drop response enum value",
        does: "a reply never has a value that it may have",
        at: Kind::ReplySchema,
        edits: |site| scalars::own(site, scalars::drop_value),
    },
    Operator {
        name: "array to object",
        does: "one thing comes where a list did",
        at: Kind::ReplySchema,
        edits: unwrap_array,
    },
    Operator {
        name: "object to array",
        does: "a list comes where one thing did",
        at: Kind::ReplyMedia,
        edits: wrap_object,
    },
    Operator {
        name: "change response format",
        does: "a text in a reply is of another format",
        at: Kind::ReplySchema,
        edits: |site| scalars::own(site, scalars::change_format),
    },
    Operator {
        name: "drop response format",
        does: "a text in a reply is of no format",
        at: Kind::ReplySchema,
        edits: |site| scalars::own(site, scalars::drop_format),
    },
    Operator {
        name: "forbid empty text in a response",
        does: "a text in a reply is never empty",
        at: Kind::ReplySchema,
        edits: |site| scalars::own(site, scalars::forbid_empty),
    },
    Operator {
        name: "narrow response integer",
        does: "a number in a reply fits into 32 bits",
        at: Kind::ReplySchema,
        edits: |site| scalars::own(site, scalars::narrow_integer),
    },
    Operator {
        name: "make response number whole",
        does: "a number in a reply has no fraction",
        at: Kind::ReplySchema,
        edits: |site| scalars::own(site, scalars::whole_number),
    },
    Operator {
        name: "close response",
        does: "a reply has no members but those that are named",
        at: Kind::ReplySchema,
        edits: close,
    },
    Operator {
        name: "open response",
        does: "a reply has members that nobody knows",
        at: Kind::ReplySchema,
        edits: open,
    },
    Operator {
        name: "change success status",
        does: "success has another status",
        at: Kind::Status,
        edits: change_success,
    },
    Operator { name: "remove error status", does: "an error never comes", at: Kind::Status, edits: remove_error },
    Operator {
        name: "change response media type",
        does: "a reply is of another type",
        at: Kind::ReplyMedia,
        edits: change_media_type,
    },
    Operator { name: "empty response", does: "a reply has no body", at: Kind::ReplyMedia, edits: empty },
    Operator {
        name: "break response example",
        does: "an example shows what never comes",
        at: Kind::ReplyMedia,
        edits: break_example,
    },
];

/// Each member that is never null. A component is not asked: whether it may be null is said where it is referred to.
fn allow_null(site: &Site<'_>) -> Vec<Edit> {
    let nullable = |(name, schema, _): (&str, &Value, bool)| {
        let merged = flat(site.api, schema);
        let typed = kind(&merged).is_some() && merged.get("nullable") != Some(&Value::Bool(true));
        typed.then(|| Edit::set(&members::pointer(site, name), json!({"nullable": true, "allOf": [schema]})))
    };
    members::members(site).into_iter().filter_map(nullable).collect()
}

/// The whole of a reply.
fn allow_no_reply(site: &Site<'_>) -> Vec<Edit> {
    let Some(schema) = site.value().get("schema") else { return Vec::new() };
    let merged = flat(site.api, schema);
    if kind(&merged).is_none() || merged.get("nullable") == Some(&Value::Bool(true)) {
        return Vec::new();
    }
    vec![Edit::set(&site.below("schema"), json!({"nullable": true, "allOf": [schema]}))]
}

fn unwrap_array(site: &Site<'_>) -> Vec<Edit> {
    let array = site.node.text("type") == Some("array");
    if array { vec![Edit::set(site.pointer(), json!({"type": "object"}))] } else { Vec::new() }
}

fn wrap_object(site: &Site<'_>) -> Vec<Edit> {
    let Some(schema) = site.value().get("schema") else { return Vec::new() };
    if kind_of(site.api, schema).as_deref() != Some("object") {
        return Vec::new();
    }
    vec![Edit::set(&site.below("schema"), json!({"type": "array", "items": schema}))]
}

fn close(site: &Site<'_>) -> Vec<Edit> {
    let open = site.value().get("additionalProperties") == Some(&Value::Bool(true));
    if open { vec![Edit::set(&site.below("additionalProperties"), json!(false))] } else { Vec::new() }
}

fn open(site: &Site<'_>) -> Vec<Edit> {
    let silent = members::has_members(site) && site.value().get("additionalProperties").is_none();
    if silent { vec![Edit::set(&site.below("additionalProperties"), json!(true))] } else { Vec::new() }
}

fn status<'s>(site: &'s Site<'_>) -> &'s str {
    site.pointer().rsplit('/').next().unwrap_or_default()
}

fn change_success(site: &Site<'_>) -> Vec<Edit> {
    if !status(site).starts_with('2') {
        return Vec::new();
    }
    let (parent, _) = site.pointer().rsplit_once('/').unwrap_or_default();
    let taken = |code: &str| site.api.document().at(&format!("{parent}/{code}")).is_some();
    let other = ["203", "206", "207"].into_iter().find(|code| !taken(code));
    other.map(|code| Edit::rename(site.pointer(), code)).into_iter().collect()
}

/// Only what no range beside it catches: the range would say the same.
fn remove_error(site: &Site<'_>) -> Vec<Edit> {
    let own = status(site);
    if !own.starts_with(['3', '4', '5']) {
        return Vec::new();
    }
    vec![Edit::remove(site.pointer())]
}

fn change_media_type(site: &Site<'_>) -> Vec<Edit> {
    let json = site.pointer().ends_with("/application~1json");
    vec![Edit::rename(site.pointer(), if json { "text/plain" } else { "application/json" })]
}

fn empty(site: &Site<'_>) -> Vec<Edit> {
    let content = site.pointer().rsplit_once('/').map(|(content, _)| content.to_owned());
    content
        .map(|content| Edit { changes: vec![Change::Remove(content)], pointer: site.pointer().to_owned() })
        .into_iter()
        .collect()
}

/// The first member of the first example that is a text or a number becomes a list.
fn break_example(site: &Site<'_>) -> Vec<Edit> {
    let examples = site.node.member("examples").map(|all| all.members()).unwrap_or_default();
    let Some((_, example)) = examples.first() else { return Vec::new() };
    let value = example.resolve().ok().and_then(|example| example.member("value"));
    let member = value.and_then(|value| value.members().into_iter().find(|(_, one)| !one.value().is_object()));
    member.map(|(_, member)| Edit::set(member.pointer(), json!([["broken"]]))).into_iter().collect()
}
