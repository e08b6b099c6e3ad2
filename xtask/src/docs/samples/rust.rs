//! The sample in Rust: the method and setters of the generated client.
//!
//! A body of plain members is set member by member. One with lists or objects inside is written as JSON and read as its
//! type, which is how one gets from a document's example to a call.

use cx_spec::OAuthRole;
use serde_json::Value;

use super::{Argument, Shown, json, variable};
use crate::docs::surface::{Call, Named, Surface};

pub fn sample(shown: &Shown<'_>, call: &Call, surface: &Surface) -> String {
    let module = &surface.module;
    let mut setters = Vec::new();
    for argument in &shown.arguments {
        if let Some(setter) = call.setters.get(&argument.name) {
            setters.push(format!(".{}({})", setter.name, parameter(argument, &setter.ty)));
        }
    }
    let mut before = Vec::new();
    let mut imports = vec![surface.path.clone()];
    if let (Some(body), Some(ty)) = (shown.body, &call.body) {
        match members(shown, body, ty, surface) {
            Some(members) if members.is_empty() => {}
            Some(Members { calls, lets, file }) => {
                before.extend(lets);
                if file {
                    imports.push("cx_client::Upload".to_owned());
                }
                setters.push(body_map(&calls));
            }
            None => {
                imports.push("serde_json::json".to_owned());
                let text = json(body, &shown.secrets, |name| format!("std::env::var(\"{name}\")?"));
                before.push(format!("let body: {module}::types::{ty} = serde_json::from_value(json!({text}))?;"));
                setters.push(".body(body)".to_owned());
            }
        }
    }
    imports.sort();
    let mut lines: Vec<String> = imports.iter().map(|path| format!("use {path};")).collect();
    lines.push(String::new());
    lines.push(client(shown, module));
    lines.extend(before);
    lines.push(format!("let reply = client{};", chain(&call.method, &setters)));
    lines.push("println!(\"{}\", reply.status());".to_owned());
    lines.join("\n")
}

/// The closure that sets the members, a line each where they are several.
fn body_map(calls: &[String]) -> String {
    match calls {
        [one] => format!(".body_map(|body| body{one})"),
        several => {
            let lines: String = several.iter().map(|call| format!("\n            {call}")).collect();
            format!(".body_map(|body| {{\n        body{lines}\n    }})")
        }
    }
}

/// A client with a token of its own; an operation that hands out tokens needs none.
fn client(shown: &Shown<'_>, module: &str) -> String {
    let role = shown.operation.oauth.as_ref().map(|oauth| oauth.role);
    if role == Some(OAuthRole::Token) || shown.operation.security.is_empty() {
        return format!("let client = {module}::Client::builder().build()?;");
    }
    format!("let client = {module}::Client::builder().static_token(std::env::var(\"CX_TOKEN\")?).build()?;")
}

fn chain(method: &str, setters: &[String]) -> String {
    let line = format!(".{method}(){}.send().await?", setters.concat());
    if line.len() <= 56 && !line.contains('\n') {
        return line;
    }
    let mut lines = vec![format!("\n    .{method}()")];
    lines.extend(setters.iter().map(|setter| format!("\n    {setter}")));
    lines.push("\n    .send()\n    .await?".to_owned());
    lines.concat()
}

fn parameter(argument: &Argument, ty: &str) -> String {
    if argument.secret {
        return format!("std::env::var(\"{}\")?", variable(&argument.name));
    }
    match &argument.value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| format!("{}.into()", literal(item))).collect();
            format!("vec![{}]", items.join(", "))
        }
        // An id may be an integer in one place and a text in another.
        value if ty == "String" && !value.is_string() => literal(&Value::String(value.to_string())),
        value => literal(value),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        // What does not fit into the type that the compiler would take.
        Value::Number(number) if number.as_i64().is_some_and(|number| i32::try_from(number).is_err()) => {
            format!("{number}_i64")
        }
        other => other.to_string(),
    }
}

/// A body set member by member.
struct Members {
    calls: Vec<String>,
    lets: Vec<String>,
    file: bool,
}

impl Members {
    fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }
}

/// The members of a body as calls of its builder, if all of them are plain.
fn members(shown: &Shown<'_>, body: &Value, ty: &str, surface: &Surface) -> Option<Members> {
    let fields = surface.structure(ty)?;
    let mut members = Members { calls: Vec::new(), lets: Vec::new(), file: false };
    for (wire, value) in body.as_object()? {
        let Named { name: field, ty } = fields.get(wire)?;
        let inner = ty.strip_prefix("Option<").and_then(|rest| rest.strip_suffix('>'));
        let value = if shown.is_file(wire) {
            members.file = true;
            format!("Upload::path(\"{wire}.csv\")")
        } else if shown.secrets.contains(wire) {
            members
                .lets
                .push(format!("let {field} = cx_client::Secret::from(std::env::var(\"{}\")?);", variable(wire)));
            field.clone()
        } else {
            plain(value, inner.unwrap_or(ty), inner.is_some(), surface)?
        };
        members.calls.push(format!(".{field}({value})"));
    }
    Some(members)
}

/// A scalar or a list of texts as the setter of a member takes it. One that need not be there takes no other type than its
/// own.
fn plain(value: &Value, ty: &str, optional: bool, surface: &Surface) -> Option<String> {
    match (ty, value) {
        ("String", Value::String(text)) if optional => Some(format!("{text:?}.to_owned()")),
        ("i64", Value::Number(number)) if optional && number.is_i64() => Some(format!("{number}_i64")),
        ("f64", Value::Number(number)) => number.as_f64().map(|number| format!("{number:?}")),
        ("bool", Value::Bool(flag)) => Some(flag.to_string()),
        ("String", Value::String(_)) | ("i64", Value::Number(_)) => Some(literal(value)),
        ("Vec<String>", Value::Array(items)) => {
            let texts: Option<Vec<_>> =
                items.iter().map(|item| Some(format!("{:?}.to_owned()", item.as_str()?))).collect();
            Some(format!("vec![{}]", texts?.join(", ")))
        }
        (_, Value::String(text)) => {
            let variant = surface.variant(ty, text)?;
            Some(format!("{}::types::{ty}::{variant}", surface.module))
        }
        _ => None,
    }
}
