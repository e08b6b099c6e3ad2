//! Fixtures as witnesses: the golden exchanges, and the negative ones that the contract refuses.
//!
//! Both are written from the facts and not from the documents; `fixtures/README.md` and `fixtures/negative/README.md` say
//! how they are read.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use cx_mock::{Incoming, issuer};
use cx_spec::{Api, Status};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    pairs::{target, written},
    reach::{Part, Unit},
    witness::{Origin, Said},
};
use crate::files::read_json;

/// The part of a fixture that went over the wire.
#[derive(Debug, Deserialize)]
struct Fixture {
    operation: String,
    request: Option<Request>,
    reply: Option<Reply>,
}

#[derive(Debug, Deserialize)]
struct Request {
    method: String,
    path: String,
    #[serde(default)]
    query: Vec<(String, String)>,
    form: Option<Vec<(String, String)>>,
    json: Option<Value>,
    /// Files are compared part by part elsewhere; here such a request is left out.
    multipart: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Reply {
    status: u16,
    #[serde(default)]
    headers: Map<String, Value>,
    json: Option<Value>,
    text: Option<String>,
}

/// What the fixtures of an API say, with the part of the operation that it belongs to. Whether the document takes it is
/// asked later.
///
/// # Errors
/// A file that cannot be read.
pub fn fixtures(api: &Api) -> Result<Vec<(Origin, Unit, Said)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found = Vec::new();
    for (origin, folder) in
        [(Origin::Golden, folder.join(api.name())), (Origin::Negative, folder.join("negative").join(api.name()))]
    {
        for file in files(&folder)? {
            let fixture: Fixture = read_json(&file)?;
            found.extend(fixture.said(api).into_iter().map(|(unit, said)| (origin, unit, said)));
        }
    }
    Ok(found)
}

/// The fixtures of a folder in the order of their names; none if it is not there.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry.with_context(|| folder.display().to_string())?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

impl Fixture {
    fn said(&self, api: &Api) -> Vec<(Unit, Said)> {
        let Some(operation) = api.operation(&self.operation) else { return Vec::new() };
        let unit = |part| Unit { operation: self.operation.clone(), part };
        let secured = !operation.security.is_empty();
        let request = self.request.as_ref().and_then(|request| request.incoming(secured));
        let mut said: Vec<(Unit, Said)> =
            request.map(|request| (unit(Part::Request), Said::Request(request))).into_iter().collect();
        if let Some(reply) = &self.reply {
            let status = operation.reply(reply.status).map_or(Status::Code(reply.status), |known| known.status);
            said.push((unit(Part::Reply(status)), reply.said()));
        }
        said
    }
}

impl Request {
    fn incoming(&self, secured: bool) -> Option<Incoming> {
        if self.multipart.is_some() {
            return None;
        }
        let mut incoming = Incoming::new(&self.method, &target(&self.path, &written(&self.query)));
        if secured {
            incoming = incoming.with_header("authorization", &format!("Bearer {}", issuer::ACCESS_TOKEN));
        }
        Some(match (&self.form, &self.json) {
            (Some(form), _) => incoming.with_body("application/x-www-form-urlencoded", written(form)),
            (None, Some(json)) => incoming.with_body("application/json", json.to_string()),
            (None, None) => incoming,
        })
    }
}

impl Reply {
    fn said(&self) -> Said {
        let own = self.headers.get("content-type").and_then(Value::as_str).map(str::to_owned);
        match (&self.json, &self.text) {
            (Some(json), _) => Said::Reply {
                status: self.status,
                content_type: own.or_else(|| Some("application/json".to_owned())),
                body: json.to_string().into_bytes(),
            },
            (None, Some(text)) => {
                let content_type = own.or_else(|| Some("application/json".to_owned()));
                Said::Reply { status: self.status, content_type, body: text.clone().into_bytes() }
            }
            (None, None) => Said::Reply { status: self.status, content_type: own, body: Vec::new() },
        }
    }
}
