//! `--body`: a request body from the line, from a file or from stdin.

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use clap::{Arg, ArgMatches};
use cx_client::{
    dynamic::Guide,
    operation::{Body, Operation},
};
use serde_json::{Value, json};

use crate::{exit::Failure, files, help::quoted, secrets::Secrets};

const BODY: &str = "body";
const MEDIA_TYPE: &str = "media-type";
/// What to do with a body on the line that is no JSON: most often the shell took its quotes.
const QUOTE: &str = "quote it for the shell, as in --body '{\"name\": \"value\"}'";

/// The flags of an operation with a body.
pub fn flags(body: &'static Body) -> Vec<Arg> {
    let mut text = "Request body as JSON, `@FILE` to read it from a file, `-` from stdin".to_owned();
    for file in body.files {
        text.push_str(&format!("; `{}` is a file: give its path as \"@PATH\"", file.name));
        if let Some(bytes) = file.max_bytes {
            text.push_str(&format!(" (at most {bytes} bytes)"));
        }
    }
    let mut flags = vec![Arg::new(BODY).long(BODY).value_name("JSON|@FILE|-").allow_hyphen_values(true).help(text)];
    let media_types = media_types(body);
    if media_types.len() > 1 {
        let flag = Arg::new(MEDIA_TYPE).long(MEDIA_TYPE).value_name("TYPE").value_parser(media_types);
        flags.push(flag.help("Sends the body as another of the media types that the vendor takes"));
    }
    flags
}

fn media_types(body: &'static Body) -> Vec<&'static str> {
    let others = body.alternatives.iter().flat_map(|other| other.media_types);
    body.media_types.iter().chain(others).copied().collect()
}

/// The media type that was asked for.
pub fn media_type(operation: &'static Operation, matches: &ArgMatches) -> Option<String> {
    let several = operation.body.as_ref().is_some_and(|body| media_types(body).len() > 1);
    if several { matches.get_one::<String>(MEDIA_TYPE).cloned() } else { None }
}

/// The body that was given.
///
/// # Errors
/// No JSON, a file that cannot be read, a secret on the command line.
pub fn read(
    operation: &'static Operation,
    guide: Option<&Guide>,
    matches: &ArgMatches,
    secrets: &Secrets,
) -> Result<Option<Value>, Failure> {
    let Some(row) = &operation.body else { return Ok(None) };
    let Some(given) = matches.get_one::<String>(BODY) else { return Ok(None) };
    let (text, inline) = match given.strip_prefix('@') {
        Some(path) => (text_of(Path::new(path))?, false),
        None if given == "-" => (stdin()?, false),
        None => (given.clone(), true),
    };
    let mut value: Value = serde_json::from_str(files::without_mark(&text)).map_err(|error| {
        // The place alone: serde_json quotes what it found.
        Failure::usage(format!("the body is not JSON, at line {} column {}", error.line(), error.column()))
            .then(if inline { QUOTE } else { "correct it there: it has to be one JSON value" })
    })?;
    let names = guide.map(|guide| guide.request_secrets).unwrap_or_default();
    secrets.members(&value, names);
    let secret = names.iter().find(|name| holds(&value, name));
    if let (true, Some(name)) = (inline, secret) {
        return Err(Failure::usage(format!("`{name}` is a secret, and command lines can be read by others"))
            .then("give the body as --body @FILE, or as --body - through stdin"));
    }
    for file in row.sent_as(media_type(operation, matches).as_deref()).files {
        if let Some(member) = value.get_mut(file.name)
            && let Some(path) = member.as_str().and_then(|text| text.strip_prefix('@'))
        {
            *member = upload(Path::new(path))?;
        }
    }
    Ok(Some(value))
}

/// An operation that needs a body and was given none.
pub fn missing(operation: &'static Operation, guide: Option<&Guide>) -> Failure {
    let failure = Failure::usage(format!("`{}` needs a body", operation.id));
    let body = guide.map(Guide::example_arguments).and_then(|one| one.get("body").cloned());
    match (body, guide, &operation.body) {
        (Some(value), Some(guide), Some(row)) => {
            failure.then(format!("give one, such as --body {}", example(row, guide, &value)))
        }
        _ => failure.then("give one by --body"),
    }
}

/// An example as one types it.
pub fn example(row: &Body, guide: &Guide, value: &Value) -> String {
    // A body with a secret in it does not belong on the line.
    if guide.request_secrets.iter().any(|name| holds(value, name)) {
        return "@request.json".to_owned();
    }
    let mut value = value.clone();
    for file in row.files {
        if let Some(member) = value.get_mut(file.name) {
            *member = "@PATH".into();
        }
    }
    quoted(&value.to_string())
}

/// Whether a value has a member of that name that is something, at whatever depth.
fn holds(value: &Value, name: &str) -> bool {
    match value {
        Value::Object(members) => {
            members.get(name).is_some_and(|value| !value.is_null())
                || members.values().any(|value| holds(value, name))
        }
        Value::Array(items) => items.iter().any(|item| holds(item, name)),
        _ => false,
    }
}

fn text_of(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        Failure::usage(format!("the body in {} cannot be read: {error}", path.display()))
            .then("check the path after `@`, and that the file is JSON in UTF-8")
    })
}

fn stdin() -> Result<String, Failure> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).map_err(|error| {
        Failure::usage(format!("the body cannot be read from stdin: {error}"))
            .then("pipe JSON in UTF-8 into the command, or name a file as in --body @FILE")
    })?;
    Ok(text)
}

/// A file as the call takes it. Base64, because it need not be text.
fn upload(path: &Path) -> Result<Value, Failure> {
    let bytes = fs::read(path).map_err(|error| {
        Failure::usage(format!("the file {} cannot be read: {error}", path.display()))
            .then("check the path after `@` in the body")
    })?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(json!({"file_name": name, "content_base64": STANDARD.encode(bytes)}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_at_any_depth_unless_it_is_null() {
        let value = json!({"a": [{"token": "x"}], "b": {"secret": null}});
        assert!(holds(&value, "token"));
        assert!(!holds(&value, "secret"));
        assert!(!holds(&value, "x"));
    }
}
